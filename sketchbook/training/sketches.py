"""What the text tower learns to sketch: the latents of the subjects' frames, patch by patch, before any noise."""

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
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.scenes import HALF, draw_lots
from minidalle3.sketchbook.world.sprites import FRAME, frame
from minidalle3.sketchbook.world.words import STYLES, SUBJECTS

Key = tuple[str, str, str | None, str | None, int]
SLOTS = (FRAME // 16) ** 2
_HALF_SLOTS = (HALF // 16) ** 2


def keys(scene: Scene) -> list[Key]:
    """The frames of a scene whose style is said."""
    style = scene.style or ""
    if scene.companion:
        return [(scene.subject, style, None, None, HALF), (scene.companion, style, None, None, HALF)]
    return [(scene.subject, style, scene.colour, scene.action, FRAME)]


def wanted(combinations: int) -> list[Key]:
    """All plain frames in both sizes, and `combinations` coloured or acting ones, by the lots of training."""
    random = Random(SEED)
    plain = [(subject, style, None, None, side) for subject in SUBJECTS for style in STYLES for side in (FRAME, HALF)]
    found: dict[Key, None] = {}
    while len(found) < combinations:
        scene = draw_lots(random)
        if scene.companion is None and (scene.colour or scene.action):
            found[keys(scene)[0]] = None
    return [*plain, *found]


def _patches(grid: Tensor) -> Tensor:
    """(B, C, H, W) latents to (B, H/2 * W/2, C * 4)."""
    return F.unfold(grid, 2, stride=2).transpose(1, 2)


@torch.no_grad()
def _encode(vae: AutoencoderKL, sprites: list[Image.Image]) -> Tensor:
    device = next(vae.parameters()).device
    frames = torch.from_numpy(np.stack([np.asarray(sprite) for sprite in sprites])).permute(0, 3, 1, 2).float() / 255
    colours, alpha = frames[:, :3], frames[:, 3:]
    pixels = (colours * alpha + 0.5 * (1 - alpha)) * 2 - 1
    latents = vae.encode(pixels.to(device)).latent_dist.mean.cpu()
    return torch.cat([_patches(latents), _patches(F.avg_pool2d(alpha, 8))], 2)


def table(vae: AutoencoderKL, run: Path, combinations: int) -> dict[Key, Tensor]:
    """Frame -> (slots, codes); kept in the run folder, since it is the same for the same autoencoder."""
    target = run / "sketches.pt"
    if target.exists():
        return torch.load(target, weights_only=True)  # type: ignore[no-any-return]
    known: dict[Key, Tensor] = {}
    for side in (FRAME, HALF):
        chosen = [key for key in wanted(combinations) if key[4] == side]
        for start in tqdm(range(0, len(chosen), 32), desc=f"frames {side}"):
            part = chosen[start : start + 32]
            known.update(zip(part, _encode(vae, [frame(*key) for key in part]).half().unbind(), strict=True))
    torch.save(known, target)
    return known


def sketch(known: dict[Key, Tensor], scene: Scene | None) -> Tensor | None:
    """(slots, codes) that the words of a scene should sketch; empty for words that name nothing, None if unknown."""
    if scene is None:
        return torch.zeros(SLOTS, next(iter(known.values())).shape[1])
    found = [known[key] for key in keys(scene) if key in known]
    if len(found) < 1 + bool(scene.companion):
        return None
    both = torch.cat(found).float()
    return F.pad(both, (0, 0, 0, SLOTS - len(both)))
