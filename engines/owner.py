"""The owner: the one thread that touches a loaded pipeline, behind a bounded queue that takes callers in turn."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from minidalle3.engines.contract import Busy, Capabilities, Drawn, Engine, Job, Stopped, Watch
from minidalle3.engines.tickets import Ticket, Together, alike, joined, numbered, plain, settle
from minidalle3.graph.stop import STOP

T = TypeVar("T")
GLANCE = 0.2
"""Seconds between two looks at whether somebody who waits has stopped."""
LINGER, SHARE = 2.0, 0.25
"""What the next batch waits at most for drawings that are on their way: seconds, and of what the last one took."""
logger = logging.getLogger(__name__)


class Owner:
    """Loads an engine at the first call and draws one batch at a time, round robin over the callers.

    Waiting jobs that are alike are drawn as one batch of at most `together` rows, as far as their rows come out the
    same in any batch: plain jobs of a repeatable engine.
    """

    def __init__(self, load: Callable[[], Engine], limit: int = 64, together: int = 8) -> None:
        self._load = load
        self._limit = limit
        self._together = together
        self._engine: Engine | None = None
        self._lines: OrderedDict[str, deque[Ticket[Any]]] = OrderedDict()
        self._asked: deque[Future[Capabilities]] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._drawing: list[Ticket[Any]] = []
        self._coming: set[threading.Event] = set()
        self._took = 0.0
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

        def work(engine: Engine, watched: Watch) -> list[Drawn]:
            return numbered(engine.draw(job, watched))

        return await self.do(Ticket(caller, work, watch, job if plain(job) else None))

    async def run(self, work: Callable[[Engine, Watch], T], watch: Watch, caller: str = "") -> T:
        """Let the owner's thread work on the engine when the caller's turn comes; raises as `draw` does."""
        return await self.do(Ticket(caller, work, watch))

    async def do(self, ticket: Ticket[T]) -> T:
        """What the ticket's work returns when its turn has come; raises as `draw` does."""
        with self._wake:
            if why := self.full(ticket.caller):
                raise Busy(why)
            if turn := STOP.get():
                self._coming.discard(turn)
            self._lines.setdefault(ticket.caller, deque()).append(ticket)
            self._start()
        self._report()
        result = asyncio.wrap_future(ticket.result)
        try:
            while not (await asyncio.wait([result], timeout=GLANCE))[0]:
                if ticket.watch.stopped():
                    ticket.end()
        finally:
            result.cancel()
            self._leave(ticket)
        return result.result()

    def _leave(self, ticket: Ticket[Any]) -> None:
        """Take a ticket out of the queue, where it still waits: the others move up at once."""
        with self._wake:
            line = self._lines.get(ticket.caller, deque())
            if ticket not in line:
                return
            line.remove(ticket)
            if not line:
                del self._lines[ticket.caller]
        self._report()

    def expect(self, turn: threading.Event) -> None:
        """A turn, known by its stop flag, is about to ask for a drawing: a batch with room waits for it a little."""
        with self._wake:
            self._coming.add(turn)

    def came(self, turn: threading.Event) -> None:
        """It has asked, or never will."""
        with self._wake:
            self._coming.discard(turn)
            self._wake.notify()

    def waiting(self) -> int:
        """Callers in the queue, those being served left out."""
        return sum(map(len, list(self._lines.values())))

    def full(self, caller: str) -> str | None:
        """Why no drawing of this caller's is taken now: half of the places are for others."""
        if self.waiting() >= self._limit:
            return f"{self._limit} drawings are waiting already. Try again in a moment."
        if (own := self._waiting_of(caller)) >= (self._limit + 1) // 2:
            return f"{own} drawings of yours are waiting already. Try again in a moment."
        return None

    def _waiting_of(self, caller: str) -> int:
        return len(self._lines.get(caller, ()))

    def close(self) -> None:
        """Stop what is being drawn and let the thread end; waiting callers get `Stopped`."""
        with self._wake:
            self._closed = True
            for ticket in [*self._in_order(), *self._drawing]:
                ticket.end()
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="owner", daemon=True)
            self._thread.start()
        self._wake.notify()

    def _in_order(self) -> Iterator[Ticket[Any]]:
        """The waiting tickets as they would be drawn alone: the first of every caller, then the second of every one."""
        for rank in range(max(map(len, self._lines.values()), default=0)):
            for line in self._lines.values():
                if rank < len(line):
                    yield line[rank]

    def _report(self) -> None:
        with self._wake:
            waiting, drawing = list(self._in_order()), len(self._drawing)
        for position, ticket in enumerate(waiting, drawing):
            ticket.queued(position)

    def _next(self) -> list[Ticket[Any]] | Future[Capabilities] | None:
        with self._wake:
            self._wake.wait_for(lambda: self._closed or self._asked or self._lines)
            self._wake.wait_for(self._ripe, min(LINGER, SHARE * self._took))
            if self._closed:
                return None
            if self._asked:
                return self._asked.popleft()
            self._drawing = self._batch() if self._lines else []
            for ticket in self._drawing:
                self._lines[ticket.caller].remove(ticket)
            for caller in dict.fromkeys(ticket.caller for ticket in self._drawing):
                if not self._lines[caller]:
                    del self._lines[caller]
                else:
                    self._lines.move_to_end(caller)
            return self._drawing

    def _ripe(self) -> bool:
        """Whether the next batch gains nothing by waiting."""
        if self._closed or self._asked or not self._lines or not self._coming:
            return True
        batch = self._batch()
        return not self._joins(batch[0]) or sum(len(one.job.prompts) for one in batch if one.job) >= self._together

    def _joins(self, ticket: Ticket[Any]) -> bool:
        return ticket.job is not None and self._engine is not None and self._engine.capabilities.repeatable

    def _batch(self) -> list[Ticket[Any]]:
        """The first ticket, and those after it that can be drawn with it: nobody waits for more than one such batch
        longer than alone, since whoever had a ticket in it goes to the back.
        """
        first, *others = self._in_order()
        if first.job is None or not self._joins(first):
            return [first]
        batch, rows = [first], len(first.job.prompts)
        for ticket in others:
            if ticket.job is None or ticket.stopped() or not alike(first.job, ticket.job):
                continue
            if rows + len(ticket.job.prompts) <= self._together:
                batch.append(ticket)
                rows += len(ticket.job.prompts)
        return batch

    def _run(self) -> None:
        while (work := self._next()) is not None:
            if isinstance(work, Future):
                settle(work, lambda: self._ready().capabilities)
                continue
            self._report()
            began = time.monotonic()
            if not self._drawn_together(work):
                for ticket in work:
                    settle(ticket.result, partial(self._draw, ticket))
            self._took = time.monotonic() - began
            self._drawing = []

    def _ready(self) -> Engine:
        if self._engine is None:
            self._engine = self._load()
        return self._engine

    def _draw(self, ticket: Ticket[T]) -> T:
        if ticket.stopped():
            raise Stopped
        return ticket.work(self._ready(), ticket)

    def _drawn_together(self, tickets: Sequence[Ticket[Any]]) -> bool:
        """Whether every ticket has its result; if the batch fails, each is to be drawn alone, so that only those fail
        that would have failed anyway.
        """
        jobs = [ticket.job for ticket in tickets if ticket.job]
        if len(tickets) < 2:
            return False
        together = Together(tickets, jobs)
        try:
            together.hand_out(numbered(self._ready().draw(joined(jobs), together)))
        except Stopped:
            pass
        except Exception as error:
            logger.warning("A batch of %d failed (%s); its pictures are drawn alone.", len(jobs), type(error).__name__)
            return False
        return True
