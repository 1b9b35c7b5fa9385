"""SketchBench is frozen: what the lots give is what the files have, and truth is what the renders show."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from minidalle3.eval.edit_lots import SPLITS, drawn_by_lot, frozen_words
from minidalle3.eval.edits import TURNS, TYPES, Edit, chains, changed_part, edits, path, written
from minidalle3.sketchbook.world.grammar import understand
from minidalle3.sketchbook.world.learnt import learnt
from minidalle3.sketchbook.world.scenes import render


@pytest.fixture(scope="module")
def held() -> list[Edit]:
    return edits("held_out")


def first(found: Iterable[Edit], type: str, rendered: bool = True) -> Edit:
    return next(edit for edit in found if (edit.type, edit.rendered) == (type, rendered))


def test_the_files_are_what_the_lots_give() -> None:
    for split in SPLITS:
        for kind, drawn in zip(("edits", "chains"), drawn_by_lot(split, frozen_words()), strict=True):
            assert written(drawn) == path(kind, split).read_text("utf-8")


def test_there_is_enough_of_every_type_and_nothing_of_it_to_tune_on(held: list[Edit]) -> None:
    assert len(held) >= 300
    assert Counter(edit.type for edit in held) == dict.fromkeys(TYPES, len(held) // len(TYPES))
    assert Counter((edit.type, edit.rendered) for edit in held)["pose", True] == len(held) / 2 / len(TYPES)
    assert not {edit.captions for edit in held} & {edit.captions for edit in edits("tuning")}


def test_the_weights_know_every_word() -> None:
    """If these fail, the weights have forgotten words: edits of them measure nothing."""
    assert all(set(words) <= learnt()[field] for field, words in frozen_words().items())


def test_captions_say_their_scenes(held: list[Edit]) -> None:
    scenes = [pair for edit in held for pair in zip((edit.before, edit.after), edit.captions, strict=True)]
    assert sum(understand(caption).scene == scene for scene, caption in scenes) >= len(scenes) - 2


def test_every_turn_of_a_chain_goes_on_from_the_last() -> None:
    found = chains("held_out")
    assert all(len(chain) == TURNS and all(edit.local for edit in chain) for chain in found)
    assert all(one.after == next_.before for chain in found for one, next_ in pairwise(chain))


def test_outside_of_the_part_that_changes_the_renders_are_one_picture(held: list[Edit]) -> None:
    for type in ("colour", "object", "background"):
        edit = first(held, type)
        part = changed_part(edit)
        before, after = (np.asarray(render(scene, edit.seed).image) for scene in (edit.before, edit.after))
        assert 0.05 < part.mean() < 0.95
        assert np.array_equal(before[~part], after[~part])
        assert not np.array_equal(before[part], after[part])


def test_of_a_drawing_only_the_frames_are_known(held: list[Edit]) -> None:
    colour, style = (changed_part(first(held, type, rendered=False)) for type in ("colour", "style"))
    assert style.all()
    left, top, right, bottom = Image.fromarray(colour).getbbox()
    assert colour.sum() == (right - left) * (bottom - top) < colour.size, "one square"
