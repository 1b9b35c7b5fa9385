"""Editing engines over stock pipelines with tiny weights: the picture, the words, the seed and the mask all count."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
from PIL import Image
from support import editors, tiny
from support.watching import Watching

from minidalle3.engines.contract import EngineError, Job, Stopped
from minidalle3.engines.editor import HABITS, REMEDY, Editor, load_editor
from minidalle3.engines.kinds import check
from minidalle3.gallery.recipes import recipe_from_json, recipe_to_json
from minidalle3.tools.text_to_image import plain_recipe

KINDS: dict[str, Callable[[Path], Path]] = {
    "pix2pix": editors.pix2pix,
    "klein": editors.klein,
    "kontext": editors.kontext,
}
PHOTO = Image.linear_gradient("L").resize((64, 64)).convert("RGB")


@pytest.fixture(scope="module", params=list(KINDS))
def editor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Editor:
    return load_editor(str(KINDS[request.param](tmp_path_factory.mktemp("models"))), "cpu")


def edit(editor: Editor, *orders: str, watch: Watching | None = None, **more: Any) -> list[np.ndarray]:
    count = len(orders)
    asked = {"seeds": tuple(range(1, count + 1)), "source": PHOTO, **more}
    guidance = editor.capabilities.guidance or 0.0
    job = Job(orders, ("",) * count, steps=3, guidance=guidance, width=64, height=64, **asked)
    drawn = editor.draw(job, watch or Watching())
    assert all(one.trace is None for one in drawn)
    return [np.asarray(one.image) for one in drawn]


def test_it_says_what_it_is(editor: Editor) -> None:
    can = editor.capabilities
    assert can.edit_endpoint and can.repeatable
    assert not (can.attention_control or can.adapters or can.image_to_image)
    assert can.engine in KINDS, "a folder's name, never its path"
    assert can.steps == {"pix2pix": 20, "klein": 4, "kontext": 28}[can.engine]
    assert can.token_budget == {"pix2pix": 77, "klein": 512, "kontext": 512}[can.engine]
    recipe = plain_recipe(can, {"prompt": "a dog", "negative_prompt": "", "seed": 1}, None, None)
    assert recipe_from_json(recipe_to_json(recipe)) == recipe


def test_picture_words_and_seed_all_count_and_nothing_else(editor: Editor) -> None:
    [first] = edit(editor, "make it snow")
    assert first.shape == (64, 64, 3)
    assert np.array_equal(edit(editor, "make it snow")[0], first)
    assert not np.array_equal(edit(editor, "remove all the dogs")[0], first)
    assert not np.array_equal(edit(editor, "make it snow", seeds=(9,))[0], first)
    assert not np.array_equal(edit(editor, "make it snow", source=Image.new("RGB", (64, 64), "red"))[0], first)


def test_rows_are_edited_one_after_the_other_and_told_of(editor: Editor) -> None:
    watch = Watching()
    both = edit(editor, "make it snow", "make it rain", watch=watch)
    assert watch.steps == [1, 2, 3, 4, 5, 6]
    assert np.array_equal(both[0], edit(editor, "make it snow")[0]), "the same alone"
    assert np.array_equal(both[1], edit(editor, "make it rain", seeds=(2,))[0])


def test_under_a_mask_the_rest_stays_as_it_is(editor: Editor) -> None:
    mask = Image.new("L", (64, 64), 0)
    mask.paste(255, (0, 0, 32, 64))
    [image] = edit(editor, "make it snow", mask=mask)
    assert np.array_equal(image[:, 32:], np.asarray(PHOTO)[:, 32:])
    assert np.array_equal(image[:, :32], edit(editor, "make it snow")[0][:, :32])


def test_a_stop_ends_it_and_what_it_cannot_do_is_said(editor: Editor) -> None:
    with pytest.raises(Stopped):
        edit(editor, "make it snow", watch=Watching(stop_after=1))
    assert len(edit(editor, "make it snow")) == 1
    with pytest.raises(EngineError, match="was shown none"):
        edit(editor, "make it snow", source=None)
    with pytest.raises(EngineError, match="multiples of 16"):
        editor.draw(Job(("a",), ("",), (1,), 2, 1.0, 72, 64, source=PHOTO), Watching())


def test_a_model_that_edits_nothing_is_refused_by_its_index(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"is a StableDiffusionPipeline.*Set MINIDALLE3_EDITOR to"):
        load_editor(str(tiny.sd1(tmp_path)), "cpu")
    with pytest.raises(EngineError, match=r"There is no folder .*MINIDALLE3_EDITOR"):
        load_editor(str(tmp_path / "nowhere"), "cpu")


def test_every_editor_is_known_by_the_class_that_its_index_names(tmp_path: Path) -> None:
    """Its parts are looked for next, and what a part wants that is not installed is said."""
    for kind in HABITS:
        (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": kind, "vae": ["diffusers", "None"]}))
        check(str(tmp_path), HABITS, REMEDY)
        assert callable(getattr(diffusers, kind))
    with pytest.raises(EngineError, match="cannot be loaded"):
        load_editor(str(tmp_path), "cpu")


def test_guidance_and_settings_reach_each_kind_under_the_names_that_it_knows() -> None:
    job = Job(("snow",), ("",), (1,), 2, 3.0, 64, 48, source=PHOTO)
    for kind, habits in HABITS.items():
        known = inspect.signature(getattr(diffusers, kind).__call__).parameters
        assert {habits.guided_by, *habits.more(job), "image", "prompt", "callback_on_step_end"} <= known.keys()
