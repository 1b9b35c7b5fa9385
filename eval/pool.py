"""What the judges learn from: frames and grounds rendered ahead, composed anew into endless scenes as `render` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.lots import OPEN_AIR
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.scenes import HALF, corners, ground
from minidalle3.sketchbook.world.sprites import FRAME, frame
from minidalle3.sketchbook.world.words import (
    ACTIONS,
    COLOURS,
    PLACES,
    RELATIONS,
    STYLES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    WORN,
)  # fmt: skip

SEED = 77_000  # far from the seeds of the sketchbook's training and of the prompts
GROUNDS = 100
Pixels = npt.NDArray[np.uint8]


@dataclass
class Pool:
    """Frames by style and side, grounds by style; each with the scene of which it is a part."""

    frames: dict[tuple[str, int], list[tuple[Scene, Pixels]]]
    grounds: dict[str, list[tuple[Scene, Pixels]]]


def _maybe(random: Random, share: float, names: Sequence[str]) -> str | None:
    return random.choice(names) if random.random() < share else None


def cast(subject: str, random: Random) -> Scene:
    """A subject in a style, often coloured, doing or wearing something, whether or not training meets the pair."""
    worn = _maybe(random, 0.4, tuple(WORN)) if subject in WEARERS else None
    return Scene(
        subject,
        style=random.choice(tuple(STYLES)),
        colour=_maybe(random, 0.4, tuple(COLOURS)),
        action=_maybe(random, 0.4, tuple(ACTIONS)),
        worn=worn,
    )


def staged(scene: Scene, random: Random) -> Scene:
    """The scene at a place, an hour and in a weather."""
    place = _maybe(random, 0.85, tuple(PLACES))
    weather = _maybe(random, 0.35, tuple(WEATHERS)) if place in OPEN_AIR else None
    return replace(scene, place=place, time=_maybe(random, 0.75, tuple(TIMES)), weather=weather)


def shard(folder: Path, index: int) -> None:
    """Every subject once, and some grounds; the same index always holds the same."""
    target = folder / f"{index:04d}.npz"
    if target.exists():
        return
    random = Random(SEED + index)
    casts = [cast(subject, random) for subject in SUBJECTS]
    sides = [random.choice((HALF, FRAME)) for _ in casts]
    stages = [staged(Scene("", style=random.choice(tuple(STYLES))), random) for _ in range(GROUNDS)]
    images: dict[str, Pixels] = {}
    for number, (one, side) in enumerate(zip(casts, sides, strict=True)):
        images[f"frame{number}"] = np.asarray(
            frame(one.subject, one.style or "", one.colour, one.action, one.worn, side)
        )
    for number, one in enumerate(stages):
        seed = random.randrange(SEED, 2 * SEED)
        images[f"ground{number}"] = np.asarray(ground(one.place, one.time, one.weather, one.style, seed))
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.npz")
    np.savez(part, scenes=json.dumps([asdict(one) for one in (*casts, *stages)]), **images)  # type: ignore[arg-type]
    part.rename(target)


def load(folder: Path) -> Pool:
    pool = Pool({}, {})
    for file in sorted(folder.glob("[0-9][0-9][0-9][0-9].npz")):
        with np.load(file) as images:
            scenes = [Scene(**one) for one in json.loads(str(images["scenes"]))]
            for number, one in enumerate(scenes[:-GROUNDS]):
                pixels = images[f"frame{number}"]
                pool.frames.setdefault((one.style or "", len(pixels)), []).append((one, pixels))
            for number, one in enumerate(scenes[-GROUNDS:]):
                pool.grounds.setdefault(one.style or "", []).append((one, images[f"ground{number}"]))
    return pool


def _laid_out(pool: Pool, style: str, random: Random) -> tuple[Scene, list[tuple[Scene, Pixels]]]:
    """A cast in one of the world's layouts, and its frames in the order of `corners`."""
    layout = random.choice(("alone", "alone", "alone", "count", "pair"))
    one = random.choice(pool.frames[style, FRAME if layout == "alone" else HALF])
    if layout == "alone":
        return one[0], [one]
    if layout == "count":
        count = random.choice((2, 3))
        return replace(one[0], count=count), [one] * count
    other = random.choice(pool.frames[style, HALF])
    return replace(one[0], companion=other[0].subject, relation=random.choice(tuple(RELATIONS))), [one, other]


def compose(pool: Pool, random: Random) -> tuple[Scene, list[Scene], Pixels]:
    """A scene, what each of its frames shows, and its picture, (128, 128, 3)."""
    style = random.choice(tuple(STYLES))
    place, picture = random.choice(pool.grounds[style])
    scene, shown = _laid_out(pool, style, random)
    scene = replace(scene, place=place.place, time=place.time, weather=place.weather)
    picture = picture.copy()
    for one, (_, pixels) in reversed(list(zip(corners(scene), shown, strict=True))):
        part = picture[one.y : one.y + one.side, one.x : one.x + one.side]
        alpha = pixels[..., 3:].astype(np.uint16)
        part[:] = (pixels[..., :3] * alpha + part * (255 - alpha) + 127) // 255
    return scene, [cast for cast, _ in shown], picture
