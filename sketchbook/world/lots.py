"""Scenes drawn by lot, and the combinations that training never sees."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.learnt import everything
from minidalle3.sketchbook.world.places import OUTDOORS, PLAIN, SKY
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.words import LIVING

OPEN_AIR = frozenset({*OUTDOORS, *SKY})
Words = Mapping[str, Sequence[Any]]  # field of a scene -> the values that may be drawn
# Every how many of the pairs of a kind are never trained on.
_RARITY = {"place": 24, "colour": 12, "action": 12, "worn": 12, "companion": 10}


def held_out(scene: Scene) -> bool:
    """Whether the scene joins the subject to a place, colour, deed, dress or companion kept for measuring.

    Decided by a hash of the two words, so every word is still seen in plenty of other company.
    """
    return any(_kept(kind, scene.subject, getattr(scene, kind)) for kind in _RARITY)


def _kept(kind: str, subject: str, other: str | None) -> bool:
    if other in (None, PLAIN):
        return False
    pair = "|".join((kind, *sorted((subject, str(other)))))
    return zlib.crc32(pair.encode()) % _RARITY[kind] == 0


def draw_lots(random: Random, words: Words | None = None) -> Scene:
    """A scene as training meets them: subjects and styles equally often, the rest by what people ask for.

    `words` narrows the world; without it all of it is drawn.
    """
    return _drawn(random, False, words or everything())


def draw_unseen(random: Random, words: Words | None = None) -> Scene:
    """A scene that `draw_lots` never draws."""
    return _drawn(random, True, words or everything())


def _drawn(random: Random, unseen: bool, words: Words) -> Scene:
    """The subject is kept while the rest is redrawn, so that held-out pairs take nothing from its share."""
    subject = random.choice(words["subject"])
    while True:
        scene = _staged(_cast(subject, random, words), random, words)
        if held_out(scene) == unseen:
            return scene


def _cast(subject: str, random: Random, words: Words) -> Scene:
    """The subject with its company, and what it wears and does; in small frames less is added."""
    kind = random.random()
    if kind < 0.25:
        return Scene(subject)
    company, share = random.random(), 1.0
    scene = Scene(subject)
    if company < 0.16:
        companion = random.choice([other for other in words["companion"] if other != subject])
        scene, share = replace(scene, companion=companion, relation=random.choice(words["relation"])), 0.5
    elif company < 0.32:
        scene, share = replace(scene, count=2 if company < 0.24 else 3), 0.5
    living = subject in LIVING
    return replace(
        scene,
        colour=_maybe(random, 0.34 * share, words["colour"]),
        action=_maybe(random, (0.52 if living else 0.1) * share, words["action"]),
        worn=_maybe(random, 0.3 * share, words["worn"]) if subject in WEARERS and not scene.companion else None,
    )


def _staged(scene: Scene, random: Random, words: Words) -> Scene:
    place = _maybe(random, 0.7, words["place"])
    return replace(
        scene,
        style=random.choice(words["style"]),
        place=place,
        time=_maybe(random, 0.35, words["time"]),
        weather=_maybe(random, 0.17, words["weather"]) if place in OPEN_AIR else None,
    )


def _maybe(random: Random, share: float, names: Sequence[str]) -> str | None:
    return random.choice(names) if random.random() < share else None
