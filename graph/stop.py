"""The stop flag of the turn under way: set by the front door, read between the LLM's words and the engine's steps."""

from __future__ import annotations

from contextvars import ContextVar
from threading import Event

STOP: ContextVar[Event | None] = ContextVar("stop", default=None)


def stopped() -> bool:
    """Whether the person has stopped the turn that this task belongs to."""
    flag = STOP.get()
    return flag is not None and flag.is_set()
