"""The tables of near kin and of Chinese words agree with the world."""

import json

import pytest

from minidalle3.sketchbook.world import chinese_tables, chinese_words
from minidalle3.sketchbook.world.chinese import is_chinese
from minidalle3.sketchbook.world.grammar import Scene, caption, understand
from minidalle3.sketchbook.world.kin import KIN, SAME
from minidalle3.sketchbook.world.lexicon import KINDS
from minidalle3.sketchbook.world.words import SUBJECTS, WORN

WORLD = {**KINDS, "worn": WORN}


@pytest.mark.parametrize("tables", [SAME, KIN, chinese_tables.KIN])
def test_every_row_leads_to_a_word_of_the_world(tables: dict[str, dict[str, tuple[str, ...]]]) -> None:
    assert [name for kind, table in tables.items() for name in table if name not in WORLD[kind]] == []


def test_no_word_leads_to_two_things() -> None:
    rows = [
        (kind, word, name) for kind, table in KIN.items() if kind != "worn" for name in table for word in table[name]
    ]
    assert len({word for _, word, _ in rows}) == len(rows)
    assert not [word for kind, word, name in rows if word in SAME.get(kind, {}).get(name, ())]


def test_a_kin_is_always_told_even_where_training_takes_it_for_a_synonym() -> None:
    untold = [
        (word, name)
        for name, words in KIN["subject"].items()
        for word in words
        if (word, name) not in understand(f"a picture of one {word}").kin
    ]
    assert untold == []


def test_kin_are_many() -> None:
    assert sum(len(words) for table in KIN.values() for words in table.values()) >= 250


def test_every_subject_has_a_chinese_name_that_is_read() -> None:
    names = json.loads(chinese_words.NAMES.read_text("utf-8"))
    assert list(names) == list(SUBJECTS)
    wrong = [name for name in SUBJECTS if understand(f"画一个{chinese_words.in_chinese(name)}").scene != Scene(name)]
    assert wrong == []


@pytest.mark.parametrize("kind", ["style", "place", "time", "weather", "colour", "action"])
def test_every_word_of_the_world_can_be_said_in_chinese(kind: str) -> None:
    for name in WORLD[kind]:
        said = chinese_words.in_chinese(name)
        assert is_chinese(said) or name == "3D render"
        assert understand(f"{said}，狗").scene == Scene("dog", **{kind: name})


def test_a_caption_never_outgrows_the_models_window_and_what_is_lost_is_told() -> None:
    long = (
        "a flat illustration of an orange police officer jumping in front of a game controller "
        "on a plain background in falling snow at sunset"
    )
    understood = understand(long)
    assert understood.scene is not None
    assert len(caption(understood.scene).split()) <= 22
    assert understood.spare == ("at sunset",)
