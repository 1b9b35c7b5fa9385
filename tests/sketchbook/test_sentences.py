"""What people write is read as they mean it, in English and Chinese; the sentences were written before the reader."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from minidalle3.sketchbook.world.chinese import is_chinese
from minidalle3.sketchbook.world.grammar import Understood, caption, understand


class Sentence(NamedTuple):
    text: str
    caption: str
    told: list[str]
    held_out: bool


def sentences() -> Iterator[Sentence]:
    for line in (Path(__file__).parent / "sentences.txt").read_text("utf-8").splitlines():
        if line[:2] in ("* ", "  "):
            text, _, meant = line[2:].partition(" => ")
            wanted, _, told = meant.partition(" | ")
            yield Sentence(text, wanted, [word.strip() for word in told.split(",") if told], line[0] == "*")


ALL = list(sentences())


def drawn(understood: Understood) -> str:
    return caption(understood.scene) if understood.scene else "-"


def told(understood: Understood) -> list[str]:
    return [*understood.unknown, *(said for said, _ in understood.kin), *understood.spare]


def is_right(sentence: Sentence) -> bool:
    """The caption that was meant, every word told that must be, and nothing else."""
    found = understand(sentence.text)
    said = told(found)
    return (
        drawn(found) == sentence.caption
        and all(any(word in phrase for phrase in said) for word in sentence.told)
        and all(any(word in phrase for word in sentence.told) for phrase in said)
    )


def test_there_are_enough_sentences_and_a_third_is_held_out() -> None:
    english = [sentence for sentence in ALL if not is_chinese(sentence.text)]
    assert len(english) >= 150
    assert len(ALL) - len(english) >= 50
    assert 0.3 < sum(sentence.held_out for sentence in ALL) / len(ALL) < 0.36


@pytest.mark.parametrize(
    ("chinese", "held_out", "floor"),
    [(False, False, 0.97), (False, True, 0.9), (True, False, 0.97), (True, True, 0.9)],
)
def test_sentences_are_read_as_they_are_meant(chinese: bool, held_out: bool, floor: float) -> None:
    asked = [sentence for sentence in ALL if (is_chinese(sentence.text), sentence.held_out) == (chinese, held_out)]
    wrong = [sentence.text for sentence in asked if not is_right(sentence)]
    assert len(wrong) <= (1 - floor) * len(asked), wrong


def test_reading_is_fast() -> None:
    understand("一只 cat")  # fills the tables
    before = time.perf_counter()
    for sentence in ALL:
        understand(sentence.text)
    assert (time.perf_counter() - before) / len(ALL) < 0.005


def test_reading_is_deterministic() -> None:
    assert [understand(sentence.text) for sentence in ALL] == [understand(sentence.text) for sentence in ALL]
