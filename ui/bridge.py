"""The front door for callers that are not async: an event loop in a thread of its own, with one `Turns` on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Command, Event, Segment

if TYPE_CHECKING:
    from minidalle3.gallery.store import Gallery
    from minidalle3.graph.journal import ThreadInfo
    from minidalle3.graph.past import History
    from minidalle3.graph.remote import RemoteTurns
    from minidalle3.graph.turns import Turns
    from minidalle3.nodes.services import Services

T = TypeVar("T")
OPEN: set[Bridge] = set()
"""Bridges whose loop still runs: a process that ends must close them, or SQLite's own thread keeps it alive."""


class Bridge:
    """Safe from any number of threads. Raises what `Turns` raises."""

    def __init__(self, settings: Settings, services: Services | None = None) -> None:
        self.settings = settings
        self._ready: Future[Turns | RemoteTurns] = Future()
        self._closing = asyncio.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live(settings, services)), name="front door", daemon=True
        )
        self._thread.start()
        self._turns = self._ready.result()
        OPEN.add(self)

    @property
    def gallery(self) -> Gallery:
        """Where the pictures of all threads are."""
        return self._turns.gallery

    def warm_up(self) -> None:
        """Begin to load what draws; if that fails, the first drawing will tell."""
        asyncio.run_coroutine_threadsafe(self._turns.capabilities(), self._loop)

    def start(
        self,
        thread: str,
        text: str = "",
        photos: Sequence[bytes] = (),
        context: Context | None = None,
        command: Command | None = None,
        tag: Segment | None = None,
        models: Settings | None = None,
    ) -> str:
        """Begin a turn and return its id."""
        return self._run(self._turns.start(thread, text, photos, context, command, tag, models))

    def events(self, turn: str, after: int = 0) -> Iterator[Event]:
        """A turn's events as they come; leaving early, or an interrupt, leaves the turn itself alone."""
        stream = self._turns.events(turn, after)

        async def following() -> Event | None:
            return await anext(stream, None)

        while (event := self._run(following())) is not None:
            yield event

    def told(self, turn: str) -> tuple[list[Event], bool]:
        """A turn's events so far, and whether they are all; does not wait for more."""

        async def telling() -> tuple[list[Event], bool]:
            return self._turns.told(turn)

        return self._run(telling())

    def stop(self, turn: str) -> None:
        """Ask a turn to end soon."""
        self._loop.call_soon_threadsafe(self._turns.stop, turn)

    def threads(self) -> list[ThreadInfo]:
        """All threads, the one used last first."""
        return self._run(self._turns.threads())

    def search(self, words: str, start: str = "") -> list[ThreadInfo]:
        """The threads where all these words stand, the one used last first; only those whose names begin so."""
        return self._run(self._turns.search(words, start))

    def rename(self, thread: str, title: str) -> None:
        """Give a thread another title."""
        self._run(self._turns.rename(thread, title))

    def delete(self, thread: str) -> None:
        """Forget a thread, and the pictures that no other one names."""
        self._run(self._turns.delete(thread))

    def export(self, thread: str) -> bytes:
        """A thread as a zip file."""
        return self._run(self._turns.export(thread))

    def take_in(self, thread: str, data: bytes) -> None:
        """Make an exported conversation a new thread."""
        self._run(self._turns.take_in(thread, data))

    def history(self, thread: str) -> History:
        """A thread as it stands."""
        return self._run(self._turns.history(thread))

    def digests(self) -> set[str]:
        """Every picture that some thread names."""
        return self._run(self._turns.digests())

    def close(self) -> None:
        """Stop the turns under way, save them, and end the thread."""
        if self in OPEN:
            OPEN.discard(self)
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    def __enter__(self) -> Bridge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _live(self, settings: Settings, services: Services | None) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            turns = await opened(settings, services)
        except BaseException as error:
            self._ready.set_exception(error)
            return
        self._ready.set_result(turns)
        await self._closing.wait()
        await turns.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise


async def opened(settings: Settings, services: Services | None) -> Turns | RemoteTurns:
    """The front door that the settings mean: of the house here, or of the one at a server."""
    if settings.server and services is None:
        from minidalle3.graph.remote import RemoteTurns

        return await RemoteTurns.open(settings)
    from minidalle3.graph.turns import Turns  # LangGraph takes seconds: not before somebody talks

    return await Turns.open(settings, services)


def close_all() -> None:
    """Close what is still open, before the process ends."""
    for bridge in list(OPEN):
        bridge.close()
