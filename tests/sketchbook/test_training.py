"""A tiny slice of the training, from nothing: every stage runs, losses fall, and the result draws."""

from copy import deepcopy
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline

from minidalle3.sketchbook.training import latents, linear, shards, sketches, text, unet, vae
from minidalle3.sketchbook.training.config import SCHEDULER, SceneConfig, TextConfig, UnetConfig, VaeConfig
from minidalle3.sketchbook.training.export import export, pipeline
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.world.learnt import everything

VAE = VaeConfig(channels=(12, 16, 24, 32), latent_channels=8, groups=2, solved=24, batch=4, rate=3e-4)
TEXT = TextConfig(width=64, layers=1, batch=8, combinations=20)
UNET = UnetConfig(channels=(16, 32, 32), batch=8, groups=8, warmup=5, rate=3e-3)


@pytest.fixture(autouse=True)
def _one_thread_same_seed() -> None:
    torch.manual_seed(0)


def test_the_learning_rate_warms_up_and_falls() -> None:
    pace = Pace("test", 1)
    assert pace.warm_cosine(10) == pytest.approx(0.1)
    pace.done, pace.share = 50, 1.0
    assert pace.warm_cosine(10) == pytest.approx(0.02)


@torch.no_grad()
def _misdrawn(autoencoder: AutoencoderKL, images: torch.Tensor) -> float:
    return float((autoencoder(images).sample - images).square().mean())


def test_the_autoencoder_starts_near_a_linear_transform_coder(tmp_path: Path) -> None:
    shards.render_all(tmp_path, SceneConfig(shard=30), 1)
    images, _ = vae.Crops(tmp_path, VAE, 1).batch(4, 128)
    autoencoder = vae.build(VAE)
    chance = _misdrawn(autoencoder, images)
    linear.solve(autoencoder, vae.Crops(tmp_path, VAE, 0).batch(24, 128)[0])
    assert _misdrawn(autoencoder, images) < 0.05 * chance


def test_every_stage_learns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shards.render_all(tmp_path, SceneConfig(shard=40), 1)
    images, _ = vae.Crops(tmp_path, VAE, 0).batch(6, 64)
    autoencoder = vae.build(VAE)
    vae.begin(autoencoder, tmp_path, VAE)
    before = _misdrawn(autoencoder, images)
    vae.train(autoencoder, tmp_path, VAE, Pace("vae", 1, steps=30))
    assert _misdrawn(autoencoder, images) < 0.95 * before
    vae.settle(autoencoder, tmp_path)
    assert _misdrawn(autoencoder, images) < 0.9 * before  # the same pictures from latents of another scale

    tokens = text.tokenizer(TEXT)
    tower = text.build(TEXT, tokens)
    known = {key: torch.randn((key[1].side // 16) ** 2, 36) for key in sketches.wanted(TEXT.combinations, everything())}
    text.train(tower, tokens, known, tmp_path, TEXT, Pace("text", 1, steps=5))

    latents.encode_all(autoencoder, tmp_path, minutes=1)
    head = text.heads(tmp_path, TEXT, 4 * VAE.latent_channels + 4).sketch
    drawer = unet.Drawer(unet.build(UNET, VAE.latent_channels, TEXT.width), tower, head)
    average, fresh = deepcopy(drawer), deepcopy(drawer)
    unet.train(drawer, average, tokens, tmp_path, UNET, Pace("unet", 1, steps=25))
    feed = unet.Feed(tmp_path, UNET, 0)
    clean, masks, texts, scenes = feed.batch()
    scheduler = DDIMScheduler(**SCHEDULER)
    errors = []
    with torch.no_grad():
        for one in (fresh, drawer):
            torch.manual_seed(3)  # the same noise for both
            words = one.words(text.tokenize(tokens, texts))
            drawn = unet.loss(one.unet, scheduler, clean, masks, words, UNET)
            errors.append((float(drawn), float(unet.misdrawn(one, words, clean, masks, scenes))))
    (untrained, unsketched), (trained, sketched) = errors
    assert trained < untrained
    assert sketched < unsketched

    export(pipeline(autoencoder, average.tower, tokens, average.unet), tmp_path / "out", everything())
    again = StableDiffusionPipeline.from_pretrained(tmp_path / "out", safety_checker=None)
    again.set_progress_bar_config(disable=True)
    assert again("a dog", num_inference_steps=2).images[0].size == (128, 128)
