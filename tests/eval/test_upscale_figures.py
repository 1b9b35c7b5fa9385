"""The measure of larger pictures: the truth itself is as sharp as can be, bicubic enlargement is not."""

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from support import tiny

from minidalle3.eval import upscale
from minidalle3.eval.judges import Judges
from minidalle3.eval.prompts import prompts
from minidalle3.sketchbook.world.scenes import render


def test_sharpness_is_a_share_of_the_truth() -> None:
    scene = prompts("tuning")[0].scene
    truth, small = render(scene, 0, times=2).image, render(scene, 0).image
    assert upscale.sharpness(truth, truth) == pytest.approx(1)
    assert 0.2 < upscale.sharpness(upscale.bicubic(small), truth) < 0.95
    assert upscale.sharpness(Image.new("RGB", truth.size), truth) == 0


def test_a_blank_sheet_keeps_no_subject() -> None:
    judges, chosen = Judges.load(), prompts("tuning")[:6]
    images = [render(prompt.scene, 3).image for prompt in chosen]
    before, after = upscale.kept(judges, chosen, images, upscale.bicubic)
    assert 0 < after <= before
    assert upscale.kept(judges, chosen, images, lambda image: Image.new("RGB", (256, 256)))[1] < before


def test_every_figure_comes(tmp_path: Path) -> None:
    pipe = StableDiffusionPipeline.from_pretrained(tiny.sd2(tmp_path), safety_checker=None, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    figures, notes = upscale.measure(pipe, upscale.bicubic, renders=2, pictures=1)
    assert figures.keys() >= {"psnr_network", "edges_network", "subject_rendered", "subject_drawn", "drawn_edges"}
    assert figures["psnr_bicubic"] == figures["psnr_network"] and figures["drawn_edges"] == pytest.approx(1)
    assert all(name in notes for name, figure in figures.items() if figure is None)
