"""IP-Adapters with random weights for tiny pipelines, in the layout that diffusers loads: one file, one encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

SIDE, HIDDEN, PROJECTED = 28, 24, 20
"""Of the image encoder: sides of what it looks at, width inside, width of what it says of a whole picture."""

DEPTH, HEAD, QUERIES = 4, 64, 6
"""A Plus adapter's layers and width of a head, which diffusers takes for granted, and the tokens it makes."""


def adapter(folder: Path, unet: Any, plus: bool = False, seed: int = 0, words: int | None = None) -> Path:
    """Write `<folder>/ip_adapter/ip-adapter.safetensors` and `<folder>/image_encoder`; the former is returned."""
    random = torch.Generator().manual_seed(seed)
    width = words or unet.config.cross_attention_dim
    image = resampler(width, random) if plus else projection(width, random)
    tensors = {f"image_proj.{name}": tensor for name, tensor in image.items()}
    tensors |= {f"ip_adapter.{name}": tensor for name, tensor in attention(unet, width, random).items()}
    file = folder / "ip_adapter" / "ip-adapter.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, file)
    encoder(folder / "image_encoder", seed)
    return file


def encoder(folder: Path, seed: int) -> None:
    torch.manual_seed(seed)
    config = CLIPVisionConfig(
        hidden_size=HIDDEN,
        intermediate_size=32,
        projection_dim=PROJECTED,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=SIDE,
        patch_size=14,
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder)


def attention(unet: Any, words: int, random: torch.Generator) -> dict[str, torch.Tensor]:
    """Keys and values of every cross-attention, numbered as the processors are, self-attentions counted."""
    tensors = {}
    for at, name in enumerate(unet.attn_processors):
        if ".attn2." in name:
            width = unet.get_submodule(name.removesuffix(".processor")).to_q.out_features
            for part in ("to_k_ip", "to_v_ip"):
                tensors[f"{at}.{part}.weight"] = torch.randn(width, words, generator=random)
    return tensors


def projection(words: int, random: torch.Generator) -> dict[str, torch.Tensor]:
    """Of a plain adapter: four tokens from what the encoder says of the whole picture."""
    return {
        "proj.weight": torch.randn(4 * words, PROJECTED, generator=random),
        "proj.bias": torch.zeros(4 * words),
        "norm.weight": torch.ones(words),
        "norm.bias": torch.zeros(words),
    }


def resampler(words: int, random: torch.Generator) -> dict[str, torch.Tensor]:
    """Of a Plus adapter: learned queries that look at the patches of the picture."""
    tensors = {
        "latents": torch.randn(1, QUERIES, HEAD, generator=random),
        "proj_in.weight": torch.randn(HEAD, HIDDEN, generator=random),
        "proj_in.bias": torch.zeros(HEAD),
        "proj_out.weight": torch.randn(words, HEAD, generator=random),
        "proj_out.bias": torch.zeros(words),
        "norm_out.weight": torch.ones(words),
        "norm_out.bias": torch.zeros(words),
    }
    for layer in range(DEPTH):
        for name in ("0.norm1", "0.norm2", "1.0"):
            tensors[f"layers.{layer}.{name}.weight"] = torch.ones(HEAD)
            tensors[f"layers.{layer}.{name}.bias"] = torch.zeros(HEAD)
        shapes = {"0.to_q": (HEAD, HEAD), "0.to_kv": (2 * HEAD, HEAD), "0.to_out": (HEAD, HEAD)}
        shapes |= {"1.1": (4 * HEAD, HEAD), "1.3": (HEAD, 4 * HEAD)}
        for name, shape in shapes.items():
            tensors[f"layers.{layer}.{name}.weight"] = torch.randn(shape, generator=random) / HEAD**0.5
    return tensors
