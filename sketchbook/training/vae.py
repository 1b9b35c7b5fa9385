"""The autoencoder: pixels to latents an eighth their size and back."""

from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

from minidalle3.sketchbook.training import linear, shards
from minidalle3.sketchbook.training.config import VaeConfig
from minidalle3.sketchbook.training.descent import descend, muon_and_adam, slow
from minidalle3.sketchbook.training.pace import Pace


def build(config: VaeConfig) -> AutoencoderKL:
    depth = len(config.channels)
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        block_out_channels=config.channels,
        down_block_types=("DownEncoderBlock2D",) * depth,
        up_block_types=("UpDecoderBlock2D",) * depth,
        layers_per_block=1,
        latent_channels=config.latent_channels,
        norm_num_groups=config.groups,
        mid_block_add_attention=False,
        sample_size=128,
        force_upcast=False,
    )


def loss(vae: AutoencoderKL, images: Tensor, weights: Tensor, config: VaeConfig) -> tuple[Tensor, Tensor]:
    """Images in [-1, 1]; weights (B, 1, H, W) with mean near 1. Returns the loss and the plain squared error.

    Noise on the latents, of each channel's spread, stands for a denoiser's leftovers; neighbours come to decode alike.
    """
    latents = vae.encode(images).latent_dist.mean
    spread = latents.detach().std((0, 2, 3), keepdim=True)
    drawn = vae.decode(latents + config.noise * spread * torch.randn_like(latents)).sample
    error = drawn - images
    value = (weights * (2 * error.square() + config.sharp * error.abs())).mean()
    return value, error.detach().square().mean()


class Crops:
    """Random crops of rendered scenes; a shard stays in memory for a while."""

    def __init__(self, run: Path, config: VaeConfig, seed: int) -> None:
        self.run, self.config, self.random = run, config, torch.Generator().manual_seed(seed)
        self._draws = 0

    def _int(self, high: int) -> int:
        return int(torch.randint(high, (1,), generator=self.random))

    def _refill(self) -> None:
        names = shards.available(self.run)
        images, masks, _ = shards.load(self.run, names[self._int(len(names))])
        self._images = torch.from_numpy(images).permute(0, 3, 1, 2)
        self._masks = F.interpolate(torch.from_numpy(masks)[:, None].float() / 255, scale_factor=8)

    def batch(self, size: int, crop: int) -> tuple[Tensor, Tensor]:
        """Pictures (size, 3, crop, crop) in [-1, 1], and weights that count a subject's pixel for more."""
        if self._draws % 40 == 0:
            self._refill()
        self._draws += 1
        picked, weights = [], []
        for _ in range(size):
            one = self._int(len(self._images))
            x, y = (8 * self._int((128 - crop) // 8 + 1) for _ in range(2))
            picked.append(self._images[one, :, y : y + crop, x : x + crop])
            weights.append(self._masks[one, :, y : y + crop, x : x + crop])
        heavy = 1 + self.config.mask * torch.stack(weights)
        return torch.stack(picked).float() / 127.5 - 1, heavy / (1 + self.config.mask / 2)


def begin(vae: AutoencoderKL, run: Path, config: VaeConfig) -> None:
    linear.solve(vae, Crops(run, config, seed=0).batch(config.solved, 128)[0])


def train(vae: AutoencoderKL, run: Path, config: VaeConfig, pace: Pace) -> None:
    device = next(vae.parameters()).device
    parameters = list(vae.parameters())
    optimizers = muon_and_adam(parameters, config.rate, least=16)
    crops = Crops(run, config, seed=1 + pace.done)
    for step in pace:
        images, weights = (one.to(device) for one in crops.batch(config.batch, config.crop))
        slow(optimizers, pace.warm_cosine(50))
        value, squared = loss(vae, images, weights, config)
        descend(optimizers, parameters, value)
        if step % 10 == 0:
            pace.say(loss=value.item(), psnr=10 * float(torch.log10(4 / squared)))
        if step % 200 == 199:
            vae.save_pretrained(run / "vae")
    vae.save_pretrained(run / "vae")


@torch.no_grad()
def settle(vae: AutoencoderKL, run: Path) -> None:
    """Folds a scale and an offset of each latent channel into the last and first layers: mean 0, and spread 1 overall.

    Channels keep the square root of their differences in strength: coarse ones lead, fine ones rise above the noise.
    """
    images, _, _ = shards.load(run, shards.available(run)[0])
    pixels = torch.from_numpy(images[:200]).permute(0, 3, 1, 2).float() / 127.5 - 1
    device = next(vae.parameters()).device
    latents = torch.cat([vae.encode(part.to(device)).latent_dist.mean for part in pixels.chunk(10)])
    mean, spread = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    scale = spread.sqrt() * spread.mean().sqrt()  # what a channel is divided by leaves it sqrt(spread / mean spread)
    out, back, count = vae.quant_conv, vae.post_quant_conv, vae.config.latent_channels
    out.weight[:count] /= scale[:, None, None, None]
    out.bias[:count] = (out.bias[:count] - mean) / scale
    out.bias[count:] -= 2 * scale.log()
    back.bias += (back.weight[:, :, 0, 0] * mean).sum(1)
    back.weight *= scale[None, :, None, None]
    vae.register_to_config(scaling_factor=1.0)
    vae.save_pretrained(run / "vae")
