"""`python -m minidalle3.sketchbook.training.sheet OUT.png`: real samples, styles by subjects, the first seeds."""

import sys
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw

from minidalle3.sketchbook.training.export import WEIGHTS
from minidalle3.sketchbook.world.grammar import Scene, caption
from minidalle3.sketchbook.world.learnt import learnt
from minidalle3.sketchbook.world.words import STYLES

SETTINGS: dict[str, Any] = {"num_inference_steps": 20, "guidance_scale": 2.0, "guidance_rescale": 0.0}
SUBJECTS = (
    "dog", "cat", "rabbit", "hedgehog", "owl", "frog", "dragon", "dinosaur", "robot", "ghost", "sunflower", "tree",
    "pizza", "house", "castle", "car", "rocket", "guitar",
)  # fmt: skip
SCENES = (
    Scene("dog", place="by the river", action="running"),
    Scene("cat", style="sticker", place="in space"),
    Scene("dragon", place="in the mountains", time="at sunset"),
    Scene("car", colour="blue", place="in the city", time="at night"),
    Scene("rabbit", style="cartoon", place="in a meadow", action="jumping"),
    Scene("fish", place="under the sea"),
    Scene("bear", style="cartoon", place="in a room", action="sleeping"),
    Scene("penguin", style="pixel art", place="in the snow"),
    Scene("horse", style="line drawing", place="in the desert"),
    Scene("dog", companion="house", place="in a meadow"),
    Scene("cat", companion="tree", style="flat illustration"),
    Scene("rose", colour="purple", place="on the beach"),
    Scene("lion", place="in the forest", action="dancing"),
    Scene("owl", place="in the sky", action="flying"),
    Scene("fox", style="flat illustration", colour="green"),
    Scene("castle", place="in the snow", time="at night"),
    Scene("duck", style="sticker", action="swimming"),
    Scene("astronaut", style="cartoon", place="in space"),
)


def draw(pipe: Any, scenes: list[Scene], seed: int = 0, **settings: Any) -> list[Image.Image]:
    """One picture a scene; the seed of the n-th is `seed + n`."""
    generators = [torch.Generator().manual_seed(seed + number) for number in range(len(scenes))]
    found: list[Image.Image] = pipe(
        [caption(scene) for scene in scenes], generator=generators, **{**SETTINGS, **settings}
    ).images
    return found


def sheet(pipe: Any) -> Image.Image:
    rows = [[Scene(subject, style=style) for subject in SUBJECTS] for style in STYLES if style in learnt()["style"]]
    rows.append(list(SCENES))
    picture = Image.new("RGB", (len(SUBJECTS) * 130, len(rows) * 146), "white")
    for y, scenes in enumerate(rows):
        for x, image in enumerate(draw(pipe, scenes, seed=100 * y)):
            picture.paste(image, (x * 130, y * 146))
        ImageDraw.Draw(picture).text((4, y * 146 + 130), scenes[0].style or "scenes", fill="black")
    return picture


def main(target: str, weights: Path = WEIGHTS) -> None:
    pipe = StableDiffusionPipeline.from_pretrained(weights, safety_checker=None)
    pipe.set_progress_bar_config(disable=True)
    sheet(pipe).quantize(192).save(target, optimize=True)
    print(target)


if __name__ == "__main__":
    main(sys.argv[1])
