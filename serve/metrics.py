"""What Prometheus and the log may know of a turn: counts and times, never a word that anybody said."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from prometheus_client import Counter, Gauge, Histogram

from minidalle3.graph.policy import REFUSED
from minidalle3.graph.state import DoneEvent, Event
from minidalle3.tools.shelf import UNSAFE

TURNS = Counter("minidalle3_turns", "Turns that are over.")
RUNNING = Gauge("minidalle3_turns_running", "Turns under way.")
PICTURES = Counter("minidalle3_pictures", "Pictures drawn, or found drawn already.", ["kind"])
FAILURES = Counter("minidalle3_failures", "Pictures planned and not drawn, and turns without any answer.", ["kind"])
SECONDS = Histogram(
    "minidalle3_seconds_per_step",
    "Time between two denoising steps.",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
QUEUE = Gauge("minidalle3_queue_length", "Drawings that wait.")

KINDS = {"Stopped": "stopped", REFUSED: "refused", UNSAFE: "unsafe"}
"""Failures by what the reply says of them."""


@dataclass
class Tally:
    """One turn, counted event by event."""

    pictures: int = 0
    failure: str | None = None
    """`stopped`, `refused`, `unsafe`; else `not_drawn`, or `unanswered` where the reply is a note alone."""
    _planned: set[str] = field(default_factory=set)
    _before: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    def take(self, event: Event) -> None:
        """Count one event."""
        if event["type"] == "planned":
            self._planned.add(event["id"])
        elif event["type"] == "progress":
            now = time.monotonic()
            if event["id"] in self._before:
                SECONDS.observe(now - self._before[event["id"]])
            self._before[event["id"]] = now
        elif event["type"] == "picture":
            self._planned.discard(event["record"]["id"])
            self.pictures += 1
            PICTURES.labels(event["record"]["kind"]).inc()
        elif event["type"] == "reset":
            self._planned.clear()
        elif event["type"] == "done":
            self._end(event)

    def fields(self) -> dict[str, object]:
        """For the log."""
        seconds = round(time.monotonic() - self._began, 3)
        return {"seconds": seconds, "pictures": self.pictures, "failure": self.failure}

    def _end(self, done: DoneEvent) -> None:
        TURNS.inc()
        notes = " ".join(part["text"] for part in done["reply"] if part["type"] == "note")
        if self._planned or all(part["type"] == "note" for part in done["reply"]):
            kind = "not_drawn" if self._planned else "unanswered"
            self.failure = next((name for said, name in KINDS.items() if said in notes), kind)
            FAILURES.labels(self.failure).inc(len(self._planned) or 1)
