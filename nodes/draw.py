"""Draw the requests in order, neighbours of one kind together; one failure becomes a note and the rest go on."""

from __future__ import annotations

import asyncio
import base64
import contextvars
import io
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from langgraph.runtime import Runtime
from PIL import Image

from minidalle3.engines.contract import EngineError, Stopped
from minidalle3.graph.context import Context
from minidalle3.graph.state import ChatState, Event, PictureRecord, Prompt, Request
from minidalle3.graph.stop import STOP, stopped
from minidalle3.nodes.history import last_words
from minidalle3.nodes.services import Services, thread_of


async def draw(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """Pictures are in the gallery, and told of, as soon as they are finished: a later failure takes none away."""
    words = last_words(state["messages"])
    pictures: dict[str, PictureRecord] = {}
    done: list[Request] = []
    for requests in batches(state["requests"]):
        try:
            digests = await draw_batch(requests, runtime, services)
        except (EngineError, Stopped) as error:
            why = "Stopped." if isinstance(error, Stopped) else str(error)
            done += [{**request, "notes": [*request.get("notes", []), why]} for request in requests]
            continue
        done += requests
        for (request, id, _), digest in zip(rows(requests), digests, strict=True):
            pictures[id] = record(request, id, digest, words)
            runtime.stream_writer({"type": "picture", "part": request["part"], "record": pictures[id]})
    return {"requests": done, "pictures": pictures}


def batches(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """Neighbours that one call of their tool can draw; none of today's tools looks at a source's pixels."""
    for _, neighbours in groupby(requests, lambda request: (request.get("tool"), str(request.get("parameters")))):
        yield list(neighbours)


def rows(requests: Sequence[Request]) -> list[tuple[Request, str, Prompt]]:
    """Every picture to be drawn with its request, id and prompt."""
    return [
        (request, id, prompt)
        for request in requests
        if request.get("prompts")
        for id, prompt in zip(request["ids"], request["prompts"], strict=True)
    ]


async def draw_batch(requests: Sequence[Request], runtime: Runtime[Context], services: Services) -> list[str]:
    """The digests of all pictures of `requests`, in order. Raises `EngineError` or `Stopped`."""
    asked = rows(requests)
    if not asked:
        return []
    if stopped():
        raise Stopped
    watch = Reporter([id for _, id, _ in asked], runtime)
    tool = services.tools[requests[0]["tool"]]
    digests: list[str] = await tool.ainvoke(
        {"prompts": [prompt for _, _, prompt in asked], **requests[0]["parameters"]},
        {"configurable": {"watch": watch, "thread_id": thread_of(runtime)}},
    )
    return digests


def record(request: Request, id: str, digest: str, words: str) -> PictureRecord:
    """The node of the version tree for a finished picture."""
    kind = request["kind"]
    assert kind != "select"
    return {
        "id": id,
        "digest": digest,
        "parent": request["source"],
        "kind": kind,
        "words": words,
        "description": request["description"],
        "level": request["level"],
        "reason": request["reason"],
    }


class Reporter:
    """Carries the owner's reports from its thread to the turn's loop as events."""

    def __init__(self, ids: Sequence[str], runtime: Runtime[Context]) -> None:
        self._ids = ids
        self._write = runtime.stream_writer
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._stop = STOP.get()

    def queued(self, position: int) -> None:
        self._each({"type": "queued", "position": position})

    def progress(self, step: int, of: int) -> None:
        self._each({"type": "progress", "step": step, "of": of})

    def preview(self, row: int, image: Image.Image) -> None:
        self._send({"type": "preview", "id": self._ids[row], "image": data_url(image)})

    def stopped(self) -> bool:
        return self._stop is not None and self._stop.is_set()

    def _each(self, event: dict[str, Any]) -> None:
        for id in self._ids:
            self._send({**event, "id": id})  # type: ignore[arg-type]

    def _send(self, event: Event) -> None:
        self._loop.call_soon_threadsafe(self._write, event, context=self._context)


def data_url(image: Image.Image) -> str:
    """A preview is small and gone in a second: JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
