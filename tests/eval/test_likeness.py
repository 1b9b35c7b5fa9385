"""Measures of likeness: values that can be worked out by hand, and what must and must not move them."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter, ImageOps
from safetensors.torch import save_file
from support.tiny import text_config, tokenizer
from transformers import CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

from minidalle3.eval.edits import edits
from minidalle3.eval.judges import Judges, pixels
from minidalle3.eval.likeness import SAME, clip_of, outside, similarity, structure
from minidalle3.sketchbook.clip import EYE, PROJECTION, joined
from minidalle3.sketchbook.world.scenes import render

NOWHERE = np.zeros((128, 128), bool)
SCENE = edits("tuning")[0]


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return render(SCENE.before, 0).image


def left(picture: Image.Image, colour: str) -> Image.Image:
    changed = picture.copy()
    changed.paste(colour, (0, 0, 64, 128))
    return changed


def test_only_what_is_outside_counts(picture: Image.Image) -> None:
    part = NOWHERE.copy()
    part[:, :64] = True
    found = outside(picture, left(picture, "red"), part)
    assert found is not None
    assert (found.psnr, found.mse) == (SAME, 0)
    assert found.ssim > 0.95, "but for the window that looks across the border"
    whole = outside(picture, left(picture, "red"), NOWHERE)
    assert whole is not None and whole.psnr < 20 and whole.ssim < 0.8
    assert outside(picture, picture, ~NOWHERE) is None


def test_an_error_that_is_known_has_its_psnr() -> None:
    grey, lighter = (Image.new("RGB", (128, 128), (value,) * 3) for value in (100, 151))
    found = outside(grey, lighter, NOWHERE)
    assert found is not None
    assert found.mse == pytest.approx(0.04) and found.psnr == pytest.approx(-10 * math.log10(0.04))
    lights = (2 * 100 * 151 / 255**2 + 1e-4) / ((100**2 + 151**2) / 255**2 + 1e-4)
    assert found.ssim == pytest.approx(lights, rel=1e-4), "flat pictures differ in their light alone"


def test_similarity_is_one_of_the_same_and_falls_with_every_harm(picture: Image.Image) -> None:
    harmed = (picture, picture.filter(ImageFilter.GaussianBlur(1)), picture.filter(ImageFilter.GaussianBlur(3)))
    values = [float(similarity(*pixels([picture, one]).split(1)).mean()) for one in harmed]
    assert values[0] == pytest.approx(1, abs=1e-4)
    assert values[0] > values[1] > values[2]
    assert float(similarity(*pixels([picture, ImageOps.invert(picture)]).split(1)).mean()) < 0.2


def test_structure_is_of_the_layout(picture: Image.Image) -> None:
    judges = Judges.load()
    assert structure(judges, picture, picture) == 0
    turned = structure(judges, picture, picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM))
    other = structure(judges, picture, render(edits("tuning")[7].before, 5).image)
    assert 0 < structure(judges, picture, picture.point(lambda value: value * 0.95)) < min(turned, other)


def test_a_clip_looks_where_there_is_one(tmp_path: Path, picture: Image.Image) -> None:
    assert clip_of(tmp_path) is None
    torch.manual_seed(0)
    tokens = tokenizer(tmp_path / "tokenizer")
    tokens.save_pretrained(tmp_path / "tokenizer")
    tower = CLIPTextModel(text_config(len(tokens)))
    tower.save_pretrained(tmp_path / "text_encoder")
    sizes = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    eye = CLIPVisionModelWithProjection(CLIPVisionConfig(**sizes, image_size=28, patch_size=14, projection_dim=16))
    eye.save_pretrained(tmp_path / EYE)
    joint = joined(tower, eye)
    projection = {"text_projection.weight": joint.text_projection.weight.data, "logit_scale": joint.logit_scale.data}
    save_file(projection, tmp_path / PROJECTION)
    clip = clip_of(tmp_path)
    assert clip is not None
    whole = clip.score(picture, "a dog")
    assert 0 <= whole <= 100
    assert clip.edited(picture, ~NOWHERE, "a dog") == pytest.approx(whole)
    scores = {round(clip.score(one, words), 3) for one in (picture, ImageOps.invert(picture)) for words in ("a", "b c")}
    assert len(scores) > 1
