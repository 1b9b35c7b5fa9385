"""Twice the size by drawing on: on tiny pipelines, and on the shipped model without its own network for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from support import tiny
from support.swatch import Swatch
from support.watching import Watching

from minidalle3.engines.contract import Engine, EngineError, Job, Start, Stopped
from minidalle3.engines.diffusion import DiffusionEngine, load
from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery
from minidalle3.tools.edits import Desk
from minidalle3.tools.replay import replay
from minidalle3.tools.text_to_image import Nobody, text_to_image
from minidalle3.tools.upscale import redraw, upscale

STEPS = 6


@pytest.fixture(scope="module", params=["sd1", "sdxl", "lcm", "sketchbook"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DiffusionEngine:
    if request.param == "sketchbook":
        whole = load("sketchbook", "cpu")
        return DiffusionEngine(whole._pipe, "sketchbook", str(whole.capabilities.fingerprint))
    return load(str(getattr(tiny, request.param)(tmp_path_factory.mktemp("models"))), "cpu")


@pytest.fixture(scope="module")
def owner(engine: DiffusionEngine) -> Iterator[Owner]:
    made = Owner(lambda: engine)
    yield made
    made.close()


def prompt(words: str = "a red dog", seed: int = 3) -> dict[str, object]:
    return {"prompt": words, "negative_prompt": "", "seed": seed}


async def new(owner: Owner, gallery: Gallery) -> str:
    [digest] = await text_to_image(owner, gallery).ainvoke({"prompts": [prompt()], "steps": STEPS})
    return str(digest)


async def larger(owner: Owner, gallery: Gallery, source: str, watch: Any = None, **more: Any) -> list[str]:
    config = {"configurable": {"watch": watch}} if watch else None
    digests: list[str] = await upscale(owner, gallery).ainvoke({"source": source, **more}, config)
    return digests


async def test_twice_the_size_from_the_same_prompt_and_seed(owner: Owner, tmp_path: Path) -> None:
    gallery, watch = Gallery(tmp_path), Watching()
    source = await new(owner, gallery)
    [digest] = await larger(owner, gallery, source, watch, strength=0.5)
    before, recipe = gallery.recipe(source), gallery.recipe(digest)
    assert before is not None and recipe is not None
    image = gallery.image(digest)
    assert image.size == (2 * before["width"], 2 * before["height"]) == (recipe["width"], recipe["height"])
    lcm = before["scheduler"] == "LCMScheduler"
    assert watch.steps == ([1, 2, 3, 4, 5, 6] if lcm else [1, 2, 3]), "half of the way"
    same = ("engine", "fingerprint", "prompt", "negative_prompt", "seed", "steps", "guidance", "scheduler")
    assert [recipe[name] for name in same] == [before[name] for name in same]
    assert (recipe["tool"], recipe["parent"], recipe["parameters"]) == ("upscale", source, {"strength": 0.5})
    assert gallery.trace(digest) is None
    again = Watching()
    assert await larger(owner, gallery, source, again, strength=0.5) == [digest]
    assert again.steps == [], "what was drawn before costs nothing"
    drawn = await redraw(recipe, Desk(owner, gallery, Nobody(), ""))
    assert np.array_equal(drawn.image, image), "the recipe alone draws it again"
    assert (await replay(gallery.read(digest), owner, gallery)).identical


async def test_it_is_drawn_from_the_picture_and_strength_says_how_far_away(
    owner: Owner, engine: DiffusionEngine, tmp_path: Path
) -> None:
    gallery = Gallery(tmp_path)
    source = await new(owner, gallery)
    image, recipe = gallery.image(source), gallery.recipe(source)
    assert recipe is not None
    turned = gallery.put(ImageOps.invert(image), recipe)
    enlarged = np.asarray(image.resize((2 * image.width, 2 * image.height), Image.Resampling.LANCZOS), float)
    digests = [
        (await larger(owner, gallery, each, strength=strength))[0]
        for each, strength in ((source, 0.2), (source, 0.9), (turned, 0.2))
    ]
    near, far, other = (np.asarray(gallery.image(digest), float) for digest in digests)
    assert not np.array_equal(near, far) and not np.array_equal(near, other)
    if engine.capabilities.engine == "sketchbook":  # random weights cannot even encode a picture
        assert np.abs(near - enlarged).mean() < np.abs(far - enlarged).mean()


async def test_other_words_and_photos(owner: Owner, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    source = await new(owner, gallery)
    one, other = await larger(owner, gallery, source, prompts=[prompt("a cat"), prompt("a cat", 4)], strength=0.5)
    assert one != other
    file = tmp_path / "photo.png"
    Image.linear_gradient("L").resize((70, 62)).save(file)
    photo = gallery.put_photo(file.read_bytes())
    [digest] = await larger(owner, gallery, photo, prompts=[prompt()])
    assert gallery.image(digest).size == (128, 112), "sides that the engine can draw"
    with pytest.raises(EngineError, match="no prompt of its own"):
        await larger(owner, gallery, photo)


async def test_it_stops_and_leaves_the_pipeline_as_it_was(
    owner: Owner, engine: DiffusionEngine, tmp_path: Path
) -> None:
    gallery, second = Gallery(tmp_path / "one"), Gallery(tmp_path / "two")
    source = await new(owner, gallery)
    with pytest.raises(Stopped):
        await larger(owner, gallery, source, Watching(stop_after=1), strength=0.9)
    await larger(owner, gallery, source)
    assert await new(owner, second) == source, "the same bytes"


def test_there_is_one_copy_of_each_weight(engine: DiffusionEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    from minidalle3.engines import image_to_image

    from_pipe = image_to_image.AutoPipelineForImage2Image.from_pipe
    monkeypatch.setattr(
        image_to_image.AutoPipelineForImage2Image,
        "from_pipe",
        lambda *args, **more: made.append(from_pipe(*args, **more)) or made[-1],
    )
    can = engine.capabilities
    image = Image.new("RGB", (can.width, can.height), "teal")
    job = Job(("a dog",), ("",), (1,), 2, 2.0, can.width, can.height, start=Start(image, 0.5))
    engine.draw(job, Watching())
    ours = {name: part for name, part in engine._pipe.components.items() if isinstance(part, torch.nn.Module)}
    assert ours and all(made[0].components[name] is part for name, part in ours.items())
    with pytest.raises(EngineError, match="none is left at strength"):
        engine.draw(Job(("a dog",), ("",), (1,), 2, 2.0, 64, 64, start=Start(image, 0.1)), Watching())


async def test_an_engine_that_cannot_and_a_picture_that_is_large_enough(owner: Owner, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    can = await owner.capabilities()
    recipe = gallery.recipe(await new(owner, gallery))
    assert recipe is not None
    width, height = 3 * can.width, 3 * can.height
    large = gallery.put(Image.new("RGB", (width, height)), {**recipe, "width": width, "height": height})
    with pytest.raises(EngineError, match="already"):
        await larger(owner, gallery, large)
    flat: Engine = Swatch()
    swatch = Owner(lambda: flat)
    with pytest.raises(EngineError, match="cannot draw on from a picture"):
        await larger(swatch, gallery, large)
    swatch.close()
