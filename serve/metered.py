"""One caller's turn, counted whoever follows it: for their quota, for Prometheus and for the log."""

from __future__ import annotations

import asyncio
import hashlib
import logging

from minidalle3.graph.state import Event
from minidalle3.serve.counts import Counts, TooMuch
from minidalle3.serve.doors import Caller
from minidalle3.serve.metrics import RUNNING, Tally

logger = logging.getLogger(__name__)
TASKS: set[asyncio.Task[None]] = set()
"""Holds the tasks that settle what turns cost: the event loop itself holds none."""


class Metered:
    """The `Meter` of a turn."""

    def __init__(self, counts: Counts, caller: Caller, thread: str) -> None:
        self._counts, self._caller, self._thread = counts, caller, thread
        self._tally = Tally()
        self._promised = 0
        self._begun = False

    async def denied(self, pictures: int) -> str | None:
        """So that no number of turns at once passes the quota."""
        try:
            await self._counts.promise(self._caller, pictures)
        except TooMuch as error:
            return str(error)
        self._promised += pictures
        return None

    def told(self, event: Event) -> None:
        """Count it; the last event settles everything."""
        if not self._begun:
            self._begun = True
            RUNNING.inc()
        self._tally.take(event)
        if event["type"] == "done":
            RUNNING.dec()
            task = asyncio.create_task(self._settle())
            TASKS.add(task)
            task.add_done_callback(TASKS.discard)

    async def _settle(self) -> None:
        await self._counts.drawn(self._caller, self._tally.pictures, self._promised)
        name = hashlib.sha256(self._thread.encode()).hexdigest()[:12]
        who = {"caller": self._caller.id[:8], "thread": name}
        logger.info("turn", extra={"fields": {**who, **self._tally.fields()}})
