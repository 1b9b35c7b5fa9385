"""The conversation in the terminal, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest
from PIL import Image

from minidalle3.ui.bridge import Bridge

DOG = ("say", "Can you generate a cute dog?", "--thread", "a")


@pytest.fixture(autouse=True)
def _hears_interrupts() -> Iterator[None]:
    """Python leaves Ctrl-C ignored where it finds it so, as in a job that a script put in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_when_drawing(engine) -> None:
    """Ctrl-C, as soon as the engine is at work."""

    def press() -> None:
        while not engine.jobs:
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press).start()


def test_an_interrupt_ends_say_and_the_turn_is_kept(shell, engine) -> None:
    engine.gate = threading.Event()
    interrupt_when_drawing(engine)
    assert shell(*DOG) == 130
    assert shell.err == "Interrupted.\n"
    shell("threads")
    assert "Can you generate a cute dog?" in shell.out


def typed(monkeypatch, *lines: str) -> None:
    """What the person types, and then the end of the input."""
    left = iter(lines)

    def read(prompt: str = "") -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", read)


def test_a_conversation_in_the_terminal(shell, monkeypatch, tmp_path) -> None:
    Image.new("RGB", (32, 24), "red").save(tmp_path / "me.png")
    typed(monkeypatch, "/help", "/tree", "Draw a cute dog", "/undo", "/photo me.png", "Look!", "/photo no", "/tree")
    assert shell("chat", "--thread", "c") == 0
    assert "offline assistant" in shell.out
    assert "/goto 3" in shell.out
    assert "(no pictures yet)" in shell.out
    assert "nothing to undo" in shell.out
    assert "No such file" in shell.out
    assert "● #2 photo" in shell.out


def test_photos_wait_for_words_that_are_taken(shell, monkeypatch, tmp_path) -> None:
    Image.new("RGB", (32, 24), "red").save(tmp_path / "me.png")
    (tmp_path / "words.png").write_bytes(b"words")
    start, tries = Bridge.start, []

    def at_the_second_try(self, *args, **kwargs):
        tries.append(args)
        if len(tries) == 1:
            raise ValueError("Not just now.")
        return start(self, *args, **kwargs)

    monkeypatch.setattr(Bridge, "start", at_the_second_try)
    typed(monkeypatch, "/photo words.png", "/photo me.png", "Look!", "Look!", "/tree")
    assert shell("chat", "--thread", "c") == 0
    assert "not a picture I can read" in shell.out
    assert "Not just now." in shell.out
    assert "● #1 photo" in shell.out


def test_a_photo_that_is_refused_does_not_come_again(shell, monkeypatch, tmp_path) -> None:
    Image.new("RGB", (32, 24), "red").save(tmp_path / "me.png")
    monkeypatch.setenv("MINIDALLE3_POLICY", "support.policies:no_dark")
    typed(monkeypatch, "/photo me.png", "Look!", "Hello", "/tree")
    assert shell("chat", "--thread", "c") == 0
    assert shell.out.count("was not taken in") == 1
    assert "(no pictures yet)" in shell.out


def test_ctrl_c_stops_the_drawing_and_not_the_conversation(shell, monkeypatch, engine) -> None:
    engine.gate = threading.Event()
    interrupt_when_drawing(engine)
    typed(monkeypatch, "Draw a cute dog", "/tree", "/quit", "never read")
    assert shell("chat") == 0
    assert "Stopped." in shell.out
    assert "(no pictures yet)" in shell.out
