"""The autoencoder: pixels to latents an eighth their size and back."""

from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor, nn

from minidalle3.sketchbook.training import shards
from minidalle3.sketchbook.training.config import VaeConfig
from minidalle3.sketchbook.training.descent import descend
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


def edges(image: Tensor) -> tuple[Tensor, Tensor]:
    return image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]


def hues(image: Tensor) -> Tensor:
    """Red, green, blue, and the axis from magenta to green: it varies least in the drawings and is learnt last."""
    green = image[:, 1:2]
    return torch.cat([image, 6 * (green - image.mean(1, keepdim=True))], 1)


def decoding_loss(
    vae: AutoencoderKL, latents: Tensor, images: Tensor, weights: Tensor, config: VaeConfig
) -> tuple[Tensor, Tensor]:
    """Images in [-1, 1]; weights (B, 1, H, W) with mean near 1. Returns the loss and the plain squared error."""
    noise = config.noise * latents.detach().std() * torch.randn_like(latents)
    drawn = vae.decode(latents + noise).sample
    error = drawn - images
    total = (weights * error.abs()).mean() + 0.5 * (weights * error.square()).mean()
    for mine, true in zip(edges(drawn), edges(images), strict=True):
        heavy = weights[..., : mine.shape[-2], : mine.shape[-1]]
        total = total + config.edges * (heavy * (mine - true).abs()).mean()
    broad = F.avg_pool2d(hues(error), 4)
    return total + config.hues * broad.abs().mean(), error.detach().square().mean()


def loss(
    vae: AutoencoderKL, reader: nn.Module, images: Tensor, weights: Tensor, config: VaeConfig
) -> tuple[Tensor, Tensor]:
    """`reader` must tell the colour of each patch from its latent alone; without it green and pink come out grey."""
    posterior = vae.encode(images).latent_dist
    total, squared = decoding_loss(vae, posterior.sample(), images, weights, config)
    misread = reader(posterior.mean) - hues(F.avg_pool2d(images, 8))
    return total + config.reading * misread.square().mean() + config.kl * posterior.kl().mean(), squared


class Crops:
    """Random crops of rendered scenes, mostly around the subject; a shard stays in memory for a while."""

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


def train(vae: AutoencoderKL, run: Path, config: VaeConfig, pace: Pace) -> None:
    """Crops for most of the time, whole pictures at the end, where the group norms see what they will meet."""
    device = next(vae.parameters()).device
    reader = nn.Conv2d(config.latent_channels, 4, 1).to(device)
    parameters = [*vae.parameters(), *reader.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=config.rate, betas=(0.9, 0.98), weight_decay=1e-4)
    crops = Crops(run, config, seed=pace.done)
    for step in pace:
        whole = pace.share > 0.9
        size, crop = (config.batch // 3, 128) if whole else (config.batch, config.crop)
        images, weights = (one.to(device) for one in crops.batch(size, crop))
        for group in optimizer.param_groups:
            group["lr"] = config.rate * pace.warm_cosine(50) * (0.6 if whole else 1)
        value, squared = loss(vae, reader, images, weights, config)
        descend(optimizer, parameters, value)
        if step % 10 == 0:
            pace.say(loss=value.item(), psnr=10 * float(torch.log10(4 / squared)))
        if step % 200 == 199:
            vae.save_pretrained(run / "vae")
    vae.save_pretrained(run / "vae")


@torch.no_grad()
def settle(vae: AutoencoderKL, run: Path) -> None:
    """Folds mean and scale of the latents into the last and first layers, so that they have mean 0 and spread 1."""
    images, _, _ = shards.load(run, shards.available(run)[0])
    pixels = torch.from_numpy(images[:200]).permute(0, 3, 1, 2).float() / 127.5 - 1
    device = next(vae.parameters()).device
    latents = torch.cat([vae.encode(part.to(device)).latent_dist.mean for part in pixels.chunk(10)])
    mean, std = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    out, back, count = vae.quant_conv, vae.post_quant_conv, vae.config.latent_channels
    out.weight[:count] /= std[:, None, None, None]
    out.bias[:count] = (out.bias[:count] - mean) / std
    out.bias[count:] -= 2 * std.log()
    back.bias += (back.weight[:, :, 0, 0] * mean).sum(1)
    back.weight *= std[None, :, None, None]
    vae.register_to_config(scaling_factor=1.0)
