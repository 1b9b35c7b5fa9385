"""The vision tower, and how pictures are prepared for it."""

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

from minidalle3.sketchbook.training.config import ClipConfig

PATCH = 16
"""Pixels; as wide as what one slot of the text tower sketches."""


def build(config: ClipConfig) -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=config.width,
            intermediate_size=4 * config.width,
            projection_dim=config.projected,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            image_size=128,
            patch_size=PATCH,
            hidden_act="gelu",
        )
    )


def seen(images: Tensor) -> Tensor:
    """Bytes (B, 3, H, W) as the tower wants them, by the processor's own mean and spread."""
    mean, spread = (
        torch.tensor(three, device=images.device)[:, None, None] for three in (OPENAI_CLIP_MEAN, OPENAI_CLIP_STD)
    )
    return (images.float() / 255 - mean) / spread


def softened(pixels: Tensor) -> Tensor:
    """Each picture blurred and grained by its own lot, as drawn ones are a little."""
    lots = torch.rand(2, len(pixels), 1, 1, 1, device=pixels.device)
    blurred = F.avg_pool2d(F.pad(pixels, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return pixels.lerp(blurred, lots[0]) + 0.2 * lots[1] * torch.randn_like(pixels)


def patches_of(eye: CLIPVisionModelWithProjection, pixels: Tensor) -> Tensor:
    """The patches as IP-Adapters take them, (B, 1 + patches, width)."""
    found: Tensor = eye(pixels, output_hidden_states=True).hidden_states[-2]
    return found
