"""CLIP: a vision tower that learns what the text tower says of rendered scenes; it never sees a drawn picture."""

from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from diffusers.models.embeddings import IPAdapterFullImageProjection
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer, CLIPVisionModelWithProjection

from minidalle3.sketchbook.clip import EYE, PROJECTION, joined
from minidalle3.sketchbook.training import captions, shards
from minidalle3.sketchbook.training.adapter import mimicry, sketches
from minidalle3.sketchbook.training.config import ClipConfig, TextConfig
from minidalle3.sketchbook.training.descent import descend, muon_and_adam, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.pairs import Pairs
from minidalle3.sketchbook.training.sight import build, seen, softened
from minidalle3.sketchbook.training.text import tokenize
from minidalle3.sketchbook.world.grammar import Scene

_WORDS = TextConfig().words


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


def loss(model: CLIPModel, sights: Tensor, ids: Tensor) -> Tensor:
    """The contrastive loss (Radford et al. 2021): each picture finds its caption in the batch, and the other way round.

    `sights`: what the vision tower pools of the pictures, (B, width). Equal captions count as right for each other.
    """
    said = model.text_projection(model.text_model(ids).pooler_output)
    scores = F.normalize(model.visual_projection(sights), dim=1) @ F.normalize(said, dim=1).T
    scores = scores * model.logit_scale.exp()
    same = (ids[:, None] == ids[None]).all(2).float()
    right = same / same.sum(1, keepdim=True)
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


def start(run: Path, config: ClipConfig, tower: CLIPTextModel) -> CLIPModel:
    """This run's, else a new one; the text tower is left as it is."""
    known = (run / EYE).exists()
    eye = CLIPVisionModelWithProjection.from_pretrained(run / EYE, dtype=torch.float32) if known else build(config)
    model = joined(tower, eye).to(next(tower.parameters()).device)
    if known:
        model.load_state_dict({name: one.float() for name, one in load_file(run / PROJECTION).items()}, strict=False)
    return model


def train(
    model: CLIPModel,
    image: IPAdapterFullImageProjection,
    tokens: CLIPTokenizer,
    run: Path,
    config: ClipConfig,
    mimicked: int,
    pace: Pace,
) -> None:
    """The vision tower learns to find captions and, through the adapter's `image`, to keep a subject's looks."""
    device = next(model.parameters()).device
    model.text_model.requires_grad_(False)
    learning = [*(one for one in model.parameters() if one.requires_grad), *image.parameters()]
    optimizers = muon_and_adam(learning, config.rate, least=config.width)
    feed, pairs = Feed(run, config.batch, seed=pace.done), Pairs(run, pace.done).batches(mimicked)
    for step in pace:
        (images, scenes), (shown, _, _, alike) = feed.batch(), next(pairs)
        ids = tokenize(tokens, [captions.varied(scene, feed.random) for scene in scenes])[:, :_WORDS].to(device)
        pixels = softened(seen(torch.cat([images, shown]).to(device)))
        found = model.vision_model(pixels, output_hidden_states=True)
        slow(optimizers, pace.warm_cosine(50))
        matched = loss(model, found.pooler_output[: len(images)], ids)
        kept = mimicry(image, found.hidden_states[-2][len(images) :], sketches(model.text_model, tokens, alike))
        descend(optimizers, learning, matched + kept)
        if step % 10 == 0:
            pace.say(loss=matched.item(), mimicry=kept.item())
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
