"""CLIP: a vision tower that learns what the text tower says of rendered scenes; it never sees a drawn picture."""

from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer, CLIPVisionConfig, CLIPVisionModelWithProjection
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

from minidalle3.sketchbook.clip import EYE, PROJECTION, joined
from minidalle3.sketchbook.training import captions, shards
from minidalle3.sketchbook.training.config import ClipConfig
from minidalle3.sketchbook.training.descent import descend, muon_and_adam, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.text import tokenize
from minidalle3.sketchbook.world.grammar import Scene


def build(config: ClipConfig) -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=config.width,
            intermediate_size=4 * config.width,
            projection_dim=config.projected,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            image_size=128,
            patch_size=config.patch,
            hidden_act="gelu",
        )
    )


def seen(images: Tensor) -> Tensor:
    """Bytes (B, 3, H, W) as the tower wants them, by the processor's own mean and spread."""
    mean, spread = (
        torch.tensor(three, device=images.device)[:, None, None] for three in (OPENAI_CLIP_MEAN, OPENAI_CLIP_STD)
    )
    return (images.float() / 255 - mean) / spread


def softened(pixels: Tensor) -> Tensor:
    """Each picture blurred and grained by its own lot, as drawn ones are a little."""
    lots = torch.rand(2, len(pixels), 1, 1, 1, device=pixels.device)
    blurred = F.avg_pool2d(F.pad(pixels, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return pixels.lerp(blurred, lots[0]) + 0.2 * lots[1] * torch.randn_like(pixels)


class Feed:
    """Batches of pictures and captions; a shard stays in memory for a while."""

    def __init__(self, run: Path, batch: int, seed: int) -> None:
        self.run, self.size, self.random, self._left = run, batch, Random(seed), 0

    def batch(self) -> tuple[Tensor, list[Scene]]:
        """Bytes (B, 3, 128, 128) and the scenes."""
        if self._left < self.size:
            images, _, self._scenes = shards.load(self.run, self.random.choice(shards.available(self.run)))
            self._images = torch.from_numpy(images).permute(0, 3, 1, 2)
            self._order = self.random.sample(range(len(images)), len(images))
            self._left = len(images)
        picked = self._order[self._left - self.size : self._left]
        self._left -= self.size
        return self._images[picked], [self._scenes[one] for one in picked]


def loss(model: CLIPModel, images: Tensor, ids: Tensor) -> Tensor:
    """The contrastive loss (Radford et al. 2021): each picture finds its caption in the batch, and the other way round.

    Equal captions count as right for each other.
    """
    scores = model(input_ids=ids, pixel_values=images).logits_per_image
    same = (ids[:, None] == ids[None]).all(2).float()
    right = same / same.sum(1, keepdim=True)
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


def start(run: Path, config: ClipConfig, tower: CLIPTextModel) -> CLIPModel:
    """This run's, else a new one; the text tower is left as it is."""
    known = (run / EYE).exists()
    eye = CLIPVisionModelWithProjection.from_pretrained(run / EYE) if known else build(config)
    model = joined(tower, eye).to(next(tower.parameters()).device)
    if known:
        model.load_state_dict(load_file(run / PROJECTION), strict=False)
    return model


def train(model: CLIPModel, tokens: CLIPTokenizer, run: Path, config: ClipConfig, pace: Pace) -> None:
    device = next(model.parameters()).device
    model.text_model.requires_grad_(False)
    learning = [one for one in model.parameters() if one.requires_grad]
    optimizers = muon_and_adam(learning, config.rate, least=config.width)
    feed = Feed(run, config.batch, seed=pace.done)
    for step in pace:
        images, scenes = feed.batch()
        ids = tokenize(tokens, [captions.varied(scene, feed.random) for scene in scenes]).to(device)
        slow(optimizers, pace.warm_cosine(50))
        value = loss(model, softened(seen(images.to(device))), ids)
        descend(optimizers, learning, value)
        if step % 10 == 0:
            pace.say(loss=value.item())
        if step % 250 == 249:
            save(model, run)
    save(model, run)


def save(model: CLIPModel, folder: Path) -> None:
    """What is not the text tower's: the vision tower as the IP-Adapter's image encoder, and the text's projection."""
    eye = CLIPVisionModelWithProjection(model.vision_model.config)
    eye.vision_model, eye.visual_projection = model.vision_model, model.visual_projection
    eye.save_pretrained(folder / EYE)
    kept: dict[str, nn.Parameter] = {
        "text_projection.weight": model.text_projection.weight,
        "logit_scale": model.logit_scale,
    }
    save_file({name: one.detach().contiguous() for name, one in kept.items()}, folder / PROJECTION)
