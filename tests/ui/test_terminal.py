"""What a turn looks like on a terminal."""

from __future__ import annotations

import io
import sys
import threading

from minidalle3.ui.terminal import Screen, waiting


def text(part: int, delta: str):
    return {"type": "text", "part": part, "delta": delta}


def shown(house, *events) -> str:
    out = io.StringIO()
    screen = Screen(house.gallery, out)
    for event in events:
        screen.show(event)
    screen.finish([], {})
    return out.getvalue()


def test_words_stream_and_every_part_begins_a_line(house) -> None:
    said = shown(house, text(0, "One"), text(0, ":\n\n  two"), text(2, "\nThree."), {"type": "note", "text": "Mind."})
    assert said == "One:\n\n  two\nThree.\n(Mind.)\n"


def test_a_reply_that_is_written_again_says_so(house) -> None:
    said = shown(house, text(0, "Look at"), {"type": "reset"}, text(0, "Here."))
    assert said == "Look at\n(Let me say that again.)\nHere.\n"


class Terminal(io.StringIO):
    """Takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_long_wait_shows_a_clock_and_a_bar_follows_the_steps(house, monkeypatch) -> None:
    monkeypatch.setattr("minidalle3.ui.terminal.PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with waiting("Loading"):
        threading.Event().wait(0.3)
    assert "Loading … 00:00" in sys.stderr.getvalue()
    screen = Screen(house.gallery, None)
    for step in (1, 2):
        threading.Event().wait(0.15)
        screen.show({"type": "progress", "id": "#1", "step": step, "of": 4})
    screen.close()
    assert "Drawing #1:" in sys.stderr.getvalue()
    assert "2/4" in sys.stderr.getvalue()


def test_a_wait_is_silent_where_nobody_watches(monkeypatch) -> None:
    monkeypatch.setattr("minidalle3.ui.terminal.PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with waiting("Loading"):
        threading.Event().wait(0.1)
    assert sys.stderr.getvalue() == ""
