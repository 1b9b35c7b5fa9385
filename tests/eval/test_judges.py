"""The judges are small, were taught on scenes composed as the world renders them, and know what renders show."""

import tomllib
from fnmatch import fnmatch
from random import Random

import numpy as np
import pytest
import torch
from PIL import Image

from minidalle3.eval import coarse, train_judges
from minidalle3.eval.judges import FILE, Judge, Judges, asked, features, verdicts
from minidalle3.eval.pool import Pool, compose
from minidalle3.eval.prompts import prompts
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.scenes import ground, render
from minidalle3.sketchbook.world.sprites import frame

FLOORS = {"subject": 0.93, "style": 0.96, "place": 0.95, "colour": 0.9, "action": 0.9, "companion": 0.9, "count": 0.9}


@pytest.fixture(scope="module")
def judges() -> Judges:
    return Judges.load()


def test_they_keep_to_their_budget_and_out_of_the_wheel() -> None:
    assert FILE.stat().st_size + coarse.FILE.stat().st_size <= 5_000_000
    project = tomllib.loads((FILE.parents[1] / "pyproject.toml").read_text("utf-8"))
    shipped = project["tool"]["setuptools"]["package-data"]
    patterns = [pattern for name in ("minidalle3.eval", "*") for pattern in shipped[name]]
    assert not any(fnmatch(file.name, pattern) for file in (FILE, coarse.FILE) for pattern in patterns)


def test_they_know_what_renders_show(judges: Judges) -> None:
    right: dict[str, list[bool]] = {}
    for prompt in prompts("tuning")[:30]:
        for name, good in verdicts(judges, render(prompt.scene, prompt.seed).image, prompt.scene).items():
            right.setdefault(name, []).append(good)
    shares = {name: sum(marks) / len(marks) for name, marks in right.items()}
    assert all(shares[name] >= floor for name, floor in FLOORS.items()), shares


def test_they_call_other_things_wrong(judges: Judges) -> None:
    shown = Scene("dog", style="sticker", place="on the beach", colour="blue", action="sleeping")
    told = Scene("guitar", style="cartoon", place="in space", colour="red", action="flying")
    assert not any(verdicts(judges, render(shown, 0).image, told).values())
    assert not any(verdicts(judges, Image.new("RGB", (128, 128), "grey"), told).values())


def test_only_what_is_said_and_shows_is_asked() -> None:
    assert asked(Scene("dog")) == ("subject",)
    assert asked(Scene("dog", place="in space", time="at night")) == ("subject", "place")
    assert asked(Scene("dog", companion="cat", time="at night")) == ("subject", "companion", "relation", "time")
    assert asked(Scene("dog", count=2, worn="hat")) == ("subject", "worn", "count")


def test_pictures_are_nearer_to_themselves(judges: Judges) -> None:
    one, same, other = features(judges, [render(Scene(name), 0).image for name in ("dog", "dog", "castle")])
    assert one @ same == pytest.approx(1, abs=1e-4)
    assert one @ other < 0.999


def _pool(style: str) -> tuple[Pool, Scene]:
    """A pool of one place and one subject, in both sizes, so that its scenes are known."""
    stage = Scene("", style=style, place="in a meadow", time="at night")
    cast = Scene("dog", style=style, colour="red")
    frames = {(style, side): [(cast, np.asarray(frame("dog", style, "red", None, None, side)))] for side in (96, 64)}
    return Pool(frames, {style: [(stage, np.asarray(ground(stage.place, stage.time, None, style, 5)))]}), cast


def test_scenes_are_composed_as_the_world_renders_them(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, _ = _pool("sticker")
    monkeypatch.setattr("minidalle3.eval.pool.STYLES", {"sticker": ()})
    random, layouts = Random(0), set()
    for _ in range(12):
        scene, shown, picture = compose(pool, random)
        if not scene.companion:  # a pair's companion is red here too, as no scene says
            same = np.asarray(render(scene, 5).image, np.int16)
            assert np.abs(same - picture).max() <= 2
            assert len(shown) == scene.count
        layouts.add((scene.count, scene.relation))
    assert len(layouts) >= 4


def test_teaching_lowers_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    pool, _ = _pool("sticker")
    monkeypatch.setattr("minidalle3.eval.pool.STYLES", {"sticker": ()})
    monkeypatch.setattr(train_judges, "BATCH", 8)
    judge = Judge(32, (8, 16), {"subject": ("cat", "dog", "house")})
    first = train_judges.teach(judge, True, pool, Pace("first", 1, steps=1))
    assert train_judges.teach(judge, True, pool, Pace("more", 1, steps=15)) < first
