"""The autoencoder's start, solved instead of learnt: a linear transform coder in the shape of `AutoencoderKL`.

Residual blocks begin as their shortcuts. Downwards, each strided convolution takes the principal components of 2×2
blocks; upwards, each convolution is the least-squares inverse of the level below. Half a minute of linear algebra
ends where gradient descent from chance is after three quarters of an hour (`docs/decisions/003-sketchbook.md`).
"""

import math

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

_PIN = 3.0  # the constant that steadies a group norm, in units of the pictures' range
_NEAR = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))  # a cell and its four neighbours in a 3×3 kernel
_SAMPLES = 8192  # positions per two pictures that a least-squares solution sees


def _copy(layer: nn.Conv2d, channels: int) -> None:
    """Passes the first channels on as they are."""
    layer.weight.zero_()
    layer.bias.zero_()  # type: ignore[union-attr]
    middle = layer.kernel_size[0] // 2
    for channel in range(channels):
        layer.weight[channel, channel, middle, middle] = 1


def _principal(signal: Tensor) -> tuple[Tensor, Tensor]:
    """Principal directions as columns, strongest first, and their variances; not centred."""
    flat = signal.transpose(0, 1).flatten(1)
    variances, directions = torch.linalg.eigh(flat @ flat.T / flat.shape[1])
    return directions.flip(1), variances.flip(0)


def _halve(layer: nn.Conv2d, signal: Tensor, keep: int) -> Tensor:
    """Makes `layer` the strongest `keep` components of the signal's 2×2 blocks, and returns them."""
    blocks = F.pixel_unshuffle(signal, 2)
    kernel = _principal(blocks)[0][:, :keep].T
    layer.weight.zero_()
    layer.bias.zero_()  # type: ignore[union-attr]
    layer.weight[:keep, : signal.shape[1], :2, :2] = kernel.reshape(keep, -1, 2, 2)
    return torch.einsum("kc,bchw->bkhw", kernel, blocks)


def _fit(layer: nn.Conv2d, signal: Tensor, wanted: Tensor, channels: int) -> Tensor:
    """Makes `layer`, 3×3, the least-squares map from the signal's first channels to what is wanted; returns it."""
    size = channels * 9 + 1
    left = torch.zeros(size, size, dtype=torch.float64)
    right = torch.zeros(size, wanted.shape[1], dtype=torch.float64)
    for source, goal in zip(torch.split(signal[:, :channels], 2), torch.split(wanted, 2), strict=True):
        seen = F.unfold(source, 3, padding=1).transpose(1, 2).flatten(0, 1)
        some = torch.randperm(len(seen))[:_SAMPLES]
        seen = torch.cat([seen[some], torch.ones(len(some), 1)], 1).double()
        left += seen.T @ seen
        right += seen.T @ goal.flatten(2).transpose(1, 2).flatten(0, 1)[some].double()
    left += 1e-5 * left.diagonal().mean() * torch.eye(size, dtype=torch.float64)
    solution = torch.linalg.solve(left, right).float()
    count = wanted.shape[1]
    layer.weight.zero_()
    layer.bias.zero_()  # type: ignore[union-attr]
    layer.weight[:count, :channels] = solution[:-1].T.reshape(count, channels, 3, 3)
    layer.bias[:count] = solution[-1]  # type: ignore[index]
    return F.conv2d(signal, layer.weight, layer.bias, padding=1)


def _pass(norm: nn.GroupNorm, before: nn.Conv2d, after: nn.Conv2d, mixing: Tensor, bias: Tensor) -> None:
    """Lets a linear signal through norm and SiLU, which would divide its strength out and cut it in half.

    Constant channels ±K in each group keep its mean at zero and its deviation nearly constant, and each signal travels
    twice, as x and -x, because silu(x) - silu(-x) = x. The pairs that carry nothing yet get small chance directions.
    """
    count, size = mixing.shape
    group = norm.num_channels // norm.num_groups
    pins = max(2, group // 8 * 2)
    starts = torch.arange(0, norm.num_channels, group)
    plus = (starts[:, None] + torch.arange(pins, group, 2)).flatten()
    fixed = (starts[:, None] + torch.arange(0, pins, 2)).flatten()
    if len(plus) < count:
        raise ValueError(f"{norm.num_channels} channels in {norm.num_groups} groups cannot carry {count} signals")
    directions = torch.cat([mixing, 0.05 * torch.randn(len(plus) - count, size)])
    offsets = F.pad(bias, (0, len(plus) - count))
    before.weight.zero_()
    before.bias[fixed], before.bias[fixed + 1] = _PIN, -_PIN  # type: ignore[index]
    for sign, channels in ((1, plus), (-1, plus + 1)):
        before.weight[channels, :size, 0, 0] = sign * directions
        before.bias[channels] = sign * offsets  # type: ignore[index]
    norm.weight.fill_(_PIN * math.sqrt(pins / group))
    norm.bias.zero_()
    after.weight.normal_(0, 1e-3)
    after.bias.zero_()  # type: ignore[union-attr]
    for row, channel in enumerate(plus[:count]):
        after.weight[:, channel : channel + 2] = 0
        after.weight[row, channel, 1, 1], after.weight[row, channel + 1, 1, 1] = 1, -1


def _encoder(vae: AutoencoderKL, images: Tensor) -> tuple[list[Tensor], Tensor]:
    """Sets the encoder; returns the components of each level, finest first, and the latents."""
    encoder, latent = vae.encoder, vae.config.latent_channels
    _copy(encoder.conv_in, 3)
    levels = [images]
    for block in encoder.down_blocks:
        shortcut, channels = block.resnets[0].conv_shortcut, levels[-1].shape[1]
        if shortcut is not None:
            _copy(shortcut, channels)
        if block.downsamplers:
            layer = block.downsamplers[0].conv
            levels.append(_halve(layer, levels[-1], min(4 * channels, layer.out_channels)))
    mean = levels[-1].mean((0, 2, 3))
    directions, variances = _principal(levels[-1] - mean[:, None, None])
    # Between the components' own strengths and equal ones: coarse ones lead, and fine ones are not lost in noise.
    mixing = (directions[:, :latent] / (2 * variances[:latent].clamp(min=1e-6) ** 0.25)).T
    _pass(encoder.conv_norm_out, shortcut, encoder.conv_out, mixing, -mixing @ mean)
    _copy(vae.quant_conv, latent)
    vae.quant_conv.bias[latent:] = -8  # the logarithm of next to no variance
    _copy(vae.post_quant_conv, latent)
    return levels, torch.einsum("kc,bchw->bkhw", mixing, levels[-1] - mean[:, None, None])


def _decoder(vae: AutoencoderKL, levels: list[Tensor], latents: Tensor) -> None:
    decoder, latent = vae.decoder, latents.shape[1]
    decoder.conv_in.weight.zero_()
    decoder.conv_in.bias.zero_()
    channels = min(decoder.conv_in.out_channels, latent * len(_NEAR))
    for channel in range(channels):
        y, x = _NEAR[channel // latent]
        decoder.conv_in.weight[channel, channel % latent, y, x] = 1
    signal = F.conv2d(latents, decoder.conv_in.weight, padding=1)
    blocks = decoder.up_blocks
    for block, following, wanted in zip(blocks, blocks[1:], levels[-2::-1], strict=False):
        layer, shortcut = block.upsamplers[0].conv, following.resnets[0].conv_shortcut
        room = min(layer.out_channels, following.resnets[0].conv2.out_channels) if following is not blocks[-1] else 3
        shifted = [torch.roll(wanted, (1 - y, 1 - x), (2, 3)) for y, x in _NEAR] if room > 3 else [wanted]
        goal = torch.cat(shifted, 1)[:, :room]
        signal = _fit(layer, F.interpolate(signal, scale_factor=2.0), goal, channels)
        channels = goal.shape[1]
        if following is not blocks[-1] and shortcut is not None:
            _copy(shortcut, channels)
            signal = F.conv2d(signal, shortcut.weight)
    last = blocks[-1].resnets[0].conv_shortcut
    _pass(decoder.conv_norm_out, last, decoder.conv_out, torch.eye(3), torch.zeros(3))


@torch.no_grad()
def solve(vae: AutoencoderKL, images: Tensor) -> None:
    """Sets all weights from some hundred pictures (N, 3, H, W) in [-1, 1]; the outermost blocks change their width."""
    for part in vae.modules():
        if isinstance(part, ResnetBlock2D):
            part.conv2.weight.zero_()
            part.conv2.bias.zero_()
    levels, latents = _encoder(vae, images)
    _decoder(vae, levels, latents)
