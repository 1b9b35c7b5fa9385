"""Dialects: the engine's own words, and honesty about those that it lacks, in the person's language."""

from dataclasses import replace

from support.swatch import Swatch

from minidalle3.nodes.dialects import in_dialect

CAN = Swatch().capabilities


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


def test_a_near_kin_and_what_has_no_room_are_told_in_plain_words() -> None:
    can = replace(CAN, dialect="sketchbook")
    dialected = in_dialect("a leopard, a dog and a cat", can)
    assert dialected.prompt == "a tiger next to a dog"
    [note] = dialected.notes
    assert "no “leopard” and drew “tiger”" in note
    assert "no room in one picture for “cat”" in note


def test_somebody_who_speaks_chinese_is_told_in_chinese() -> None:
    can = replace(CAN, dialect="sketchbook")
    dialected = in_dialect("弹吉他的豹子", can, chinese=True)
    assert dialected.prompt == "a tiger next to a guitar"
    [note] = dialected.notes
    assert all(words in note for words in ("没有“豹子”", "“老虎”", "不认识“弹”", "MINIDALLE3_T2I"))
    assert "画不了“飞艇”" in in_dialect("一个飞艇", can, chinese=True).notes[0]


def test_a_note_about_a_long_description_names_some_and_says_that_there_is_more() -> None:
    words = ", ".join(f"zeppelin{letter}" for letter in "abcdefghijk")
    [note] = in_dialect(f"a dog with {words}", replace(CAN, dialect="sketchbook")).notes
    assert "“zeppelinh” and more" in note


def test_stable_diffusion_gets_tags_and_a_negative_prompt() -> None:
    dialected = in_dialect("a red dog", replace(CAN, dialect="tags"))
    assert dialected.prompt is not None
    assert dialected.prompt.startswith("a red dog, ")
    assert dialected.negative_prompt


def test_a_prompt_that_is_used_again_gets_no_word_twice() -> None:
    can = replace(CAN, dialect="tags")
    first = in_dialect("a red dog", can).prompt
    assert first is not None
    assert in_dialect(first, can).prompt == first
