"""Where something is in a picture, from the attention paid to its words."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from PIL import Image, ImageFilter

THRESHOLD = 0.3
"""Share of the strongest attention that counts as being there."""
DIFFERS = 0.2
"""Share of the largest difference of two predictions that counts as a difference."""
FEATHER = 4
"""Radius, in pixels, of the edge that is softened; it reaches twice as far outwards and never inwards."""


class Sightings:
    """Sums the maps of the watched words over layers and steps. `size` is the latents' height and width."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._source: torch.Tensor | None = None
        self._target: torch.Tensor | None = None

    def add(self, source: torch.Tensor, target: torch.Tensor) -> None:
        """Maps of shape (cells, watched tokens), the mean of the heads; an empty set of tokens is seen nowhere."""
        source, target = source.sum(1).float(), target.sum(1).float()
        self._source = source if self._source is None else self._source + source
        self._target = target if self._target is None else self._target + target

    def source(self) -> torch.Tensor | None:
        """Boolean, at the latents' size; `None` before anything was seen."""
        return None if self._source is None else self._place(self._source)

    def target(self) -> torch.Tensor | None:
        return None if self._target is None else self._place(self._target)

    def either(self) -> torch.Tensor | None:
        """Where it is in the source or in the target."""
        source, target = self.source(), self.target()
        return None if source is None or target is None else source | target

    def _place(self, seen: torch.Tensor) -> torch.Tensor:
        cells = seen.reshape(1, 1, *grid(self._size, len(seen)))
        grown = F.max_pool2d(cells, 3, stride=1, padding=1)
        whole = F.interpolate(grown, self._size, mode="bilinear", align_corners=False)[0, 0]
        return whole > THRESHOLD * whole.max()


class Differences:
    """Sums how far apart source and target are predicted to be, step by step."""

    def __init__(self) -> None:
        self._sum: torch.Tensor | None = None

    def add(self, source: torch.Tensor, target: torch.Tensor) -> None:
        """Predictions of shape (channels, h, w)."""
        gap = (source.float() - target.float()).abs().mean(0)
        self._sum = gap if self._sum is None else self._sum + gap

    def place(self) -> torch.Tensor | None:
        """Boolean, (h, w); `None` before anything was predicted."""
        return None if self._sum is None else self._sum > DIFFERS * self._sum.max()


def grid(size: tuple[int, int], cells: int) -> tuple[int, int]:
    """Height and width of a layer with so many cells: the latents', halved as often as it takes, rounded up."""
    share = 0.5 ** round(math.log2(size[0] * size[1] / cells) / 2)
    return math.ceil(size[0] * share), math.ceil(size[1] * share)


def feathered(mask: torch.Tensor, size: tuple[int, int]) -> Image.Image:
    """Mode L at `size` (width, height) from a boolean mask of the latents: 255 inside, exactly 0 a little way out."""
    inside = Image.fromarray(mask.to("cpu", torch.uint8).numpy() * 255).resize(size, Image.Resampling.NEAREST)
    return inside.filter(ImageFilter.MaxFilter(2 * FEATHER + 1)).filter(ImageFilter.BoxBlur(FEATHER))
