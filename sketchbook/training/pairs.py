"""Pairs of scenes in which one subject looks alike and all else differs: what the IP-Adapter learns from."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from minidalle3.sketchbook.training import latents, shards
from minidalle3.sketchbook.training.config import AdapterConfig
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.learnt import LEARNT
from minidalle3.sketchbook.world.lots import Words, draw_lots, held_out

_FIRST = 5000  # the number of the first shard, so that no lot is drawn as it was for the denoiser's scenes
_COLOURED = 0.4  # how many of those without a colour are given one


def folder(run: Path) -> Path:
    return run / "pairs"


def by_twos(random: Random, words: Words, size: int) -> list[Scene]:
    """Each with the next: the same subject, style, colour and dress; another place, hour, weather and deed."""
    scenes: list[Scene] = []
    while len(scenes) < size:
        one, other = _alone(random, words), _alone(random, words)
        if one.colour is None and random.random() < _COLOURED:
            one = replace(one, colour=random.choice(words["colour"]))
        moved = replace(one, place=other.place, time=other.time, weather=other.weather, action=other.action)
        if one.place != moved.place and not held_out(one) and not held_out(moved):
            scenes += [one, moved]
    return scenes


def _alone(random: Random, words: Words) -> Scene:
    while True:
        scene = draw_lots(random, words)
        if scene.count == 1 and not scene.companion:
            return scene


def prepare(vae: AutoencoderKL, run: Path, size: int, config: AdapterConfig) -> None:
    """Renders and encodes the pairs that are not there yet."""
    folder(run).mkdir(exist_ok=True)
    if (run / LEARNT.name).exists():
        shutil.copy(run / LEARNT.name, folder(run))
    for index in range(_FIRST, _FIRST + config.shards):
        shards.render_shard(folder(run), index, size, by_twos)
        latents.encode_shard(vae, folder(run), index)


class Pairs:
    """Batches without end, of one picture and another in which its subject looks alike."""

    def __init__(self, run: Path, seed: int) -> None:
        self.run, self.random = folder(run), Random(seed)

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor, Tensor, list[Scene]]]:
        """Bytes (B, 3, 128, 128) of one; latents, masks and scene of the other."""
        while True:
            index = self.random.choice(latents.available(self.run))
            images, _, _ = shards.load(self.run, index)
            clean, masks, scenes = latents.load(self.run, index)
            order = self.random.sample(range(len(scenes)), len(scenes))
            for start in range(0, len(order) - size + 1, size):
                shown = order[start : start + size]
                drawn = [one ^ 1 for one in shown]
                pictures = torch.from_numpy(images[shown]).permute(0, 3, 1, 2)
                yield pictures, clean[drawn], masks[drawn], [scenes[one] for one in drawn]
