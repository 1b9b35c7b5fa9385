"""Previews show where a drawing is heading, long before it is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support import tiny
from support.watching import Watching

from minidalle3.engines import preview
from minidalle3.engines.contract import Job
from minidalle3.engines.diffusion import load
from minidalle3.engines.preview import Previewer, heading, level
from minidalle3.gallery.compare import TOLERANCE, compare


@pytest.mark.parametrize("kind", ["sd1", "sdxl"])
def test_a_straight_line_leads_to_the_clean_latents(kind: str, tmp_path: Path) -> None:
    scheduler = load(str(getattr(tiny, kind)(tmp_path)), "cpu")._pipe.scheduler
    scheduler.set_timesteps(10)
    clean, noise = torch.randn(2, 1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    for step in range(9):
        before, after = (
            signal * clean + fade * noise for signal, fade in (level(scheduler, at) for at in (step, step + 1))
        )
        scheduler.scale_model_input(before, scheduler.timesteps[step])
        stepped = scheduler.step(noise, scheduler.timesteps[step], before).prev_sample
        assert torch.allclose(stepped, after, atol=1e-3), "the sampler's own step ends on the same line"
        assert torch.allclose(heading(scheduler, before, after, step).float(), clean, atol=1e-2)


def test_only_rows_that_somebody_wants_to_see_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = load("sketchbook", "cpu")
    job = Job(("a dog", "a cat", "an owl"), ("",) * 3, (1, 2, 3), 2, 1.0, 128, 128)
    every, second, nobody = Watching(), Watching(rows={1}), Watching(rows={})
    images, sizes = Previewer.images, []

    def counted(self: Previewer, before: torch.Tensor, after: torch.Tensor, step: int) -> list[Image.Image]:
        sizes.append(len(after))
        return images(self, before, after, step)

    monkeypatch.setattr(Previewer, "images", counted)
    for watch in (every, second, nobody):
        engine.draw(job, watch)
    assert sizes == [3, 1]
    assert [row for row, _ in every.previews] == [0, 1, 2]
    [(row, image)] = second.previews
    assert row == 1
    assert compare(image, every.previews[1][1]).largest <= TOLERANCE
    assert nobody.previews == []


def test_a_linear_map_stands_in_for_a_large_vae(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = load("sketchbook", "cpu")
    with_vae, with_map = Watching(), Watching()
    job = Job(("a sticker of a dog in a forest",), ("",), (3,), 10, 2.0, 128, 128)
    [drawn] = engine.draw(job, with_vae)
    monkeypatch.setattr(preview, "SMALL", 0)
    engine.draw(job, with_map)
    assert (
        [row for row, _ in with_map.previews] == [row for row, _ in with_vae.previews] == [0] * len(with_vae.previews)
    )
    small = with_map.previews[-1][1]
    assert small.size == (16, 16)
    true = np.asarray(drawn.image.resize((16, 16), Image.Resampling.BOX), float)
    assert np.corrcoef(np.asarray(small, float).ravel(), true.ravel())[0, 1] > 0.8
    assert torch.allclose(*(Previewer(engine._pipe)._fitted() for _ in range(2)), atol=1e-4)
