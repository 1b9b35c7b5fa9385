"""Changes by instruction: over a second model with an owner of its own, and over an images API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support import editors
from support.images_server import ImagesServer
from support.swatch import Swatch, colour
from support.watching import Watching

from minidalle3.engines.contract import EngineError, Stopped
from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.settings import Settings
from minidalle3.tools.edits import Desk
from minidalle3.tools.instruct_edit import editor_for, instruct_edit, redraw
from minidalle3.tools.replay import replay
from minidalle3.tools.text_to_image import Nobody

SNOW = "make it snow"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    model = editors.pix2pix(tmp_path_factory.mktemp("models"))
    drawing = Owner(Swatch)
    made = editor_for(Settings(_env_file=None, editor=str(model), device="cpu"), drawing)
    assert made is not None and made is not drawing
    yield made
    made.close()


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "gallery")


def stored(gallery: Gallery, folder: Path, image: Image.Image) -> str:
    file = folder / "photo.png"
    image.save(file)
    return gallery.put_photo(file.read_bytes())


def photo(gallery: Gallery, folder: Path) -> str:
    return stored(gallery, folder, Image.linear_gradient("L").resize((64, 48)).convert("RGB"))


def left_half(gallery: Gallery, folder: Path) -> str:
    mask = Image.new("L", (64, 48), 0)
    mask.paste(255, (0, 0, 32, 48))
    return stored(gallery, folder, mask)


async def edit(owner: Owner, gallery: Gallery, source: str, watch: Any = None, seeds: Any = (1,), **more: Any) -> Any:
    config = {"configurable": {"watch": watch}} if watch else None
    prompts = [{"prompt": "a hill in snow", "negative_prompt": "", "seed": seed} for seed in seeds]
    return await instruct_edit(owner, gallery).ainvoke({"source": source, "prompts": prompts, **more}, config)


async def test_a_photo_is_changed_as_it_was_said(owner: Owner, gallery: Gallery, tmp_path: Path) -> None:
    source, watch = photo(gallery, tmp_path), Watching()
    one, two = await edit(owner, gallery, source, watch, seeds=(1, 2), instruction=SNOW)
    can = await owner.capabilities()
    assert watch.steps == list(range(1, 2 * (can.steps or 0) + 1))
    assert one != two
    recipe = gallery.recipe(one)
    assert recipe is not None
    assert (recipe["tool"], recipe["parent"], recipe["prompt"]) == ("instruct_edit", source, "a hill in snow")
    assert recipe["parameters"] == {"instruction": SNOW, "mask": None}
    assert (recipe["engine"], recipe["fingerprint"]) == ("pix2pix", can.fingerprint)
    assert gallery.image(one).size == (recipe["width"], recipe["height"])
    again = Watching()
    assert await edit(owner, gallery, source, again, seeds=(1, 2), instruction=SNOW) == [one, two]
    assert again.steps == [], "what was drawn before costs nothing"
    [drawn] = await redraw([recipe], Desk(owner, gallery, Nobody(), ""))
    assert np.array_equal(drawn.image, gallery.image(one)), "the recipe alone draws it again"
    swatch = Owner(Swatch)
    assert (await replay(gallery.read(one), swatch, gallery, owner)).passed, "it was one of a batch of two"
    with pytest.raises(EngineError, match="MINIDALLE3_EDITOR"):
        await replay(gallery.read(one), swatch, gallery)
    swatch.close()
    assert await edit(owner, gallery, source) != [one], "without an instruction the description is sent"


async def test_under_a_mask_the_rest_stays_and_the_mask_is_kept(owner: Owner, gallery: Gallery, tmp_path: Path) -> None:
    source, mask = photo(gallery, tmp_path), left_half(gallery, tmp_path)
    [whole] = await edit(owner, gallery, source, instruction=SNOW)
    [half] = await edit(owner, gallery, source, instruction=SNOW, mask=mask)
    assert gallery.mask(whole) is None
    kept = np.asarray(gallery.mask(half))
    before, after = np.asarray(gallery.image(whole)), np.asarray(gallery.image(half))
    assert np.array_equal(before[kept == 255], after[kept == 255])
    assert not np.array_equal(before[kept == 0], after[kept == 0])
    assert 0.3 < (kept == 0).mean() < 0.7


async def test_it_stops_and_says_what_is_missing(owner: Owner, gallery: Gallery, tmp_path: Path) -> None:
    source = photo(gallery, tmp_path)
    with pytest.raises(Stopped):
        await edit(owner, gallery, source, Watching(stop_after=1), instruction=SNOW)
    with pytest.raises(PictureError):
        await edit(owner, gallery, "0" * 64, instruction=SNOW)
    swatch = Owner(Swatch)
    with pytest.raises(EngineError, match="MINIDALLE3_EDITOR"):
        await edit(swatch, gallery, source, instruction=SNOW)
    swatch.close()


async def test_over_an_images_api_the_edit_endpoint_is_shown_picture_and_mask(
    images_server: ImagesServer, gallery: Gallery, tmp_path: Path
) -> None:
    settings = Settings(
        _env_file=None, editor="openai:painter", t2i_base_url=images_server.url, t2i_api_key="k", t2i_size="64x48"
    )
    drawing = Owner(Swatch)
    server = editor_for(settings, drawing)
    assert server is not None and server is not drawing
    source, mask = photo(gallery, tmp_path), left_half(gallery, tmp_path)
    one, two = await edit(server, gallery, source, seeds=(1, 2), instruction=SNOW)
    [half] = await edit(server, gallery, source, instruction=SNOW, mask=mask)
    server.close()
    asked = [(each["kind"], each["model"], each["prompt"], each["n"]) for each in images_server.requests]
    assert asked == [("edits", "painter", SNOW, "2"), ("edits", "painter", SNOW, "1")]
    assert [tuple(np.asarray(gallery.image(each))[0, 0]) for each in (one, two)] == [colour(SNOW, 0), colour(SNOW, 1)]
    image, shown = np.asarray(gallery.image(half)), np.asarray(gallery.image(source))
    assert np.array_equal(image[:, 32:], shown[:, 32:])
    assert tuple(image[0, 0]) == colour(SNOW, 0)
    recipe = gallery.recipe(half)
    assert recipe is not None
    assert (recipe["engine"], recipe["fingerprint"], recipe["seed"]) == ("openai:painter", None, None)
    assert (recipe["parent"], recipe["parameters"]) == (source, {"instruction": SNOW, "mask": mask})


def test_there_is_an_editor_only_where_one_was_named_or_an_api_draws() -> None:
    drawing = Owner(Swatch)
    assert editor_for(Settings(_env_file=None), drawing) is None
    assert editor_for(Settings(_env_file=None, t2i="openai:painter"), drawing) is drawing
