"""Every English phrase that the world knows, with what it stands for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.kin import KIN, SAME
from minidalle3.sketchbook.world.modifiers import is_adjective
from minidalle3.sketchbook.world.scene import plural
from minidalle3.sketchbook.world.words import (
    ACTIONS,
    COLOURS,
    COUNTS,
    PLACES,
    RELATIONS,
    STYLES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    WORN,
)  # fmt: skip

WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*|[,.;:!?]")
ARTICLES = frozenset({"a", "an", "the", "some", "its", "his", "her", "their", "my"})
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "count": COUNTS, "relation": RELATIONS, "time": TIMES, "weather": WEATHERS, "action": ACTIONS,
    "colour": COLOURS, "place": PLACES, "style": STYLES, "subject": SUBJECTS,
}  # fmt: skip
_SURROUNDINGS = frozenset({"place", "time", "weather"})


@dataclass(frozen=True)
class Match:
    """A phrase of a sentence that the world knows.

    `kin`: it names another thing than it is drawn as; `modifier`: it says what kind of thing the one before it is.
    """

    kind: str
    name: str
    said: str
    kin: bool = False
    modifier: bool = False


def _forms(name: str, kind: str) -> tuple[str, ...]:
    if kind in ("subject", "style"):
        return (name, plural(name), f"{name}s", f"{name}es")
    return (name,)


def _key(words: Iterable[str]) -> tuple[str, ...]:
    """Articles inside phrases count as one another."""
    return tuple("the" if word in ARTICLES else word for word in words)


@cache
def lexicon() -> Mapping[tuple[str, ...], tuple[str, str, bool]]:
    """Phrase as words -> (kind, canonical name, kin); kin outweigh synonyms, and canonical names both."""
    found: dict[tuple[str, ...], tuple[str, str, bool]] = {}
    for tables, kin in ((KINDS, False), (SAME, False), (KIN, True)):
        for kind in KINDS:
            for name, others in tables.get(kind, {}).items():
                for phrase in (*(() if tables is not KINDS else (name,)), *others):
                    for form in _forms(phrase.lower(), kind):
                        found[_key(WORD.findall(form))] = (kind, name, kin)
    coloured = [words for words in found if words[0] in COLOURS and found.get(words[1:]) == found[words]]
    for words in coloured:  # "brown bear" is a bear that is brown
        del found[words]
    return found | {_key(WORD.findall(name.lower())): (kind, name, False) for kind in KINDS for name in KINDS[kind]}


@cache
def wardrobe() -> Mapping[str, tuple[str, bool]]:
    """What may be worn or held, as said -> (canonical name, kin)."""
    found = {said: (name, False) for name, others in WORN.items() for said in (name, *others)}
    found |= {said: (name, False) for name, others in SAME["worn"].items() for said in others}
    return found | {said: (name, True) for name, others in KIN["worn"].items() for said in others}


@cache
def _longest() -> int:
    return max(map(len, lexicon()))


def phrase_at(words: Sequence[str], start: int) -> tuple[Match, int] | None:
    """The longest phrase that begins here, with its length; "in a dark, deep forest" is said with "in a forest"."""
    whole = _known(words[start : start + _longest()])
    at = _without_adjectives(words, start)
    if len(at) < 2 or at[-1] - start + 1 == len(at):
        return whole
    loose = _known([words[index] for index in at])
    if loose and loose[0].kind in _SURROUNDINGS and (whole is None or loose[1] > whole[1]):
        return loose[0], at[loose[1] - 1] - start + 1
    return whole


def _known(words: Sequence[str]) -> tuple[Match, int] | None:
    """The longest phrase that these words begin with; a lone article never counts."""
    for length in range(min(_longest(), len(words)), 0, -1):
        found = lexicon().get(_key(words[:length]))
        if found and not (words[0] in ARTICLES and length == 1):
            return Match(found[0], found[1], " ".join(words[:length]), found[2]), length
    return None


def _without_adjectives(words: Sequence[str], start: int) -> list[int]:
    """Where the words of a phrase stand that begins here, adjectives and colours passed over."""
    at = [start]
    for index in range(start + 1, min(len(words), start + 8)):
        if not (is_adjective(words[index]) or words[index] in COLOURS):
            at.append(index)
    return at[: _longest()]


def join(known: list[Match], match: Match, touching: bool) -> None:
    """Of two things said without a word between ("astronaut cat") the latter is the head, so it goes first."""
    if not (touching and known and known[-1].kind == match.kind == "subject"):
        known.append(match)
    elif known[-1].name == "superhero" and match.name in WEARERS:
        known[-1:] = [match, Match("worn", "cape", known[-1].said)]
    else:
        known[-1:] = [match, replace(known[-1], modifier=True)]
