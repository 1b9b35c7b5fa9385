"""Pictures drawn from an embedding in the place of words: the sketchbook's own text tower makes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from langchain_core.messages import AIMessage
from safetensors.torch import save
from support.house import done, opened, say, shape
from support.scripted import ScriptedChatModel

from minidalle3.engines.contract import EngineError
from minidalle3.engines.diffusion import DiffusionEngine, load
from minidalle3.engines.owner import Owner
from minidalle3.gallery.ancestry import ancestry
from minidalle3.gallery.embeddings import Embedding, embedding_from_bytes, embedding_to_bytes
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.nodes.services import Services
from minidalle3.tools.edits import recipe_of
from minidalle3.tools.replay import replay
from minidalle3.tools.text_to_image import text_to_image

WORDS = {"prompt": "a dog", "negative_prompt": "", "seed": 5}
NO_WORDS = {**WORDS, "prompt": ""}
QUICK = {"steps": 2}


@pytest.fixture(scope="module")
def engine() -> DiffusionEngine:
    return load("sketchbook", "cpu")


@pytest.fixture
def owner(engine: DiffusionEngine) -> Iterator[Owner]:
    made = Owner(lambda: engine)
    yield made
    made.close()


def tower(engine: DiffusionEngine, words: str) -> Embedding:
    """What the pipeline itself makes of words."""
    with torch.no_grad():
        embeds, _ = engine._pipe.encode_prompt(words, "cpu", 1, False)
    return Embedding(embeds[0])


async def test_the_text_towers_own_embedding_draws_what_its_words_draw(engine, owner, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    tool = text_to_image(owner, gallery)
    embedding = gallery.put_embedding(tower(engine, "a dog"))
    [from_words] = await tool.ainvoke({"prompts": [WORDS], **QUICK})
    asked = {"prompts": [NO_WORDS, {**NO_WORDS, "seed": 6}], **QUICK, "embedding": embedding}
    first, second = await tool.ainvoke(asked)
    [alone] = await tool.ainvoke({**asked, "prompts": [{**NO_WORDS, "seed": 7}]})
    assert len({from_words, first, second, alone}) == 4
    [same] = await tool.ainvoke({**asked, "prompts": [NO_WORDS]})
    assert same == first, "a recipe drawn before costs nothing"
    difference = torch.tensor(list(gallery.image(from_words).tobytes())).sub(
        torch.tensor(list(gallery.image(first).tobytes()))
    )
    assert difference.abs().max() <= 2
    recipe = gallery.recipe(first)
    assert recipe
    assert (recipe["prompt"], recipe["parameters"]) == ("", {"embedding": embedding})
    assert (await replay(gallery.read(first), owner, gallery)).passed
    assert ancestry(gallery, [first]) == {first, embedding}, "it is kept as long as a picture needs it"
    with pytest.raises(EngineError, match="not from words"):
        await recipe_of(first, owner, gallery)
    gallery.remove([embedding])
    with pytest.raises(PictureError, match="missing from the gallery"):
        await replay(gallery.read(first), owner, gallery)


@pytest.mark.parametrize("shape_", [(3, 5), (77, 1), (26, 1024)])
async def test_another_models_embedding_is_refused(owner, tmp_path: Path, shape_: tuple[int, int]) -> None:
    gallery = Gallery(tmp_path)
    embedding = gallery.put_embedding(Embedding(torch.zeros(shape_)))
    with pytest.raises(EngineError, match=rf"takes embeddings of \d+x\d+ .* is {shape_[0]}x{shape_[1]}\."):
        await text_to_image(owner, gallery).ainvoke({"prompts": [NO_WORDS], **QUICK, "embedding": embedding})


def test_what_is_no_embedding_is_told_apart(tmp_path: Path) -> None:
    whole = save({"prompt_embeds": torch.zeros(1, 4, 8)})
    found = embedding_from_bytes(whole)
    assert found is not None
    assert found.prompt_embeds.shape == (4, 8)
    for bad in (
        b"junk", save({"other": torch.zeros(4, 8)}), save({"prompt_embeds": torch.zeros(2, 4, 8)}),
        save({"prompt_embeds": torch.zeros(4, 8, dtype=torch.int64)}),
        save({"prompt_embeds": torch.full((4, 8), float("nan"))}),
    ):  # fmt: skip
        assert embedding_from_bytes(bad) is None


async def test_a_request_may_carry_an_embedding_and_its_bytes_never_enter_the_state(engine, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    llm = ScriptedChatModel(script=[AIMessage('More: <vary of="#1"/>')])
    turns = await Turns.open(settings, Services.of(settings, llm, Owner(lambda: engine)))
    quick = Context(steps=2)
    try:
        embedding = turns.gallery.put_embedding(tower(engine, "a dog"))
        tag = {"kind": "image", "text": "a dog", "embedding": embedding}
        events = await say(turns, "as embedded", tag=tag, context=quick)
        assert shape(events) == ["#1"]
        await say(turns, "more like it", context=quick)
        pictures = (await turns.history("t"))["pictures"]
        recipes = [turns.gallery.recipe(record["digest"]) for record in pictures.values()]
        assert [recipe and recipe["parameters"] for recipe in recipes] == [{"embedding": embedding}] * 2
        assert embedding in await turns.digests()
        data = embedding_to_bytes(turns.gallery.embedding(embedding))
        stored = await asyncio.to_thread((tmp_path / "threads.sqlite").read_bytes)
        assert data[-64:] not in stored
    finally:
        await turns.close()


async def test_an_engine_that_takes_words_alone_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as turns:
        embedding = turns.gallery.put_embedding(Embedding(torch.zeros(4, 8)))
        told = done(await say(turns, "x", tag={"kind": "image", "text": "a dog", "embedding": embedding}))
        assert "takes no embedding" in told["reply"][0]["text"]  # type: ignore[typeddict-item]


def test_jobs_with_an_embedding_are_not_drawn_with_others() -> None:
    from minidalle3.engines.contract import Job
    from minidalle3.engines.tickets import plain

    job = Job(("a dog",), ("",), (1,), 2, 1.0, 64, 64)
    assert plain(job)
    assert not plain(replace(job, embedding=Embedding(torch.zeros(4, 8))))
