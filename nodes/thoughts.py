"""Keeps what an LLM thinks aloud (`<think>…</think>`) out of its reply, while it is still being written."""

from __future__ import annotations

import re

NAMES = ("think", "thinking", "thought", "reasoning")
NAME = rf"(?:{'|'.join(NAMES)})(?![\w-])"
END = r"[^<>\w]{0,3}>"
CLOSE = re.compile(rf"</{NAME}{END}", re.IGNORECASE)
MARK = re.compile(rf"(?<!`)</?{NAME}{END}|</{NAME}{END}(?!`)", re.IGNORECASE)
"""Outside of a thought, what stands in backticks is only spoken of."""
BROKEN = re.compile(
    rf"(?<!`)(?:</{NAME}/?(?!`)|<{NAME}(?=[^<>\w`\s-])/?|<{NAME}[^<>\w`]{{0,3}}(?=<|\n|$))", re.IGNORECASE
)
"""A mark that was never finished: it is nothing for the person either."""
BEGUN = re.compile(r"(?:`?</?|`)([a-z]*)([^<>\w`]{0,3})", re.IGNORECASE)
QUOTED = re.compile(f"`{CLOSE.pattern}", re.IGNORECASE)
"""What comes next tells whether it is spoken of."""


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
        while found := self._mark(text):
            if self._inside:
                self._inside = False
            elif found.group()[1] == "/":
                self.spilled = True
                said.clear()
            else:
                said.append(text[: found.start()])
                self._inside = True
            text = text[found.end() :]
        at = len(text) - 1 if text.endswith("`") else text.rfind("<")
        at -= text[at - 1 : at] == "`" != text[at:]
        if at >= 0 and (begins_mark(text[at:]) or QUOTED.fullmatch(text, at)):
            text, self._held = text[:at], text[at:]
        if not self._inside:
            said.append(BROKEN.sub("", text))
        return "".join(said)

    def _mark(self, text: str) -> re.Match[str] | None:
        """The next one, unless it may be spoken of."""
        if self._inside:
            return CLOSE.search(text)
        found = MARK.search(text)
        return None if found and QUOTED.fullmatch(text, max(found.start() - 1, 0)) else found

    def close(self) -> str:
        """What was still held back; a thought that never ends is lost."""
        return "" if self._inside else BROKEN.sub("", self._held)


def begins_mark(text: str) -> bool:
    """Whether `text` may still become the mark of a thought."""
    found = BEGUN.fullmatch(text)
    name, rest = (found[1].lower(), found[2]) if found else ("?", "")
    return any(one == name if rest else one.startswith(name) for one in NAMES)
