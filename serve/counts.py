"""How often and how much a caller may: requests by rate, pictures by quota."""

from __future__ import annotations

import time
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
    """Counts by key; pictures of turns under way are not yet counted, so a quota may be passed by those."""

    def __init__(self, settings: ServeSettings) -> None:
        storage = storage_from_string(settings.counts)
        if not isinstance(storage, Storage):
            raise ValueError(f"MINIDALLE3_SERVE_COUNTS must begin with async+, not {settings.counts!r}.")
        self._limiter = FixedWindowRateLimiter(storage)
        self._rates, self._quotas = parse_many(settings.rate), parse_many(settings.quota)

    async def asked(self, caller: Caller) -> None:
        """One request. Raises `TooMuch`."""
        for limit in self._rates:
            if not await self._limiter.hit(limit, "requests", caller.id):
                raise await self._too_much(f"More than {limit.amount} requests", limit, "requests", caller)

    async def allow(self, caller: Caller, pictures: int = 1) -> None:
        """Whether so many more pictures fit the quota. Raises `TooMuch`."""
        for limit in self._quotas:
            if not await self._limiter.test(limit, "pictures", caller.id, cost=pictures):
                raise await self._too_much(f"More than {limit.amount} pictures", limit, "pictures", caller)

    async def drawn(self, caller: Caller) -> None:
        """One picture."""
        for limit in self._quotas:
            await self._limiter.hit(limit, "pictures", caller.id)

    async def _too_much(self, what: str, limit: RateLimitItem, kind: str, caller: Caller) -> TooMuch:
        window = await self._limiter.get_window_stats(limit, kind, caller.id)
        seconds = window.reset_time - time.time()
        return TooMuch(f"{what} in {limit.get_expiry()} seconds. Try again in {max(1, ceil(seconds))} s.", seconds)
