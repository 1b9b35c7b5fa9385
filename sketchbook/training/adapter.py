"""The IP-Adapter (Ye et al. 2023, the Plus form): a picture takes the words' place beside them in cross-attention.

First its tokens learn to say what the text tower says of the same subject, which needs no denoiser; then, the denoiser
held still, what to say so that a subject seen in one scene is drawn in another.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, UNet2DConditionModel
from diffusers.models.embeddings import IPAdapterPlusImageProjection
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer, CLIPVisionModelWithProjection

from minidalle3.sketchbook.training import latents, shards, unet
from minidalle3.sketchbook.training.clip import seen, softened
from minidalle3.sketchbook.training.config import SCHEDULER, AdapterConfig, UnetConfig
from minidalle3.sketchbook.training.descent import descend, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.sketches import SLOTS
from minidalle3.sketchbook.training.text import tokenize
from minidalle3.sketchbook.world.grammar import Scene, caption

FILE = Path("ip_adapter") / "ip_adapter.safetensors"
DEPTH, HEAD = 4, 64  # layers and width of a head, which diffusers takes for granted
_NAMES = {"ln0": "0.norm1", "ln1": "0.norm2", "attn.to_q": "0.to_q", "attn.to_out.0": "0.to_out",
          "ff.0": "1.0", "ff.1.net.0.proj": "1.1", "ff.1.net.2": "1.3"}  # fmt: skip


def build(config: AdapterConfig, eye: int, words: int) -> IPAdapterPlusImageProjection:
    """From patches of the vision tower, `eye` wide, to tokens as wide as the tower's words."""
    return IPAdapterPlusImageProjection(
        embed_dims=eye, output_dims=words, hidden_dims=config.width, depth=DEPTH, dim_head=HEAD,
        heads=config.heads, num_queries=config.tokens,
    )  # fmt: skip


def layout(image: IPAdapterPlusImageProjection, attention: dict[str, Tensor]) -> dict[str, Tensor]:
    """All weights by the names of IP-Adapter's own files, which diffusers loads."""
    state = image.state_dict()
    named = {name: one for name, one in state.items() if not name.startswith("layers.")}
    for layer in range(len(image.layers)):
        at = f"layers.{layer}."
        for mine, its in _NAMES.items():
            for kind in ("weight", "bias"):
                if f"{at}{mine}.{kind}" in state:
                    named[f"{at}{its}.{kind}"] = state[f"{at}{mine}.{kind}"]
        both = [state[f"{at}attn.{name}.weight"] for name in ("to_k", "to_v")]
        named[f"{at}0.to_kv.weight"] = torch.cat(both)
    found = {f"image_proj.{name}": one for name, one in named.items()}
    return found | {f"ip_adapter.{name}": one for name, one in attention.items()}


def words_attention(denoiser: UNet2DConditionModel) -> dict[str, Tensor]:
    """What the picture's keys and values begin as: those of the words."""
    found: dict[str, Tensor] = {}
    for at, name in enumerate(denoiser.attn_processors):
        if ".attn2." in name:
            layer = denoiser.get_submodule(name.removesuffix(".processor"))
            found[f"{at}.to_k_ip.weight"], found[f"{at}.to_v_ip.weight"] = layer.to_k.weight, layer.to_v.weight
    return found


def looked(eye: CLIPVisionModelWithProjection, pixels: Tensor) -> Tensor:
    """The patches as Plus adapters take them, (B, 1 + patches, width)."""
    found: Tensor = eye(pixels, output_hidden_states=True).hidden_states[-2]
    return found


def look(scene: Scene) -> tuple[str | None, ...]:
    """What a picture is to keep of another."""
    return scene.subject, scene.style, scene.colour, scene.worn


class Pairs:
    """Scenes of one subject each, as pictures and as latents, and those that look alike."""

    def __init__(self, run: Path, seed: int) -> None:
        self.run, self.random = run, Random(seed)

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor, Tensor, list[Scene]]]:
        """Without end: bytes of one picture, latents, masks and scene of another that looks alike."""
        while True:
            chosen = self.random.sample(latents.available(self.run), min(6, len(latents.available(self.run))))
            parts = [(shards.load(self.run, index)[0], *latents.load(self.run, index)) for index in chosen]
            images, clean, masks = (torch.cat([torch.as_tensor(part[at]) for part in parts]) for at in range(3))
            scenes = [scene for part in parts for scene in part[3]]
            alike = self._alike(scenes)
            for _ in range(len(scenes) // size):
                pairs = [self.random.sample(self.random.choice(alike), 2) for _ in range(size)]
                shown, drawn = [one for one, _ in pairs], [other for _, other in pairs]
                yield images[shown].permute(0, 3, 1, 2), clean[drawn], masks[drawn], [scenes[one] for one in drawn]

    @staticmethod
    def _alike(scenes: list[Scene]) -> list[list[int]]:
        groups = defaultdict(list)
        for number, scene in enumerate(scenes):
            if scene.count == 1 and not scene.companion:
                groups[look(scene)].append(number)
        return [group for group in groups.values() if len(group) > 1]


def said(scene: Scene, random: Random) -> str:
    """What the words leave to the picture: nothing, the colour and the dress, or the subject too."""
    lot = random.random()
    if lot < 0.25:
        return caption(scene)
    if lot < 0.6:
        return caption(replace(scene, colour=None, worn=None))
    return ", ".join(part for part in (scene.place, scene.time, scene.weather) if part)


def mimic(
    image: IPAdapterPlusImageProjection,
    eye: CLIPVisionModelWithProjection,
    tower: CLIPTextModel,
    tokens: CLIPTokenizer,
    run: Path,
    config: AdapterConfig,
    pace: Pace,
) -> None:
    """The first tokens become the sketch that the tower makes of the same look, whatever the place."""
    device = next(image.parameters()).device
    optimizer = torch.optim.AdamW(image.parameters(), lr=config.rate)
    batches = Pairs(run, pace.done).batches(config.mimicked)
    for step in pace:
        pictures, _, _, scenes = next(batches)
        plain = [caption(Scene(one.subject, style=one.style, colour=one.colour, worn=one.worn)) for one in scenes]
        with torch.no_grad():
            truth = tower(tokenize(tokens, plain).to(device)).last_hidden_state[:, -SLOTS:]
            patches = looked(eye, softened(seen(pictures.to(device))))
        slow([optimizer], pace.warm_cosine(50))
        value = F.mse_loss(image(patches)[:, :SLOTS], truth)
        descend([optimizer], image.parameters(), value)
        if step % 10 == 0:
            pace.say(loss=value.item(), of=truth.var().item())


def train(
    denoiser: UNet2DConditionModel,
    eye: CLIPVisionModelWithProjection,
    tower: CLIPTextModel,
    tokens: CLIPTokenizer,
    run: Path,
    config: AdapterConfig,
    drawn: UnetConfig,
    pace: Pace,
) -> None:
    """Only the adapter learns, loaded into the denoiser as diffusers loads it; writes `FILE`."""
    device = next(denoiser.parameters()).device
    known = load_file(run / FILE)
    denoiser.requires_grad_(False)
    denoiser._load_ip_adapter_weights([parted(known)])
    processors = nn.ModuleList([one for one in denoiser.attn_processors.values() if isinstance(one, nn.Module)])
    image = denoiser.encoder_hid_proj.image_projection_layers[0]
    learning = [*image.parameters(), *processors.parameters()]
    for one in learning:
        one.requires_grad_(True)
    optimizer = torch.optim.AdamW(learning, lr=config.rate / 3)
    scheduler = DDIMScheduler(**SCHEDULER)
    pairs = Pairs(run, pace.done)
    for step, batch in zip(pace, pairs.batches(config.batch), strict=False):
        pictures, clean, masks, scenes = batch
        shown = torch.tensor([pairs.random.random() >= drawn.drop for _ in scenes])
        texts = [said(scene, pairs.random) if one else "" for scene, one in zip(scenes, shown.tolist(), strict=True)]
        with torch.no_grad():
            words = tower(tokenize(tokens, texts).to(device)).last_hidden_state
            pixels = softened(seen(pictures.to(device))) * shown[:, None, None, None].to(device)
            patches = looked(eye, pixels)[:, None]
        slow([optimizer], pace.warm_cosine(50))
        shown_to = partial(denoiser, added_cond_kwargs={"image_embeds": [patches]})
        value = unet.loss(shown_to, scheduler, clean.to(device), masks.to(device), words, drawn)
        descend([optimizer], learning, value)
        if step % 10 == 0:
            pace.say(loss=value.item())
        if step % 100 == 99:
            save(image, loaded_attention(denoiser), run)
    save(image, loaded_attention(denoiser), run)


def parted(weights: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """One file's weights as diffusers takes them."""
    return {
        part: {name.removeprefix(f"{part}."): one for name, one in weights.items() if name.startswith(f"{part}.")}
        for part in ("image_proj", "ip_adapter")
    }


def loaded_attention(denoiser: UNet2DConditionModel) -> dict[str, Tensor]:
    """The keys and values of an adapter that is loaded."""
    own = [one for name, one in denoiser.attn_processors.items() if not name.startswith("encoder_hid_proj")]
    return {
        f"{at}.{name}.weight": getattr(one, name)[0].weight
        for at, one in enumerate(own)
        if hasattr(one, "to_k_ip")
        for name in ("to_k_ip", "to_v_ip")
    }


def save(image: IPAdapterPlusImageProjection, attention: dict[str, Tensor], folder: Path) -> None:
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    weights = {name: one.detach().cpu().contiguous() for name, one in layout(image, attention).items()}
    save_file(weights, folder / FILE)
