"""The IP-Adapter (Ye et al. 2023, the form that takes all patches): a picture speaks to the denoiser beside the words.

First its tokens learn, together with the vision tower, to say what the text tower says of the same subject, which needs
no denoiser; then, the denoiser held still, what to say so that a subject seen in one scene is drawn in another.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, UNet2DConditionModel
from diffusers.models.embeddings import IPAdapterFullImageProjection
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer, CLIPVisionModelWithProjection

from minidalle3.sketchbook.training import unet
from minidalle3.sketchbook.training.config import SCHEDULER, AdapterConfig, UnetConfig
from minidalle3.sketchbook.training.descent import descend, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.pairs import Pairs
from minidalle3.sketchbook.training.sight import PATCH, patches_of, seen, softened
from minidalle3.sketchbook.training.sketches import SLOTS
from minidalle3.sketchbook.training.text import tokenize
from minidalle3.sketchbook.world.grammar import Scene, caption
from minidalle3.sketchbook.world.sprites import FRAME

FILE = Path("ip_adapter") / "ip_adapter.safetensors"
_GRID, _AT = 128 // PATCH, (128 - FRAME) // 2 // PATCH  # patches in a row, and where a lone subject's frame begins
_NAMES = {"ff.net.0.proj": "proj.0", "ff.net.2": "proj.2", "norm": "proj.3"}


def build(eye: int, words: int) -> IPAdapterFullImageProjection:
    """From each patch of the vision tower, `eye` wide, to a token as wide as the tower's words."""
    return IPAdapterFullImageProjection(image_embed_dim=eye, cross_attention_dim=words)


def layout(image: IPAdapterFullImageProjection, attention: dict[str, Tensor]) -> dict[str, Tensor]:
    """All weights by the names of IP-Adapter's own files, which diffusers loads."""
    found = {f"image_proj.{_theirs(name)}": one for name, one in image.state_dict().items()}
    return found | {f"ip_adapter.{name}": one for name, one in attention.items()}


def _theirs(name: str) -> str:
    part, _, kind = name.rpartition(".")
    return f"{_NAMES[part]}.{kind}"


def start(
    run: Path, denoiser: UNet2DConditionModel, eye: int, words: int
) -> tuple[IPAdapterFullImageProjection, dict[str, Tensor]]:
    """The projection, and the keys and values, of the run's adapter; without one, a new one and those of the words."""
    image = build(eye, words)
    if not (run / FILE).exists():
        return image, words_attention(denoiser)
    known = parted({name: one.float() for name, one in load_file(run / FILE).items()})
    image.load_state_dict({name: known["image_proj"][_theirs(name)] for name in image.state_dict()})
    return image, known["ip_adapter"]


def words_attention(denoiser: UNet2DConditionModel) -> dict[str, Tensor]:
    """What the picture's keys and values begin as: those of the words."""
    found: dict[str, Tensor] = {}
    for at, name in enumerate(denoiser.attn_processors):
        if ".attn2." in name:
            layer = denoiser.get_submodule(name.removesuffix(".processor"))
            found[f"{at}.to_k_ip.weight"], found[f"{at}.to_v_ip.weight"] = layer.to_k.weight, layer.to_v.weight
    return found


def said(scene: Scene, random: Random) -> str:
    """What the words leave to the picture: nothing, the colour and the dress, or the subject too."""
    lot = random.random()
    if lot < 0.15:
        return caption(scene)
    if lot < 0.75:
        return caption(replace(scene, colour=None, worn=None))
    return ", ".join(part for part in (scene.place, scene.time, scene.weather) if part)


def sketched(image: IPAdapterFullImageProjection, patches: Tensor) -> Tensor:
    """(B, SLOTS, words): the tokens of the patches in a lone subject's frame; each patch is one slot."""
    grid = image(patches)[:, 1:].unflatten(1, (_GRID, _GRID))
    framed: Tensor = grid[:, _AT:-_AT, _AT:-_AT].flatten(1, 2)
    return framed


@torch.no_grad()
def sketches(tower: CLIPTextModel, tokens: CLIPTokenizer, scenes: list[Scene]) -> Tensor:
    """(B, SLOTS, words): what the tower says of the same looks wherever they are."""
    plain = [caption(Scene(one.subject, style=one.style, colour=one.colour, worn=one.worn)) for one in scenes]
    found: Tensor = tower(tokenize(tokens, plain).to(tower.device)).last_hidden_state[:, -SLOTS:]
    return found


def mimicry(image: IPAdapterFullImageProjection, patches: Tensor, truth: Tensor) -> Tensor:
    """How far the tokens are from the sketches, as a share of what the sketches differ by."""
    return F.mse_loss(sketched(image, patches), truth) / truth.var()


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
    denoiser.requires_grad_(False)
    denoiser._load_ip_adapter_weights([parted(load_file(run / FILE))])
    processors: list[Any] = [one for one in denoiser.attn_processors.values() if isinstance(one, nn.Module)]
    image = denoiser.encoder_hid_proj.image_projection_layers[0]
    learning = [*image.parameters(), *(one for part in processors for one in part.parameters())]
    for one in learning:
        one.requires_grad_(True)
    optimizer = torch.optim.AdamW(learning, lr=config.rate)
    scheduler = DDIMScheduler(**SCHEDULER)
    pairs = Pairs(run, pace.done)
    for step, batch in zip(pace, pairs.batches(config.batch), strict=False):
        pictures, clean, masks, scenes = batch
        shown = torch.tensor([pairs.random.random() >= drawn.drop for _ in scenes])
        texts = [said(scene, pairs.random) if one else "" for scene, one in zip(scenes, shown.tolist(), strict=True)]
        with torch.no_grad():
            words = tower(tokenize(tokens, texts).to(device)).last_hidden_state
            pixels = softened(seen(pictures.to(device))) * shown[:, None, None, None].to(device)
            patches = patches_of(eye, pixels)[:, None]
        scale = pairs.random.uniform(*config.scales)
        for one in processors:
            one.scale = [scale]
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


def save(image: IPAdapterFullImageProjection, attention: dict[str, Tensor], folder: Path) -> None:
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    weights = {name: one.detach().cpu().contiguous() for name, one in layout(image, attention).items()}
    save_file(weights, folder / FILE)
