"""The small CLIP and the IP-Adapter: each stage learns, and what it leaves is what diffusers and transformers load."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook import clip as shipped
from minidalle3.sketchbook.training import adapter, clip, shards, text, unet
from minidalle3.sketchbook.training.config import AdapterConfig, ClipConfig, SceneConfig, TextConfig, UnetConfig
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.world.grammar import caption
from minidalle3.sketchbook.world.learnt import everything

TEXT = TextConfig(width=64, layers=1, batch=8, combinations=20)
UNET = UnetConfig(channels=(16, 32, 32), batch=8, groups=8)
CLIP = ClipConfig(width=48, layers=2, heads=2, patch=32, projected=32, batch=12)
ADAPTER = AdapterConfig(width=64, heads=1, mimicked=8, batch=4)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scenes of a small world, and noise for their latents."""
    folder = tmp_path_factory.mktemp("run")
    words = {name: values[:2] for name, values in everything().items()}
    (folder / "words.json").write_text(json.dumps(words))
    shards.render_all(folder, SceneConfig(shard=60), 1)
    (folder / "latents").mkdir()
    np.save(folder / "latents" / "0000.npy", torch.randn(60, 4, 16, 16).numpy())
    return folder


@pytest.fixture(scope="module")
def tower() -> tuple[CLIPTextModel, CLIPTokenizer]:
    torch.manual_seed(0)
    tokens = text.tokenizer(TEXT)
    return text.build(TEXT, tokens), tokens


def test_pictures_find_their_captions(run: Path, tower: tuple[CLIPTextModel, CLIPTokenizer], tmp_path: Path) -> None:
    words, tokens = tower
    model = clip.start(run, CLIP, words)
    images, scenes = clip.Feed(run, 12, seed=1).batch()
    ids = text.tokenize(tokens, [caption(scene) for scene in scenes])
    with torch.no_grad():
        before = clip.loss(model, clip.seen(images), ids)
    clip.train(model, tokens, run, CLIP, Pace("clip", 1, steps=25))
    with torch.no_grad():
        assert clip.loss(model, clip.seen(images), ids) < before
    words.save_pretrained(tmp_path / "text_encoder")
    clip.save(model, tmp_path)
    again = shipped.load(tmp_path)
    with torch.no_grad():
        assert torch.allclose(clip.loss(again, clip.seen(images), ids), clip.loss(model.eval(), clip.seen(images), ids))


def test_a_folder_without_a_clip_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make sketchbook"):
        shipped.load(tmp_path)


def test_the_adapter_learns_and_is_loaded_by_diffusers(run: Path, tower: tuple[CLIPTextModel, CLIPTokenizer]) -> None:
    words, tokens = tower
    eye = clip.build(CLIP).eval()
    image = adapter.build(ADAPTER, CLIP.width, TEXT.width)
    pace = Pace("mimic", 1, steps=2)
    adapter.mimic(image, eye, words, tokens, run, ADAPTER, pace)
    denoiser = unet.build(UNET, 4, TEXT.width)
    adapter.save(image, adapter.words_attention(denoiser), run)
    begun = load_file(run / adapter.FILE)
    adapter.train(denoiser, eye, words, tokens, run, ADAPTER, UNET, Pace("adapter", 1, steps=2))
    learnt = load_file(run / adapter.FILE)
    assert learnt.keys() == begun.keys()
    assert any(not torch.equal(learnt[name], begun[name]) for name in begun)

    fresh: UNet2DConditionModel = unet.build(UNET, 4, TEXT.width)
    fresh._load_ip_adapter_weights([adapter.parted(learnt)])
    assert {name: one.tolist() for name, one in adapter.loaded_attention(fresh).items()} == {
        name: one.tolist() for name, one in adapter.loaded_attention(denoiser).items()
    }
    patches = torch.randn(2, 17, CLIP.width)
    mine, theirs = (one.encoder_hid_proj.image_projection_layers[0](patches) for one in (denoiser, fresh))
    assert torch.allclose(mine, theirs, atol=1e-6)
