"""What of a scene's surroundings its render shows: some words change hardly a pixel, and no judge is asked for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from minidalle3.sketchbook.world.lots import OPEN_AIR
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.scenes import ground
from minidalle3.sketchbook.world.words import TIMES

LEAST = 9.0
"""Levels of 255 (root mean square): what an autoencoder of 29 dB changes anyway."""
SEED = 7


def _otherwise(scene: Scene, head: str) -> Iterator[Scene]:
    """The scene with another word, or none, in the place of this one."""
    if head == "time":
        yield from (replace(scene, time=other) for other in TIMES if other != scene.time)
    elif head == "weather":
        yield replace(scene, weather=None)
    elif head == "place" and scene.weather:  # else a place is plain to see
        yield from (replace(scene, place=other) for other in sorted(OPEN_AIR) if other != scene.place)


@lru_cache(None)
def _shows(bare: Scene, head: str) -> bool:
    def seen(one: Scene) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.asarray(ground(one.place, one.time, one.weather, one.style, SEED), np.float32)

    changes = (np.square(seen(bare) - seen(other)).mean() for other in _otherwise(bare, head))
    return all(change > LEAST**2 for change in changes)


def visible(scene: Scene, head: str) -> bool:
    """Whether the scene's ground would be another without this word; what is no matter of the ground always shows."""
    bare = Scene("", style=scene.style, place=scene.place, time=scene.time, weather=scene.weather)
    return _shows(bare, head)
