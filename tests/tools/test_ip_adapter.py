"""New pictures that look like earlier ones: what is stored, what is drawn again, and Prompt-to-Prompt on top."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from support import tiny
from support.adapters import adapter
from support.watching import Watching

from minidalle3.engines.contract import EngineError, Stopped
from minidalle3.engines.diffusion import load
from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.tools.edits import Desk
from minidalle3.tools.ip_adapter import ip_adapter, redraw
from minidalle3.tools.prompt_to_prompt import prompt_to_prompt
from minidalle3.tools.text_to_image import Nobody, text_to_image

STEPS = 4


@pytest.fixture(scope="module", params=["sd1", "sdxl"])
def owner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    model = getattr(tiny, request.param)(tmp_path_factory.mktemp("models"))
    adapter(model, UNet2DConditionModel.from_pretrained(model / "unet"), plus=request.param == "sdxl")
    made = Owner(lambda: load(str(model), "cpu"))
    yield made
    made.close()


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "gallery")


def prompt(words: str, seed: int = 1) -> dict[str, object]:
    return {"prompt": words, "negative_prompt": "", "seed": seed}


async def new(owner: Owner, gallery: Gallery, words: str = "a red dog", seed: int = 1) -> str:
    [digest] = await text_to_image(owner, gallery).ainvoke({"prompts": [prompt(words, seed)], "steps": STEPS})
    return str(digest)


async def like(owner: Owner, gallery: Gallery, source: str, *words: str, watch: Any = None, **more: Any) -> list[str]:
    config = {"configurable": {"watch": watch}} if watch else None
    asked = {"source": source, "prompts": [prompt(each) for each in words], **more}
    digests: list[str] = await ip_adapter(owner, gallery).ainvoke(asked, config)
    return digests


def latents(gallery: Gallery, digest: str) -> torch.Tensor:
    trace = gallery.trace(digest)
    assert trace is not None
    return trace.latents[-1].float()


async def test_it_looks_like_the_source_and_says_so(owner: Owner, gallery: Gallery) -> None:
    source, watch = await new(owner, gallery), Watching()
    one, two = await like(owner, gallery, source, "a cat", "a fox", watch=watch, scale=0.5)
    can = await owner.capabilities()
    assert watch.steps == list(range(1, (can.steps or 0) + 1)), "one batch"
    assert {row for row, _ in watch.previews} == {0, 1}
    recipe = gallery.recipe(one)
    assert recipe is not None
    assert (recipe["tool"], recipe["parent"], recipe["prompt"]) == ("ip_adapter", source, "a cat")
    settings = {"scale": 0.5, "references": [], "cross": 0.0, "layout": 0.0, "adapter": can.adapter_fingerprint}
    assert recipe["parameters"] == settings
    [plain] = await text_to_image(owner, gallery).ainvoke({"prompts": [prompt("a cat")]})
    [none] = await like(owner, gallery, source, "a cat", scale=0.0)
    assert torch.equal(latents(gallery, none), latents(gallery, plain))
    assert not torch.equal(latents(gallery, one), latents(gallery, plain))
    again = Watching()
    assert await like(owner, gallery, source, "a cat", "a fox", watch=again, scale=0.5) == [one, two]
    assert again.steps == [], "what was drawn before costs nothing"
    drawn = await redraw([recipe], Desk(owner, gallery, Nobody(), ""))
    difference = np.asarray(drawn[0].image, int) - np.asarray(gallery.image(one), int)
    assert np.abs(difference).max() <= 2, "the recipe alone draws it again, but for its batch"


async def test_a_photo_and_more_references_will_do(owner: Owner, gallery: Gallery, tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    Image.linear_gradient("L").resize((90, 50)).save(file)
    photo, other = gallery.put_photo(file.read_bytes()), await new(owner, gallery, seed=5)
    [one] = await like(owner, gallery, photo, "a cat")
    [both] = await like(owner, gallery, photo, "a cat", references=[other])
    assert not torch.equal(latents(gallery, one), latents(gallery, both))
    recipe = gallery.recipe(both)
    assert recipe is not None
    assert (recipe["parent"], recipe["parameters"]["references"]) == (photo, [other])
    with pytest.raises(PictureError):
        await like(owner, gallery, photo, "a cat", references=["0" * 64])


async def test_words_and_shapes_may_stay_in_their_place_as_well(owner: Owner, gallery: Gallery) -> None:
    source = await new(owner, gallery)
    held = {"cross": 0.8, "layout": 0.4}
    change = {"source": source, "prompts": [prompt("a blue dog")], **held, "local": False}
    [changed] = await prompt_to_prompt(owner, gallery).ainvoke(change)
    [without] = await like(owner, gallery, source, "a blue dog", scale=0.0, **held)
    assert torch.equal(latents(gallery, without), latents(gallery, changed)), "without the look it is the change alone"
    [both] = await like(owner, gallery, source, "a blue dog", scale=0.6, **held)
    [looks] = await like(owner, gallery, source, "a blue dog", scale=0.6)
    assert not torch.equal(latents(gallery, both), latents(gallery, changed))
    recipe, before = gallery.recipe(both), gallery.recipe(source)
    assert recipe is not None and before is not None
    assert (recipe["steps"], recipe["tool"]) == (before["steps"], "ip_adapter")
    assert looks != both
    [drawn] = await redraw([recipe], Desk(owner, gallery, Nobody(), ""))
    assert np.array_equal(drawn.image, gallery.image(both))


async def test_it_stops_and_plain_pictures_are_what_they_were(owner: Owner, gallery: Gallery, tmp_path: Path) -> None:
    source = await new(owner, gallery)
    with pytest.raises(Stopped):
        await like(owner, gallery, source, "a cat", watch=Watching(stop_after=1))
    await like(owner, gallery, source, "a cat")
    assert await new(owner, Gallery(tmp_path / "second")) == source, "the same bytes"


async def test_without_weights_or_with_others_it_says_what_to_do(
    owner: Owner, gallery: Gallery, tmp_path: Path
) -> None:
    source = await new(owner, gallery)
    poor = Owner(lambda: load(str(tiny.sd1(tmp_path)), "cpu"))
    with pytest.raises(EngineError, match="MINIDALLE3_IP_ADAPTER"):
        await like(poor, gallery, source, "a cat")
    poor.close()
    recipe = gallery.recipe((await like(owner, gallery, source, "a cat"))[0])
    assert recipe is not None
    foreign = {**recipe, "parameters": {**recipe["parameters"], "adapter": "0" * 64}}
    with pytest.raises(EngineError, match="another IP-Adapter"):
        await redraw([foreign], Desk(owner, gallery, Nobody(), ""))  # type: ignore[list-item]
