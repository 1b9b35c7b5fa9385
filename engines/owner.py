"""The owner: the one thread that touches a loaded pipeline, behind a bounded queue that takes callers in turn."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from PIL import Image

from minidalle3.engines.contract import Busy, Capabilities, Drawn, Engine, EngineError, Job, Stopped, Watch

T = TypeVar("T")


@dataclass
class Ticket(Generic[T]):
    """Work in the queue; cancelling its future ends it, waiting or half done."""

    work: Callable[[Engine, Watch], T]
    watch: Watch
    result: Future[T] = field(default_factory=Future)

    def queued(self, position: int) -> None:
        self.watch.queued(position)

    def progress(self, step: int, of: int) -> None:
        self.watch.progress(step, of)

    def preview(self, row: int, image: Image.Image) -> None:
        self.watch.preview(row, image)

    def stopped(self) -> bool:
        return self.result.done() or self.watch.stopped()


class Owner:
    """Loads an engine at the first call and draws one job at a time, round robin over the callers."""

    def __init__(self, load: Callable[[], Engine], limit: int = 64) -> None:
        self._load = load
        self._limit = limit
        self._engine: Engine | None = None
        self._lines: OrderedDict[str, deque[Ticket[Any]]] = OrderedDict()
        self._asked: deque[Future[Capabilities]] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._drawing: Ticket[Any] | None = None
        self._closed = False

    async def capabilities(self) -> Capabilities:
        """What the engine can do; loads it if need be. Raises `EngineError` when it cannot be loaded."""
        if self._engine is not None:
            return self._engine.capabilities
        asked: Future[Capabilities] = Future()
        with self._wake:
            self._asked.append(asked)
            self._start()
        return await asyncio.wrap_future(asked)

    async def draw(self, job: Job, watch: Watch, caller: str = "") -> list[Drawn]:
        """Draw a job when its turn comes. Raises `Busy`, `Stopped` or `EngineError`; cancelling stops the drawing."""
        return await self.run(lambda engine, watched: engine.draw(job, watched), watch, caller)

    async def run(self, work: Callable[[Engine, Watch], T], watch: Watch, caller: str = "") -> T:
        """Let the owner's thread work on the engine when the caller's turn comes; raises as `draw` does."""
        ticket = Ticket(work, watch)
        with self._wake:
            if self.waiting() >= self._limit:
                raise Busy(f"{self._limit} drawings are waiting already. Try again in a moment.")
            self._lines.setdefault(caller, deque()).append(ticket)
            self._start()
        self._report()
        return await asyncio.wrap_future(ticket.result)

    def waiting(self) -> int:
        """Callers in the queue, the one being served left out."""
        return sum(map(len, list(self._lines.values())))

    def close(self) -> None:
        """Stop what is being drawn and let the thread end; waiting callers get `Stopped`."""
        with self._wake:
            self._closed = True
            for ticket in [*self._in_order(), *([self._drawing] if self._drawing else [])]:
                with suppress(InvalidStateError):
                    ticket.result.set_exception(Stopped())
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="owner", daemon=True)
            self._thread.start()
        self._wake.notify()

    def _in_order(self) -> Iterator[Ticket[Any]]:
        """The waiting tickets as they will be drawn: the first of every caller, then the second of every caller."""
        for rank in range(max(map(len, self._lines.values()), default=0)):
            for line in self._lines.values():
                if rank < len(line):
                    yield line[rank]

    def _report(self) -> None:
        with self._wake:
            waiting = list(self._in_order())
        for position, ticket in enumerate(waiting):
            ticket.queued(position)

    def _next(self) -> Ticket[Any] | Future[Capabilities] | None:
        with self._wake:
            self._wake.wait_for(lambda: self._closed or self._asked or self._lines)
            if self._closed:
                return None
            if self._asked:
                return self._asked.popleft()
            caller, line = self._lines.popitem(last=False)
            ticket = line.popleft()
            if line:
                self._lines[caller] = line
            return ticket

    def _run(self) -> None:
        while (work := self._next()) is not None:
            if isinstance(work, Ticket):
                self._report()
                settle(work.result, partial(self._draw, work))
            else:
                settle(work, lambda: self._ready().capabilities)

    def _ready(self) -> Engine:
        if self._engine is None:
            self._engine = self._load()
        return self._engine

    def _draw(self, ticket: Ticket[T]) -> T:
        if ticket.stopped():
            raise Stopped
        self._drawing = ticket
        try:
            return ticket.work(self._ready(), ticket)
        finally:
            self._drawing = None


def settle(future: Future[T], work: Callable[[], T]) -> None:
    """Give `future` what `work` returns or raises, unless its caller has gone; strange errors become `EngineError`."""
    with suppress(InvalidStateError):
        try:
            future.set_result(work())
        except (EngineError, Stopped) as error:
            future.set_exception(error)
        except Exception as error:
            failure = EngineError(f"The drawing failed: {type(error).__name__}: {error}")
            failure.__cause__ = error
            future.set_exception(failure)
