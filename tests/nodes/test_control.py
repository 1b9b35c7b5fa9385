"""The control node: levels and reasons from two descriptions."""

import pytest

from minidalle3.nodes.control import changes, decide


def request(kind: str, description: str, source: str | None = "#1") -> dict[str, object]:
    return {"kind": kind, "part": 1, "description": description, "ids": ["#2"], "source": source}


@pytest.mark.parametrize(
    ("before", "after", "said", "least", "most"),
    [
        ("a cute dog", "a cute dog running near the river", "+running near the river", 0.6, 0.6),
        ("a red car", "a blue car", "-red, +blue", 0.6, 0.7),
        ("A cat, asleep.", "a cat asleep", "the same words", 1, 1),
        ("a sticker of a cute dog", "a cute dog", "-a sticker of", 0.6, 0.67),
        ("a dog", "the bright skyline of a distant city", "", 0, 0.4),
        ("一只小狗", "一只小猫", "-狗, +猫", 0.75, 0.75),
    ],
)
def test_changes_are_named_and_weighed(before: str, after: str, said: str, least: float, most: float) -> None:
    phrases, share = changes(before, after)
    assert said in phrases
    assert least <= share <= most


def test_a_new_picture_has_no_level() -> None:
    decided = decide(request("image", "a dog", None), {}, None)
    assert (decided["level"], decided["tool"]) == ("none", "text_to_image")


def test_a_small_and_a_large_change_say_why() -> None:
    described = {"#1": "a sticker of a cute dog"}
    small = decide(request("edit", "a sticker of a cute cat"), described, None)
    large = decide(request("edit", "a castle on a hill in the rain"), described, None)
    assert (small["level"], large["level"]) == ("small", "large")
    assert small["reason"] == "A small change: -dog, +cat. Drawn again from #1's seed."


def test_an_override_wins_and_is_said() -> None:
    decided = decide(request("edit", "a cute cat"), {"#1": "a cute dog"}, "large")
    assert decided["level"] == "large"
    assert "as you set" in decided["reason"]
    assert decide(request("edit", "a cute cat"), {"#1": "a cute dog"}, "none")["level"] == "none"


def test_refinement_and_variation_say_how_they_are_drawn() -> None:
    described = {"#1": "a dog"}
    assert "twice the steps" in decide(request("refine", "a dog"), described, None)["reason"]
    assert "another seed" in decide(request("vary", "a dog"), described, None)["reason"]
