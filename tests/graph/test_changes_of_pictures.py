"""Changes over the whole graph: which tool draws them, what stays of the source, and what is written down."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.house import done, opened, say, shape
from support.images_server import ImagesServer
from support.lying import lies

from minidalle3.engines.diffusion import DiffusionEngine, load
from minidalle3.engines.images_api import ImagesAPI
from minidalle3.gallery.recipes import Recipe
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import PictureRecord
from minidalle3.graph.turns import Turns
from minidalle3.tools.replay import replay

QUICK = Context(steps=3)
CAT, RED = "<image>a cat in the forest</image>", "<edit>a red cat in the forest</edit>"


@pytest.fixture(scope="module")
def sketchbook() -> Iterator[DiffusionEngine]:
    """The embedded model, loaded once: it keeps nothing of a drawing."""
    yield load("sketchbook", "cpu")


@asynccontextmanager
async def drawn(home: Path, engine: DiffusionEngine, *replies: str) -> AsyncIterator[Turns]:
    """A front door behind which a cat was drawn, and then what else the replies ask for."""
    async with opened(home, CAT, *replies, engine=engine) as turns:
        await say(turns, "draw a cat in the forest", context=QUICK)
        yield turns


async def told(turns: Turns, id: str) -> tuple[PictureRecord, Recipe]:
    """All that is known of a picture."""
    record = (await turns.history("t"))["pictures"][id]
    recipe = turns.gallery.recipe(record["digest"])
    assert recipe is not None
    return record, recipe


def kept(turns: Turns, source: str, digest: str) -> np.ndarray[Any, Any]:
    """Where the mask is 0, and there every pixel must be the source's."""
    mask = turns.gallery.mask(digest)
    assert mask is not None
    outside = np.asarray(mask) == 0
    before, after = (np.asarray(turns.gallery.image(each)) for each in (source, digest))
    assert np.array_equal(before[outside], after[outside])
    assert not np.array_equal(before, after)
    return outside


async def test_a_word_is_changed_by_prompt_to_prompt_and_the_rest_stays(tmp_path, sketchbook) -> None:
    async with drawn(tmp_path, sketchbook, RED) as turns:
        events = await say(turns, "make it red", context=QUICK)
        assert [event["step"] for event in events if event["type"] == "progress"] == [1, 2, 3]
        assert {event["id"] for event in events if event["type"] == "preview"} == {"#2"}
        (cat, before), (red, recipe) = await told(turns, "#1"), await told(turns, "#2")
        kept(turns, cat["digest"], red["digest"])
        assert (red["parent"], red["kind"], red["level"]) == ("#1", "edit", "small")
        assert "“red” came in" in red["reason"]
        assert red["reason"].endswith("Prompt-to-Prompt.")
        assert (recipe["tool"], recipe["parent"]) == ("prompt_to_prompt", cat["digest"])
        assert recipe["parameters"] == {"mode": "refine", "cross": 0.8, "layout": 0.4, "local": True}
        assert (recipe["steps"], recipe["seed"]) == (before["steps"], before["seed"])
        again = await replay(turns.gallery.read(red["digest"]), turns._services.owner, turns.gallery)
        assert again.passed


async def test_a_pose_is_changed_by_masactrl(tmp_path, sketchbook) -> None:
    async with drawn(tmp_path, sketchbook, "<edit>a cat jumping in the forest</edit>") as turns:
        await say(turns, "make it jump", context=QUICK)
        (cat, _), (jumping, recipe) = await told(turns, "#1"), await told(turns, "#2")
        assert (recipe["tool"], recipe["parent"], jumping["level"]) == ("masactrl", cat["digest"], "small")
        assert recipe["parameters"] == {"until": 0.91, "subject": "cat", "local": True}
        assert jumping["reason"].endswith("MasaCtrl.")
        kept(turns, cat["digest"], jumping["digest"])


async def test_a_chain_of_changes_keeps_what_no_change_touched(tmp_path, sketchbook) -> None:
    colours = ("red", "blue", "green", "yellow", "purple")
    edits = [f"<edit>a {colour} cat in the forest</edit>" for colour in colours]
    async with drawn(tmp_path, sketchbook, *edits) as turns:
        first, _ = await told(turns, "#1")
        source, outside = first["digest"], np.ones((128, 128), bool)
        for number, colour in enumerate(colours, 2):
            await say(turns, f"make it {colour}", context=QUICK)
            record, recipe = await told(turns, f"#{number}")
            assert (recipe["tool"], recipe["parent"]) == ("prompt_to_prompt", source)
            outside &= kept(turns, source, record["digest"])
            source = record["digest"]
        before, after = (np.asarray(turns.gallery.image(each)) for each in (first["digest"], source))
        assert np.array_equal(before[outside], after[outside])


async def test_a_change_of_what_the_same_reply_draws(tmp_path, sketchbook) -> None:
    async with opened(tmp_path, f"{CAT} and {RED}", engine=sketchbook) as turns:
        assert shape(await say(turns, "draw a cat, then make it red", context=QUICK)) == ["#1", "text", "#2"]
        (cat, _), (_, recipe) = await told(turns, "#1"), await told(turns, "#2")
        assert (recipe["tool"], recipe["parent"]) == ("prompt_to_prompt", cat["digest"])


async def test_a_lost_trace_is_drawn_again(tmp_path, sketchbook) -> None:
    async with drawn(tmp_path, sketchbook, RED) as turns:
        cat, _ = await told(turns, "#1")
        for trace in (tmp_path / "gallery" / "traces").rglob("*.safetensors"):
            trace.unlink()
        await say(turns, "make it red", context=QUICK)
        red, _ = await told(turns, "#2")
        kept(turns, cat["digest"], red["digest"])
        assert turns.gallery.trace(cat["digest"]) is not None


async def test_a_lost_source_is_told_and_nothing_else_is(tmp_path, sketchbook) -> None:
    async with drawn(tmp_path, sketchbook, f"{RED} <image>a dog</image>") as turns:
        cat, _ = await told(turns, "#1")
        lies(turns.gallery, cat["digest"]).unlink()
        events = await say(turns, "make it red, and draw a dog", context=QUICK)
        assert shape(events) == ["note", "#3"]
        assert "is missing from the gallery" in done(events)["reply"][0]["text"]


async def test_a_photo_is_inverted_and_changed(tmp_path, sketchbook) -> None:
    file = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((200, 150)).save(file, "PNG")
    edits = ("<edit>a red cat</edit>", "<edit>a blue cat</edit>")
    async with opened(tmp_path, *edits, engine=sketchbook) as turns:
        events = await say(turns, "This is my cat, make it red", photos=[file.getvalue()], context=QUICK)
        steps = [(event["step"], event["of"]) for event in events if event["type"] == "progress"]
        assert steps == [(step, 6) for step in range(1, 7)], "inverted and changed, told of as one"
        photo = (await turns.history("t"))["pictures"]["#1"]
        red, recipe = await told(turns, "#2")
        assert (red["parent"], photo["kind"], recipe["tool"]) == ("#1", "photo", "prompt_to_prompt")
        inverted = turns.gallery.recipe(str(recipe["parent"]))
        assert inverted is not None
        assert (inverted["tool"], inverted["parent"], inverted["steps"]) == ("inversion", photo["digest"], 3)
        assert photo["description"] == "my cat"
        assert "cat" in inverted["prompt"]
        assert turns.gallery.image(red["digest"]).size == (128, 128)
        kept(turns, str(recipe["parent"]), red["digest"])
        await say(turns, "make it blue", context=QUICK)
        blue, recipe = await told(turns, "#3")
        assert recipe["parent"] == red["digest"]
        assert (await replay(turns.gallery.read(blue["digest"]), turns._services.owner, turns.gallery)).passed
        inversion = str(inverted["parent"]), str((await told(turns, "#2"))[1]["parent"])
        assert set(inversion) <= await turns.digests(), "what changes rest on is not tidied away"


async def test_stop_ends_a_change_between_steps(tmp_path, sketchbook) -> None:
    async with drawn(tmp_path, sketchbook, RED) as turns:
        turn = await turns.start("t", "make it red")
        events = []
        async for event in turns.events(turn):
            events.append(event)
            if event["type"] == "progress":
                turns.stop(turn)
        assert shape(events) == ["note"]
        assert "was not drawn: Stopped." in done(events)["reply"][0]["text"]


async def test_a_server_without_control_draws_anew_and_says_so(tmp_path, images_server: ImagesServer) -> None:
    settings = Settings(_env_file=None, t2i="openai:painter", t2i_base_url=images_server.url, t2i_size="64x64")
    async with opened(tmp_path, CAT, RED, engine=ImagesAPI(settings)) as turns:
        await say(turns, "draw a cat in the forest")
        assert shape(await say(turns, "make it red")) == ["#2"]
        red, recipe = await told(turns, "#2")
        assert (recipe["tool"], recipe["seed"], recipe["parent"]) == ("text_to_image", None, None)
        assert "Prompt-to-Prompt does not work with this model, so it is drawn anew" in red["reason"]
