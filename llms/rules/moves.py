"""What one clause of a message asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import Description


@dataclass(frozen=True)
class Draw:
    """A new picture, or several of one description."""

    description: str
    count: int = 1


@dataclass(frozen=True)
class Change:
    """A change of the picture in question; `opener` is said before it if the usual ones do not fit."""

    to: Callable[[Description], Description]
    opener: str = ""


@dataclass(frozen=True)
class Vary:
    """More like the picture in question."""

    count: int = 1


@dataclass(frozen=True)
class Refine:
    """The picture in question, better made; `opener` as of a change."""

    opener: str = ""


@dataclass(frozen=True)
class Pick:
    """Make the picture current."""

    id: str


@dataclass(frozen=True)
class Unclear:
    """Something is wanted of a picture that is not there, or of one that could be several: the house asks which."""


@dataclass(frozen=True)
class Idea:
    """Something described, to be drawn if the person says so; `text` answers if nothing more is asked."""

    description: str
    text: str = ""
    offers: bool = False


@dataclass(frozen=True)
class Say:
    """Words only; of several, the one with the highest weight is said."""

    text: str
    weight: int = 1
    offers: bool = False
    """Ideas for a picture still being planned: what the same message wants to draw is not drawn yet."""


Move: TypeAlias = Draw | Change | Vary | Refine | Pick | Unclear | Idea | Say
Rule: TypeAlias = tuple[re.Pattern[str], Callable[[re.Match[str], Situation], Move | None]]
"""A pattern searched in the clause, and what to make of it; None passes on to the next rule."""


def rule(pattern: str, act: Callable[[re.Match[str], Situation], Move | None]) -> Rule:
    """Patterns ignore case and match from the start of the clause's core."""
    return re.compile(pattern, re.IGNORECASE), act
