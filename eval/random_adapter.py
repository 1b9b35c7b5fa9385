"""An IP-Adapter of random weights for a UNet that has none: what it draws is noise, what it costs is true."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

TOKENS, SEEN = 4, 256
"""Of a picture, beside the words; and numbers by which the image encoder tells of it."""


def random_adapter(unet_folder: Path, folder: Path) -> Path:
    """Write a plain adapter and a small image encoder into `folder`, as diffusers reads them; the folder is returned.

    The layout: keys and values (hidden, words) for every cross-attention, numbered among all processors, and a
    projection (4 * words, seen) of what the encoder says of the picture (Ye et al. 2023).
    """
    unet = UNet2DConditionModel.from_pretrained(str(unet_folder))
    words = unet.config.cross_attention_dim
    tensors = {
        "image_proj.proj.weight": torch.randn(TOKENS * words, SEEN),
        "image_proj.proj.bias": torch.zeros(TOKENS * words),
        "image_proj.norm.weight": torch.ones(words),
        "image_proj.norm.bias": torch.zeros(words),
    }
    for at, name in enumerate(unet.attn_processors):
        if ".attn2." in name:
            hidden = unet.get_submodule(name.removesuffix(".processor")).to_q.out_features
            for part in ("to_k_ip", "to_v_ip"):
                tensors[f"ip_adapter.{at}.{part}.weight"] = torch.randn(hidden, words)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "ip-adapter.safetensors")
    config = CLIPVisionConfig(
        hidden_size=192,
        intermediate_size=768,
        projection_dim=SEEN,
        num_hidden_layers=4,
        num_attention_heads=4,
        image_size=128,
        patch_size=16,
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder / "image_encoder")
    return folder
