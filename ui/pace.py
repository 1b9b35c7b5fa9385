"""How often the page looks at a reply under way: less where looking is slow, so that drawing has most of the time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

OFTEN, SELDOM = 0.25, 2.0
"""Seconds between two looks, at least and at most."""
SHARE = 5
"""What a look takes goes so many times into the interval."""
LOOKS = 3
"""So many in a row must agree: one slow look, such as while a module is loaded, means nothing."""


class Pace:
    """Doubles the interval where looks are slow, and halves it again where there is room."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.interval = OFTEN
        self._clock = clock
        self._took: deque[float] = deque(maxlen=LOOKS)

    @contextmanager
    def look(self) -> Iterator[None]:
        """Around what one look does, if it goes to its end."""
        began = self._clock()
        yield
        self._took.append(self._clock() - began)

    def changed(self) -> bool:
        """Whether the interval is another one now; to ask after each look."""
        before = self.interval
        if len(self._took) == LOOKS:
            if SHARE * min(self._took) > before:
                self.interval = min(2 * before, SELDOM)
            elif 2 * SHARE * max(self._took) < before:
                self.interval = max(before / 2, OFTEN)
        if self.interval != before:
            self._took.clear()
        return self.interval != before
