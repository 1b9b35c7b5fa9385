"""What the nodes work with, made once per process and bound to them by `graph.agent.build`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime

from minidalle3.engines.contract import Engine
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
    def of(cls, settings: Settings, llm: BaseChatModel, owner: Owner) -> Services:
        """Services around a given LLM and owner."""
        gallery = Gallery(settings.home / "gallery", settings.trace_budget_mib, settings.policy)
        makers = (text_to_image, prompt_to_prompt, masactrl, ip_adapter, upscale)
        tools = [make(owner, gallery) for make in makers]
        editor = editor_for(settings, owner)
        if editor is not None:
            tools.append(instruct_edit(editor, gallery))
        return cls(settings, llm, owner, gallery, {tool.name: tool for tool in tools}, editor)

    def close(self) -> None:
        """Stop drawing and free the owners' threads."""
        self.owner.close()
        if self.editor is not None and self.editor is not self.owner:
            self.editor.close()


def thread_of(runtime: Runtime[Context]) -> str:
    """The thread that a node works for; empty where the graph runs without a saver."""
    return (runtime.execution_info.thread_id if runtime.execution_info else None) or ""


def caller_of(runtime: Runtime[Context]) -> str:
    """Who takes turns at the owner: the server puts its caller and a slash before the names of their threads."""
    return thread_of(runtime).partition("/")[0]


def make(settings: Settings) -> Services:
    """Services as the settings say. Raises `LLMError` when the LLM cannot be set up; weights load at first use."""

    def engine() -> Engine:
        if settings.t2i.startswith("openai:"):
            from minidalle3.engines.images_api import ImagesAPI

            return ImagesAPI(settings)
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # it warns of packages that nothing here needs
        from minidalle3.engines.diffusion import load  # torch and diffusers take seconds: only when something is drawn

        return load(settings.t2i, settings.device, settings.ip_adapter)

    return Services.of(settings, load_llm(settings), Owner(engine, settings.queue_limit, settings.batch_limit))
