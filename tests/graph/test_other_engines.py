"""Changes over the whole graph by IP-Adapter, by a second model that edits, and by servers with and without edits."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from diffusers import UNet2DConditionModel
from langchain_core.messages import AIMessage
from PIL import Image
from support import editors, tiny
from support.adapters import adapter
from support.house import done, say, shape
from support.images_server import ImagesServer
from support.scripted import ScriptedChatModel
from support.swatch import Swatch

from minidalle3.engines.contract import Engine
from minidalle3.engines.diffusion import load
from minidalle3.engines.images_api import ImagesAPI
from minidalle3.engines.owner import Owner
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.nodes.services import Services
from minidalle3.sketchbook.world.learnt import LEARNT
from minidalle3.tools.replay import replay

CAT, RED = "<image>a cat in the forest</image>", "<edit>a red cat in the forest</edit>"


@asynccontextmanager
async def house(settings: Settings, engine: Engine, replies: Sequence[str]) -> AsyncIterator[Turns]:
    """A front door whose tools are those of the settings."""
    llm = ScriptedChatModel(script=[AIMessage(reply) for reply in replies])
    made = Services.of(settings, llm, Owner(lambda: engine))
    turns = await Turns.open(settings, made)
    try:
        yield turns
    finally:
        await turns.close()
        made.close()


async def told(turns: Turns, id: str) -> tuple[Any, Any]:
    """A picture's record and recipe."""
    record = (await turns.history("t"))["pictures"][id]
    return record, turns.gallery.recipe(record["digest"])


def server_settings(home: Path, server: ImagesServer) -> Settings:
    return Settings(
        _env_file=None, home=home, t2i="openai:painter", t2i_base_url=server.url, t2i_api_key="k", t2i_size="64x64"
    )


@pytest.mark.parametrize("model", ["sd1", "sketchbook"])
async def test_a_new_scene_is_drawn_by_ip_adapter(model: str, tmp_path: Path) -> None:
    """In as many steps as were set; the embedded model has one of the Plus kind, like those that are trained for it."""
    if model == "sketchbook":
        unet = UNet2DConditionModel.from_pretrained(LEARNT.parent / "unet")
        engine = load("sketchbook", "cpu", str(adapter(tmp_path / "models", unet, plus=True)))
    else:
        folder = tiny.sd1(tmp_path / "models")
        adapter(folder, UNet2DConditionModel.from_pretrained(folder / "unet"))
        engine = load(str(folder), "cpu")
    replies, quick = (CAT, "<edit>a cat running on the beach</edit>"), Context(steps=3)
    async with house(Settings(_env_file=None, home=tmp_path), engine, replies) as turns:
        await say(turns, "draw a cat in the forest", context=quick)
        events = await say(turns, "make it run on the beach", context=quick)
        assert shape(events) == ["#2"]
        (cat, _), (running, recipe) = await told(turns, "#1"), await told(turns, "#2")
        assert (running["level"], recipe["tool"], recipe["parent"]) == ("large", "ip_adapter", cat["digest"])
        assert recipe["parameters"]["adapter"] == engine.capabilities.adapter_fingerprint
        assert running["reason"].endswith("IP-Adapter.")
        assert [event["step"] for event in events if event["type"] == "progress"] == [1, 2, 3]
        assert (await replay(turns.gallery.read(running["digest"]), turns._services.owner, turns.gallery)).passed


async def test_a_picture_is_made_larger_by_drawing_on(tmp_path: Path) -> None:
    """By a model of Stable Diffusion's shape, from the same prompt and seed; and changed afterwards at that size."""
    engine = load(str(tiny.sd1(tmp_path / "models")), "cpu")
    replies = (CAT, '<refine of="#1"/>', "<edit>a red cat in the forest</edit>")
    async with house(Settings(_env_file=None, home=tmp_path), engine, replies) as turns:
        await say(turns, "draw a cat in the forest", context=Context(steps=6))
        assert shape(await say(turns, "make it bigger", context=Context(steps=6))) == ["#2"]
        (cat, before), (large, recipe) = await told(turns, "#1"), await told(turns, "#2")
        assert (recipe["tool"], recipe["parent"]) == ("upscale", cat["digest"])
        assert (recipe["prompt"], recipe["seed"]) == (before["prompt"], before["seed"])
        assert (recipe["width"], recipe["height"]) == (2 * before["width"], 2 * before["height"])
        assert large["reason"] == "#1 enlarged from its own pixels, to twice its size."
        assert (await replay(turns.gallery.read(large["digest"]), turns._services.owner, turns.gallery)).passed
        assert shape(await say(turns, "make it red", context=Context(steps=6))) == ["#3"]
        _, _changed = await told(turns, "#3")


async def test_a_photo_is_changed_by_the_model_that_edits(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((64, 64)).save(file, "PNG")
    editor = str(editors.pix2pix(tmp_path / "models"))
    settings = Settings(_env_file=None, home=tmp_path, editor=editor, device="cpu")
    async with house(settings, Swatch(), ["<edit>a hill in snow</edit>"]) as turns:
        events = await say(turns, "make it snow", photos=[file.getvalue()])
        photo, (snow, recipe) = (await told(turns, "#1"))[0], await told(turns, "#2")
        assert (snow["level"], recipe["tool"], recipe["parent"]) == ("small", "instruct_edit", photo["digest"])
        assert recipe["parameters"] == {"instruction": "make it snow", "mask": None}
        assert recipe["engine"] == "pix2pix"
        assert max(event["step"] for event in events if event["type"] == "progress") == recipe["steps"]


async def test_a_server_changes_the_picture_that_it_is_shown(tmp_path: Path, images_server: ImagesServer) -> None:
    settings = server_settings(tmp_path, images_server)
    async with house(settings, ImagesAPI(settings), (CAT, RED)) as turns:
        await say(turns, "draw a cat in the forest")
        assert shape(await say(turns, "make it red")) == ["#2"]
        (cat, _), (red, recipe) = await told(turns, "#1"), await told(turns, "#2")
        assert [each["kind"] for each in images_server.requests] == ["generations", "edits"]
        assert (recipe["tool"], recipe["parent"]) == ("instruct_edit", cat["digest"])
        assert "changed by the instruction editor" in red["reason"]


async def test_a_server_without_edits_draws_anew_and_the_reason_says_so(
    tmp_path: Path, images_server: ImagesServer
) -> None:
    images_server.edits = False
    settings = server_settings(tmp_path, images_server)
    replies = (CAT, RED, "<edit>a blue cat in the forest</edit>")
    async with house(settings, ImagesAPI(settings), replies) as turns:
        await say(turns, "draw a cat in the forest")
        events = await say(turns, "make it red")
        assert shape(events) == ["#2"], "a picture, and no note"
        assert done(events)["current"] == "#2"
        red, recipe = await told(turns, "#2")
        assert (recipe["tool"], recipe["parent"], red["level"]) == ("text_to_image", None, "none")
        assert "openai:painter has no edit endpoint here. So it is drawn anew" in red["reason"]
        assert shape(await say(turns, "make it blue")) == ["#3"]
        blue, _ = await told(turns, "#3")
        assert "does not work with this model, so it is drawn anew" in blue["reason"]
        asked = [each["kind"] for each in images_server.requests]
        assert asked == ["generations", "edits", "generations", "generations"], "what it lacks is asked for once"
