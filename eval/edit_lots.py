"""The lots by which SketchBench's edits were drawn.

`python -m minidalle3.eval.edit_lots` writes `eval/data/consistency/` again, the same to the byte, from the words that
the embedded model knew when it was frozen (`words.json` there). The world knows no materials and no faces: `material`
is what a picture is made of (a sticker, pixels, a solid render), `style` is how it is drawn, `content` is the hour.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from minidalle3.eval.edits import FOLDER, TURNS, TYPES, Edit, path, written
from minidalle3.sketchbook.world.scene import Scene, caption, with_article
from minidalle3.sketchbook.world.words import LIVING

SPLITS = {"held_out": (32, 16, 21), "tuning": (10, 4, 22)}
"""How many edits of each type, how many chains, and the seed of the lots."""

LOCAL = frozenset({"object", "add", "delete", "pose", "colour"})
CHAINED = ("colour", "pose", "colour", "object")
"""The types of a chain's turns, over and over."""
MATERIALS = ("3D render", "sticker", "pixel art")
TIMELESS = frozenset({"in space", "under the sea", "in a room", "on a plain background"})
"""Places that the hour changes little."""
DEEDS = {
    "running": "run", "jumping": "jump", "flying": "fly", "sleeping": "sleep", "sitting": "sit",
    "swimming": "swim", "dancing": "dance",
}  # fmt: skip

Words = Mapping[str, list[Any]]
Change = tuple[Scene, str]
"""The scene after it, and what is said to get there."""


def _other(random: Random, names: list[Any], *taken: Any) -> Any:
    return random.choice([name for name in names if name not in taken])


def _object(random: Random, scene: Scene, words: Words) -> Change:
    living = scene.subject in LIVING
    kind = [name for name in words["subject"] if (name in LIVING) == living]
    new = _other(random, kind, scene.subject, scene.companion)
    said = (f"turn the {scene.subject} into {with_article(new)}", f"make it {with_article(new)} instead")
    return replace(scene, subject=new), random.choice(said)


def _add(random: Random, scene: Scene, words: Words) -> Change:
    new = _other(random, words["companion"], scene.subject)
    said = (f"add {with_article(new)} next to it", f"put {with_article(new)} next to the {scene.subject}")
    return replace(scene, companion=new, relation="next to"), random.choice(said)


def _delete(random: Random, scene: Scene, words: Words) -> Change:
    said = (f"remove the {scene.companion}", f"take the {scene.companion} away")
    return replace(scene, companion=None, relation=None), random.choice(said)


def _content(random: Random, scene: Scene, words: Words) -> Change:
    new = _other(random, words["time"], scene.time)
    return replace(scene, time=new), random.choice((f"make it {new}", f"show it {new}"))


def _pose(random: Random, scene: Scene, words: Words) -> Change:
    new = _other(random, words["action"], scene.action)
    said = (f"make it {DEEDS[new]}", f"let the {scene.subject} {DEEDS[new]}")
    return replace(scene, action=new), random.choice(said)


def _colour(random: Random, scene: Scene, words: Words) -> Change:
    new = _other(random, words["colour"], scene.colour)
    return replace(scene, colour=new), random.choice((f"make it {new}", f"make the {scene.subject} {new}"))


def _background(random: Random, scene: Scene, words: Words) -> Change:
    new = _other(random, words["place"], scene.place)
    return replace(scene, place=new), random.choice((f"put it {new}", f"show the {scene.subject} {new}"))


def _drawn_as(random: Random, scene: Scene, styles: list[str]) -> Change:
    new = _other(random, styles, scene.style)
    named = new if new == "pixel art" else with_article(new)
    return replace(scene, style=new), random.choice((f"make it {named}", f"turn it into {named}"))


def _material(random: Random, scene: Scene, words: Words) -> Change:
    return _drawn_as(random, scene, list(MATERIALS))


def _style(random: Random, scene: Scene, words: Words) -> Change:
    return _drawn_as(random, scene, [name for name in words["style"] if name not in MATERIALS])


CHANGES: dict[str, Callable[[Random, Scene, Words], Change]] = {
    "object": _object, "add": _add, "delete": _delete, "content": _content, "pose": _pose, "colour": _colour,
    "material": _material, "background": _background, "style": _style,
}  # fmt: skip


def _first(random: Random, types: tuple[str, ...], words: Words) -> Scene:
    """A scene in which changes of these types can be seen."""
    subjects = [name for name in words["subject"] if name in LIVING] if "pose" in types else words["subject"]
    subject, timeless = random.choice(subjects), TIMELESS if "content" in types else ()
    companion = _other(random, words["companion"], subject) if "delete" in types else None
    return Scene(
        subject,
        companion=companion,
        style=random.choice(words["style"]),
        place=_other(random, words["place"], *timeless),
        time=random.choice(words["time"]) if "content" in types else None,
        colour=random.choice([None, None, *random.sample(words["colour"], 2)]),
        action=random.choice([None, None, random.choice(words["action"])]) if subject in LIVING else None,
    )


def _edit(random: Random, type: str, words: Words, rendered: bool, seed: int) -> Edit:
    """A `random` edit is two of others at once."""
    types = tuple(random.sample(("colour", "pose", "background", "content"), 2)) if type == "random" else (type,)
    if set(types) == {"background", "content"}:
        types = ("content", "colour")  # the hour of a new place is seen only where the place has one
    before = after = _first(random, types, words)
    said = []
    for one in types:
        after, order = CHANGES[one](random, after, words)
        said.append(order)
    return Edit(
        type, before, after, (caption(before), caption(after)), " and ".join(said), LOCAL.issuperset(types), rendered,
        seed,
    )  # fmt: skip


def _chain(random: Random, words: Words, rendered: bool, seed: int) -> Iterator[Edit]:
    """Local edits, each of the picture that the last one made."""
    scene = _first(random, ("pose",), words)
    for turn in range(TURNS):
        type = CHAINED[turn % len(CHAINED)]
        after, said = CHANGES[type](random, scene, words)
        yield Edit(type, scene, after, (caption(scene), caption(after)), said, True, rendered, seed)
        scene = after


def drawn_by_lot(split: str, words: Words) -> tuple[list[Edit], list[Edit]]:
    """A split's edits, types in turn, and its chains, one after the other; every second source is a photo."""
    each, chains, lot = SPLITS[split]
    random, seed = Random(lot), 1000 * lot
    edits = [
        _edit(random, type, words, rendered=number % 2 == 0, seed=seed + len(TYPES) * number + at)
        for number in range(each)
        for at, type in enumerate(TYPES)
    ]
    turns = [_chain(random, words, number % 2 == 0, seed + 500 + number) for number in range(chains)]
    return edits, [edit for chain in turns for edit in chain]


def frozen_words() -> Words:
    known: Words = json.loads((FOLDER / "words.json").read_text("utf-8"))
    return known


def main() -> None:
    words = frozen_words()
    for split in SPLITS:
        for kind, drawn in zip(("edits", "chains"), drawn_by_lot(split, words), strict=True):
            path(kind, split).write_text(written(drawn), "utf-8")
            print(path(kind, split))


if __name__ == "__main__":
    main()
