"""The tools that change a picture, on the shipped model: what stays, what is stored, what is drawn again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.swatch import Swatch
from support.watching import Watching

from minidalle3.engines.contract import EngineError
from minidalle3.engines.diffusion import load
from minidalle3.engines.owner import Owner
from minidalle3.gallery.compare import compare
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.tools.masactrl import masactrl
from minidalle3.tools.prompt_to_prompt import prompt_to_prompt
from minidalle3.tools.text_to_image import text_to_image

RED, BLUE = "a sticker of a red dog in the forest", "a sticker of a blue dog in the forest"
STEPS = 5


@pytest.fixture(scope="module")
def owner() -> Iterator[Owner]:
    made = Owner(lambda: load("sketchbook", "cpu"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    return Gallery(tmp_path_factory.mktemp("gallery"))


def prompt(words: str) -> dict[str, object]:
    return {"prompt": words, "negative_prompt": "", "seed": 1}


async def new(owner: Owner, gallery: Gallery, words: str = RED) -> str:
    [digest] = await text_to_image(owner, gallery).ainvoke({"prompts": [prompt(words)], "steps": STEPS})
    return str(digest)


async def with_words(owner: Owner, gallery: Gallery, source: str, words: str, watch: Any = None, **more: Any) -> str:
    config = {"configurable": {"watch": watch}} if watch else None
    asked = {"source": source, "prompts": [prompt(words)], **more}
    [digest] = await prompt_to_prompt(owner, gallery).ainvoke(asked, config)
    return str(digest)


def untouched(gallery: Gallery, source: str, digest: str) -> float:
    """The share of pixels outside the mask, which must be the source's."""
    mask = np.asarray(gallery.mask(digest))
    before, after = (np.asarray(gallery.image(each)) for each in (source, digest))
    assert np.array_equal(before[mask == 0], after[mask == 0])
    assert not np.array_equal(before[mask > 0], after[mask > 0])
    return float((mask == 0).mean())


async def test_outside_of_the_mask_every_pixel_stays(owner: Owner, gallery: Gallery) -> None:
    source, watch = await new(owner, gallery), Watching()
    digest = await with_words(owner, gallery, source, BLUE, watch, mode="replace")
    assert watch.steps == list(range(1, STEPS + 1))
    assert untouched(gallery, source, digest) > 0.05
    recipe, before, trace = gallery.recipe(digest), gallery.recipe(source), gallery.trace(digest)
    assert recipe is not None and before is not None and trace is not None
    assert {name for name in recipe if recipe[name] != before[name]} <= {  # type: ignore[literal-required]
        "prompt", "tool", "parameters", "parent",
    }  # fmt: skip
    assert (recipe["tool"], recipe["parent"]) == ("prompt_to_prompt", source)
    assert recipe["parameters"] == {"mode": "replace", "cross": 0.8, "layout": 0.4, "local": True}
    assert len(trace.latents) == STEPS + 1
    again = Watching()
    assert await with_words(owner, gallery, source, BLUE, again, mode="replace") == digest
    assert again.steps == [], "a change drawn before costs nothing"


async def test_a_chain_of_changes_never_decays(owner: Owner, gallery: Gallery) -> None:
    source = current = await new(owner, gallery)
    touched = np.zeros((128, 128), bool)
    for colour in ("blue", "green", "yellow"):
        words = RED.replace("red", colour)
        later = await with_words(owner, gallery, current, words, mode="replace")
        untouched(gallery, current, later)
        touched |= np.asarray(gallery.mask(later)) > 0
        current = later
    before, after = (np.asarray(gallery.image(each)) for each in (source, current))
    assert np.array_equal(before[~touched], after[~touched])
    assert 0 < touched.mean() < 1


async def test_a_change_of_everything_has_no_mask(owner: Owner, gallery: Gallery) -> None:
    source = await new(owner, gallery)
    digest = await with_words(owner, gallery, source, RED.replace("sticker", "cartoon"), local=False)
    assert gallery.mask(digest) is None
    assert compare(gallery.image(source), gallery.image(digest)).largest > 8


async def test_a_change_held_to_nothing_of_its_source_is_local_all_the_same(owner: Owner, gallery: Gallery) -> None:
    source = await new(owner, gallery)
    digest = await with_words(owner, gallery, source, BLUE, cross=0.0, layout=0.0)
    assert gallery.mask(digest) is not None
    untouched(gallery, source, digest)


async def test_a_weight_changes_the_picture_and_stays_out_of_what_is_sent(owner: Owner, gallery: Gallery) -> None:
    source = await new(owner, gallery)
    same = await with_words(owner, gallery, source, RED)
    more = await with_words(owner, gallery, source, RED.replace("red", "(red:4)"))
    assert compare(gallery.image(source), gallery.image(same)).largest <= 2, "the same words, the same picture"
    assert compare(gallery.image(source), gallery.image(more)).largest > 2
    recipe = gallery.recipe(more)
    assert recipe is not None and "(red:4)" in recipe["prompt"]
    await with_words(owner, gallery, more, BLUE, mode="replace")


async def test_another_pose_takes_its_looks_from_the_source(owner: Owner, gallery: Gallery) -> None:
    source = await new(owner, gallery)
    words = RED.replace("dog in", "dog jumping in")
    [digest] = await masactrl(owner, gallery).ainvoke({"source": source, "prompts": [prompt(words)]})
    untouched(gallery, source, digest)
    recipe = gallery.recipe(digest)
    assert recipe is not None
    assert recipe["parameters"] == {"until": 0.91, "subject": "", "local": True}
    [idle] = await masactrl(owner, gallery).ainvoke({"source": source, "prompts": [prompt(words)], "until": 0.0})
    assert compare(gallery.image(digest), gallery.image(idle)).largest > 2


async def test_a_trace_that_is_gone_is_drawn_again(owner: Owner, gallery: Gallery, tmp_path: Path) -> None:
    poor = Gallery(tmp_path, trace_budget_mib=0)
    source = await new(owner, poor)
    first = await with_words(owner, poor, source, BLUE, mode="replace")
    second = await with_words(owner, poor, first, RED.replace("red", "green"), mode="replace")
    assert poor.trace(source) is poor.trace(first) is None
    rich = [await new(owner, gallery)]
    for colour in ("blue", "green"):
        rich.append(await with_words(owner, gallery, rich[-1], RED.replace("red", colour), mode="replace"))
    assert rich[0] == source
    assert compare(poor.image(second), gallery.image(rich[-1])).largest <= 2


async def test_a_picture_that_cannot_be_drawn_again_is_not_changed(owner: Owner, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    recipe = gallery.recipe(await new(owner, gallery))
    assert recipe is not None
    forged = gallery.put(Image.new("RGB", (128, 128), "white"), {**recipe, "seed": 99})
    with pytest.raises(EngineError, match="another picture"):
        await with_words(owner, gallery, forged, BLUE)


async def test_what_cannot_be_changed_is_refused(owner: Owner, gallery: Gallery, tmp_path: Path) -> None:
    source = await new(owner, gallery)
    swatch = Owner(Swatch)
    with pytest.raises(EngineError, match="attention be steered"):
        await with_words(swatch, gallery, source, BLUE)
    swatch.close()
    with pytest.raises(PictureError):
        await with_words(owner, gallery, "0" * 64, BLUE)
    foreign = Gallery(tmp_path)
    recipe = gallery.recipe(source)
    assert recipe is not None
    other = foreign.put(gallery.image(source), {**recipe, "fingerprint": "1" * 64})
    with pytest.raises(EngineError, match="only the model that drew a picture"):
        await with_words(owner, foreign, other, BLUE)
