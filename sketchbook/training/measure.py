"""`python -m minidalle3.sketchbook.training.measure`: how often a drawn subject is nearest to its own render.

A drawing of "a STYLE of a SUBJECT" is compared, at a quarter of its size, with fresh renders of candidate subjects
in the same style on every plain ground; it counts when its own subject is the nearest. Nothing here is fitted.
"""

import argparse
import json
from functools import cache
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from minidalle3.sketchbook.training.config import SEED
from minidalle3.sketchbook.training.export import WEIGHTS
from minidalle3.sketchbook.training.sheet import draw
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.learnt import learnt
from minidalle3.sketchbook.world.scenes import render
from minidalle3.sketchbook.world.words import STYLES, SUBJECTS

GROUNDS = 8
Pixels = npt.NDArray[np.float32]


def _small(image: Image.Image) -> Pixels:
    return np.asarray(image.resize((32, 32), Image.Resampling.BOX), np.float32)


@cache
def _renders(subject: str, style: str) -> Pixels:
    return np.stack([_small(render(Scene(subject, style=style), seed).image) for seed in range(GROUNDS)])


def distance(image: Image.Image, subject: str, style: str) -> float:
    return float(np.square(_renders(subject, style) - _small(image)).mean((1, 2, 3)).min())


def nearest(image: Image.Image, candidates: list[str], style: str) -> str:
    return min(candidates, key=lambda subject: distance(image, subject, style))


def measure(pipe: Any, prompts: int, candidates: int, batch: int = 12, **settings: Any) -> dict[str, float]:
    """Shares of drawings recognised, over all styles and by style; `candidates` counts the true one."""
    random = Random(SEED)
    subjects = [name for name in SUBJECTS if name in learnt()["subject"]]
    styles = [name for name in STYLES if name in learnt()["style"]]
    scenes = [Scene(random.choice(subjects), style=styles[n % len(styles)]) for n in range(prompts)]
    right: dict[str, list[bool]] = {"all": []}
    for start in range(0, prompts, batch):
        part = scenes[start : start + batch]
        for scene, image in zip(part, draw(pipe, part, seed=start, **settings), strict=True):
            others = random.sample([name for name in subjects if name != scene.subject], candidates - 1)
            hit = nearest(image, [scene.subject, *others], scene.style or "") == scene.subject
            right["all"].append(hit)
            right.setdefault(scene.style or "", []).append(hit)
    return {name: round(sum(hits) / len(hits), 3) for name, hits in right.items()}


def main() -> None:
    from diffusers import StableDiffusionPipeline

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=120)
    parser.add_argument("--candidates", type=int, default=20)
    parser.add_argument("--weights", default=str(WEIGHTS))
    chosen = parser.parse_args()
    pipe = StableDiffusionPipeline.from_pretrained(chosen.weights, safety_checker=None)
    pipe.set_progress_bar_config(disable=True)
    print(json.dumps(measure(pipe, chosen.prompts, chosen.candidates)))


if __name__ == "__main__":
    main()
