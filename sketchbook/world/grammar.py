"""Between free text and the canonical caption: what a sentence asks for, and how the world says it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from minidalle3.sketchbook.world.fillers import FILLERS
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, STYLES, SUBJECTS, TIMES

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ARTICLES = frozenset({"a", "an", "the", "some", "its", "his", "her", "their", "my"})


@dataclass(frozen=True)
class Scene:
    """One picture of the world; every field is a canonical name or None (nothing said)."""

    subject: str
    companion: str | None = None
    style: str | None = None
    place: str | None = None
    time: str | None = None
    colour: str | None = None
    action: str | None = None


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


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' and not noun.startswith('uni') else 'a'} {noun}"


def caption(scene: Scene) -> str:
    """The canonical prompt, the dialect in which the model was trained."""
    thing = _with_article(f"{scene.colour} {scene.subject}" if scene.colour else scene.subject)
    style = scene.style and (scene.style if scene.style == "pixel art" else _with_article(scene.style))
    beside = scene.companion and f"next to {_with_article(scene.companion)}"
    return " ".join(
        part for part in (style and f"{style} of", thing, scene.action, beside, scene.place, scene.time) if part
    )


def _plurals(phrase: str) -> tuple[str, ...]:
    if phrase.endswith(("s", "x", "ch", "sh")):
        return (phrase, f"{phrase}es")
    return (phrase, f"{phrase}s")


@cache
def _lexicon() -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Phrase as words -> (kind, canonical name); articles inside phrases count as one another."""
    kinds = {
        "time": TIMES, "action": ACTIONS, "colour": COLOURS, "place": PLACES, "style": STYLES, "subject": SUBJECTS,
    }  # fmt: skip
    lexicon: dict[tuple[str, ...], tuple[str, str]] = {}
    for kind, table in kinds.items():
        for name, synonyms in table.items():
            for phrase in (name, *synonyms):
                for form in _plurals(phrase.lower()) if kind in ("subject", "style") else (phrase.lower(),):
                    lexicon[_key(_WORD.findall(form))] = (kind, name)
    return lexicon


def _key(words: Iterable[str]) -> tuple[str, ...]:
    return tuple("the" if word in _ARTICLES else word for word in words)


@cache
def _longest() -> int:
    return max(map(len, _lexicon()))


def _match_at(words: list[str], start: int) -> tuple[_Match, int] | None:
    """The longest phrase that begins here, with its length; a lone article never counts."""
    for length in range(min(_longest(), len(words) - start), 0, -1):
        said = words[start : start + length]
        found = _lexicon().get(_key(said))
        if found and not (said[0] in _ARTICLES and len(said) == 1):
            return _Match(*found, " ".join(said)), length
    return None


def _scan(words: list[str]) -> tuple[list[_Match], list[str]]:
    """Known phrases in order, and phrases of neighbouring content words that nothing in the world stands for."""
    known: list[_Match] = []
    unknown: list[list[str]] = [[]]
    position, touching = 0, False
    while position < len(words):
        if found := _match_at(words, position):
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
    """Of two things said without a word between ("superhero cat") the latter is the head, so it goes first."""
    compound = touching and known[-1].kind == match.kind == "subject"
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


def understand(text: str) -> Understood:
    """Reads free English; deterministic. Ordinary adjectives are dropped, the first thing named is the subject."""
    known, unknown = _scan(_WORD.findall(text.lower().replace("’", "'").replace("'s", "")))
    subjects = list(dict.fromkeys(match.name for match in known if match.kind == "subject"))
    if not subjects:
        return Understood(None, tuple(dict.fromkeys(unknown)))
    scene = Scene(
        subject=subjects[0],
        companion=subjects[1] if len(subjects) > 1 else None,
        style=_first(known, "style"),
        place=_first(known, "place"),
        time=_first(known, "time"),
        colour=_colour(known, subjects[0]),
        action=_first(known, "action"),
    )
    return Understood(scene, tuple(dict.fromkeys((*unknown, *subjects[2:]))))
