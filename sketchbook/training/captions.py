"""How a scene may be put into words: mostly the canonical caption, now and then another way of saying it."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from minidalle3.sketchbook.world.fillers import FILLERS
from minidalle3.sketchbook.world.scene import Scene, caption, number, plural, wearing, with_article
from minidalle3.sketchbook.world.sprites import DEFAULT_STYLE
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

TABLES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    SUBJECTS, STYLES, PLACES, COLOURS, ACTIONS, TIMES, WEATHERS, WORN, RELATIONS, COUNTS,
)  # fmt: skip
_OPENINGS = ("", "", "a picture of ", "draw me ", "an image of ", "please draw ", "i want ", "show me ")
_MOODS = ("cute", "lovely", "little", "big", "happy", "beautiful")
_PREPOSITIONS = {"in", "on", "at", "by", "near", "under", "above", "among", "during", "with", "below", "beneath"}
_FILLERS = sorted(FILLERS)


def _other(name: str | None, table: Mapping[str, tuple[str, ...]], random: Random) -> str | None:
    return random.choice((name, *table[name])) if name and random.random() < 0.4 else name


def canonical(scene: Scene, random: Random) -> str:
    """Says the default style only half of the time: it is what an unsaid style means."""
    unsaid = scene.style == DEFAULT_STYLE and random.random() < 0.5
    return caption(replace(scene, style=None) if unsaid else scene)


def varied(scene: Scene, random: Random) -> str:
    """Synonyms, plurals, another order, an opening, the style at the end: seven times in ten the canonical caption."""
    if random.random() < 0.7:
        return canonical(scene, random)
    rest = [scene.action or "", wearing(scene.worn) if scene.worn else "", _beside(scene, random)]
    random.shuffle(rest)
    where = [
        _where(scene.place, PLACES, random),
        _where(scene.weather, WEATHERS, random),
        _where(scene.time, TIMES, random),
    ]
    said = " ".join(part for part in (_thing(scene, random), *rest, *where) if part)
    text = random.choice(_OPENINGS) + said.replace(" ,", ",")
    style = _other(scene.style, STYLES, random)
    return text if not style or (scene.style == DEFAULT_STYLE and random.random() < 0.5) else f"{text}, {style}"


def _where(name: str | None, table: Mapping[str, tuple[str, ...]], random: Random) -> str:
    """A bare noun ("farmyard") is set off by a comma."""
    said = _other(name, table, random) or ""
    return said if not said or said.split()[0] in _PREPOSITIONS else f", {said}"


def _thing(scene: Scene, random: Random) -> str:
    """The subject under any of its names; a plural keeps the canonical one, whose form is known."""
    mood = random.choice(_MOODS) if random.random() < 0.25 else None
    name = scene.subject if scene.count > 1 else _other(scene.subject, SUBJECTS, random) or scene.subject
    adjectives = [word for word in (mood, _other(scene.colour, COLOURS, random)) if word]
    if scene.count > 1:
        return " ".join((number(scene.count), *adjectives, plural(name)))
    phrase = " ".join((*adjectives, name))
    return phrase if random.random() < 0.15 else with_article(phrase)


def _beside(scene: Scene, random: Random) -> str:
    if not scene.companion or not scene.relation:
        return ""
    companion = _other(scene.companion, SUBJECTS, random) or scene.companion
    return f"{_other(scene.relation, RELATIONS, random)} {with_article(companion)}"


def noise(random: Random) -> str:
    """Words that name nothing: what negative prompts are made of."""
    return " ".join(random.sample(_FILLERS, random.randrange(6)))


def corpus() -> list[str]:
    """Every word of the world often enough for the byte pairs to close over it."""
    lines = [phrase for table in TABLES for name, others in table.items() for phrase in (name, *others)]
    lines += [wearing(worn) for worn in WORN] + [plural(subject) for subject in SUBJECTS]
    lines += [*_OPENINGS, *(f"a picture of {name} next to a" for name in SUBJECTS)]
    return [*lines * 20, *_FILLERS * 8]
