"""The refine node: prompts, changed words, weights and seeds."""

import hashlib
from dataclasses import replace

import pytest
from support.swatch import Swatch

from minidalle3.graph.context import Context
from minidalle3.nodes.dialects import QUALITY, in_dialect
from minidalle3.nodes.refine import Source, drawn_by, prompted, seed_of
from minidalle3.nodes.wording import reworded, weighted

CAN = Swatch().capabilities
REQUEST = {"kind": "edit", "part": 0, "description": "a red dog", "ids": ["#2", "#3"], "source": "#1"}


def test_an_edit_keeps_its_sources_seed_and_its_variations_do_not() -> None:
    sources = {"#1": source("a dog", "a dog")}
    assert seed_of(REQUEST, 0, "#2", sources, Context(), "t") == 42
    other = seed_of(REQUEST, 1, "#3", sources, Context(), "t")
    assert other not in (42, seed_of({**REQUEST, "kind": "vary"}, 0, "#2", sources, Context(), "t"))


def test_a_picture_begun_again_does_not_keep_the_seed() -> None:
    assert seed_of({**REQUEST, "level": "none"}, 0, "#2", {"#1": source("a dog", "a dog")}, Context(), "t") != 42


def test_a_seed_follows_from_thread_and_number_unless_it_is_set() -> None:
    new = {**REQUEST, "source": None, "kind": "image"}
    assert seed_of(new, 0, "#2", {}, Context(), "t") == seed_of(new, 0, "#2", {}, Context(), "t")
    assert seed_of(new, 0, "#2", {}, Context(), "t") != seed_of(new, 0, "#2", {}, Context(), "u")
    assert [seed_of(new, row, "#2", {}, Context(seed=5), "t") for row in (0, 1)] == [5, 6]
    assert 0 <= seed_of(new, 0, "#2", {}, Context(), hashlib.sha256().hexdigest()) < 2**31


def test_a_refinement_doubles_its_sources_steps() -> None:
    request = {**REQUEST, "kind": "refine", "ids": ["#2"]}
    refined = prompted(request, CAN, {"#1": source("a dog", "a dog", steps=30)}, Context(), "t")
    assert refined["parameters"]["steps"] == 60
    assert prompted(request, CAN, {}, Context(steps=9), "t")["parameters"]["steps"] == 9


def test_the_tools_parameters_are_kept() -> None:
    request = {**REQUEST, "parameters": {"mode": "replace"}}
    assert prompted(request, CAN, {}, Context(guidance=3.0), "t")["parameters"] == {
        "mode": "replace",
        "steps": None,
        "guidance": 3.0,
        "size": None,
    }


@pytest.mark.parametrize(
    ("tool", "parameters"),
    [("prompt_to_prompt", {"cross": 0.8}), ("upscale", {}), ("instruct_edit", {"instruction": "make it red"})],
)
def test_tools_without_steps_of_their_own_are_given_none(tool: str, parameters: dict[str, object]) -> None:
    kind = "refine" if tool == "upscale" else "edit"
    request = {**REQUEST, "kind": kind, "level": "small", "tool": tool, "parameters": parameters}
    before = source("a red dog", "a (red:1.6) dog, ugly frame")
    found = prompted(request, CAN, {"#1": before}, Context(steps=3, guidance=2.0), "t")
    assert found["parameters"] == parameters
    if tool == "upscale":
        assert ":1.6" not in found["prompts"][0]["prompt"]


def test_a_new_picture_with_the_looks_of_another_is_drawn_as_it_was_set() -> None:
    request = {**REQUEST, "level": "large", "tool": "ip_adapter", "parameters": {"scale": 0.6}}
    wide = replace(source("a red dog", "a red dog"), size="96x64")
    found = prompted(request, CAN, {"#1": wide}, Context(steps=3, guidance=2.0), "t")
    assert found["parameters"] == {"scale": 0.6, "steps": 3, "guidance": 2.0, "size": "96x64"}


def source(description: str, prompt: str, steps: int = 30) -> Source:
    return Source(description, prompt, "ugly", 42, steps)


@pytest.mark.parametrize(
    ("prompt", "before", "after", "expected"),
    [
        ("photo of a dog, moody, 35mm", "a dog", "a red dog", "photo of a red dog, moody, 35mm"),
        (
            "moody: a dog on grass with a small red ball, 35mm", "a dog on grass with a red ball",
            "a cat on grass with a red ball", "moody: a cat on grass with a small red ball, 35mm",
        ),
        (
            "the old dog sat in a park, and a hat", "a dog sat in a park", "a dog lay in a park",
            "the old dog lay in a park, and a hat",
        ),
        ("something else altogether", "a dog", "a red dog", None),
        ("a doghouse", "a dog", "a cat", None),
        ("a dog and a cat and a dog", "one dog", "one cat", None),
    ],
)  # fmt: skip
def test_only_the_changed_words_of_a_prompt_change(prompt: str, before: str, after: str, expected: str | None) -> None:
    assert reworded(prompt, before, after) == expected


def test_a_small_change_keeps_what_its_source_was_drawn_with() -> None:
    sources = {"#1": source("a dog", "photo of a dog, moody")}
    can = replace(CAN, dialect="tags")
    [small, *_] = prompted({**REQUEST, "level": "small"}, can, sources, Context(), "t")["prompts"]
    assert (small["prompt"], small["negative_prompt"], small["seed"]) == ("photo of a red dog, moody", "ugly", 42)


def test_a_large_change_and_an_unknown_prompt_are_refined_afresh() -> None:
    can = replace(CAN, dialect="tags")
    for level, prompt in (("large", "photo of a dog, moody"), ("none", "photo of a dog"), ("small", "un chien")):
        request = {**REQUEST, "level": level}
        [found, *_] = prompted(request, can, {"#1": source("a dog", prompt)}, Context(), "t")["prompts"]
        assert found["prompt"] == f"a red dog, {QUALITY}"


def test_the_sketchbooks_captions_differ_in_the_changed_words_alone() -> None:
    can = replace(CAN, dialect="sketchbook")
    sources = {"#1": source("A cute puppy in the woods", "a dog in the forest")}
    request = {**REQUEST, "level": "small", "description": "A cute red puppy in the woods"}
    [found, *_] = prompted(request, can, sources, Context(), "t")["prompts"]
    assert found["prompt"] == str(in_dialect("a dog in the forest", can).prompt).replace("a dog", "a red dog")


def test_a_later_change_of_one_reply_builds_on_the_words_of_the_earlier() -> None:
    sources = {"#1": source("a dog", "photo of a dog, moody")}
    red = prompted({**REQUEST, "level": "small", "ids": ["#2"]}, CAN, sources, Context(), "t")
    sources |= drawn_by(red)
    hat = {**REQUEST, "level": "small", "ids": ["#3"], "source": "#2", "description": "a red dog with a hat"}
    [found] = prompted(hat, CAN, sources, Context(), "t")["prompts"]
    assert (found["prompt"], found["seed"]) == ("photo of a red dog with a hat, moody", 42)


def test_a_weight_is_written_into_the_prompt() -> None:
    assert weighted("a red boat, Red sails", {"red": 1.6}) == "a (red:1.6) boat, Red sails"
    assert weighted("a foggy bay", {"fog": 0.5}) == "a (foggy:0.5) bay"
    assert weighted("foggy fog", {"fog": 0.5}) == "foggy (fog:0.5)"
    assert weighted("a clear bay", {"fog": 0.5}) is None
    assert weighted("two hats and a hatter", {"hat": 2.0}) == "two (hats:2.0) and a hatter"
    assert weighted("a dog", {}) == "a dog"


def test_a_prompt_without_the_word_to_be_weighed_is_not_drawn_as_a_copy() -> None:
    request = {**REQUEST, "description": "a gloomy dog", "weights": {"gloomy": 0.5}}
    found = prompted(request, replace(CAN, dialect="sketchbook"), {"#1": source("a dog", "a dog")}, Context(), "t")
    assert found["prompts"] == []
    assert "“gloomy”" in found["notes"][0]


def test_a_later_change_keeps_a_weight() -> None:
    sources = {"#1": source("a red boat at sea", "a (red:1.6) boat at sea")}
    request = {**REQUEST, "level": "small", "description": "a red boat at sea with a flag"}
    [found, *_] = prompted(request, CAN, sources, Context(), "t")["prompts"]
    assert found["prompt"] == "a (red:1.6) boat at sea with a flag"


def test_a_drawing_from_a_trace_takes_its_sources_steps_and_a_subject_that_both_prompts_name() -> None:
    parameters = {"until": 0.91, "subject": "dog"}
    request = {**REQUEST, "level": "small", "tool": "masactrl", "parameters": parameters}
    sources = {"#1": source("a dog", "a dog"), "#4": source("a hound", "a hound")}
    assert prompted(request, CAN, sources, Context(steps=9), "t")["parameters"] == parameters
    other = prompted({**request, "source": "#4"}, CAN, sources, Context(), "t")
    assert other["parameters"] == {"until": 0.91}
