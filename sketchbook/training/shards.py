"""Scenes rendered ahead of time, in shards of plain arrays: pictures, masks at the latents' size, and the scenes."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from minidalle3.sketchbook.training.config import SEED, SceneConfig
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.learnt import everything
from minidalle3.sketchbook.world.lots import Words
from minidalle3.sketchbook.world.scenes import draw_lots, render

Array = npt.NDArray[np.uint8]


def taught(run: Path) -> Words:
    """The words that the run teaches: its own list, as `learnt` reads it, else all of the world."""
    chosen = run / "words.json"
    return json.loads(chosen.read_text("utf-8")) if chosen.exists() else everything()


def path(run: Path, index: int) -> Path:
    return run / "scenes" / f"{index:04d}.npz"


def one_by_one(random: Random, words: Words, size: int) -> list[Scene]:
    return [draw_lots(random, words) for _ in range(size)]


def render_shard(
    run: Path, index: int, size: int, lots: Callable[[Random, Words, int], list[Scene]] = one_by_one
) -> None:
    """Idempotent: the same index always holds the same scenes."""
    target = path(run, index)
    if target.exists():
        return
    random, words = Random(SEED * 1000 + index), taught(run)
    scenes = lots(random, words, size)
    rendered = [render(scene, random.randrange(1 << 30) % 997) for scene in scenes]
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.npz")
    np.savez(
        part,
        images=np.stack([np.asarray(one.image) for one in rendered]),
        masks=np.stack([np.asarray(one.mask.resize((16, 16), Image.Resampling.BOX)) for one in rendered]),
        scenes=json.dumps([asdict(scene) for scene in scenes]),
    )
    part.rename(target)


def render_all(run: Path, config: SceneConfig, upto: int, minutes: float = float("inf")) -> None:
    """As many shards as the minutes allow, but always the first ones."""
    end = time.monotonic() + 60 * minutes
    for index in tqdm(range(upto), desc="scenes", unit="shard", disable=path(run, upto - 1).exists()):
        if index >= config.first and time.monotonic() > end:
            return
        render_shard(run, index, config.shard)


def load(run: Path, index: int) -> tuple[Array, Array, list[Scene]]:
    with np.load(path(run, index)) as shard:
        return shard["images"], shard["masks"], [Scene(**scene) for scene in json.loads(str(shard["scenes"]))]


def available(run: Path) -> list[int]:
    return sorted(int(found.stem) for found in (run / "scenes").glob("[0-9]*.npz") if ".part" not in found.name)
