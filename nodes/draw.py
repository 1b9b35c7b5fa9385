"""Draw the requests in order, neighbours of one kind together; one failure becomes a note and the rest go on."""

from __future__ import annotations

import asyncio
import base64
import contextvars
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime
from PIL import Image

from minidalle3.engines.contract import EngineError, NoEditEndpoint, Stopped
from minidalle3.gallery.store import PictureError
from minidalle3.graph.context import Context
from minidalle3.graph.meter import denied
from minidalle3.graph.policy import refusal
from minidalle3.graph.state import ChatState, Event, PictureRecord, Prompt, Request
from minidalle3.graph.stop import STOP, stopped
from minidalle3.nodes.history import last_words
from minidalle3.nodes.notes import in_language
from minidalle3.nodes.services import Services, caller_of, thread_of
from minidalle3.tools.edits import CHANGES, changeable
from minidalle3.tools.shelf import Withheld
from minidalle3.tools.upscale import before_enlarging


@dataclass(frozen=True)
class Order:
    """One picture to be drawn."""

    request: Request
    id: str
    prompt: Prompt


async def draw(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """Pictures are in the gallery, and told of, as soon as they are finished: a later failure takes none away."""
    words = last_words(state["messages"])
    there = {id: record["digest"] for id, record in state.get("pictures", {}).items()}
    pictures: dict[str, PictureRecord] = {}
    failures: dict[str, str] = {}
    for orders in batches(state["requests"]):
        if why := await denied(len(orders)):
            failures |= dict.fromkeys((order.id for order in orders), why)
            continue
        drawn, whys = await drawn_or_why(orders, there, words, runtime, services)
        failures |= whys
        for order, digest in drawn:
            there[order.id] = digest
            made = pictures[order.id] = record(order, digest, words)
            runtime.stream_writer({"type": "picture", "part": order.request["part"], "record": made})
    return {"requests": [with_failures(request, failures) for request in state["requests"]], "pictures": pictures}


def batches(requests: Sequence[Request]) -> Iterator[list[Order]]:
    """What one call of a tool draws: neighbours of one kind; attention is steered for one picture at a time."""

    def kind(order: Order) -> tuple[object, ...]:
        tool = order.request.get("tool")
        if tool in CHANGES:
            return (order.id,)
        source = order.request["source"] if tool != "text_to_image" else None
        return tool, str(order.request.get("parameters")), source

    orders = [
        Order(request, id, prompt)
        for request in requests
        if request.get("prompts")
        for id, prompt in zip(request["ids"], request["prompts"], strict=True)
    ]
    for _, neighbours in groupby(orders, kind):
        yield list(neighbours)


async def drawn_or_why(
    orders: Sequence[Order], there: Mapping[str, str], words: str, runtime: Runtime[Context], services: Services
) -> tuple[list[tuple[Order, str]], dict[str, str]]:
    """The orders with their digests, and why the others have none, by id; `words` is what the person said."""
    policy = services.settings.policy
    asked = [(order, await refusal(policy, wanted(order))) for order in orders]
    whys = {order.id: why for order, why in asked if why}
    orders = [order for order, why in asked if not why]
    try:
        digests: Sequence[str | None] = await draw_batch(orders, there, runtime, services) if orders else []
    except NoEditEndpoint as error:
        why = in_language(f"{error} So it is drawn anew from its new description.", words)
        return await drawn_or_why([anew(order, why) for order in orders], there, words, runtime, services)
    except Withheld as error:
        whys |= {orders[row].id: why for row, why in error.whys.items()}
        digests = error.digests
    except (EngineError, PictureError, Stopped) as error:
        return [], whys | {order.id: "Stopped." if isinstance(error, Stopped) else str(error) for order in orders}
    return [(order, digest) for order, digest in zip(orders, digests, strict=True) if digest], whys


def anew(order: Order, why: str) -> Order:
    """The same as a new picture, and its reason with why."""
    reason = f"{order.request.get('reason', '')} {why}".strip()
    return replace(
        order, request={**order.request, "tool": "text_to_image", "parameters": {}, "level": "none", "reason": reason}
    )


def wanted(order: Order) -> str:
    """All that the engine would be sent for it."""
    instruction = order.request.get("parameters", {}).get("instruction")
    return f"{order.prompt['prompt']}\n{instruction}" if instruction else order.prompt["prompt"]


async def draw_batch(
    orders: Sequence[Order], there: Mapping[str, str], runtime: Runtime[Context], services: Services
) -> list[str]:
    """The digests of what was ordered, in order; `there` has those of the pictures before.

    Raises `EngineError` (`Withheld`), `PictureError` or `Stopped`.
    """
    if stopped():
        raise Stopped
    previews = (runtime.context or Context()).previews and services.settings.policy is None
    watch, caller = Reporter([order.id for order in orders], runtime, previews), caller_of(thread_of(runtime))
    request = orders[0].request
    tool = services.tools[request["tool"]]
    asked: dict[str, Any] = {"prompts": [order.prompt for order in orders], **request["parameters"]}
    again: list[dict[str, Any]] = []
    if "source" in tool.args:
        source = there.get(request["source"] or "")
        if source is None:
            raise EngineError(f"It is a change of {request['source']}, which was not drawn.")
        if request["tool"] in CHANGES:
            caption, steps = request.get("caption", ""), (runtime.context or Context()).steps
            source, again = await before_enlarging(services.owner, services.gallery, source)
            watch.ahead = 1
            source = await changeable(services.owner, services.gallery, source, caption, steps, watch, caller)
            watch.ahead = 0
        asked["source"] = source
    config: RunnableConfig = {"configurable": {"watch": watch, "caller": caller}}
    digests: list[str] = await tool.ainvoke(asked, config)
    for how in again:
        larger = [await services.tools["upscale"].ainvoke({"source": small, **how}, config) for small in digests]
        digests = [one for each in larger for one in each]
    return digests


def with_failures(request: Request, failures: Mapping[str, str]) -> Request:
    """The request, with why some of its pictures were not drawn, each reason once."""
    whys = dict.fromkeys(failures[id] for id in request["ids"] if id in failures)
    return {**request, "notes": [*request.get("notes", []), *whys]} if whys else request


def record(order: Order, digest: str, words: str) -> PictureRecord:
    """The node of the version tree for a finished picture."""
    request = order.request
    kind = request["kind"]
    assert kind != "select"
    row = request["ids"].index(order.id)
    description = request["descriptions"][row] if "descriptions" in request else request["description"]
    return {
        "id": order.id,
        "digest": digest,
        "parent": request["source"],
        "kind": kind,
        "words": words,
        "description": description,
        "level": request["level"],
        "reason": request["reason"],
    }


class Reporter:
    """Carries the owner's reports from its thread to the turn's loop as events.

    Drawings one after the other, such as an inversion and a change, are told of as one.
    """

    ahead = 0
    """Drawings as long as the present one that will follow it."""

    def __init__(self, ids: Sequence[str], runtime: Runtime[Context], previews: bool = True) -> None:
        self._ids = ids
        self._previews = previews
        self._gone = self._last = 0
        self._write = runtime.stream_writer
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._stop = STOP.get()

    def queued(self, position: int) -> None:
        self._each({"type": "queued", "position": position})

    def progress(self, step: int, of: int) -> None:
        if step <= self._last:
            self._gone += self._last
        self._last = step
        self._each({"type": "progress", "step": self._gone + step, "of": self._gone + (1 + self.ahead) * of})

    def wants_preview(self, row: int) -> bool:
        return self._previews

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
