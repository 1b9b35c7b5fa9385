"""The shipped model: stock classes, small, deterministic, and people recognise what it draws."""

import subprocess
import sys
from pathlib import Path

import pytest

import minidalle3.sketchbook

WEIGHTS = Path(minidalle3.sketchbook.__path__[0]) / "weights"

_PLAIN = """
import sys, torch
from diffusers import StableDiffusionPipeline
torch.set_num_threads(1)
pipe = StableDiffusionPipeline.from_pretrained(sys.argv[1], safety_checker=None)
pipe.set_progress_bar_config(disable=True)
draw = lambda: pipe("a sticker of a dog", num_inference_steps=3, generator=torch.Generator().manual_seed(0)).images[0]
first, second = draw(), draw()
assert first.size == (128, 128), first.size
assert first.tobytes() == second.tobytes()
assert not [name for name in sys.modules if name.startswith("minidalle3")]
"""


def test_plain_diffusers_loads_the_folder_and_draws_the_same_picture_twice() -> None:
    subprocess.run([sys.executable, "-c", _PLAIN, str(WEIGHTS)], check=True, timeout=120)


@pytest.mark.parametrize(
    ("part", "mebibytes"),
    [
        ("unet", 32),
        ("vae", 6),
        ("text_encoder", 8),
        ("ip_adapter/image_encoder", 6),
        ("ip_adapter", 3),
        ("upscaler", 3),
    ],
)
def test_each_part_keeps_to_its_budget(part: str, mebibytes: int) -> None:
    assert sum(file.stat().st_size for file in (WEIGHTS / part).glob("*.*")) <= mebibytes << 20
