"""The small choices of a turn: how many pictures, how large."""

from __future__ import annotations

import pytest
from support.house import done, opened, say, shape

from minidalle3.graph.context import Context

DOG = "Here: <image>a cute dog</image>"
THREE = 'Here: <image n="3">a cute dog</image>'
RUN = "Sure: <edit>a cute dog running near the river</edit>"


async def test_new_pictures_come_in_the_number_that_was_set_unless_one_was_said(tmp_path) -> None:
    async with opened(tmp_path, DOG, THREE, RUN) as turns:
        two = Context(count=2)
        assert shape(await say(turns, "a dog", context=two)) == ["text", "#1", "#2"]
        assert shape(await say(turns, "three dogs", context=two)) == ["text", "#3", "#4", "#5"]
        assert shape(await say(turns, "make it run", context=two)) == ["text", "#6"]
        tag = {"kind": "vary", "text": "", "count": 1, "source": "#1"}
        assert shape(await say(turns, "once more", context=two, tag=tag)) == ["#7"]


async def test_new_pictures_have_the_size_that_was_set_and_changes_that_of_their_source(tmp_path) -> None:
    async with opened(tmp_path, DOG, RUN) as turns:
        await say(turns, "a dog", context=Context(size="128x64"))
        await say(turns, "make it run", context=Context(size="128x64"))
        recipes = [turns.gallery.recipe(one["digest"]) for one in (await turns.history("t"))["pictures"].values()]
        assert [(recipe["width"], recipe["height"]) for recipe in recipes] == [(128, 64), (128, 64)]


@pytest.mark.parametrize("size", ["large", "100x100", "8x8", "9000x9000", "-64x64", "64x64x64"])
async def test_a_size_that_nobody_draws_is_told(tmp_path, size) -> None:
    async with opened(tmp_path, DOG) as turns:
        events = await say(turns, "a dog", context=Context(size=size))
        assert shape(events) == ["text", "note"]
        assert "size" in (said := done(events)["reply"][1]["text"]) or "cannot be drawn" in said
