"""How a scene may be put into words: mostly the canonical caption, now and then another way of saying it."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from minidalle3.sketchbook.world.fillers import FILLERS
from minidalle3.sketchbook.world.grammar import Scene, caption
from minidalle3.sketchbook.world.sprites import DEFAULT_STYLE
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, STYLES, SUBJECTS, TIMES

TABLES: tuple[Mapping[str, tuple[str, ...]], ...] = (SUBJECTS, STYLES, PLACES, COLOURS, ACTIONS, TIMES)
_OPENINGS = ("", "a picture of ", "a cute ", "a lovely ", "")
_FILLERS = sorted(FILLERS)


def _other(name: str | None, table: Mapping[str, tuple[str, ...]], random: Random) -> str | None:
    return random.choice((name, *table[name])) if name and random.random() < 0.4 else name


def canonical(scene: Scene, random: Random) -> str:
    """Says the default style only half of the time: it is what an unsaid style means."""
    unsaid = scene.style == DEFAULT_STYLE and random.random() < 0.5
    return caption(replace(scene, style=None) if unsaid else scene)


def varied(scene: Scene, random: Random) -> str:
    if random.random() < 0.7:
        return canonical(scene, random)
    said = Scene(
        subject=_other(scene.subject, SUBJECTS, random) or scene.subject,
        companion=_other(scene.companion, SUBJECTS, random),
        style=None,
        place=_other(scene.place, PLACES, random),
        time=_other(scene.time, TIMES, random),
        colour=_other(scene.colour, COLOURS, random),
        action=scene.action,
    )
    style = _other(scene.style, STYLES, random)
    text = random.choice(_OPENINGS) + caption(said)
    return text if scene.style == DEFAULT_STYLE and random.random() < 0.5 else f"{text}, {style}"


def noise(random: Random) -> str:
    """Words that name nothing: what negative prompts are made of."""
    return " ".join(random.sample(_FILLERS, random.randrange(6)))


def corpus() -> list[str]:
    """Every word of the world often enough for the byte pairs to close over it."""
    lines = [phrase for table in TABLES for name, others in table.items() for phrase in (name, *others)]
    return [*lines * 20, *_FILLERS * 8, *(f"a picture of {name} next to a" for name in SUBJECTS)]
