"""The measured prompts are frozen: what the lots give is what the files have."""

from collections.abc import Iterable

import pytest

from minidalle3.eval.prompts import SPLITS, Prompt, path, prompts, written
from minidalle3.sketchbook.world.grammar import understand
from minidalle3.sketchbook.world.lots import held_out
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, RELATIONS, STYLES, WORN


@pytest.fixture(scope="module")
def held() -> list[Prompt]:
    return prompts("held_out")


def test_the_files_are_what_the_lots_give() -> None:
    taken: set[str] = set()
    for split, (number, _) in SPLITS.items():
        assert written(split, taken) == path(split).read_text("utf-8")
        assert len(prompts(split)) == number
    assert len(taken) == sum(number for number, _ in SPLITS.values())


def test_half_of_the_pairs_are_never_trained_on(held: list[Prompt]) -> None:
    assert sum(prompt.seen for prompt in held) == len(held) / 2
    assert all(held_out(prompt.scene) != prompt.seen for prompt in held)


def test_captions_say_their_scenes(held: list[Prompt]) -> None:
    """All but one: a brown bear is a bear to whoever reads it."""
    assert sum(understand(prompt.caption).scene == prompt.scene for prompt in held) >= len(held) - 1


@pytest.mark.parametrize(
    ("kind", "words", "least"),
    [
        ("style", STYLES, 40), ("place", PLACES, 10), ("colour", COLOURS, 10), ("action", ACTIONS, 10),
        ("relation", RELATIONS, 25), ("worn", WORN, 5), ("count", (2, 3), 25),
    ],
)  # fmt: skip
def test_every_word_is_asked_for_often_enough(
    held: list[Prompt], kind: str, words: Iterable[object], least: int
) -> None:
    said = [getattr(prompt.scene, kind) for prompt in held]
    assert min(said.count(word) for word in words) >= least
