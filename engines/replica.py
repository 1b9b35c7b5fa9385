"""What runs in a process of Ray Serve's: an engine behind its owner, which draws alike jobs of all servers together."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

from PIL import Image

from minidalle3.engines.contract import Capabilities, Engine, Job, Watch
from minidalle3.engines.owner import Owner
from minidalle3.engines.tickets import Ticket

Report: TypeAlias = tuple[str, tuple[Any, ...]]
"""A method of `Watch` and its arguments; at last `result` or `error` with what the work returned or raised."""


class Replica:
    """Is there once its engine is loaded: nobody is sent to one that could not draw."""

    def __init__(self, load: Callable[[], Engine], together: int) -> None:
        engine = load()
        self._owner = Owner(lambda: engine, sys.maxsize, together)

    async def capabilities(self) -> Capabilities:
        """What the engine can do."""
        return await self._owner.capabilities()

    async def do(
        self, caller: str, work: Callable[[Engine, Watch], Any], job: Job | None, previews: bool
    ) -> AsyncIterator[Report]:
        """The reports of one `Ticket`'s work; who reads no further stops it."""
        relay = Relay(previews)
        doing = asyncio.ensure_future(self._owner.do(Ticket(caller, work, relay, job)))
        doing.add_done_callback(lambda done: relay.tell("error" if done.exception() else "result"))
        try:
            while (report := await relay.news.get())[0] not in ("result", "error"):
                yield report
            yield report[0], (doing.exception() or doing.result(),)
        finally:
            relay.left = True


class Relay:
    """A watch for somebody in another process."""

    def __init__(self, previews: bool) -> None:
        self.news: asyncio.Queue[Report] = asyncio.Queue()
        self.left = False
        self._previews = previews
        self._loop = asyncio.get_running_loop()

    def queued(self, position: int) -> None:
        self.tell("queued", position)

    def progress(self, step: int, of: int) -> None:
        self.tell("progress", step, of)

    def wants_preview(self, row: int) -> bool:
        return self._previews

    def preview(self, row: int, image: Image.Image) -> None:
        self.tell("preview", row, image)

    def stopped(self) -> bool:
        return self.left

    def tell(self, report: str, *arguments: Any) -> None:
        """From any thread."""
        self._loop.call_soon_threadsafe(self.news.put_nowait, (report, arguments))


def diffusion(model: str, device: str, adapter: str | None) -> Engine:
    """As `diffusion.load`; torch and diffusers are imported where it is loaded alone."""
    from minidalle3.engines.diffusion import load

    return load(model, device, adapter)
