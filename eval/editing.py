"""Edits drawn by the house's own tools, one alone or the one that its nodes choose, in a gallery of their own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime
from PIL import Image

from minidalle3.engines.contract import EngineError
from minidalle3.eval.edits import Edit
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import ChatState, PictureRecord, Request
from minidalle3.nodes.control import control
from minidalle3.nodes.draw import draw
from minidalle3.nodes.refine import refine
from minidalle3.nodes.services import Services, make
from minidalle3.sketchbook.world.scenes import render
from minidalle3.tools.edits import CHANGES, changeable
from minidalle3.tools.text_to_image import Nobody

SINGLE = ("plain", "prompt_to_prompt", "masactrl", "ip_adapter")
"""Each alone, as it draws unless told otherwise; `plain`: the new words from the same seed, whatever the source."""


DRAWN = ("text_to_image", "ip_adapter")
"""The tools that are told how many steps to draw; a change has its source's."""


class Studio:
    """The embedded model with the nodes and tools around it; `steps` of every drawing."""

    def __init__(self, services: Services, steps: int) -> None:
        self._services, self._steps = services, steps

    @classmethod
    def opened(cls, home: Path, steps: int, **more: Any) -> Studio:
        """With the offline assistant, which only control could ask, and does not; `more` are settings."""
        return cls(make(Settings(home=home, llm="offline", t2i="sketchbook", **more)), steps)

    def close(self) -> None:
        self._services.close()

    async def prepare(self, edits: Sequence[Edit]) -> None:
        """Draws in one batch what no control touches: sources and plain pictures, for `source` and `alone` to find."""
        wanted = [(edit.captions[0], edit.seed) for edit in edits if not edit.rendered]
        await self._called("text_to_image", *wanted, *((edit.captions[1], edit.seed) for edit in edits))

    async def tools(self) -> tuple[str, ...]:
        """Those of `SINGLE` that the weights at hand can be used with."""
        can = await self._services.owner.capabilities()
        return SINGLE if can.adapters else SINGLE[:-1]

    async def source(self, edit: Edit) -> PictureRecord:
        """The picture #1 that the edit is of: the photo of a render, or drawn here and now."""
        if edit.rendered:
            file = io.BytesIO()
            render(edit.before, edit.seed).image.save(file, "PNG")
            digest = self._services.gallery.put_photo(file.getvalue())
        else:
            digest = await self._called("text_to_image", (edit.captions[0], edit.seed))
        return {
            "id": "#1", "digest": digest, "parent": None, "kind": "photo" if edit.rendered else "image", "words": "",
            "description": edit.captions[0], "level": "none", "reason": "",
        }  # fmt: skip

    async def alone(self, tool: str, edit: Edit, source: PictureRecord) -> Image.Image:
        """The edit by one tool of `SINGLE`."""
        wanted = (edit.captions[1], edit.seed)
        if tool == "plain":
            return self.image(await self._called("text_to_image", wanted))
        digest = source["digest"]
        if tool in CHANGES:
            owner, gallery = self._services.owner, self._services.gallery
            digest = await changeable(owner, gallery, digest, edit.captions[0], self._steps, Nobody(), "")
        return self.image(await self._called(tool, wanted, source=digest))

    async def chosen(self, edit: Edit, pictures: dict[str, PictureRecord]) -> tuple[PictureRecord, str]:
        """The edit of the last of the pictures, by the nodes that follow the LLM's reply, and the tool they chose."""
        request: Request = {
            "kind": "edit", "part": 0, "description": edit.captions[1], "ids": [f"#{len(pictures) + 1}"],
            "source": f"#{len(pictures)}",
        }  # fmt: skip
        state: ChatState = {"messages": [HumanMessage(edit.said)], "pictures": pictures, "requests": [request]}
        context = Context(steps=self._steps, seed=edit.seed)  # as `alone`, so that nothing is drawn twice
        runtime = Runtime(context=context, stream_writer=lambda _: None)
        for node in (control, refine, draw):
            state = {**state, **(await node(state, runtime, self._services))}
        [request] = state["requests"]
        if request["ids"][0] not in state["pictures"]:
            raise EngineError(" ".join(request.get("notes", [])))
        return state["pictures"][request["ids"][0]], request["tool"]

    def image(self, digest: str) -> Image.Image:
        return self._services.gallery.image(digest)

    async def _called(self, tool: str, *wanted: tuple[str, int], **more: Any) -> str:
        """The digest of the first of the pictures with these prompts and seeds."""
        if tool in DRAWN:
            more["steps"] = self._steps
        prompts = [{"prompt": prompt, "negative_prompt": "", "seed": seed} for prompt, seed in wanted]
        digests = await self._services.tools[tool].ainvoke({"prompts": prompts, **more})
        return str(digests[0])
