"""Who counts the turn under way: given by the front door's caller, asked before anything is drawn."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from minidalle3.graph.state import Event


class Meter(Protocol):
    """Counts one turn, in the event loop of the front door."""

    async def denied(self, pictures: int) -> str | None:
        """Why so many pictures may not be drawn, in words for the person; None: they may, and count from now on."""

    def told(self, event: Event) -> None:
        """Hears every event."""


METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


async def denied(pictures: int) -> str | None:
    """Asks the meter of the turn that this task belongs to, if it has one."""
    meter = METER.get()
    return await meter.denied(pictures) if meter else None
