"""The drawing tool on its own, as a developer would call it."""

import pytest
from support.swatch import Swatch
from support.watching import Watching

from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery
from minidalle3.tools.replay import replay
from minidalle3.tools.text_to_image import text_to_image


def prompt(words: str, seed: int = 1) -> dict[str, object]:
    return {"prompt": words, "negative_prompt": "", "seed": seed}


async def test_a_batch_is_drawn_together_and_known_recipes_not_at_all(tmp_path) -> None:
    engine, gallery = Swatch(), Gallery(tmp_path)
    owner = Owner(lambda: engine)
    tool = text_to_image(owner, gallery)
    first = await tool.ainvoke({"prompts": [prompt("a dog"), prompt("a cat")]})
    watch = Watching()
    second = await tool.ainvoke(
        {"prompts": [prompt("a dog"), prompt("a fox"), prompt("a cat")]}, {"configurable": {"watch": watch}}
    )
    assert [second[0], second[2]] == first
    assert [job.prompts for job in engine.jobs] == [("a dog", "a cat"), ("a fox",)]
    assert {row for row, _ in watch.previews} == {1}, "previews carry the caller's row"
    recipe = gallery.recipe(first[1])
    assert (recipe["tool"], recipe["batch_size"], recipe["batch_row"]) == ("text_to_image", 2, 1)
    assert gallery.trace(first[0]).latents.shape[0] == 5
    owner.close()


async def test_bad_arguments_are_refused_before_anything_is_drawn(tmp_path) -> None:
    engine = Swatch()
    tool = text_to_image(Owner(lambda: engine), Gallery(tmp_path))
    with pytest.raises(ValueError, match="less than or equal to 150"):
        await tool.ainvoke({"prompts": [prompt("a dog")], "steps": 5000})
    assert engine.jobs == []


async def test_replay_draws_the_recipe_again_and_compares(tmp_path) -> None:
    owner, gallery = Owner(Swatch), Gallery(tmp_path)
    [digest] = await text_to_image(owner, gallery).ainvoke({"prompts": [prompt("a dog")]})
    replayed = await replay(gallery.read(digest), owner, gallery)
    assert (replayed.identical, replayed.passed, replayed.note) == (True, True, "identical")
    owner.close()


async def test_a_recipe_never_chooses_the_model(tmp_path) -> None:
    owner, gallery = Owner(Swatch), Gallery(tmp_path)
    [digest] = await text_to_image(owner, gallery).ainvoke({"prompts": [prompt("a dog")]})
    stranger = Swatch()
    object.__setattr__(stranger.capabilities, "fingerprint", "0" * 64)
    with pytest.raises(Exception, match="Set MINIDALLE3_T2I to the model that drew it"):
        await replay(gallery.read(digest), Owner(lambda: stranger), gallery)
    owner.close()
