"""A photo becomes a picture with a recipe and a trace."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from support import tiny
from support.swatch import Swatch
from support.watching import Watching

from minidalle3.engines.contract import EngineError
from minidalle3.engines.diffusion import load
from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery
from minidalle3.tools.inversion import invert, size_for


def photo(gallery: Gallery, width: int = 200, height: int = 100) -> str:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).save(file, "PNG")
    return gallery.put_photo(file.getvalue())


async def test_a_photo_gets_a_trace_once(tmp_path: Path) -> None:
    folder, gallery = tiny.sd1(tmp_path / "models"), Gallery(tmp_path / "gallery")
    owner, watch = Owner(lambda: load(str(folder), "cpu")), Watching()
    digest = photo(gallery)
    inverted = await invert(owner, gallery, digest, steps=4, watch=watch)
    recipe, trace = gallery.recipe(inverted), gallery.trace(inverted)
    assert recipe is not None and trace is not None and trace.fidelity is not None
    assert (recipe["tool"], recipe["parent"], recipe["prompt"], recipe["guidance"]) == ("inversion", digest, "", 1.0)
    assert gallery.image(inverted).size == (recipe["width"], recipe["height"]) == (64, 64)
    assert trace.latents.shape == (5, 4, 8, 8)
    assert await invert(owner, gallery, digest, steps=4, watch=watch) == inverted
    assert watch.steps == [1, 2, 3, 4], "found the second time"
    assert await invert(owner, gallery, digest, "a lamp", steps=4) != inverted
    owner.close()


async def test_a_trace_that_was_dropped_for_space_is_found_again(tmp_path: Path) -> None:
    folder, home = tiny.sd1(tmp_path / "models"), tmp_path / "gallery"
    owner, gallery = Owner(lambda: load(str(folder), "cpu")), Gallery(home)
    digest = photo(gallery)
    inverted = await invert(owner, gallery, digest, steps=3)
    before = gallery.trace(inverted)
    for path in home.glob("traces/??/*"):
        path.unlink()
    assert await invert(owner, gallery, digest, steps=3) == inverted
    after = gallery.trace(inverted)
    assert before is not None and after is not None and before.latents.equal(after.latents)
    owner.close()


async def test_an_engine_out_of_reach_says_so(tmp_path: Path) -> None:
    owner, gallery = Owner(Swatch), Gallery(tmp_path)
    with pytest.raises(EngineError, match="swatch does not let a photo"):
        await invert(owner, gallery, photo(gallery))
    owner.close()


def test_a_photo_keeps_its_shape_where_the_engine_lets_it() -> None:
    can = Swatch().capabilities
    object.__setattr__(can, "width", 512)
    object.__setattr__(can, "height", 512)
    assert size_for(Image.new("L", (300, 300)), can) == (512, 512)
    assert size_for(Image.new("L", (1600, 900)), can) == (704, 384)
    object.__setattr__(can, "sizes", ((1024, 1024), (1536, 1024)))
    assert size_for(Image.new("L", (1600, 900)), can) == (1536, 1024)
