"""Keeps what an LLM thinks aloud (`<think>…</think>`) out of its reply, while it is still being written."""

from __future__ import annotations

import re

NAMES = ("think", "thinking", "thought", "reasoning")
NAME = rf"(?:{'|'.join(NAMES)})(?![\w-])"
OPEN = re.compile(rf"<{NAME}[^<>\w]{{0,3}}>", re.IGNORECASE)
CLOSE = re.compile(rf"</{NAME}[^<>\w]{{0,3}}>", re.IGNORECASE)
MARK = re.compile(f"{OPEN.pattern}|{CLOSE.pattern}", re.IGNORECASE)
BROKEN = re.compile(rf"</?{NAME}[^<>\w`]{{0,3}}(?=<|\n|$)", re.IGNORECASE)
"""A mark that was never finished: it is nothing for the person either."""
BEGUN = re.compile(r"</?([a-z]*)([^<>\w`]{0,3})", re.IGNORECASE)


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
        while found := (CLOSE if self._inside else MARK).search(text):
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
        if cut >= 0 and begins_mark(text[cut:]):
            text, self._held = text[:cut], text[cut:]
        if not self._inside:
            said.append(BROKEN.sub("", text))
        return "".join(said)

    def close(self) -> str:
        """What was still held back; a thought that never ends is lost."""
        return "" if self._inside else BROKEN.sub("", self._held)


def begins_mark(text: str) -> bool:
    """Whether `text` may still become the mark of a thought."""
    found = BEGUN.fullmatch(text)
    name, rest = (found[1].lower(), found[2]) if found else ("?", "")
    return any(one == name if rest else one.startswith(name) for one in NAMES)
