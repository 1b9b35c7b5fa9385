"""Turns that outlive their client: begun, followed and stopped in requests of their own, as `RemoteTurns` does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse

from minidalle3.graph.context import Context
from minidalle3.graph.state import Command, Segment
from minidalle3.serve.agent import Choices, Words
from minidalle3.serve.callers import Admitted, Known, house
from minidalle3.serve.own import Own
from minidalle3.serve.threads import Thread

router = APIRouter(tags=["turns"])


class Tag(BaseModel):
    """What is to be drawn, where that is decided: no LLM is asked."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["image", "edit", "vary", "refine"]
    text: str = Field(max_length=4000)
    count: int = Field(default=1, ge=1, le=8)
    source: str | None = Field(default=None, pattern=r"^#[0-9]{1,6}$")

    def segment(self) -> Segment:
        """As the graph knows it."""
        segment: Segment = {"kind": self.kind, "text": self.text, "count": self.count}
        return {**segment, "source": self.source} if self.source else segment


class Begin(BaseModel):
    """One message, a move along the version tree, or a tag."""

    model_config = ConfigDict(extra="forbid")
    text: Words = ""
    photos: list[str] = Field(default=[], max_length=4, description="base64, data URLs, or links to your own pictures")
    command: Command | None = None
    tag: Tag | None = None
    context: Choices = Choices()


@router.post("/threads/{thread}/turns", status_code=201)
async def begin(thread: Thread, own: Admitted, body: Begin) -> dict[str, str]:
    """The id of the turn, which goes on whether it is followed or not."""
    photos = [await own.photo(address) for address in body.photos]
    tag = body.tag.segment() if body.tag else None
    turn = await own.start(thread, body.text, photos, Context(**body.context.model_dump()), body.command, tag)
    return {"turn": turn}


@router.get("/turns/{turn}/events")
async def events(turn: str, own: Known, after: Annotated[int, Query(ge=0)] = 0) -> EventSourceResponse:
    """The events of a turn from number `after` on, those of the past first, until it is over."""
    return EventSourceResponse(data(own, own.known(turn), after))


async def data(own: Own, turn: str, after: int) -> AsyncIterator[dict[str, str]]:
    """Server-sent events of JSON."""
    async for event in own.follow(turn, after):
        yield {"data": json.dumps(event)}


@router.post("/turns/{turn}/stop", status_code=204)
async def stop(turn: str, own: Known) -> None:
    """Ask a turn to end soon; what is drawn by then is kept."""
    own.stop(turn)


@router.get("/capabilities")
async def capabilities(request: Request, own: Known) -> dict[str, Any]:
    """What the engine can do."""
    return asdict(await house(request).turns.capabilities())
