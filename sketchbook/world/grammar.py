"""What a sentence of free English asks for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from minidalle3.sketchbook.world.fillers import FILLERS
from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.scene import Scene, caption, plural
from minidalle3.sketchbook.world.words import (
    ACTIONS,
    COLOURS,
    COUNTS,
    HELD,
    MORE_THAN_THREE,
    PLACES,
    RELATIONS,
    STYLES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    WORN,
)  # fmt: skip

__all__ = ["Scene", "Understood", "caption", "understand"]

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ARTICLES = frozenset({"a", "an", "the", "some", "its", "his", "her", "their", "my"})
_WEARING = frozenset({"wearing", "wears", "holding", "holds", "carrying", "carries", "with", "has", "in", "and"})
_JOINTS = frozenset({"of", "front", "on", "at", "to", "by", "and", "with", "in", "next"})
_ADJECTIVES = (FILLERS | COLOURS.keys()) - _JOINTS


@dataclass(frozen=True)
class Understood:
    """`scene` is None when no subject was known; `unknown` has what the world cannot draw, in the order said."""

    scene: Scene | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Match:
    kind: str
    name: str
    said: str


def _forms(name: str, kind: str) -> tuple[str, ...]:
    if kind in ("subject", "style"):
        return (name, plural(name), f"{name}s", f"{name}es")
    return (name,)


@cache
def _lexicon() -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Phrase as words -> (kind, canonical name); articles inside phrases count as one another."""
    kinds: dict[str, Mapping[str, tuple[str, ...]]] = {
        "count": COUNTS, "relation": RELATIONS, "time": TIMES, "weather": WEATHERS, "action": ACTIONS,
        "colour": COLOURS,
        "place": PLACES, "style": STYLES, "subject": SUBJECTS,
    }  # fmt: skip
    lexicon: dict[tuple[str, ...], tuple[str, str]] = {}
    for kind, table in kinds.items():
        for name, synonyms in table.items():
            for phrase in (name, *synonyms):
                for form in _forms(phrase.lower(), kind):
                    lexicon[_key(_WORD.findall(form))] = (kind, name)
    return lexicon


@cache
def _wardrobe() -> Mapping[str, str]:
    return {said: name for name, others in WORN.items() for said in (name, *others)}


def _key(words: Iterable[str]) -> tuple[str, ...]:
    return tuple("the" if word in _ARTICLES else word for word in words)


@cache
def _longest() -> int:
    return max(map(len, _lexicon()))


def _phrase_at(words: list[str], start: int) -> tuple[_Match, int] | None:
    """The longest phrase that begins here, with its length; a lone article never counts."""
    for length in range(min(_longest(), len(words) - start), 0, -1):
        said = words[start : start + length]
        found = _lexicon().get(_key(said))
        if found and not (said[0] in _ARTICLES and len(said) == 1):
            return _Match(*found, " ".join(said)), length
    return None


def _worn_at(words: list[str], start: int) -> tuple[_Match, int] | None:
    """ "wearing a big red hat": a verb or preposition of wearing, adjectives, and something of the wardrobe."""
    if words[start] not in _WEARING:
        return None
    noun = start + 1
    while noun < len(words) and words[noun] in _ADJECTIVES:
        noun += 1
    for length in (2, 1):
        said = " ".join(words[noun : noun + length])
        name = _wardrobe().get(said)
        if name and not (words[start] == "in" and name in HELD):
            return _Match("worn", name, said), noun + length - start
    return None


def _match_at(words: list[str], start: int, known: list[_Match]) -> tuple[_Match, int] | None:
    phrase, worn = _phrase_at(words, start), _worn_at(words, start)
    if worn and words[start] == "and" and not (known and known[-1].kind == "worn"):
        worn = None
    return worn if worn and (phrase is None or worn[1] > phrase[1]) else phrase


def _scan(words: list[str]) -> tuple[list[_Match], list[str]]:
    """Known phrases in order, and phrases of neighbouring content words that nothing in the world stands for."""
    known: list[_Match] = []
    unknown: list[list[str]] = [[]]
    position, touching = 0, False
    while position < len(words):
        if found := _match_at(words, position, known):
            _add(known, found[0], touching)
            unknown.append([])
            position, touching = position + found[1], True
            continue
        if _is_content(words[position]):
            unknown[-1].append(words[position])
            if touching and known[-1].kind == "colour":
                known.pop()
        else:
            unknown.append([])
        position, touching = position + 1, False
    return known, [" ".join(phrase) for phrase in unknown if phrase]


def _add(known: list[_Match], match: _Match, touching: bool) -> None:
    """Of two things said without a word between ("astronaut cat") the latter is the head, so it goes first."""
    compound = touching and known[-1].kind == match.kind == "subject"
    if compound and known[-1].name == "superhero" and match.name in WEARERS:
        known[-1:] = [match, _Match("worn", "cape", known[-1].said)]
    else:
        known.insert(len(known) - compound, match)


def _is_content(word: str) -> bool:
    return not (word in FILLERS or word.isdigit() or len(word) < 3 or word.endswith(("ly", "ing", "ful", "ous")))


def _first(known: list[_Match], kind: str) -> str | None:
    return next((match.name for match in known if match.kind == kind), None)


def _colour(known: list[_Match], subject: str) -> str | None:
    """The colour said right before the subject, or after it and of no other thing or place ("the dog is blue")."""
    pending: str | None = None
    latest = ""
    for match in known:
        if match.kind == "colour":
            pending = match.name
        elif match.kind in ("subject", "place"):
            if match.name == subject and pending:
                return pending
            pending, latest = None, match.name
    return pending if latest == subject else None


def _relation(known: list[_Match], companion: str | None) -> str | None:
    """The last word of place before the companion is named."""
    said = next((at for at, match in enumerate(known) if match.name == companion), 0)
    return next((match.name for match in reversed(known[:said]) if match.kind == "relation"), "next to")


def _count(known: list[_Match], subject: str) -> _Match | None:
    """The number said before the subject, with no other thing between."""
    pending = None
    for match in known:
        if match.kind == "count":
            pending = match
        elif match.kind == "subject":
            if match.name == subject:
                return pending
            pending = None
    return None


def _settled(known: list[_Match]) -> tuple[list[_Match], list[str]]:
    """Not all have a head for things: what is said of others stands beside them, if the world has it on its own."""
    if _first(known, "subject") in WEARERS:
        return known, []
    settled, lost = [], []
    for match in known:
        found = _lexicon().get((match.said,)) if match.kind == "worn" else None
        if found and found[0] == "subject":
            settled.append(_Match(*found, match.said))
        elif match.kind == "worn":
            lost.append(match.said)
        else:
            settled.append(match)
    return settled, lost


def understand(text: str) -> Understood:
    """Reads free English; deterministic. Ordinary adjectives are dropped, the first thing named is the subject."""
    known, unknown = _scan(_WORD.findall(text.lower().replace("’", "'").replace("'s", "")))
    known, lost = _settled(known)
    unknown += lost
    subjects = list(dict.fromkeys(match.name for match in known if match.kind == "subject"))
    if not subjects:
        return Understood(None, tuple(dict.fromkeys(unknown)))
    companion = subjects[1] if len(subjects) > 1 else None
    count = _count(known, subjects[0])
    if count and (companion or count.said in MORE_THAN_THREE):
        unknown.append(count.said)
    if companion:
        unknown += [match.said for match in known if match.kind == "worn"]
    scene = Scene(
        subject=subjects[0],
        companion=companion,
        relation=_relation(known, companion) if companion else None,
        count=int(count.name) if count and not companion else 1,
        style=_first(known, "style"),
        place=_first(known, "place"),
        time=_first(known, "time"),
        weather=_first(known, "weather"),
        colour=_colour(known, subjects[0]),
        action=_first(known, "action"),
        worn=None if companion else _first(known, "worn"),
    )
    return Understood(scene, tuple(dict.fromkeys((*unknown, *subjects[2:]))))
