"""Rendered scenes as latents, so that the UNet's training touches no pixels."""

import time
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from tqdm import tqdm

from minidalle3.sketchbook.training import shards
from minidalle3.sketchbook.world.grammar import Scene


def path(run: Path, index: int) -> Path:
    return run / "latents" / f"{index:04d}.npy"


@torch.no_grad()
def encode_shard(vae: AutoencoderKL, run: Path, index: int) -> None:
    target = path(run, index)
    if target.exists():
        return
    images, _, _ = shards.load(run, index)
    device = next(vae.parameters()).device
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2)
    parts = [
        vae.encode(part.to(device).float() / 127.5 - 1).latent_dist.mean
        for part in pixels.chunk(max(1, len(pixels) // 25))
    ]
    target.parent.mkdir(exist_ok=True)
    part_file = target.with_suffix(".part")
    with part_file.open("wb") as file:
        np.save(file, torch.cat(parts).half().cpu().numpy())
    part_file.rename(target)


def encode_all(vae: AutoencoderKL, run: Path, minutes: float) -> None:
    """As many shards as the minutes allow, but always one."""
    end = time.monotonic() + 60 * minutes
    for index in tqdm(shards.available(run), desc="latents", unit="shard"):
        if available(run) and time.monotonic() > end:
            return
        encode_shard(vae, run, index)


def available(run: Path) -> list[int]:
    return sorted(int(found.stem) for found in (run / "latents").glob("*.npy"))


def load(run: Path, index: int) -> tuple[Tensor, Tensor, list[Scene]]:
    """Latents (N, C, 16, 16), subject masks (N, 1, 16, 16) in 0..1, and the scenes."""
    _, masks, scenes = shards.load(run, index)
    return torch.from_numpy(np.load(path(run, index))).float(), torch.from_numpy(masks)[:, None].float() / 255, scenes
