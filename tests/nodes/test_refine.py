"""The refine node: dialects, honesty about unknown words, and seeds."""

import hashlib
from dataclasses import replace

from support.swatch import Swatch

from minidalle3.graph.context import Context
from minidalle3.nodes.refine import in_dialect, prompted, seed_of

CAN = Swatch().capabilities
REQUEST = {"kind": "edit", "part": 0, "description": "a red dog", "ids": ["#2", "#3"], "source": "#1"}


def test_the_sketchbook_gets_its_own_words() -> None:
    can = replace(CAN, dialect="sketchbook")
    dialected = in_dialect("A really cute PUPPY, running near the river!", can)
    assert dialected.prompt is not None
    assert "dog" in dialected.prompt
    assert "river" in dialected.prompt
    assert dialected.notes == ()


def test_a_word_outside_the_sketchbooks_world_is_named_and_a_bigger_model_suggested() -> None:
    can = replace(CAN, dialect="sketchbook")
    dialected = in_dialect("a dog with a zeppelin", can)
    assert "zeppelin" in dialected.notes[0]
    assert "MINIDALLE3_T2I" in dialected.notes[0]


def test_nothing_else_is_drawn_in_place_of_what_it_does_not_know() -> None:
    dialected = in_dialect("a zeppelin", replace(CAN, dialect="sketchbook"))
    assert dialected.prompt is None
    assert "zeppelin" in dialected.notes[0]


def test_stable_diffusion_gets_tags_and_a_negative_prompt() -> None:
    dialected = in_dialect("a red dog", replace(CAN, dialect="tags"))
    assert dialected.prompt is not None
    assert dialected.prompt.startswith("a red dog, ")
    assert dialected.negative_prompt


def test_an_edit_keeps_its_sources_seed_and_its_variations_do_not() -> None:
    seeds = {"#1": 42}
    assert seed_of(REQUEST, 0, "#2", seeds, Context(), "t") == 42
    other = seed_of(REQUEST, 1, "#3", seeds, Context(), "t")
    assert other not in (42, seed_of({**REQUEST, "kind": "vary"}, 0, "#2", seeds, Context(), "t"))


def test_a_seed_follows_from_thread_and_number_unless_it_is_set() -> None:
    new = {**REQUEST, "source": None, "kind": "image"}
    assert seed_of(new, 0, "#2", {}, Context(), "t") == seed_of(new, 0, "#2", {}, Context(), "t")
    assert seed_of(new, 0, "#2", {}, Context(), "t") != seed_of(new, 0, "#2", {}, Context(), "u")
    assert [seed_of(new, row, "#2", {}, Context(seed=5), "t") for row in (0, 1)] == [5, 6]
    assert 0 <= seed_of(new, 0, "#2", {}, Context(), hashlib.sha256().hexdigest()) < 2**31


def test_a_refinement_doubles_its_sources_steps() -> None:
    request = {**REQUEST, "kind": "refine", "ids": ["#2"]}
    refined = prompted(request, CAN, {"#2": 1}, {"#1": {"steps": 30}}, Context())
    assert refined["parameters"]["steps"] == 60
    assert prompted(request, CAN, {"#2": 1}, {}, Context(steps=9))["parameters"]["steps"] == 9
