"""The sketchbook's dialect: what a sentence of free English or Chinese asks for."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from minidalle3.sketchbook.world import chinese, english
from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.lexicon import Match, lexicon
from minidalle3.sketchbook.world.scene import Scene, caption
from minidalle3.sketchbook.world.words import LIVING, MORE_THAN_THREE

__all__ = ["Scene", "Understood", "caption", "understand"]

MOST_WORDS = 22
"""What the text tower's window holds beside its start and end."""
_LEAST_FIRST = ("time", "weather", "worn", "colour", "action")
_PAIRED = frozenset({"scissors", "glasses", "headphones", "boot", "shoe"})


@dataclass(frozen=True)
class Understood:
    """`scene` is None when no subject was known. Everything else must be told, each in the order said.

    `unknown`: what the world cannot draw; `kin`: what was said, with the nearest that is drawn for it;
    `spare`: what the world knows and one picture of it has no room for.
    """

    scene: Scene | None
    unknown: tuple[str, ...] = ()
    kin: tuple[tuple[str, str], ...] = ()
    spare: tuple[str, ...] = ()


def understand(text: str) -> Understood:
    """Reads free English and Chinese; deterministic. Adjectives are dropped, the first thing named is the subject."""
    read = chinese.scan(text) if chinese.is_chinese(text) else english.scan(english.words_of(text))
    known, spare = _settled(read[0])
    unknown = list(read[1])
    subjects = list(dict.fromkeys(match.name for match in known if match.kind == "subject"))
    if not subjects:
        return Understood(None, _once(unknown or [match.said for match in known]))
    companion = _companion(known, subjects[0])
    count = _count(known, subjects[0])
    if count and (companion or _many(count.said)):
        spare.append(count.said)
    spare += [match.said for match in known if match.kind == "worn"] if companion else []
    action = _action(known, subjects[0], unknown)
    scene = Scene(
        subject=subjects[0],
        companion=companion,
        relation=_relation(known, companion) if companion else None,
        count=int(count.name) if count and not companion else 1,
        style=_first([match for match in known if not match.kin], "style") or _first(known, "style"),
        place=_first(known, "place"),
        time=_first(known, "time"),
        weather=_first(known, "weather"),
        colour=_colour(known, subjects[0]),
        action=action,
        worn=None if companion else _first(known, "worn"),
    )
    spare += _unshown(known, scene)
    scene, lost = _fitted(scene)
    return Understood(scene, _once(unknown), _kin(known, scene), _once([*spare, *lost]))


def _once(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _shown(match: Match, scene: Scene) -> bool:
    named = (scene.subject, scene.companion) if match.kind == "subject" else (getattr(scene, match.kind, None),)
    return match.name in named


def _kin(known: list[Match], scene: Scene) -> tuple[tuple[str, str], ...]:
    """Kin that are in the picture in place of what was said."""
    return tuple(dict.fromkeys((match.said, match.name) for match in known if match.kin and _shown(match, scene)))


def _unshown(known: list[Match], scene: Scene) -> list[str]:
    """A third thing, a second style or place: known, and not in the picture."""
    kinds = ("subject", "style", "place", "time", "weather", "action")
    said = [match.said for match in known if match.kind in kinds and not _shown(match, scene)]
    pairs = [pair for pair in pairwise(known) if pair[0].kind == pair[1].kind == "colour"]
    return [*said, *(match.said for pair in pairs for match in pair if match.name != scene.colour)]


def _many(said: str) -> bool:
    """More than a picture shows."""
    return said in MORE_THAN_THREE or said in "四五六七八九十" or (said.isdigit() and int(said) > 3)


def _companion(known: list[Match], subject: str) -> str | None:
    """The first other thing; one that only says what kind of thing another is ("sunflower hedgehog") yields to any."""
    others = [match for match in known if match.kind == "subject" and match.name != subject]
    return next((match.name for match in others if not match.modifier), others[0].name if others else None)


def _fitted(scene: Scene) -> tuple[Scene, list[str]]:
    """The scene with as much as its caption may say, and what was left out."""
    lost: list[str] = []
    for field in _LEAST_FIRST:
        if len(caption(scene).split()) <= MOST_WORDS:
            break
        if said := getattr(scene, field):
            lost.append(said)
            scene = replace(scene, **dict[str, Any]({field: None}))
    return scene, lost


def _first(known: list[Match], kind: str) -> str | None:
    return next((match.name for match in known if match.kind == kind), None)


def _action(known: list[Match], subject: str, unknown: list[str]) -> str | None:
    """A vehicle that is driving runs; for anybody else it is a deed that the world lacks."""
    found = next((match for match in known if match.kind == "action"), None)
    if found and found.said == "driving" and subject in LIVING:
        unknown.append(found.said)
        known.remove(found)
        return _first(known, "action")
    return found.name if found else None


def _colour(known: list[Match], subject: str) -> str | None:
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
        elif match.kind == "style" and latest == subject:
            pending = None  # "a man, black and white photo"
    return pending if latest == subject else None


def _relation(known: list[Match], companion: str | None) -> str | None:
    """The last word of place before the companion is named."""
    said = next((at for at, match in enumerate(known) if match.name == companion), 0)
    return next((match.name for match in reversed(known[:said]) if match.kind == "relation"), "next to")


def _count(known: list[Match], subject: str) -> Match | None:
    """The number said before the subject, with no other thing between."""
    pending = None
    for match in known:
        if match.kind == "count":
            pending = match
        elif match.kind == "subject":
            if match.name == subject:
                return None if subject in _PAIRED and pending and pending.said == "a pair of" else pending
            pending = None
    return None


def _settled(known: list[Match]) -> tuple[list[Match], list[str]]:
    """Not all have a head for things: what is said of others stands beside them, if the world has it on its own."""
    if _first(known, "subject") in WEARERS:
        return known, []
    settled, lost = [], []
    for match in known:
        found = lexicon().get((match.said,)) if match.kind == "worn" else None
        if found and found[0] == "subject":
            settled.append(Match(found[0], found[1], match.said, found[2]))
        elif match.kind == "worn":
            lost.append(match.said)
        else:
            settled.append(match)
    return settled, lost
