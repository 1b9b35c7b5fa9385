"""The small CLIP and the IP-Adapter: each stage learns, and what it leaves is what diffusers and transformers load."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook import clip as shipped
from minidalle3.sketchbook.training import adapter, clip, pairs, shards, sight, text, unet
from minidalle3.sketchbook.training.config import AdapterConfig, ClipConfig, SceneConfig, TextConfig, UnetConfig
from minidalle3.sketchbook.training.descent import descend
from minidalle3.sketchbook.training.export import WEIGHTS
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.world.grammar import caption
from minidalle3.sketchbook.world.learnt import everything
from minidalle3.sketchbook.world.lots import held_out

TEXT = TextConfig(width=64, layers=1, batch=8, combinations=20)
UNET = UnetConfig(channels=(32, 32, 32), batch=8, groups=8)
CLIP = ClipConfig(width=48, layers=2, heads=2, projected=32, batch=12)
ADAPTER = AdapterConfig(shards=1, mimicked=8, batch=4)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scenes of a small world, also by pairs, and what the shipped autoencoder makes of those."""
    folder = tmp_path_factory.mktemp("run")
    words = {name: values[:2] for name, values in everything().items()}
    (folder / "words.json").write_text(json.dumps(words))
    shards.render_all(folder, SceneConfig(shard=60), 1)
    pairs.prepare(AutoencoderKL.from_pretrained(WEIGHTS / "vae"), folder, 24, ADAPTER)
    return folder


@pytest.fixture(scope="module")
def tower() -> tuple[CLIPTextModel, CLIPTokenizer]:
    torch.manual_seed(0)
    tokens = text.tokenizer(TEXT)
    return text.build(TEXT, tokens), tokens


def _loss(model: CLIPModel, images: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return clip.loss(model, model.vision_model(sight.seen(images)).pooler_output, ids)


def test_pictures_find_their_captions(run: Path, tower: tuple[CLIPTextModel, CLIPTokenizer], tmp_path: Path) -> None:
    words, tokens = tower
    model, image = clip.start(run, CLIP, words), adapter.build(CLIP.width, TEXT.width)
    images, scenes = clip.Feed(run, 12, seed=1).batch()
    ids = text.tokenize(tokens, [caption(scene) for scene in scenes])
    before = _loss(model, images, ids)
    clip.train(model, image, tokens, run, CLIP, ADAPTER.mimicked, Pace("clip", 1, steps=25))
    assert _loss(model, images, ids) < before
    words.save_pretrained(tmp_path / "text_encoder")
    clip.save(model, tmp_path)
    assert torch.allclose(_loss(shipped.load(tmp_path), images, ids), _loss(model.eval(), images, ids))


def test_a_pair_is_one_look_in_two_places() -> None:
    scenes = pairs.by_twos(Random(3), everything(), 40)
    for one, other in zip(scenes[::2], scenes[1::2], strict=True):
        assert one.place != other.place
        assert replace(one, place=other.place, time=other.time, weather=other.weather, action=other.action) == other
    assert not any(held_out(scene) for scene in scenes)


def test_the_projection_learns_to_say_what_the_tower_says(
    run: Path, tower: tuple[CLIPTextModel, CLIPTokenizer]
) -> None:
    words, tokens = tower
    eye, image = sight.build(CLIP), adapter.build(CLIP.width, TEXT.width)
    pictures, _, _, scenes = next(pairs.Pairs(run, 0).batches(8))
    truth = adapter.sketches(words, tokens, scenes)
    adam = torch.optim.Adam([*eye.parameters(), *image.parameters()], 1e-3)
    values = []
    for _ in range(20):
        value = adapter.mimicry(image, sight.patches_of(eye, sight.seen(pictures)), truth)
        descend([adam], [*eye.parameters(), *image.parameters()], value)
        values.append(value.item())
    assert values[-1] < values[0]


def test_a_folder_without_a_clip_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make sketchbook"):
        shipped.load(tmp_path)


def test_the_adapter_learns_and_is_loaded_by_diffusers(run: Path, tower: tuple[CLIPTextModel, CLIPTokenizer]) -> None:
    words, tokens = tower
    eye, denoiser = sight.build(CLIP).eval(), unet.build(UNET, 16, TEXT.width)
    adapter.save(*adapter.start(run, denoiser, CLIP.width, TEXT.width), run)
    begun = load_file(run / adapter.FILE)
    adapter.train(denoiser, eye, words, tokens, run, ADAPTER, UNET, Pace("adapter", 1, steps=2))
    learnt = load_file(run / adapter.FILE)
    assert learnt.keys() == begun.keys()
    assert any(not torch.equal(learnt[name], begun[name]) for name in begun)

    fresh: UNet2DConditionModel = unet.build(UNET, 16, TEXT.width)
    fresh._load_ip_adapter_weights([adapter.parted(learnt)])
    assert {name: one.tolist() for name, one in adapter.loaded_attention(fresh).items()} == {
        name: one.tolist() for name, one in adapter.loaded_attention(denoiser).items()
    }
    patches = torch.randn(2, 65, CLIP.width)
    mine, theirs = (one.encoder_hid_proj.image_projection_layers[0](patches) for one in (denoiser, fresh))
    assert torch.allclose(mine, theirs, atol=1e-6)
    again, attention = adapter.start(run, denoiser, CLIP.width, TEXT.width)
    assert torch.allclose(again(patches), theirs, atol=1e-6)
    assert attention.keys() == adapter.loaded_attention(fresh).keys()
