"""A watch that writes down what it is told."""

import asyncio
from collections.abc import Callable, Collection

from PIL import Image


class Watching:
    """Keeps every report; stops the drawing after `stop_after` steps, if given; wants previews of `rows`, or of all."""

    def __init__(self, stop_after: int | None = None, rows: Collection[int] | None = None) -> None:
        self.positions: list[int] = []
        self.steps: list[int] = []
        self.previews: list[tuple[int, Image.Image]] = []
        self._stop_after = stop_after
        self._rows = rows

    def queued(self, position: int) -> None:
        self.positions.append(position)

    def progress(self, step: int, of: int) -> None:
        self.steps.append(step)

    def wants_preview(self, row: int) -> bool:
        return self._rows is None or row in self._rows

    def preview(self, row: int, image: Image.Image) -> None:
        self.previews.append((row, image))

    def stopped(self) -> bool:
        return self._stop_after is not None and len(self.steps) >= self._stop_after


async def until(condition: Callable[[], object]) -> None:
    """Wait for what another thread or process will bring about."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)
