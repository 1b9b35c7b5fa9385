"""The network that makes the sketchbook's pictures twice as large: what a fine picture has beyond the enlarged one.

To the bicubic picture are added the best that one linear filter can do, and what residual convolutions find beyond it;
both are sub-pixel convolutions (Shi et al. 2016; Lim et al. 2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from PIL import Image
from torch import Tensor, nn

TIMES = 2
FOLDER = "upscaler"
"""In the folder of a model that has such a network."""


class Upscaler(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Untrained it is bicubic enlargement."""

    config_name = "config.json"

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(self, width: int = 32, blocks: int = 3, reach: int = 7) -> None:
        super().__init__()
        self.linear = nn.Conv2d(3, 3 * TIMES**2, reach, padding=reach // 2, padding_mode="replicate")
        self.first = _layer(3, width)
        pairs = (nn.Sequential(_layer(width, width), nn.ReLU(), _layer(width, width)) for _ in range(blocks))
        self.body = nn.ModuleList(pairs)
        self.last = _layer(width, 3 * TIMES**2)
        for layer in (self.linear, self.last):
            for one in layer.parameters():
                nn.init.zeros_(one)

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels (B, 3, H, W) in [0, 1] to (B, 3, 2H, 2W), which may reach a little beyond."""
        seen = self.first(pixels - 0.5)
        for block in self.body:
            seen = seen + block(seen)
        return bicubic(pixels) + F.pixel_shuffle(self.linear(pixels) + self.last(seen), TIMES)


def _layer(before: int, after: int) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, padding=1)


def bicubic(pixels: Tensor) -> Tensor:
    """(B, 3, H, W) to (B, 3, 2H, 2W)."""
    return F.interpolate(pixels, scale_factor=TIMES, mode="bicubic")


@torch.no_grad()
def enlarged(model: Any, image: Image.Image) -> Image.Image:
    """A picture of any size at twice its width and height, RGB; the same every time."""
    pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None].float() / 255
    [large] = model(pixels).clamp(0, 1).mul(255).round().byte()
    return Image.fromarray(large.permute(1, 2, 0).numpy())
