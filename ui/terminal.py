"""A turn on a terminal: words as they come, progress bars on stderr, pictures as paths."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from tqdm import tqdm

from minidalle3.gallery.store import Gallery
from minidalle3.graph.state import Event, Part, PictureRecord, ProgressEvent
from minidalle3.ui.views import picture_view, provenance, remark

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
PATIENCE = 0.8
"""Seconds of silence after which a wait is shown."""


class Screen:
    """Renders the events of one turn; `out=None` shows the bars only."""

    def __init__(self, gallery: Gallery, out: TextIO | None) -> None:
        self._gallery = gallery
        self._out = out
        self._bars: dict[str, Any] = {}
        self._part: int | None = None
        self._line_begun = False
        self._told = False
        self._shown: set[str] = set()
        self.waiting_for: str | None = "Thinking"
        """What a silence means just now."""

    def show(self, event: Event) -> None:
        """One event, in the order they come."""
        if event["type"] == "text":
            self._text(event["part"], event["delta"])
        elif event["type"] == "planned":
            self._break()
            self.waiting_for = "Getting ready to draw"
        elif event["type"] == "queued" and event["position"]:
            self.waiting_for = f"Waiting for {event['position']} other drawings"
        elif event["type"] == "progress":
            self._progress(event)
        elif event["type"] == "picture":
            self._picture(event["record"])
        elif event["type"] == "note":
            self._note(event["text"])
        elif event["type"] == "reset":
            self._break()
            self._note("Let me say that again.")
            self.waiting_for, self._told = "Thinking", False

    def finish(self, reply: Iterable[Part], pictures: dict[str, PictureRecord]) -> None:
        """What the finished reply has and no event told: the answer to a move, an older picture shown again."""
        self._break()
        self.close()
        for part in reply:
            if part["type"] == "text" and not self._told:
                self._print(part["text"])
            elif part["type"] == "picture" and part["id"] not in self._shown:
                self._picture(pictures[part["id"]])

    def close(self) -> None:
        """Take the bars off the screen."""
        for bar in self._bars.values():
            bar.close()
        self._bars.clear()

    def _text(self, part: int, delta: str) -> None:
        if part != self._part:
            self._break()
            delta = delta.lstrip()
        delta = safe(delta)
        self._part, self._told, self.waiting_for = part, True, None
        if self._out and delta:
            self._line_begun = not delta.endswith("\n")
            self._out.write(delta)
            self._out.flush()

    def _progress(self, event: ProgressEvent) -> None:
        self._break()
        self.waiting_for = None
        id = event["id"]
        if id not in self._bars:
            self._bars[id] = tqdm(total=event["of"], desc=f"Drawing {id}", unit="step", leave=False, disable=None)
        self._bars[id].update(event["step"] - self._bars[id].n)

    def _picture(self, record: PictureRecord) -> None:
        self._break()
        self._shown.add(record["id"])
        if bar := self._bars.pop(record["id"], None):
            bar.close()
        view = picture_view(record, self._gallery)
        origin = f"{provenance(view)}. {remark(view)}".rstrip()
        self._print(f"{view['id']}  {view['description']}\n    {origin}\n    {view['path']}")

    def _note(self, text: str) -> None:
        self._break()
        self._print(f"({text})")

    def _break(self) -> None:
        """End the line that the words have begun."""
        self._part = None
        if self._line_begun:
            self._line_begun = False
            self._print("")

    def _print(self, text: str) -> None:
        if self._out:
            tqdm.write(safe(text), file=self._out)
            self._out.flush()


def patiently(events: Iterator[Event], meaning: Callable[[], str | None]) -> Iterator[Event]:
    """The events, with a clock on the terminal while they keep one waiting."""
    while True:
        with waiting(meaning()):
            event = next(events, None)
        if event is None:
            return
        yield event


@contextmanager
def waiting(label: str | None) -> Iterator[None]:
    """Show `label` and the seconds on a terminal, once the wait is long enough to be noticed."""
    if label is None or not sys.stderr.isatty():
        yield
        return
    over = threading.Event()
    clock = threading.Thread(target=tick, args=(label, over), daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def tick(label: str, over: threading.Event) -> None:
    """The clock of `waiting`, in a thread of its own."""
    if over.wait(PATIENCE):
        return
    with tqdm(bar_format="{desc} … {elapsed}", desc=label, leave=False) as bar:
        while not over.wait(0.2):
            bar.refresh()


def safe(text: str) -> str:
    """Without the control characters that a terminal would obey."""
    return CONTROL.sub("", text)
