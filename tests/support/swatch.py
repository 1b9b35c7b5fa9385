"""The benchmarks' cheap engine, which a test may hold up, let fail, and look into."""

from __future__ import annotations

import threading

from PIL import Image

from minidalle3.engines.contract import Dialect, Drawn, EngineError, Job, Watch
from minidalle3.eval import swatch
from minidalle3.eval.swatch import colour

__all__ = ["Swatch", "colour"]


class Swatch(swatch.Swatch):
    """Keeps its jobs and the threads that called it."""

    def __init__(self, steps: int = 4, dialect: Dialect = "prose", fail_on: str | None = None) -> None:
        super().__init__(steps, dialect)
        self.jobs: list[Job] = []
        self.threads: set[int] = set()
        self.gate: threading.Event | None = None
        """Where set, every step waits for it: a drawing that takes as long as a test wants."""
        self._fail_on = fail_on

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        self.jobs.append(job)
        self.threads.add(threading.get_ident())
        if self._fail_on and any(self._fail_on in prompt for prompt in job.prompts):
            raise EngineError(f"This engine has no {self._fail_on}.")
        return super().draw(job, Gated(watch, self.gate) if self.gate else watch)


class Gated:
    """A watch whose answer to whether to go on comes when the gate is open."""

    def __init__(self, watch: Watch, gate: threading.Event) -> None:
        self._watch, self._gate = watch, gate

    def stopped(self) -> bool:
        while not self._gate.wait(timeout=0.01) and not self._watch.stopped():
            pass
        return self._watch.stopped()

    def queued(self, position: int) -> None:
        self._watch.queued(position)

    def progress(self, step: int, of: int) -> None:
        self._watch.progress(step, of)

    def wants_preview(self, row: int) -> bool:
        return self._watch.wants_preview(row)

    def preview(self, row: int, image: Image.Image) -> None:
        self._watch.preview(row, image)


class Pace(threading.Event):
    """A gate that lets through as many steps as are released."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = threading.Semaphore(0)

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set() or self.steps.acquire(timeout=timeout)
