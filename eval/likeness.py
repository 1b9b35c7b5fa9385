"""How alike two pictures are: outside of a mask, in structure, and in what a CLIP makes of them.

PIE-Bench's measures (Ju et al. 2023) but for two: outside of a mask only what is outside counts (there, the masked
pixels count as equal), and structure is compared by the features of the judge of whole pictures, in place of DINO's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from transformers import CLIPImageProcessorPil, CLIPTokenizer

from minidalle3.eval.edits import Mask
from minidalle3.eval.judges import Judges, pixels, scaled
from minidalle3.sketchbook import clip

LEAST = 0.05
"""Share of the picture that must be outside of a mask for it to be compared."""
SAME = 60.0
"""PSNR in dB of what is equal, or nearer than rounding comes."""
CELLS = 12
"""Layers of the judge's trunk before a grid of 8 x 8 cells."""


@dataclass(frozen=True)
class Outside:
    """`psnr` in dB, at most `SAME`; `ssim` up to 1 (Wang et al. 2004); `mse` of values in [0, 1]."""

    psnr: float
    ssim: float
    mse: float


def outside(before: Image.Image, after: Image.Image, part: Mask) -> Outside | None:
    """How alike two RGB pictures of one size are where `part`, (height, width), is False; None where that is hardly
    anywhere."""
    there = torch.from_numpy(~part)
    if there.float().mean() < LEAST:
        return None
    both = pixels([before, after])
    mse = float((both[0] - both[1]).square().mean(0)[there].mean())
    psnr = min(SAME, -10 * math.log10(mse)) if mse else SAME
    return Outside(psnr, float(similarity(both[:1], both[1:]).mean(1)[0][there].mean()), mse)


def similarity(one: Tensor, other: Tensor) -> Tensor:
    """The map of structural similarity, pixel by pixel, of pictures (1, channels, h, w) in [0, 1].

    Wang et al. 2004, equation 13: means, variances and covariance under a Gaussian window of 11 pixels, sigma 1.5.
    """
    width = torch.arange(-5.0, 6.0)
    line = torch.exp(-width.square() / (2 * 1.5**2))
    window = (line[:, None] * line / line.sum() ** 2).repeat(one.shape[1], 1, 1, 1)

    def mean(values: Tensor) -> Tensor:
        return F.conv2d(F.pad(values, (5, 5, 5, 5), mode="reflect"), window, groups=values.shape[1])

    a, b = mean(one), mean(other)
    spread = mean(one * one) - a * a, mean(other * other) - b * b, mean(one * other) - a * b
    steady, steadier = 0.01**2, 0.03**2
    lights = (2 * a * b + steady) / (a * a + b * b + steady)
    return lights * (2 * spread[2] + steadier) / (spread[0] + spread[1] + steadier)


@torch.no_grad()
def structure(judges: Judges, before: Image.Image, after: Image.Image) -> float:
    """How differently two pictures are laid out, 0..4: the mean squared difference of how alike the cells of each are
    among themselves, by the judge's features (the self-similarity of Tumanyan et al. 2022)."""
    trunk = judges.whole.trunk
    assert isinstance(trunk, torch.nn.Sequential)
    seen = F.normalize(trunk[:CELLS](scaled(pixels([before, after]), judges.whole.side)).flatten(2), dim=1)
    alike = seen.transpose(1, 2) @ seen
    return float((alike[0] - alike[1]).square().mean())


class Clip:
    """The embedded model's own CLIP, from a folder of weights. Raises `FileNotFoundError` where there is none."""

    def __init__(self, weights: Path) -> None:
        self._model: Any = clip.load(weights)
        self._tokenizer: Any = CLIPTokenizer.from_pretrained(str(weights / "tokenizer"))
        side = self._model.config.vision_config.image_size
        size = {"height": side, "width": side}
        self._processor: Any = CLIPImageProcessorPil(size=size, crop_size=size)

    @torch.no_grad()
    def score(self, image: Image.Image, words: str) -> float:
        """100 times the cosine between picture and words, as CLIP score has it (Hessel et al. 2021), 0 at least."""
        text = self._tokenizer([words], padding="max_length", truncation=True, return_tensors="pt")
        seen = self._model(pixel_values=self._processor(image, return_tensors="pt").pixel_values, **text)
        return 100 * max(0.0, float(F.cosine_similarity(seen.image_embeds, seen.text_embeds)[0]))

    def edited(self, image: Image.Image, part: Mask, words: str) -> float:
        """The score of the part alone, the rest black."""
        return self.score(Image.fromarray(np.asarray(image) * part[..., None].astype(np.uint8)), words)


def clip_of(weights: Path) -> Clip | None:
    """The CLIP of the weights, where they have one."""
    try:
        return Clip(weights)
    except FileNotFoundError:
        return None
