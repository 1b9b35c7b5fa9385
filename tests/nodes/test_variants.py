"""Several pictures of one description: words and seeds of their own, one batch, all kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.house import done, opened, say, shape
from support.openai_server import OpenAIServer, running
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.llms.load import load
from minidalle3.nodes.dialects import in_dialect
from minidalle3.nodes.services import Services
from minidalle3.nodes.variants import variants

CAN = Swatch().capabilities


@pytest.mark.parametrize("dialect", ["prose", "tags", "sketchbook"])
@pytest.mark.parametrize("description", ["a dog", "a red teapot on the beach, watercolour"])
async def test_candidates_differ_in_what_a_description_leaves_open(dialect, description: str) -> None:
    can = replace(CAN, dialect=dialect)
    found, _ = await variants(description, 4, can)
    assert found == (await variants(description, 4, can))[0], "the same every time"
    assert found[0] == description
    assert all(one.startswith(description) for one in found)
    prompts = {in_dialect(one, can).prompt for one in found}
    assert len(prompts) == (4 if dialect != "sketchbook" else len(set(found)))
    assert all(in_dialect(one, can).notes == in_dialect(description, can).notes for one in found)


async def test_what_cannot_be_drawn_has_no_variants() -> None:
    can = replace(CAN, dialect="sketchbook")
    assert (await variants("a xylophonist's qualms", 3, can))[0] == ["a xylophonist's qualms"] * 3


async def test_three_dogs_are_drawn_in_one_batch_and_all_kept(tmp_path: Path) -> None:
    engine = Swatch()
    replies = ('Here: <image n="3">a dog</image>', "Good: <select>#2</select>", "<edit>a red dog</edit>")
    async with opened(tmp_path, *replies, engine=engine) as turns:
        events = await say(turns, "three dogs")
        assert shape(events) == ["text", "#1", "#2", "#3"]
        [job] = engine.jobs
        assert len(set(job.prompts)) == len(set(job.seeds)) == 3
        assert done(await say(turns, "the second one"))["current"] == "#2"
        await say(turns, "make it red")
        pictures = (await turns.history("t"))["pictures"]
        assert pictures["#4"]["parent"] == "#2"
        assert not any(record.get("hidden") for record in pictures.values())
        assert pictures["#1"]["description"] == "a dog"
        assert pictures["#2"]["description"] == f"a dog, {job.prompts[1].removeprefix('a dog, ')}"


async def test_an_llm_that_can_writes_them_in_one_call(tmp_path: Path) -> None:
    engine = Swatch()
    told = ["a dog asleep on a sofa", "a dog shaking off water", "a dog at a window"]
    with running(OpenAIServer) as server:
        server.replies = ['Here: <image n="3">a dog</image>', json.dumps({"descriptions": [told[0], *told]})]
        settings = Settings(home=tmp_path, llm="openai:m", llm_base_url=server.url, llm_tools=True, llm_retries=0)
        turns = await Turns.open(settings, Services.of(settings, load(settings), Owner(lambda: engine)))
        try:
            usage = done(await say(turns, "three dogs"))["usage"]
            pictures = (await turns.history("t"))["pictures"]
        finally:
            await turns.close()
        assert len(server.requests) == 2
        assert "The person said: three dogs" in str(server.requests[1]["messages"])
    assert list(engine.jobs[0].prompts) == told
    assert [record["description"] for record in pictures.values()] == told
    assert usage["output_tokens"] >= len(" ".join(told).split())


async def test_an_llm_that_writes_no_list_is_done_without(tmp_path: Path) -> None:
    engine = Swatch()
    with running(OpenAIServer) as server:
        server.replies = ['Here: <image n="3">a dog</image>', "I would rather not."]
        settings = Settings(home=tmp_path, llm="openai:m", llm_base_url=server.url, llm_tools=True, llm_retries=0)
        turns = await Turns.open(settings, Services.of(settings, load(settings), Owner(lambda: engine)))
        try:
            assert shape(await say(turns, "three dogs")) == ["text", "#1", "#2", "#3"]
        finally:
            await turns.close()
    assert len(set(engine.jobs[0].prompts)) == 3
