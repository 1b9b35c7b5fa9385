"""The typed façade that LangServe serves: one message in, the events of its turn out."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Request
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langserve import add_routes
from pydantic import BaseModel, ConfigDict, Field

from minidalle3.graph.context import Context, Count, Guidance, Seed, Size, Steps
from minidalle3.graph.state import (
    Command,
    DoneEvent,
    Event,
    Level,
    NoteEvent,
    PictureEvent,
    PlannedEvent,
    PreviewEvent,
    ProgressEvent,
    QueuedEvent,
    ResetEvent,
    TextEvent,
)
from minidalle3.serve.callers import admitted, house
from minidalle3.serve.own import THREAD, Own

PARTS, PAUSE = 10, 1.0
"""Steps are told when another tenth of a drawing is done, or a second has passed: each costs a stream time."""
Words: TypeAlias = Annotated[str, Field(max_length=20_000)]


class Choices(BaseModel):
    """The small choices of one turn."""

    model_config = ConfigDict(extra="forbid")
    seed: Seed | None = None
    steps: Steps | None = None
    guidance: Guidance | None = None
    level: Level | None = None
    size: Size | None = None
    count: Count | None = None
    previews: bool = Field(default=False, description="also send pictures while they are half drawn")


class Ask(BaseModel):
    """One message; an answer to a question that a thread left open is simply the next message."""

    model_config = ConfigDict(extra="forbid")
    text: Words = ""
    thread: str = Field(default="default", pattern=f"^{THREAD}$", description="a name of your own choosing")
    photos: list[str] = Field(default=[], max_length=4, description="base64, data URLs, or links to your own pictures")
    command: Command | None = Field(default=None, description="a move along the version tree, instead of a message")
    context: Choices = Choices()


class LinkedPicture(PictureEvent):
    """A picture with the address of its bytes."""

    url: str


Served: TypeAlias = (
    TextEvent
    | PlannedEvent
    | QueuedEvent
    | ProgressEvent
    | PreviewEvent
    | LinkedPicture
    | NoteEvent
    | ResetEvent
    | DoneEvent
)


async def talk(ask: Ask, config: RunnableConfig) -> AsyncIterator[list[dict[str, Any]]]:
    """One event at a time, each in a list: lists add up, so that `/invoke` answers with all of them."""
    ask = Ask.model_validate(ask)
    request: Request = config["configurable"]["request"]
    own: Own = request.state.own
    photos = [await own.photo(address) for address in ask.photos]
    turn = await own.start(ask.thread, ask.text, photos, Context(**ask.context.model_dump()), ask.command)
    whole = request.url.path.endswith("/invoke")  # a stream's response listens for itself whether its reader has gone
    worth = Worth()
    async for event in own.events(turn, request.is_disconnected if whole else None):
        if worth.telling(event):
            yield [linked(event, request, ask.thread)]


class Worth:
    """Remembers which step of each picture was told last, and when."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, float]] = {}

    def telling(self, event: Event) -> bool:
        """Whether the event says more than the one before it."""
        if event["type"] != "progress":
            return True
        step, of, now = event["step"], event["of"], time.monotonic()
        before, at = self._told.get(event["id"], (0, -math.inf))
        if step * PARTS // of == before * PARTS // of and now - at < PAUSE:
            return False
        self._told[event["id"]] = step, now
        return True


def linked(event: Event, request: Request, thread: str) -> dict[str, Any]:
    """The event as it is served."""
    if event["type"] != "picture":
        return {**event}
    url = house(request).link(request, request.state.own.caller, thread, event["record"]["id"])
    return {**event, "url": url}


def with_request(config: dict[str, Any], request: Request) -> dict[str, Any]:
    """Nothing in a caller's own `config` is believed."""
    return {"configurable": {"request": request}}


def router() -> APIRouter:
    """`/agent/invoke`, `/agent/stream`, `/agent/stream_events`, the schemas and the playground, all behind the key."""
    routes = APIRouter(dependencies=[Depends(admitted)])
    add_routes(
        routes,
        RunnableLambda(talk).with_types(input_type=Ask, output_type=list[Served]),  # type: ignore[arg-type]
        path="/agent",
        per_req_config_modifier=with_request,
        disabled_endpoints=["batch", "stream_log", "config_hashes"],
    )
    return routes
