"""The upscaler: scenes as the autoencoder shows them, beside the same scenes rendered at twice the size."""

import time
from pathlib import Path
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from minidalle3.sketchbook.training.config import SEED, UpscalerConfig
from minidalle3.sketchbook.training.descent import descend, muon_and_adam, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.upscaler import FOLDER, TIMES, Upscaler, bicubic
from minidalle3.sketchbook.world.lots import draw_lots
from minidalle3.sketchbook.world.scenes import render

SAVED = 200  # steps between two saves


def path(run: Path, index: int) -> Path:
    return run / "larger" / f"{index:04d}.npz"


def available(run: Path) -> list[Path]:
    return sorted(file for file in (run / "larger").glob("[0-9]*.npz") if ".part" not in file.name)


def _pixels(images: list[Image.Image]) -> Tensor:
    """(B, 3, H, W), bytes."""
    return torch.from_numpy(np.stack([np.asarray(image) for image in images])).permute(0, 3, 1, 2)


@torch.no_grad()
def shown(vae: AutoencoderKL, pixels: Tensor, noise: float) -> Tensor:
    """Bytes (B, 3, H, W) as they come out of the autoencoder; noise up to this share of each channel's spread, more in
    some pictures than in others, stands for a denoiser's leftovers.
    """
    latents = vae.encode(pixels.to(vae.device).float() / 127.5 - 1).latent_dist.mean
    spread = latents.std((0, 2, 3), keepdim=True)
    level = noise * torch.rand(len(latents), 1, 1, 1, device=vae.device)
    again = vae.decode(latents + level * spread * torch.randn_like(latents)).sample
    found: Tensor = ((again.clamp(-1, 1) + 1) * 127.5).round().byte().cpu()
    return found


def render_shard(vae: AutoencoderKL, run: Path, index: int, config: UpscalerConfig) -> None:
    """Idempotent: the same index always holds the same scenes, of all the world."""
    target = path(run, index)
    if target.exists():
        return
    random = Random(SEED * 2000 + index)
    scenes = [(draw_lots(random), random.randrange(1 << 30) % 997) for _ in range(config.shard)]
    usual = _pixels([render(*scene).image for scene in scenes])
    large = _pixels([render(*scene, times=TIMES).image for scene in scenes])
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.npz")
    np.savez(part, small=shown(vae, usual, config.noise).numpy(), large=large.numpy())
    part.rename(target)


def render_all(vae: AutoencoderKL, run: Path, config: UpscalerConfig, minutes: float) -> None:
    """As many shards as the minutes allow, but always one."""
    end = time.monotonic() + 60 * minutes
    for index in tqdm(range(config.shards), desc="larger", unit="shard"):
        if index and time.monotonic() > end:
            return
        render_shard(vae, run, index, config)


class Pairs:
    """Random crops of pictures as the autoencoder shows them, and of what they should have become."""

    def __init__(self, run: Path, seed: int) -> None:
        shards = [np.load(file) for file in available(run)]
        self.small, self.large = (
            torch.from_numpy(np.concatenate([shard[name] for shard in shards])) for name in ("small", "large")
        )
        self.random = torch.Generator().manual_seed(seed)

    def _int(self, high: int) -> int:
        return int(torch.randint(high, (1,), generator=self.random))

    def _crop(self, side: int) -> tuple[Tensor, Tensor]:
        one, room = self._int(len(self.small)), self.small.shape[-1] - side + 1
        x, y = self._int(room), self._int(room)
        small = self.small[one, :, y : y + side, x : x + side]
        x, y, side = x * TIMES, y * TIMES, side * TIMES
        large = self.large[one, :, y : y + side, x : x + side]
        if self._int(2):
            small, large = small.flip(-1), large.flip(-1)
        return small, large

    def _telling(self, side: int) -> tuple[Tensor, Tensor]:
        """The busier of two crops: skies teach little."""
        return max((self._crop(side) for _ in range(2)), key=lambda pair: float(pair[0].float().diff().abs().sum()))

    def batch(self, size: int, side: int) -> tuple[Tensor, Tensor]:
        """(size, 3, side, side) and the same at twice the side, in [0, 1]."""
        small, large = zip(*(self._telling(side) for _ in range(size)), strict=True)
        return torch.stack(small).float() / 255, torch.stack(large).float() / 255


def steps(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """From each pixel (B, C, H, W) to its right and its lower neighbour, both (B, C, H-1, W-1)."""
    return pixels.diff(dim=-1)[..., :-1, :], pixels.diff(dim=-2)[..., :-1]


def loss(drawn: Tensor, truth: Tensor, edges: float, steep: float) -> Tensor:
    """Absolute error of the pixels; `edges` times that of the steps between neighbours; `steep` times that of how
    steep it is, wherever the slope leads: an edge that may lie here or there costs least when it is blurred, unless
    blur itself costs.
    """
    right, down = (one - other for one, other in zip(steps(drawn), steps(truth), strict=True))
    slopes = [torch.stack(steps(one)).square().sum((0, 2)).add(1e-6).sqrt() for one in (drawn, truth)]
    wrong = right.abs().mean() + down.abs().mean()
    return (drawn - truth).abs().mean() + edges * wrong + steep * (slopes[0] - slopes[1]).abs().mean()


def build(config: UpscalerConfig) -> Upscaler:
    model: Upscaler = Upscaler(config.width, config.blocks)
    return model


@torch.no_grad()
def begin(model: Upscaler, run: Path, config: UpscalerConfig) -> None:
    """Sets the linear filter to the one with the least squared error on so many crops."""
    small, large = Pairs(run, seed=0).batch(config.solved, config.crop)
    layer, reach = model.linear, model.linear.kernel_size[0]
    edge = reach // 2
    seen = F.unfold(small, reach).transpose(1, 2).flatten(0, 1)
    seen = torch.cat([seen, torch.ones(len(seen), 1)], 1).double()
    lacking = F.pixel_unshuffle(large - bicubic(small), TIMES)[..., edge:-edge, edge:-edge].flatten(2)
    wanted = lacking.transpose(1, 2).flatten(0, 1).double()
    ridge = 1e-4 * len(seen) * torch.eye(seen.shape[1], dtype=seen.dtype)
    found = torch.linalg.solve(seen.T @ seen + ridge, seen.T @ wanted).float().to(layer.weight.device)
    layer.weight.copy_(found[:-1].T.view_as(layer.weight))
    assert layer.bias is not None
    layer.bias.copy_(found[-1])


def train(model: Upscaler, run: Path, config: UpscalerConfig, pace: Pace) -> None:
    device = next(model.parameters()).device
    model.to(memory_format=torch.channels_last)  # a fifth less time on a CPU
    # The linear filter stays as it was solved: it sums so many pixels that steps of this size throw it off.
    parameters = [one for name, one in model.named_parameters() if not name.startswith("linear.")]
    optimizers = muon_and_adam(parameters, config.rate, least=16)
    pairs = Pairs(run, seed=pace.done)
    for step in pace:
        small, large = (one.to(device) for one in pairs.batch(config.batch, config.crop))
        slow(optimizers, pace.warm_cosine(50))
        drawn = model(small)
        value = loss(drawn, large, config.edges, config.steep)
        descend(optimizers, parameters, value)
        if step % 10 == 0:
            pace.say(loss=value.item(), psnr=-10 * float(torch.log10((drawn.detach() - large).square().mean())))
        if step % SAVED == SAVED - 1:
            model.save_pretrained(run / FOLDER)
    model.save_pretrained(run / FOLDER)
