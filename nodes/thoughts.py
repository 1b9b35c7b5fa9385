"""Keeps what an LLM thinks aloud (`<think>…</think>`) out of its reply, while it is still being written."""

from __future__ import annotations

import re

OPEN = re.compile(r"<(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
CLOSE = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
MARKS = [f"<{slash}{name}>" for slash in ("", "/") for name in ("think", "thinking", "thought", "reasoning")]


class Thoughts:
    """Feed it what the LLM writes; it gives back what is meant for the person."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self.spilled = False
        """Whether a thought was closed that was never opened: all that came before it was thought too."""

    def feed(self, chunk: str) -> str:
        """The text that is surely no thought; the beginning of a mark is held back."""
        text, self._held = self._held + chunk, ""
        said: list[str] = []
        while found := (CLOSE.search(text) if self._inside else OPEN.search(text) or CLOSE.search(text)):
            if self._inside:
                self._inside = False
            elif found.group()[1] == "/":
                self.spilled = True
                said.clear()
            else:
                said.append(text[: found.start()])
                self._inside = True
            text = text[found.end() :]
        cut = text.rfind("<")
        if cut >= 0 and any(mark.startswith(text[cut:].lower()) for mark in MARKS):
            text, self._held = text[:cut], text[cut:]
        if not self._inside:
            said.append(text)
        return "".join(said)

    def close(self) -> str:
        """What was still held back; a thought that never ends is lost."""
        return "" if self._inside else self._held
