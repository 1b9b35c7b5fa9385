"""Cuts a description, or what is said about one, into its parts: thing, deed, belongings, place, time, style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias

from minidalle3.llms.rules.english import is_gerund
from minidalle3.llms.rules.tables import (
    BELONGING,
    COLOURS,
    HAVING,
    PREPOSITIONS,
    QUALITIES,
    STYLE_FORMS,
    TIME_FORMS,
    WORN,
)

Role: TypeAlias = Literal["head", "companion", "extra", "action", "place", "time", "style", "note"]
ARTICLES = frozenset({"a", "an", "the", "some", "his", "her", "its", "their", "my", "your", "this", "that", "another"})
_QUALITY_ENDINGS = ("ful", "ous", "ish", "less", "able", "-duper", "ly", "-looking", "-shaped", "-colored")
_STYLED = re.compile(
    r"(?:in the style of .+|in (?:an? |the )?(?:[\w'-]+ ){0,3}?[\w'-]+ style\b|in (?:the )?form of an? [\w -]+)",
    re.IGNORECASE,
)


@dataclass
class Segment:
    """Neighbouring words that play one role."""

    role: Role
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self.words)


@cache
def phrases(kind: Literal["time", "preposition", "style"]) -> tuple[tuple[str, ...], ...]:
    """The table's phrases as words, longest first; of the times only those that need no preposition."""
    table = {
        "time": [form for form in TIME_FORMS if " " in form],
        "preposition": PREPOSITIONS,
        "style": [f"{start} {form}" for form in STYLE_FORMS for start in ("in", "as", "as a", "as an")],
    }[kind]
    return tuple(sorted((tuple(phrase.lower().split()) for phrase in table), key=len, reverse=True))


def is_quality(word: str) -> bool:
    """Whether a word before a noun is an adjective, as far as lists and endings tell."""
    word = word.lower()
    return word in QUALITIES or ("-" in word and not word[0].isdigit()) or word.endswith(_QUALITY_ENDINGS)


def segments(text: str, predicate: bool = False) -> list[Segment]:
    """The parts in the order said; a `predicate` ("run near the river") may begin with a deed."""
    return [segment for segment in _Cutter(text.split(), predicate).cut() if segment.words]


class _Cutter:
    def __init__(self, words: list[str], predicate: bool) -> None:
        self.words, self.predicate, self.at = words, predicate, 0
        self.lower = [word.lower().rstrip(",") for word in words]
        self.now = Segment("head")
        self.parted = False

    def cut(self) -> Iterator[Segment]:
        """A new segment begins where a word opens another role, or after a comma."""
        while self.at < len(self.words):
            role, length = self.opening()
            if role or self.parted:
                yield self.now
                self.now = Segment(role or "note")
            self.take(length)
        yield self.now

    def take(self, length: int) -> None:
        taken = self.words[self.at : self.at + length]
        self.at += length
        last = taken[-1]
        adjective = last.endswith(",") and self.now.role == "head" and _describes(last.rstrip(","))
        self.parted = last.endswith(",") and not adjective and self.at < len(self.words)
        self.now.words += [word.rstrip(",") for word in taken]

    def opening(self) -> tuple[Role | None, int]:
        """The role that begins at this word, and the words that surely belong to it."""
        word = self.lower[self.at]
        if length := self.style_length():
            return "style", length
        if length := self.phrase_length("time"):
            return "time", length
        if word == "and" and self.now.role in ("head", "companion") and self.peek() in ARTICLES:
            return "companion", 1
        if word in HAVING:
            return (None if self.belongs(word) else "extra"), 1
        if is_gerund(word) and self.is_deed():
            return "action", 1
        return self.placing()

    def placing(self) -> tuple[Role | None, int]:
        """Prepositions open a place, but "in a hat" is worn."""
        length = self.phrase_length("preposition")
        if not length or not (self.now.words or self.predicate or self.parted):
            return None, 1
        if self.now.role == "place" and not self.parted:
            return None, length
        rest = self.lower[self.at + length : self.at + length + 4]
        worn = self.lower[self.at] == "in" and any(word in WORN for word in rest)
        return ("extra" if worn else "place"), length

    def belongs(self, word: str) -> bool:
        if self.now.role == "action":
            return len(self.now.words) == 1 and word == "with"
        return self.now.role == "place" and word in BELONGING

    def is_deed(self) -> bool:
        """`running` in "a dog running", not in "a running dog"."""
        if self.parted:
            return True
        if self.now.role == "action":
            return False
        if not self.now.words:
            return self.predicate
        if self.now.role in ("extra", "place", "companion") and self.lower[self.at - 1] in ARTICLES | HAVING:
            return False
        return not all(word.lower() in ARTICLES or _describes(word) for word in self.now.words)

    def peek(self) -> str:
        return self.lower[self.at + 1] if self.at + 1 < len(self.lower) else ""

    def phrase_length(self, kind: Literal["time", "preposition", "style"]) -> int:
        for phrase in phrases(kind):
            if tuple(self.lower[self.at : self.at + len(phrase)]) == phrase and not self.inner_comma(len(phrase)):
                return len(phrase)
        return 0

    def inner_comma(self, length: int) -> bool:
        return any(word.endswith(",") for word in self.words[self.at : self.at + length - 1])

    def style_length(self) -> int:
        if self.lower[self.at] not in ("in", "as"):
            return 0
        until = next((i for i in range(self.at, len(self.words)) if self.words[i].endswith(",")), len(self.words))
        found = _STYLED.match(" ".join(self.lower[self.at : until + 1]))
        if found:
            return len(found.group().split())
        length = self.phrase_length("style")
        ends = self.at + length == len(self.words) or self.words[self.at + length - 1].endswith(",")
        return length if length and (ends or self.lower[self.at + length] in _AFTER_STYLE) else 0


_AFTER_STYLE = HAVING | frozenset(phrase.split()[0] for phrase in PREPOSITIONS) | {"and"}


def _describes(word: str) -> bool:
    return is_quality(word) or word.lower() in COLOURS
