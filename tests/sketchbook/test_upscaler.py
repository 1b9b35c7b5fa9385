"""The network for larger pictures: a tiny slice of its training, and what the shipped one is worth."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from PIL import Image

from minidalle3.eval.upscale import bicubic
from minidalle3.gallery.compare import compare
from minidalle3.sketchbook.training import upscaler
from minidalle3.sketchbook.training.config import UpscalerConfig
from minidalle3.sketchbook.training.export import WEIGHTS, export_upscaler
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.upscaler import FOLDER, Upscaler, enlarged
from minidalle3.sketchbook.world.lots import draw_unseen
from minidalle3.sketchbook.world.scenes import render

GAIN = 0.3
"""dB on average, a little less than measured."""
TINY = UpscalerConfig(width=16, blocks=1, shard=1, shards=2, solved=2, batch=1, crop=128, rate=3e-4, steep=1.0)


@pytest.fixture(scope="module")
def vae() -> AutoencoderKL:
    return AutoencoderKL.from_pretrained(WEIGHTS / "vae", dtype=torch.float32).eval()


def load(folder: Path) -> Any:
    return Upscaler.from_pretrained(folder / FOLDER, dtype=torch.float32, low_cpu_mem_usage=False).eval()


@torch.no_grad()
def wrong(model: Upscaler, run: Path) -> float:
    small, large = upscaler.Pairs(run, seed=99).batch(2, 128)
    return float(upscaler.loss(model(small), large, TINY.edges, TINY.steep))


def test_it_starts_as_bicubic_and_learns(tmp_path: Path, vae: AutoencoderKL) -> None:
    torch.manual_seed(0)
    upscaler.render_all(vae, tmp_path, TINY, minutes=0)
    assert len(upscaler.available(tmp_path)) == 1, "always one"
    model = upscaler.build(TINY)
    pixels = torch.rand(1, 3, 16, 16)
    assert torch.equal(model(pixels), upscaler.bicubic(pixels))
    upscaler.begin(model, tmp_path, TINY)
    solved = wrong(model, tmp_path)
    upscaler.train(model, tmp_path, TINY, Pace("upscaler", 1, steps=40))
    assert wrong(model, tmp_path) < solved
    export_upscaler(model, tmp_path / "out")
    image = render(draw_unseen(Random(1)), 1).image
    assert compare(enlarged(load(tmp_path / "out"), image), enlarged(model, image)).largest <= 2, "half precision"


def test_a_shard_is_the_same_again(tmp_path: Path, vae: AutoencoderKL) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        torch.manual_seed(0)
        upscaler.render_shard(vae, folder, 3, TINY)
    one, two = (np.load(upscaler.path(tmp_path / name, 3)) for name in ("one", "two"))
    assert one["small"].shape == (1, 3, 128, 128) and one["large"].shape == (1, 3, 256, 256)
    assert all(np.array_equal(one[name], two[name]) for name in ("small", "large"))


def test_the_shipped_one_comes_nearer_to_a_large_render_than_bicubic_enlargement() -> None:
    random, model = Random(6), load(WEIGHTS)
    gains = []
    for scene in [draw_unseen(random) for _ in range(8)]:
        image, truth = render(scene, 5).image, render(scene, 5, times=2).image
        gains.append(compare(enlarged(model, image), truth).psnr - compare(bicubic(image), truth).psnr)
    assert sum(gains) / len(gains) > GAIN


def test_it_keeps_to_its_budget_and_plain_diffusers_takes_no_notice_of_it(recwarn: pytest.WarningsRecorder) -> None:
    assert sum(file.stat().st_size for file in (WEIGHTS / FOLDER).glob("*")) <= 3 << 20
    assert FOLDER not in StableDiffusionPipeline.load_config(WEIGHTS)
    assert not [one for one in recwarn if FOLDER in str(one.message)]


@pytest.mark.parametrize("size", [(128, 128), (70, 63), (1, 1)])
def test_any_size_is_doubled(size: tuple[int, int]) -> None:
    model = load(WEIGHTS)
    image = Image.effect_noise(size, 50)
    first, second = enlarged(model, image), enlarged(model, image)
    assert first.size == (2 * size[0], 2 * size[1]) and first.mode == "RGB"
    assert first.tobytes() == second.tobytes()
