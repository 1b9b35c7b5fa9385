"""Models of one person's choice: theirs alone, with a key that stays in memory, and one pipeline for all."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from support.house import done, opened, say, shape
from support.swatch import Swatch

from minidalle3.engines.refusals import explained
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.llms.errors import LLMError

DOG = "Here: <image>a cute dog</image>"
KEY = "sk-typed-in-the-page"


def chosen(turns: Turns, **changes: Any) -> Settings:
    return Settings(**{**turns.settings.model_dump(), **changes})


def on_disk(folder: Path, text: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


async def test_another_llm_talks_for_one_and_the_same_engine_draws(tmp_path, openai_server, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    engine = Swatch()
    openai_server.replies = ["From the server: <image>a red cat</image>"]
    async with opened(tmp_path, DOG, engine=engine) as turns:
        models = chosen(turns, llm="openai:any", llm_base_url=openai_server.url, llm_api_key=KEY)
        mine = await say(turns, "a cat please", "mine", models=models)
        assert shape(mine) == ["text", "#1"]
        assert shape(await say(turns, "a dog please", "theirs")) == ["text", "#1"]
        assert [job.prompts for job in engine.jobs] == [("a red cat",), ("a cute dog",)]
        assert len(engine.threads) == 1
        assert openai_server.keys == [KEY]
        await say(turns, "another", "mine", models=chosen(turns, **models.model_dump()))
        assert len(turns._chosen) == 1, "the same choice is the same client"
        openai_server.fault = 401
        refused = await say(turns, "and now?", "mine", models=models)
        assert "did not accept the key" in done(refused)["reply"][0]["text"]
        assert KEY not in str([mine, refused, await turns.history("mine")])
        assert KEY.encode() not in await turns.export("mine")
    assert on_disk(tmp_path, "a red cat")
    assert not on_disk(tmp_path, KEY)
    assert KEY not in caplog.text


async def test_an_images_api_draws_for_one(tmp_path, images_server) -> None:
    engine = Swatch()
    async with opened(tmp_path, DOG, DOG, engine=engine) as turns:
        models = chosen(turns, t2i="openai:painter", t2i_base_url=f"{images_server.url}", t2i_api_key=KEY)
        await say(turns, "a dog", "mine", models=models)
        assert not engine.jobs
        assert images_server.keys == [KEY]
        await say(turns, "a dog", "theirs")
        assert len(engine.jobs) == 1
        digests = [(await turns.history(thread))["pictures"]["#1"]["digest"] for thread in ("mine", "theirs")]
        assert [turns.gallery.recipe(digest)["engine"] for digest in digests] == ["openai:painter", "swatch"]
    assert not on_disk(tmp_path, KEY)


async def test_no_other_weights_come_into_memory(tmp_path) -> None:
    async with opened(tmp_path) as turns:
        with pytest.raises(ValueError, match="start with MINIDALLE3_T2I=somebody/sdxl"):
            await turns.start("t", "a dog", models=chosen(turns, t2i="somebody/sdxl"))
        with pytest.raises(LLMError, match="names no LLM"):
            await turns.start("t", "a dog", models=chosen(turns, llm="nobody:knows"))
        assert await turns.threads() == []


async def test_choices_that_were_left_are_closed(tmp_path, images_server, monkeypatch) -> None:
    monkeypatch.setattr("minidalle3.graph.turns.CHOICES", 1)
    async with opened(tmp_path, DOG, DOG, DOG) as turns:
        for name in ("a", "b"):
            await say(turns, "a dog", name, models=chosen(turns, t2i=f"openai:{name}", t2i_base_url=images_server.url))
        assert [models.t2i for models in turns._chosen] == ["openai:b"]
        assert shape(await say(turns, "a dog", "c")) == ["text", "#1"], "the house's own owner is not closed"


def test_a_server_that_repeats_the_key_is_not_quoted_with_it() -> None:
    settings = Settings(t2i="openai:painter", t2i_api_key=KEY, llm_api_key="sk-other")
    response = httpx.Response(403, request=httpx.Request("POST", "http://localhost"))
    error = openai.PermissionDeniedError("no", response=response, body={"message": f"The key {KEY} may not draw"})
    assert KEY not in explained(error, settings)
    assert settings.hide(f"{KEY} sk-other") == "… …"
    assert KEY not in repr(settings) + str(settings.model_dump())
