"""What the nodes work with, made once per process and bound to them by `graph.agent.build`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime

from minidalle3.engines.contract import Engine, EngineError
from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.llms.load import load as load_llm
from minidalle3.tools.instruct_edit import editor_for, instruct_edit
from minidalle3.tools.ip_adapter import ip_adapter
from minidalle3.tools.masactrl import masactrl
from minidalle3.tools.prompt_to_prompt import prompt_to_prompt
from minidalle3.tools.text_to_image import text_to_image
from minidalle3.tools.upscale import upscale


@dataclass(frozen=True)
class Services:
    """The house's one LLM, the owner of the pipeline that draws, one gallery, and the tools that draw."""

    settings: Settings
    llm: BaseChatModel
    owner: Owner
    gallery: Gallery
    tools: Mapping[str, BaseTool]
    editor: Owner | None = None
    """Who edits by instruction: `owner` where an images API draws, or the owner of a second model."""

    @classmethod
    def of(cls, settings: Settings, llm: BaseChatModel, owner: Owner, editor: Owner | None = None) -> Services:
        """Services around a given LLM and owner; the editor is the settings' unless it is given."""
        gallery = Gallery(settings.gallery or settings.home / "gallery", settings.trace_budget_mib, settings.policy)
        makers = (text_to_image, prompt_to_prompt, masactrl, ip_adapter, upscale)
        tools = [make(owner, gallery) for make in makers]
        editor = editor or editor_for(settings, owner)
        if editor is not None:
            tools.append(instruct_edit(editor, gallery))
        return cls(settings, llm, owner, gallery, {tool.name: tool for tool in tools}, editor)

    def close(self) -> None:
        """Stop drawing and free the owners' threads."""
        self.owner.close()
        if self.editor is not None and self.editor is not self.owner:
            self.editor.close()


def beside(services: Services, settings: Settings) -> Services:
    """The same house with the models of one person's choice: of what keeps weights here there is one for all.

    Raises `LLMError` for an LLM that cannot be set up, `ValueError` for another T2I model than the house's or an API.
    """
    ours = services.settings
    if settings.t2i != ours.t2i and not settings.t2i.startswith("openai:"):
        raise ValueError(
            f"{ours.t2i} draws here, for all. For {settings.t2i}, start with MINIDALLE3_T2I={settings.t2i}"
        )
    llm = services.llm if same(ours, settings, "llm") else load_llm(settings)
    if same(ours, settings, "t2i"):
        return Services.of(settings, llm, services.owner, services.editor)
    from minidalle3.engines.images_api import ImagesAPI

    editor = services.editor if services.editor is not services.owner else None
    return Services.of(settings, llm, Owner(lambda: ImagesAPI(settings), settings.queue_limit), editor)


def leave(services: Services, chosen: Services) -> None:
    """Close what is the chosen one's alone."""
    if chosen.owner is not services.owner:
        chosen.owner.close()


def same(one: Settings, other: Settings, model: str) -> bool:
    """Whether they name the same LLM or T2I model, and reach it the same way."""
    fields = (model, f"{model}_base_url", f"{model}_api_key")
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def thread_of(runtime: Runtime[Context]) -> str:
    """The thread that a node works for; empty where the graph runs without a saver."""
    return (runtime.execution_info.thread_id if runtime.execution_info else None) or ""


def caller_of(thread: str) -> str:
    """Who takes turns at the owner: the server puts its caller and a slash before the names of their threads."""
    return thread.partition("/")[0]


def make(settings: Settings) -> Services:
    """Services as the settings say; weights load at first use.

    Raises `LLMError` when the LLM cannot be set up, `EngineError` or `StorageError` where an extra is not installed.
    """
    return Services.of(settings, load_llm(settings), owner_for(settings))


def owner_for(settings: Settings) -> Owner:
    """Of an engine that is loaded at its first use, or of those in a cluster. Raises `EngineError`."""
    if settings.t2i.startswith("ray:"):
        if find_spec("ray") is None:
            raise EngineError("Engines in a Ray cluster need an extra: pip install 'minidalle3[ray]'")
        from minidalle3.engines.cluster import ClusterOwner

        return ClusterOwner(settings.t2i.removeprefix("ray:"), settings.queue_limit)

    def engine() -> Engine:
        if settings.t2i.startswith("openai:"):
            from minidalle3.engines.images_api import ImagesAPI

            return ImagesAPI(settings)
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # it warns of packages that nothing here needs
        from minidalle3.engines.diffusion import load  # torch and diffusers take seconds: only when something is drawn

        return load(settings.t2i, settings.device, settings.ip_adapter)

    return Owner(engine, settings.queue_limit, settings.batch_limit)
