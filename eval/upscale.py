"""What the embedded model's upscaler gains over bicubic enlargement, and whether it leaves the subject what it was.

`python -m minidalle3.eval.upscale [--quick]`. The scenes of frozen prompts are rendered, shown by the autoencoder and
enlarged, by the network and bicubically: `psnr_*` in dB against the same scenes rendered at twice the size, and
`edges_*`, the mean steepness where that truth is steepest, as a share of its own. `subject_*`: of the pictures in which
the judge sees the prompt's subject, the share in which it does so still when they are enlarged and shrunk back.
`drawn_edges`: steepness of drawn pictures where they are steepest, as a share of bicubic enlargement's. `seconds`: of
one picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from tqdm import tqdm

from minidalle3.engines.enlarging import load_enlarger
from minidalle3.eval.cost import fastest
from minidalle3.eval.judges import Judges, pixels, verdicts
from minidalle3.eval.prompts import Prompt, prompts
from minidalle3.eval.report import parser, report
from minidalle3.eval.sketchbook import WEIGHTS, drawn
from minidalle3.gallery.compare import compare
from minidalle3.sketchbook.upscaler import TIMES
from minidalle3.sketchbook.world.scenes import render

STEEPEST = 0.1
"""The share of a picture's pixels that count as its edges."""

Enlarge = Callable[[Image.Image], Image.Image]


def bicubic(image: Image.Image) -> Image.Image:
    """Twice as large."""
    return image.resize((TIMES * image.width, TIMES * image.height), Image.Resampling.BICUBIC)


@torch.no_grad()
def shown(vae: Any, image: Image.Image) -> Image.Image:
    """The picture as it comes out of the autoencoder."""
    again = vae.decode(vae.encode(pixels([image]) * 2 - 1).latent_dist.mean).sample[0]
    return Image.fromarray(((again.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy())


def steepness(image: Image.Image) -> npt.NDArray[np.float64]:
    """How fast the grey value changes at each pixel."""
    down, right = np.gradient(np.asarray(image.convert("L"), np.float64))
    found: npt.NDArray[np.float64] = np.hypot(down, right)
    return found


def sharpness(image: Image.Image, standard: Image.Image) -> float:
    """Mean steepness where `standard` is steepest, as a share of that of `standard`."""
    theirs = steepness(standard)
    edges = theirs >= np.quantile(theirs, 1 - STEEPEST)
    return float(steepness(image)[edges].mean() / theirs[edges].mean())


def kept(judges: Judges, chosen: Sequence[Prompt], images: Sequence[Image.Image], enlarge: Enlarge) -> tuple[int, int]:
    """In how many pictures the judge sees the subject, and in how many of those it does so after enlargement."""
    before = after = 0
    for prompt, image in zip(chosen, images, strict=True):
        if verdicts(judges, image, prompt.scene)["subject"]:
            small = enlarge(image).resize(image.size, Image.Resampling.BOX)
            before, after = before + 1, after + verdicts(judges, small, prompt.scene)["subject"]
    return before, after


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def of_renders(vae: Any, judges: Judges, chosen: Sequence[Prompt], network: Enlarge) -> dict[str, float | None]:
    """Figures whose truth is known."""
    images = [shown(vae, render(prompt.scene, prompt.seed).image) for prompt in tqdm(chosen, desc="renders")]
    truths = [render(prompt.scene, prompt.seed, TIMES).image for prompt in tqdm(chosen, desc="large renders")]
    figures: dict[str, float | None] = {}
    for name, enlarge in (("bicubic", bicubic), ("network", network)):
        large = [enlarge(image) for image in images]
        pairs = list(zip(large, truths, strict=True))
        figures[f"psnr_{name}"] = mean([compare(one, truth).psnr for one, truth in pairs])
        figures[f"edges_{name}"] = mean([sharpness(one, truth) for one, truth in pairs])
    before, after = kept(judges, chosen, images, network)
    return figures | {"subject_rendered": after / before if before else None}


def of_drawn(
    judges: Judges, chosen: Sequence[Prompt], images: Sequence[Image.Image], network: Enlarge
) -> dict[str, float | None]:
    """Figures of what the model drew."""
    before, after = kept(judges, chosen, images, network)
    gain = mean([sharpness(network(image), bicubic(image)) for image in images])
    return {"subject_drawn": after / before if before else None, "drawn_edges": gain}


def measure(pipe: Any, network: Enlarge, renders: int, pictures: int) -> tuple[dict[str, float | None], dict[str, str]]:
    """Figures and notes."""
    every, judges = prompts("held_out"), Judges.load()
    figures = of_renders(pipe.vae, judges, every[:renders], network)
    images = drawn(pipe, every[:pictures])
    figures |= of_drawn(judges, every[:pictures], images, network)
    figures |= fastest({"seconds": lambda: network(images[0])}, 3)
    notes = {name: "the judge saw none before" for name, figure in figures.items() if figure is None}
    return figures | {"renders": renders, "pictures": pictures}, notes


def main() -> None:
    options = parser("What the embedded model's upscaler gains over bicubic enlargement.")
    options.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of another model in the same shape")
    chosen = options.parse_args()
    enlarger = load_enlarger(chosen.weights)
    if enlarger is None:
        raise SystemExit(f"{chosen.weights} has no upscaler to measure: train one with `make sketchbook`.")
    pipe = StableDiffusionPipeline.from_pretrained(chosen.weights, safety_checker=None, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    figures, notes = measure(pipe, enlarger.enlarged, *((12, 4) if chosen.quick else (300, 100)))
    report("upscale", figures, chosen.quick, notes)


if __name__ == "__main__":
    main()
