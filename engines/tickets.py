"""Work that waits for the owner, and what may be drawn together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, Generic, TypeVar

from PIL import Image

from minidalle3.engines.contract import Drawn, Engine, EngineError, Job, Stopped, Watch

T = TypeVar("T")


@dataclass(eq=False)
class Ticket(Generic[T]):
    """Work in the queue; cancelling its future ends it, waiting or half done."""

    caller: str
    work: Callable[[Engine, Watch], T]
    watch: Watch
    job: Job | None = None
    """What the work draws, where it is one plain batch that others may join."""
    result: Future[T] = field(default_factory=Future)
    _position: int | None = None

    def queued(self, position: int) -> None:
        """Said once: every arrival and departure asks for it."""
        if position != self._position:
            self._position = position
            self.watch.queued(position)

    def progress(self, step: int, of: int) -> None:
        self.watch.progress(step, of)

    def wants_preview(self, row: int) -> bool:
        return self.watch.wants_preview(row)

    def preview(self, row: int, image: Image.Image) -> None:
        self.watch.preview(row, image)

    def stopped(self) -> bool:
        return self.result.done() or self.watch.stopped()

    def end(self) -> None:
        """Whoever waits for it gets `Stopped`, now."""
        with suppress(InvalidStateError):
            self.result.set_exception(Stopped())


class Together:
    """Watches one batch for the tickets whose rows it has: each hears of its own rows, and is stopped alone."""

    def __init__(self, tickets: Sequence[Ticket[Any]], jobs: Sequence[Job]) -> None:
        self._tickets = tickets
        self._starts = [0, *accumulate(len(job.prompts) for job in jobs)]

    def queued(self, position: int) -> None:
        for ticket in self._tickets:
            ticket.queued(position)

    def progress(self, step: int, of: int) -> None:
        for ticket in self._tickets:
            if not ticket.stopped():
                ticket.progress(step, of)

    def wants_preview(self, row: int) -> bool:
        ticket, own = self._owner(row)
        return not ticket.stopped() and ticket.wants_preview(own)

    def preview(self, row: int, image: Image.Image) -> None:
        ticket, own = self._owner(row)
        ticket.preview(own, image)

    def stopped(self) -> bool:
        """A ticket that is stopped is told at once; its rows are drawn on for nobody while others are wanted."""
        for ticket in self._tickets:
            if ticket.stopped():
                ticket.end()
        return all(ticket.result.done() for ticket in self._tickets)

    def _owner(self, row: int) -> tuple[Ticket[Any], int]:
        """Whose row it is, and which of theirs."""
        number = bisect_right(self._starts, row) - 1
        return self._tickets[number], row - self._starts[number]

    def hand_out(self, drawn: Sequence[Drawn]) -> None:
        """Give every ticket its rows."""
        for number, ticket in enumerate(self._tickets):
            with suppress(InvalidStateError):
                ticket.result.set_result(list(drawn[self._starts[number] : self._starts[number + 1]]))


def plain(job: Job) -> bool:
    """Whether its rows depend on nothing but their prompts, seeds and the numbers of the job."""
    return not (job.control or job.source or job.mask or job.look or job.start or job.embedding)


def alike(one: Job, other: Job) -> bool:
    """Whether two plain jobs of one engine, and so of one scheduler, can be one batch."""
    return (one.steps, one.guidance, one.width, one.height) == (other.steps, other.guidance, other.width, other.height)


def joined(jobs: Sequence[Job]) -> Job:
    """One batch of jobs that are alike, their rows in order."""
    return replace(
        jobs[0],
        prompts=tuple(prompt for job in jobs for prompt in job.prompts),
        negative_prompts=tuple(prompt for job in jobs for prompt in job.negative_prompts),
        seeds=tuple(seed for job in jobs for seed in job.seeds),
    )


def numbered(drawn: Sequence[Drawn]) -> list[Drawn]:
    """Rows that know which batch they were drawn in."""
    return [replace(one, batch_size=len(drawn), batch_row=row) for row, one in enumerate(drawn)]


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
