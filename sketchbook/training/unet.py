"""The denoiser: noise and a caption to latents."""

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import torch
from diffusers import DDIMScheduler, Transformer2DModel, UNet2DConditionModel
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook.training import aim, captions, latents
from minidalle3.sketchbook.training.config import SCHEDULER, UnetConfig
from minidalle3.sketchbook.training.descent import descend, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.sketches import SLOTS, patches, slots
from minidalle3.sketchbook.training.text import tokenize
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.scenes import corners


def build(config: UnetConfig, latent_channels: int, text_width: int) -> UNet2DConditionModel:
    """Residual and attention blocks begin as nothing and the output as zero, so that depth costs no steps."""
    model = UNet2DConditionModel(
        sample_size=16,
        in_channels=latent_channels,
        out_channels=latent_channels,
        block_out_channels=config.channels,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        mid_block_type="UNetMidBlock2DCrossAttn",
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=config.layers,
        attention_head_dim=config.heads,  # diffusers reads this as the number of heads
        norm_num_groups=config.groups,
        cross_attention_dim=text_width,
        use_linear_projection=True,
        addition_embed_type="text",
        resnet_time_scale_shift="scale_shift",
    )
    for part in model.modules():
        if isinstance(part, ResnetBlock2D):
            silence(part.conv2)
        elif isinstance(part, Transformer2DModel):
            silence(part.proj_out)
    silence(model.conv_out)
    pass_on(model)
    return model


@torch.no_grad()
def pass_on(model: UNet2DConditionModel) -> None:
    """Lets the noisy latents reach the last layer as they are, as x and -x each, since silu(x) - silu(-x) = x.

    Most of what is predicted is what came in; sixteen channels mixed at random by the first layer would not come out.
    """
    first, last = model.conv_in, model.up_blocks[-1].resnets[-1].conv_shortcut
    count = 2 * first.in_channels
    for layer, source in ((first, torch.arange(count) // 2), (last, torch.arange(count) - first.out_channels)):
        layer.weight[:count] = 0
        layer.bias[:count] = 0
        layer.weight[torch.arange(count), source, layer.kernel_size[0] // 2, layer.kernel_size[1] // 2] = 1
    first.weight[1:count:2] *= -1


@torch.no_grad()
def read_sketches(model: UNet2DConditionModel, head: nn.Linear) -> None:
    """Each quarter's head of the layer that copies sketches begins with the values that `head` reads for it."""
    value, channels = model.up_blocks[-1].attentions[0].transformer_blocks[0].attn2.to_v, model.config.in_channels
    for rows, quarter in zip(value.weight.chunk(4), range(4), strict=True):
        rows[:channels] = head.weight[quarter : 4 * channels : 4][: len(rows)]


def silence(layer: nn.Module) -> None:
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


class Feed:
    """Batches of latents, masks and captions; a shard stays in memory for a while."""

    def __init__(self, run: Path, config: UnetConfig, seed: int) -> None:
        self.run, self.config = run, config
        self.random, self._left = Random(seed), 0

    def batch(self) -> tuple[Tensor, Tensor, list[str], list[Scene | None]]:
        """Latents, masks, captions, and scenes, None where the caption is left out."""
        if self._left < self.config.batch:
            index = self.random.choice(latents.available(self.run))
            self._latents, self._masks, self._scenes = latents.load(self.run, index)
            self._order = self.random.sample(range(len(self._scenes)), len(self._scenes))
            self._left = len(self._scenes)
        picked = self._order[self._left - self.config.batch : self._left]
        self._left -= self.config.batch
        texts = [self._say(self._scenes[one]) for one in picked]
        scenes = [self._scenes[one] if text else None for one, text in zip(picked, texts, strict=True)]
        return self._latents[picked], self._masks[picked], texts, scenes

    def _say(self, scene: Scene) -> str:
        if self.random.random() < self.config.drop:
            return ""
        return (captions.varied if self.random.random() < 0.1 else captions.canonical)(scene, self.random)


def loss(
    unet: Callable[..., Any],
    scheduler: DDIMScheduler,
    clean: Tensor,
    masks: Tensor,
    words: Tensor,
    config: UnetConfig,
) -> Tensor:
    """Squared error of the predicted velocity; subjects count for more; the lots of timesteps lean as `config` says."""
    size = len(clean)
    even = (torch.arange(size) + torch.rand(size)) / size
    steps = ((1 - (1 - even) ** (1 + config.noisy)) * config.timesteps).long().clamp(max=config.timesteps - 1)
    steps = steps[torch.randperm(size)].to(clean.device)
    noise = torch.randn_like(clean)
    noisy = scheduler.add_noise(clean, noise, steps)
    velocity = scheduler.get_velocity(clean, noise, steps)
    predicted = unet(noisy, steps, words).sample
    weights = (1 + config.mask * masks) / (1 + config.mask / 2)
    wrong: Tensor = (weights * (predicted - velocity).square()).mean()
    return wrong


class Drawer(nn.Module):
    """What diffusion trains together: the denoiser, the tower, and the head that reads the tower's sketches."""

    def __init__(self, unet: UNet2DConditionModel, tower: CLIPTextModel, head: nn.Linear) -> None:
        super().__init__()
        self.unet, self.tower, self.head = unet, tower, head

    def words(self, ids: Tensor) -> Tensor:
        found: Tensor = self.tower(ids).last_hidden_state
        return found


def misdrawn(drawer: Drawer, words: Tensor, clean: Tensor, masks: Tensor, scenes: list[Scene | None]) -> Tensor:
    """Squared error of the sketches against the frames as they are in the scenes, where the subjects cover them."""
    drawn = drawer.head(words[:, -SLOTS:])[:, :, : 4 * clean.shape[1]]
    errors, weights = [drawn.new_zeros(1)], [drawn.new_full((1,), 1e-3)]
    for row, scene in enumerate(scenes):
        frames = corners(scene) if scene else ()
        for one, slot in zip(frames, slots(frames), strict=True):
            x, y, side = one.x // 8, one.y // 8, one.side // 8
            true, covered = (patches(grid[row : row + 1, :, y : y + side, x : x + side])[0] for grid in (clean, masks))
            error = (drawn[row, slot : slot + len(true)] - true).square().mean(1)
            errors.append(covered.mean(1) * error)
            weights.append(covered.mean(1))
    return torch.cat(errors).sum() / torch.cat(weights).sum()


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    for mine, its in zip(average.parameters(), model.parameters(), strict=True):
        mine.lerp_(its, 1 - decay)


def checkpoint(run: Path, drawer: Drawer, average: Drawer, rest: dict[str, object]) -> None:
    part = run / "unet.part"
    torch.save({"drawer": drawer.state_dict(), "average": average.state_dict(), **rest}, part)
    part.rename(run / "unet.pt")


def groups(drawer: Drawer, config: UnetConfig) -> Iterable[dict[str, object]]:
    """The tower has learnt already, so it moves slower; vectors do not decay."""
    for part, rate in ((drawer.unet, config.rate), (drawer.tower, config.late), (drawer.head, config.late)):
        for matrix in (True, False):
            chosen = [one for one in part.parameters() if (one.ndim > 1) == matrix]
            yield {"params": chosen, "lr": rate, "weight_decay": 0.01 if matrix else 0.0}


def train(
    drawer: Drawer,
    average: Drawer,
    tokens: CLIPTokenizer,
    run: Path,
    config: UnetConfig,
    pace: Pace,
    state: dict[str, Any] | None = None,
) -> None:
    """Leaves `average` (an exponential mean of the weights) as the result; saves both every few minutes."""
    device = next(drawer.parameters()).device
    watched = aim.watch(drawer.unet)  # plain attention: on a CPU its backward is faster than the fused one's
    scheduler = DDIMScheduler(**SCHEDULER)
    optimizer = torch.optim.AdamW(groups(drawer, config), betas=(0.9, 0.99), fused=True)
    if state:
        optimizer.load_state_dict(state)
    feed = Feed(run, config, seed=pace.done)
    recent = 1.0
    for step in pace:
        clean, masks, texts, scenes = feed.batch()
        clean, masks = clean.to(device), masks.to(device)
        words = drawer.words(tokenize(tokens, texts).to(device))
        slow([optimizer], pace.warm_cosine(config.warmup))
        value = loss(drawer.unet, scheduler, clean, masks, words, config)
        aimed = aim.loss(watched, scenes, words.shape[1] - SLOTS)
        sketched = misdrawn(drawer, words, clean, masks, scenes)
        descend([optimizer], drawer.parameters(), value + config.aim * aimed + config.sketch * sketched)
        follow(average, drawer, min(config.ema, (1 + step) / (10 + step)))
        recent += 0.02 * (value.item() - recent)
        if step % 10 == 0:
            pace.say(loss=recent, aim=aimed.item(), sketch=sketched.item())
        if step % 200 == 199:
            rest = {"optimizer": optimizer.state_dict(), "step": step + 1}
            checkpoint(run, drawer, average, rest)
    checkpoint(run, drawer, average, {"optimizer": optimizer.state_dict(), "step": pace.done})
