"""The measure of the embedded model: a perfect painter passes, a blank sheet fails, and every figure comes."""

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from support import tiny
from support.adapters import adapter

from minidalle3.eval import sketchbook
from minidalle3.eval.judges import Judges
from minidalle3.eval.prompts import prompts
from minidalle3.sketchbook.world.scenes import render

KEYS = {
    "subject", "style", "place", "colour", "action", "count", "pair", "unseen_gap", "diversity", "psnr",
    "ip_identity", "ip_place", "seconds_8", "seconds_20", "unet_seconds_20", "peak_mib",
}  # fmt: skip


def test_every_figure_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sketchbook, "SEEDS", 2)
    pipe = StableDiffusionPipeline.from_pretrained(tiny.sd2(tmp_path), safety_checker=None, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    weights = tmp_path / "sd2"
    adapter(weights, pipe.unet)
    figures, notes = sketchbook.measure(pipe, weights, number=4, renders=12, rounds=1, shown=3)
    assert figures.keys() >= KEYS
    assert all(name in notes for name, figure in figures.items() if figure is None and name != "unseen_gap")
    assert capsys.readouterr().out.startswith("judge of ")
    assert all((figures[name] or 0) > 0 for name in ("seconds_8", "seconds_20", "unet_seconds_20", "diversity"))
    assert (figures["place"] or 0) < 0.8 and (figures["peak_mib"] or 0) > 100
    assert (figures["ip_identity"] or 0) < 0.8 and "subjects, at scale 0.7" in notes["ip_identity"]


def test_a_perfect_painter_passes_and_a_blank_sheet_fails() -> None:
    judges, chosen = Judges.load(), prompts("tuning")[:16]
    renders = sketchbook.judged(judges, chosen, [render(prompt.scene, 3).image for prompt in chosen])
    blanks = sketchbook.judged(judges, chosen, [Image.new("RGB", (128, 128), "grey")] * len(chosen))
    assert (sketchbook.share(renders["place"]) or 0) > 0.8
    assert (sketchbook.share(blanks["subject"]) or 0) < 0.2
    assert (sketchbook.share(blanks["place"]) or 0) < 0.5


def test_a_judge_that_errs_is_not_asked() -> None:
    right = {"style": [(True, True)] * 99 + [(False, True)], "place": [(True, True)] * 9 + [(False, True)]}
    notes = sketchbook.distrusted(right)
    assert "style" not in notes
    assert "0.900" in notes["place"]


def test_the_gap_is_taken_kind_by_kind() -> None:
    right = {"style": [(True, True), (True, False)], "colour": [(True, True)] + [(False, False)] * 9}
    assert sketchbook.gap(right, ["style", "colour"]) == pytest.approx(0.5)
    assert sketchbook.gap({"style": [(True, True)]}, ["style"]) is None


def test_alike_pictures_are_not_diverse() -> None:
    judges = Judges.load()
    dogs = [render(prompts("tuning")[0].scene, 0).image] * 2
    castle = render(prompts("tuning")[1].scene, 0).image
    assert sketchbook.spread(judges, dogs) == pytest.approx(0, abs=1e-5)
    assert sketchbook.spread(judges, [dogs[0], castle]) > 0.01
