"""A whole house for a test: the real graph, saver and gallery around a scripted LLM and a cheap engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage
from support.scripted import ScriptedChatModel
from support.swatch import Swatch

from minidalle3.engines.contract import Engine
from minidalle3.engines.owner import Owner
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import DoneEvent, Event
from minidalle3.graph.turns import Turns
from minidalle3.nodes.services import Services


def services(
    home: Path, replies: Sequence[str], engine: Engine | None = None, queue_limit: int = 64, **more: Any
) -> Services:
    """Services whose LLM says `replies`, one a call."""
    llm = ScriptedChatModel(script=[AIMessage(reply) for reply in replies])
    settings = Settings(home=home, queue_limit=queue_limit, **more)
    return Services.of(settings, llm, Owner(lambda: engine or Swatch(), queue_limit))


@asynccontextmanager
async def opened(home: Path, *replies: str, engine: Engine | None = None, **more: Any) -> AsyncIterator[Turns]:
    """A front door, closed at the end."""
    made = services(home, replies, engine, **more)
    turns = await Turns.open(made.settings, made)
    try:
        yield turns
    finally:
        await turns.close()


async def say(turns: Turns, text: str, thread: str = "t", **more: Any) -> list[Event]:
    """One turn and all its events."""
    return [event async for event in turns.events(await turns.start(thread, text, **more))]


def done(events: Sequence[Event]) -> DoneEvent:
    """The last event, which must be the only `done`."""
    ends = [event for event in events if event["type"] == "done"]
    assert len(ends) == 1
    assert events[-1] is ends[0]
    return ends[0]


def shape(events: Sequence[Event]) -> list[str]:
    """The reply in short: `text`, `note`, and the ids of its pictures."""
    return [part["id"] if part["type"] == "picture" else part["type"] for part in done(events)["reply"]]
