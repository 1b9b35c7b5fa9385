"""The denoiser: noise and a caption to latents."""

from collections.abc import Iterable
from pathlib import Path
from random import Random

import torch
from diffusers import DDIMScheduler, Transformer2DModel, UNet2DConditionModel
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook.training import aim, captions, latents
from minidalle3.sketchbook.training.config import SCHEDULER, UnetConfig
from minidalle3.sketchbook.training.descent import descend
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.sketches import SLOTS
from minidalle3.sketchbook.training.text import tokenize
from minidalle3.sketchbook.world.grammar import Scene


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
    return model


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
    unet: UNet2DConditionModel,
    scheduler: DDIMScheduler,
    clean: Tensor,
    masks: Tensor,
    words: Tensor,
    config: UnetConfig,
) -> Tensor:
    """Squared error of the predicted velocity, the subject counting for more, and so do the noisy timesteps:

    there the words alone decide, and shape is learnt from them or not at all.
    """
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


@torch.no_grad()
def follow(average: UNet2DConditionModel, model: UNet2DConditionModel, decay: float) -> None:
    for mine, its in zip(average.parameters(), model.parameters(), strict=True):
        mine.lerp_(its, 1 - decay)


def checkpoint(run: Path, unet: UNet2DConditionModel, average: UNet2DConditionModel, rest: dict[str, object]) -> None:
    part = run / "unet.part"
    torch.save({"unet": unet.state_dict(), "average": average.state_dict(), **rest}, part)
    part.rename(run / "unet.pt")


def groups(unet: UNet2DConditionModel, rate: float) -> Iterable[dict[str, object]]:
    matrices = [one for one in unet.parameters() if one.ndim > 1]
    vectors = [one for one in unet.parameters() if one.ndim <= 1]
    return [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}]


def train(
    unet: UNet2DConditionModel,
    average: UNet2DConditionModel,
    tower: CLIPTextModel,
    tokens: CLIPTokenizer,
    run: Path,
    config: UnetConfig,
    pace: Pace,
    state: dict[str, object] | None = None,
) -> None:
    """Leaves `average` (an exponential mean of the weights) as the result; saves both every few minutes."""
    device = next(unet.parameters()).device
    watched = aim.watch(unet)  # plain attention: on a CPU its backward is faster than the fused one's
    scheduler = DDIMScheduler(**SCHEDULER)
    optimizer = torch.optim.AdamW(groups(unet, config.rate), lr=config.rate, betas=(0.9, 0.99))
    if state:
        optimizer.load_state_dict(state)
    feed = Feed(run, config, seed=pace.done)
    recent = 1.0
    for step in pace:
        clean, masks, texts, scenes = feed.batch()
        with torch.no_grad():
            words = tower(tokenize(tokens, texts).to(device)).last_hidden_state
        for group in optimizer.param_groups:
            group["lr"] = config.rate * pace.warm_cosine(config.warmup)
        value = loss(unet, scheduler, clean.to(device), masks.to(device), words, config)
        aimed = aim.loss(watched, scenes, words.shape[1] - SLOTS)
        descend([optimizer], unet.parameters(), value + config.aim * aimed)
        follow(average, unet, min(config.ema, (1 + step) / (10 + step)))
        recent += 0.02 * (value.item() - recent)
        if step % 10 == 0:
            pace.say(loss=recent, aim=aimed.item())
        if step % 200 == 199:
            checkpoint(run, unet, average, {"optimizer": optimizer.state_dict(), "step": step + 1, "share": pace.share})
    rest = {"optimizer": optimizer.state_dict(), "step": pace.done, "share": pace.share}
    checkpoint(run, unet, average, rest)
