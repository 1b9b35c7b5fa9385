"""One turn under way or finished, and everything that it has told so far."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from langchain_core.messages import HumanMessage

from minidalle3.graph.meter import Meter
from minidalle3.graph.state import Event


@dataclass(eq=False)
class Turn:
    """Belongs to the event loop on which it was begun."""

    thread: str
    message: HumanMessage
    meter: Meter | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    events: list[Event] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    over: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, *events: Event, over: bool = False) -> None:
        """Add to the record and wake the readers."""
        self.events.extend(events)
        self.over = self.over or over
        news, self._news = self._news, asyncio.Event()
        news.set()
        if self.meter:
            for event in events:
                self.meter.told(event)

    async def since(self, after: int) -> tuple[list[Event], bool]:
        """Wait for events from number `after` on; also whether they are the last."""
        while not self.over and len(self.events) <= after:
            await self._news.wait()
        return self.events[after:], self.over
