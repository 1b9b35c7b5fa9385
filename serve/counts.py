"""How often and how much a caller may: requests by rate, pictures by quota."""

from __future__ import annotations

import time
from collections import Counter
from math import ceil

from limits import RateLimitItem, parse_many
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from minidalle3.serve.doors import Caller
from minidalle3.serve.settings import ServeSettings


class TooMuch(Exception):
    """Come again in `seconds`."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = max(1, ceil(seconds))


class Counts:
    """Counts by key. Pictures that turns under way are about to draw are counted in this process alone."""

    def __init__(self, settings: ServeSettings) -> None:
        storage = storage_from_string(settings.counts)
        if not isinstance(storage, Storage):
            raise ValueError(f"MINIDALLE3_SERVE_COUNTS must begin with async+, not {settings.counts!r}.")
        self._limiter = FixedWindowRateLimiter(storage)
        self._rates, self._quotas = parse_many(settings.rate), parse_many(settings.quota)
        self._promised: Counter[str] = Counter()

    async def asked(self, caller: Caller) -> None:
        """One request. Raises `TooMuch`."""
        for limit in self._rates:
            if not await self._limiter.hit(limit, "requests", caller.id):
                raise await self._too_much(f"More than {limit.amount} requests", limit, "requests", caller)

    async def allow(self, caller: Caller, pictures: int = 1) -> None:
        """Whether so many more pictures fit the quota. Raises `TooMuch`."""
        wanted = self._promised[caller.id] + pictures
        for limit in self._quotas:
            if not await self._limiter.test(limit, "pictures", caller.id, cost=wanted):
                raise await self._too_much(f"More than {limit.amount} pictures", limit, "pictures", caller)

    async def promise(self, caller: Caller, pictures: int) -> None:
        """Keep so many more for a turn, until they are `drawn`. Raises `TooMuch`."""
        self._promised[caller.id] += pictures  # first: another turn of theirs may ask meanwhile
        try:
            await self.allow(caller, 0)
        except TooMuch:
            self._promised[caller.id] -= pictures
            raise

    async def drawn(self, caller: Caller, pictures: int, promised: int) -> None:
        """What came of what was promised."""
        if pictures:
            for limit in self._quotas:
                await self._limiter.hit(limit, "pictures", caller.id, cost=pictures)
        self._promised[caller.id] -= promised
        if not self._promised[caller.id]:
            del self._promised[caller.id]

    async def _too_much(self, what: str, limit: RateLimitItem, kind: str, caller: Caller) -> TooMuch:
        window = await self._limiter.get_window_stats(limit, kind, caller.id)
        seconds = window.reset_time - time.time()
        return TooMuch(f"{what} in {limit.get_expiry()} seconds. Try again in {max(1, ceil(seconds))} s.", seconds)
