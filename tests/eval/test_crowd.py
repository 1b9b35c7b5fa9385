"""The benchmark of many callers: a crowd at a real server, and a judge that any mix-up fails."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import pytest
from PIL import Image
from support.swatch import Swatch, colour

from minidalle3.engines.owner import Owner
from minidalle3.eval.crowd import Served, Wish, answer, inspect, storm
from minidalle3.eval.load import Race, figures, own, serving
from minidalle3.eval.scripted import ScriptedServer, running
from minidalle3.gallery.provenance import extract
from minidalle3.gallery.recipes import Recipe
from minidalle3.graph.settings import Settings
from minidalle3.llms.load import load
from minidalle3.nodes.services import Services
from minidalle3.serve.app import make_app
from minidalle3.serve.settings import ServeSettings

WISHES = [Wish(caller, "same", 100 + caller, 3) for caller in range(3)]


@pytest.fixture
async def crowd(tmp_path) -> list[Served]:
    """Three callers of the real app, whose engine paints one colour for each prompt and seed."""
    with running(lambda: ScriptedServer(answer)) as llm:
        settings = Settings(home=tmp_path, llm="openai:scripted", llm_base_url=llm.url)
        services = Services.of(settings, load(settings), Owner(Swatch))
        app = make_app(settings, ServeSettings(), services)
        async with serving(app) as url:
            keys = [await app.state.house.doors.add(str(wish.caller)) for wish in WISHES]
            got, seconds = await asyncio.to_thread(storm, url, keys, WISHES)
            got = await asyncio.to_thread(inspect, url, keys, got)
    assert 0 < max(one.wait for one in got) <= seconds
    return got


def recipe_of(one: Served) -> Recipe:
    recipe = extract(one.png or b"")
    assert recipe is not None
    return recipe


def due(one: Served) -> Image.Image:
    """What the engine draws for a recipe, drawn by nobody but the test."""
    recipe = recipe_of(one)
    return Image.new("RGB", Image.open(io.BytesIO(one.png or b"")).size, colour(recipe["prompt"], recipe["seed"] or 0))


async def test_what_each_caller_gets_is_their_own_and_any_mix_up_is_noticed(crowd) -> None:
    one, other, _ = crowd
    assert all(own(each, recipe_of(each), due(each)) for each in crowd)
    for mixed, recipe, image in (
        (replace(one, png=other.png), recipe_of(one), due(one)),
        (replace(one, png=other.png), recipe_of(other), due(other)),
        (one, {**recipe_of(one), "seed": 0}, due(one)),
        (one, {**recipe_of(one), "prompt": recipe_of(other)["prompt"]}, due(one)),
        (replace(one, said=other.said), recipe_of(one), due(one)),
        (replace(one, pictures=2), recipe_of(one), due(one)),
        (replace(one, apart=False), recipe_of(one), due(one)),
    ):
        assert not own(mixed, recipe, image)


async def test_figures_count_who_got_nothing_and_compare_the_clocks(crowd) -> None:
    recipes, images = [recipe_of(one) for one in crowd], [due(one) for one in crowd]
    told = figures([Race(crowd, 10.0, 9.0, recipes, images, 9.5, 9.0)])
    assert (told["errors"], told["cross_talk"], told["callers"]) == (0, 0, 3)
    assert told["throughput_ratio"] == pytest.approx(0.95)
    lost = [replace(crowd[0], png=None, link=None), *crowd[1:]]
    told = figures([Race(lost, 10.0, 9.0, recipes[1:], images[1:], 9.5, 9.0)])
    assert (told["errors"], told["cross_talk"]) == (1, 0)
    swapped = [replace(crowd[0], png=crowd[1].png), *crowd[1:]]
    told = figures([Race(swapped, 10.0, 9.0, [recipe_of(one) for one in swapped], images, 9.5, 9.0)])
    assert told["cross_talk"] == 1
