"""Respells what LLMs write instead of tags (`nodes/spellings.py`) while they are still writing it.

A reply that goes on to speak as the person ("User: …") ends there. What turns out to be something else passes on as it
was.
"""

from __future__ import annotations

import re

from minidalle3.nodes.spellings import BEGUN, END, PREFIXES, Way, broken, unescaped

LIMIT = 4000
PERSON = ("User", "Human", "Person", "用户", "人类")
SELF = ("Assistant", "AI", "You", "助手")
NAMES = re.compile(rf"({'|'.join((*PERSON, *SELF))})\*{{0,2}} ?[:：]?")
BEGINNINGS = frozenset(name[:size] for name in (*PERSON, *SELF) for size in range(len(name)))
LEAD = "*# "


class Respeller:
    """Takes one character at a time; holds text back only while it may be one of `WAYS` or a speaker's name."""

    def __init__(self) -> None:
        self.over = False
        """Whether the rest of the reply is not the LLM's to say."""
        self._held = ""
        self._line = True
        """Whether a line begins here."""
        self._said = False
        self._echo = False
        """Within a line in which the LLM repeats the person."""
        self._way: Way | None = None
        self._skip = ""

    def feed(self, ch: str) -> str:
        """What may pass on now."""
        if self.over:
            return ""
        if self._echo:
            self._echo = ch != "\n"
            return ""
        if ch in self._skip:
            return ""
        self._skip = ""
        if not self._held:
            return self._begin(ch)
        self._held += ch
        if self._way:
            return self._decide(ch)
        low = self._held.lower()
        if way := BEGUN.get(low):
            self._way = way
            return self._decide(ch)
        if low in PREFIXES or (self._line and self._may_be_name()):
            return self._speaker() if ch in ":：" else ""
        return self._release(keep_last=True)

    def flush(self) -> str:
        """What was held back: nothing of ours, unless it is a call that breaks off."""
        call = self._way is not None and broken(self._held)
        if call is False:
            return self._release()
        self._held, self._way = "", None
        return self._pass(str(call))

    def hides(self, code: str) -> bool:
        """Whether code goes by within a line in which the LLM repeats the person."""
        hidden = self._echo
        self._echo = hidden and "\n" not in code
        return hidden

    def passed(self, text: str) -> None:
        """Code went by."""
        self._line, self._said = text.endswith("\n"), True

    def _begin(self, ch: str) -> str:
        if ch in PREFIXES or (self._line and (ch in LEAD or ch in BEGINNINGS)):
            self._held = ch
            return ""
        return self._pass(ch)

    def _pass(self, text: str) -> str:
        self._line = text[-1] == "\n" if text else self._line
        self._said = self._said or bool(text.strip())
        return text

    def _decide(self, ch: str) -> str:
        assert self._way
        ends, decide = self._way
        if len(self._held) > LIMIT:
            return self._release()
        if ch not in ends:
            return ""
        decision = decide(self._held)
        if decision is True:
            return ""
        if decision is False:
            return self._release()
        self._held, self._way = "", None
        if decision == END:
            self.over = self._said
            return ""
        return self._pass(str(decision))

    def _may_be_name(self) -> bool:
        rest = self._held.lstrip(LEAD)
        return len(self._held) < 24 and (rest in BEGINNINGS or bool(NAMES.fullmatch(rest)))

    def _speaker(self) -> str:
        rest = self._held.strip(LEAD + ":：")
        if rest in PERSON:
            self.over, self._echo = self._said, not self._said
        elif self._said or rest not in SELF:
            return self._release()
        self._skip = "* " if "*" in self._held else " "
        self._held = ""
        return ""

    def _release(self, keep_last: bool = False) -> str:
        held, self._held, self._way = self._held, "", None
        if not keep_last:
            return self._pass(unescaped(held))
        passed = self._pass(unescaped(held[:-1]))
        return passed + self._begin(held[-1])
