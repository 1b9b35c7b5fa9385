"""What Prometheus may read: counts and times, never a word that anybody said."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from prometheus_client import Counter, Gauge, Histogram

from minidalle3.graph.state import Event

TURNS = Counter("minidalle3_turns", "Turns that are over.")
RUNNING = Gauge("minidalle3_turns_running", "Turns under way.")
PICTURES = Counter("minidalle3_pictures", "Pictures drawn, or found drawn already.", ["kind"])
FAILURES = Counter("minidalle3_failures", "Pictures that were planned and not drawn.")
SECONDS = Histogram(
    "minidalle3_seconds_per_step",
    "Time between two denoising steps.",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
QUEUE = Gauge("minidalle3_queue_length", "Drawings that wait.")


async def watched(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    """The events of a turn, counted on their way."""
    planned: set[str] = set()
    before: dict[str, float] = {}
    with RUNNING.track_inprogress():
        async for event in events:
            now = time.monotonic()
            if event["type"] == "planned":
                planned.add(event["id"])
            elif event["type"] == "progress":
                if event["id"] in before:
                    SECONDS.observe(now - before[event["id"]])
                before[event["id"]] = now
            elif event["type"] == "picture":
                planned.discard(event["record"]["id"])
                PICTURES.labels(event["record"]["kind"]).inc()
            elif event["type"] == "reset":
                planned.clear()
            yield event
    TURNS.inc()
    FAILURES.inc(len(planned))
