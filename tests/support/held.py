"""A cheap engine in other processes, which a test holds up, and asks who draws, through files."""

from __future__ import annotations

import os
import time
from pathlib import Path

from minidalle3.engines.contract import Drawn, Job, Stopped, Watch
from minidalle3.eval.swatch import Swatch


class Held(Swatch):
    """While there is a file `hold`, drawings stand still before their second step; their processes tell their ids."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        return super().draw(job, Holding(watch, self._folder))


class Holding:
    """A watch that waits for the test."""

    def __init__(self, watch: Watch, folder: Path) -> None:
        self._watch, self._folder = watch, folder

    def progress(self, step: int, of: int) -> None:
        self._watch.progress(step, of)
        drawing = self._folder / f"{os.getpid()}.drawing"
        drawing.touch()
        while (self._folder / "hold").exists():
            time.sleep(0.01)
            if self._watch.stopped():
                drawing.rename(drawing.with_suffix(".stopped"))
                raise Stopped

    def stopped(self) -> bool:
        return self._watch.stopped()

    def queued(self, position: int) -> None:
        self._watch.queued(position)

    def wants_preview(self, row: int) -> bool:
        return self._watch.wants_preview(row)

    def preview(self, row: int, image: object) -> None:
        self._watch.preview(row, image)  # type: ignore[arg-type]
