"""Twice the size by the shipped model's own network: no prompt, no noise, the same again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.watching import Watching

from minidalle3.engines.contract import EngineError, Stopped
from minidalle3.engines.diffusion import DiffusionEngine, load
from minidalle3.engines.enlarging import load_enlarger
from minidalle3.engines.fingerprint import fingerprint
from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery
from minidalle3.sketchbook.training.export import WEIGHTS
from minidalle3.tools.replay import replay
from minidalle3.tools.text_to_image import text_to_image
from minidalle3.tools.upscale import before_enlarging, upscale

PROMPT = {"prompt": "a red dog", "negative_prompt": "", "seed": 3}


@pytest.fixture(scope="module")
def engine() -> DiffusionEngine:
    return load("sketchbook", "cpu")


@pytest.fixture(scope="module")
def owner(engine: DiffusionEngine) -> Iterator[Owner]:
    made = Owner(lambda: engine)
    yield made
    made.close()


@pytest.fixture
async def source(owner: Owner, tmp_path: Path) -> str:
    [digest] = await text_to_image(owner, Gallery(tmp_path)).ainvoke({"prompts": [PROMPT], "steps": 3})
    return str(digest)


async def larger(owner: Owner, gallery: Gallery, source: str, watch: Watching | None = None) -> str:
    config = {"configurable": {"watch": watch}} if watch else None
    [digest] = await upscale(owner, gallery).ainvoke({"source": source}, config)
    return str(digest)


async def test_the_network_enlarges_what_it_is_given(owner: Owner, source: str, tmp_path: Path) -> None:
    gallery, watch, can = Gallery(tmp_path), Watching(), await owner.capabilities()
    digest = await larger(owner, gallery, source, watch)
    before, recipe, image = gallery.recipe(source), gallery.recipe(digest), gallery.image(digest)
    assert before is not None and recipe is not None
    assert image.size == (recipe["width"], recipe["height"]) == (256, 256)
    assert (recipe["tool"], recipe["parent"], recipe["parameters"]) == ("upscale", source, {"upscaler": can.upscaler})
    assert [recipe[name] for name in ("prompt", "seed", "steps")] == [
        before[name] for name in ("prompt", "seed", "steps")
    ]
    shrunk = np.asarray(image.resize((128, 128), Image.Resampling.BOX), float)
    assert np.abs(shrunk - np.asarray(gallery.image(source), float)).mean() < 6, "the same picture"
    assert watch.steps == [1] and watch.previews == []
    again = Watching()
    assert await larger(owner, gallery, source, again) == digest and again.steps == []
    assert (await replay(gallery.read(digest), owner, gallery)).identical


async def test_a_photo_needs_no_words_and_large_is_large_enough(owner: Owner, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    Image.radial_gradient("L").resize((91, 140)).save(tmp_path / "photo.png")
    photo = gallery.put_photo((tmp_path / "photo.png").read_bytes())
    twice = await larger(owner, gallery, photo)
    assert gallery.image(twice).size == (182, 280)
    with pytest.raises(EngineError, match="already"):
        await larger(owner, gallery, twice)
    with pytest.raises(Stopped):
        await larger(owner, Gallery(tmp_path / "other"), other_photo(tmp_path), Watching(stop_after=0))


def other_photo(folder: Path) -> str:
    """A photo in a gallery of its own."""
    return Gallery(folder / "other").put_photo((folder / "photo.png").read_bytes())


async def test_a_change_starts_before_the_enlargements(owner: Owner, source: str, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    twice = await larger(owner, gallery, source)
    assert await before_enlarging(owner, gallery, source) == (source, [])
    assert await before_enlarging(owner, gallery, await larger(owner, gallery, twice)) == (source, [{}, {}])


async def test_another_network_or_none(owner: Owner, engine: DiffusionEngine, source: str, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    digest = await larger(owner, gallery, source)
    other = DiffusionEngine(engine._pipe, "sketchbook", str(engine.capabilities.fingerprint))
    without = Owner(lambda: other)
    assert (await without.capabilities()).upscaler is None
    with pytest.raises(EngineError, match="another network"):
        await replay(gallery.read(digest), without, gallery)
    with pytest.raises(EngineError, match="no network of its own"):
        other.enlarge(gallery.image(source))
    assert await before_enlarging(without, gallery, digest) == (digest, [])
    drawn = await larger(without, gallery, source)
    recipe = gallery.recipe(drawn)
    assert recipe is not None and recipe["parameters"] == {"strength": 0.35}, "drawn on instead"
    beside = {name: getattr(engine.capabilities, name) for name in ("upscaler", "adapters", "adapter_fingerprint")}
    assert replace(other.capabilities, **beside) == engine.capabilities
    without.close()


def test_what_lies_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "model" / "upscaler"
    assert load_enlarger(tmp_path / "model") is None
    shutil.copytree(WEIGHTS / "upscaler", folder)
    found = load_enlarger(tmp_path / "model")
    assert found is not None and len(found.fingerprint) == 64
    assert fingerprint(tmp_path / "model") == fingerprint(tmp_path / "nothing"), "plain pictures stay what they are"
    [weights] = folder.glob("*.safetensors")
    weights.write_bytes(b"nothing of use")
    with pytest.raises(EngineError, match=r"upscaler of model again, or delete it"):
        load_enlarger(tmp_path / "model")
