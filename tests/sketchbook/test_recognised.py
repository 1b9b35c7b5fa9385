"""A floor under what the shipped model draws: its subjects are nearest to their own renders."""

import torch
from diffusers import StableDiffusionPipeline

from minidalle3.sketchbook.training.export import WEIGHTS
from minidalle3.sketchbook.training.measure import measure

FLOOR = 0.9  # of 12 prompts among 20 candidates, where chance is 0.05


def test_subjects_are_nearest_to_their_own_renders() -> None:
    pipe = StableDiffusionPipeline.from_pretrained(WEIGHTS, safety_checker=None, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    shares = measure(pipe, prompts=12, candidates=20, num_inference_steps=8)
    assert shares["all"] >= FLOOR, shares
