"""What the text tower learns to sketch: the latents of the subjects' frames, patch by patch, before any noise."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from minidalle3.sketchbook.training.config import SEED
from minidalle3.sketchbook.training.shards import taught
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.lots import Words
from minidalle3.sketchbook.world.scenes import HALF, Placed, corners, draw_lots
from minidalle3.sketchbook.world.sprites import DEFAULT_STYLE, FRAME, frame

Key = tuple[str, Placed]  # a style, and a frame at the origin
SLOTS = (FRAME // 16) ** 2


def _key(one: Placed, style: str | None) -> Key:
    return style or DEFAULT_STYLE, replace(one, x=0, y=0)


def slots(frames: Sequence[Placed]) -> tuple[int, ...]:
    """The first slot of each frame's sketch; frames that show the same words share one."""
    starts: dict[Key, int] = {}
    used = 0
    for one in frames:
        if _key(one, None) not in starts:
            starts[_key(one, None)] = used
            used += (one.side // 16) ** 2
    return tuple(starts[_key(one, None)] for one in frames)


def keys(scene: Scene) -> list[Key]:
    """The sketches of a scene, in the order of their slots."""
    return list(dict.fromkeys(_key(one, scene.style) for one in corners(scene)))


def casts(combinations: int, words: Words) -> list[Scene]:
    """The scenes, by the lots of training, whose frames are sketched besides the plain ones."""
    random = Random(SEED)
    return [draw_lots(random, words) for _ in range(combinations)]


def wanted(combinations: int, words: Words) -> list[Key]:
    """All plain frames in both sizes, and those of the casts."""
    plain = [
        (style, Placed(0, 0, side, subject))
        for subject in words["subject"]
        for style in words["style"]
        for side in (FRAME, HALF)
    ]
    cast = [key for scene in casts(combinations, words) for key in keys(scene)]
    return list(dict.fromkeys([*plain, *cast]))


def patches(grid: Tensor) -> Tensor:
    """(B, C, H, W) latents to (B, H/2 * W/2, C * 4)."""
    return F.unfold(grid, 2, stride=2).transpose(1, 2)


@torch.no_grad()
def _encode(vae: AutoencoderKL, sprites: list[Image.Image]) -> Tensor:
    device = next(vae.parameters()).device
    frames = torch.from_numpy(np.stack([np.asarray(sprite) for sprite in sprites])).permute(0, 3, 1, 2).float() / 255
    colours, alpha = frames[:, :3], frames[:, 3:]
    pixels = (colours * alpha + 0.5 * (1 - alpha)) * 2 - 1
    latents = vae.encode(pixels.to(device)).latent_dist.mean.cpu()
    return torch.cat([patches(latents), patches(F.avg_pool2d(alpha, 8))], 2)


def table(vae: AutoencoderKL, run: Path, combinations: int) -> dict[Key, Tensor]:
    """Frame -> (slots, codes); kept in the run folder, since it is the same for the same autoencoder."""
    target = run / "sketches.pt"
    chosen = wanted(combinations, taught(run))
    if target.exists():
        return dict(zip(chosen, torch.load(target, weights_only=True), strict=True))
    known: dict[Key, Tensor] = {}
    for side in (FRAME, HALF):
        same = [key for key in chosen if key[1].side == side]
        for start in tqdm(range(0, len(same), 32), desc=f"frames {side}"):
            part = same[start : start + 32]
            sprites = [frame(one.subject, style, one.colour, one.action, one.worn, side) for style, one in part]
            known.update(zip(part, _encode(vae, sprites).half().unbind(), strict=True))
    torch.save([known[key] for key in chosen], target)
    return known


def sketch(known: dict[Key, Tensor], scene: Scene | None) -> Tensor:
    """(slots, codes) that the words of a scene should sketch; empty for words that name nothing."""
    if scene is None:
        return torch.zeros(SLOTS, next(iter(known.values())).shape[1])
    every = torch.cat([known[key] for key in keys(scene)]).float()
    return F.pad(every, (0, 0, 0, SLOTS - len(every)))
