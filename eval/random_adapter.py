"""An IP-Adapter of random weights for a UNet that has none: what it draws is noise, what it costs is true."""

from __future__ import annotations

from pathlib import Path

from diffusers import UNet2DConditionModel

from minidalle3.sketchbook.clip import EYE
from minidalle3.sketchbook.training import adapter, sight
from minidalle3.sketchbook.training.config import ClipConfig


def random_adapter(unet_folder: Path, folder: Path) -> Path:
    """Write one in the shape in which the embedded model's is trained, with its image encoder, into `folder`; the
    place that diffusers loads it from is returned."""
    unet = UNet2DConditionModel.from_pretrained(str(unet_folder))
    eye = sight.build(ClipConfig())
    image = adapter.build(eye.config.hidden_size, unet.config.cross_attention_dim)
    adapter.save(image, adapter.words_attention(unet), folder)
    eye.save_pretrained(folder / EYE)
    return (folder / EYE).parent
