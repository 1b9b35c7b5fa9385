"""Training by the clock: how far along a stage is, what the learning rate should be, and a line of progress."""

import math
import time
from collections.abc import Iterator
from typing import Any

from tqdm import tqdm


class Pace:
    """Iterates over steps until the minutes are up (or `steps` are done); `share` is how much of them has passed."""

    def __init__(self, name: str, minutes: float, done: int = 0, steps: int | None = None, start: float = 0.0) -> None:
        self.done, self.share = done, start
        self._start, self._begun, self._seconds, self._steps = start, time.monotonic(), max(minutes * 60, 1e-6), steps
        self._bar: Any = tqdm(desc=name, unit="step", initial=done, mininterval=5)

    def __iter__(self) -> Iterator[int]:
        taken = 0
        while (passed := (time.monotonic() - self._begun) / self._seconds) < 1 and taken != self._steps:
            self.share = self._start + (1 - self._start) * passed
            yield self.done
            taken, self.done = taken + 1, self.done + 1
            self._bar.update()
        self._bar.close()

    def warm_cosine(self, warmup: int) -> float:
        """From 0 over `warmup` steps to 1, then down a half cosine to 0.02 at the end."""
        return min(1.0, (self.done + 1) / warmup) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * self.share)))

    def say(self, **numbers: float) -> None:
        self._bar.set_postfix({name: f"{value:.4g}" for name, value in numbers.items()}, refresh=False)
