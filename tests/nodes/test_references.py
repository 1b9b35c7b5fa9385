"""Which picture the person's words mean, and when the house asks instead of guessing."""

import pytest

from minidalle3.eval.labelled import Labelled, labelled
from minidalle3.gallery.referring import Album, Entry, meant
from minidalle3.nodes.references import question, sources, spoken_of
from minidalle3.nodes.route import Desk

NAMED = [message for message in labelled("references") if message.label != "none" and message.part == "tuning"]
SHARE = 0.97


def right(message: Labelled) -> bool:
    said = spoken_of(message.state)
    found = {"ask"} if said.equal or said.missing else set(said.ids or [message.state["current"] or ""])
    return found == set(message.label.split())


def test_the_labelled_dialogues() -> None:
    wrong = [message.words for message in NAMED if not right(message)]
    assert len(wrong) <= (1 - SHARE) * len(NAMED), wrong


CATS = Album((Entry("#1", "image", None, "a black cat"), Entry("#2", "image", None, "a white cat")), "#2")
LAMP = Album((*CATS.entries, Entry("#3", "image", None, "a lamp")), "#3")


def test_two_that_fit_equally_are_asked_about() -> None:
    said = meant("let the cat sleep", LAMP)
    assert said.equal == ("#1", "#2")
    assert question(said, LAMP) == "Which one do you mean: #1 (a black cat) or #2 (a white cat)?"


def test_the_current_picture_comes_before_others_that_fit() -> None:
    assert meant("let the cat sleep", CATS).ids == ("#2",)


@pytest.mark.parametrize(
    "words",
    ["add a tree on the left", "draw a house at the last minute", "it was the first time", "put it next to the house",
     "make it red", "thank you all", "在左边加一棵树", "把它变成红色"],
)  # fmt: skip
def test_words_that_name_no_picture(words: str) -> None:
    assert meant(words, LAMP).ids in ((), ("#3",))


@pytest.mark.parametrize("words", ["where is the cat?", "I can't see the cat", "猫在哪里？"])
def test_what_is_looked_for_is_missed_in_the_picture_in_front(words: str) -> None:
    assert meant(words, LAMP).ids in ((), ("#3",))


def test_what_the_person_said_overrules_the_llm() -> None:
    assert sources(meant("make the first one red", LAMP), "#3", "#3", LAMP, 0) == ("#1",)
    assert sources(meant("make it red", LAMP), "#2", "#3", LAMP, 0) == ("#2",)


def test_two_bare_edits_take_the_two_pictures_named_in_order() -> None:
    said = meant("make #1 red and #2 blue", LAMP)
    assert [sources(said, None, "#3", LAMP, nth) for nth in (0, 1)] == [("#1",), ("#2",)]


def test_all_of_them_are_varied_each_from_its_own() -> None:
    message = next(message for message in NAMED if message.words == "refine them all")
    desk = Desk(message.state)
    desk.take(0, {"kind": "refine", "text": "", "count": 1})
    assert [request["source"] for request in desk.requests] == ["#1", "#2", "#3"]


def test_a_picture_that_does_not_exist_is_never_edited() -> None:
    message = next(message for message in NAMED if message.words == "change the sixth one to blue")
    desk = Desk(message.state)
    desk.take(0, {"kind": "edit", "text": "a blue boat", "count": 1})
    assert desk.requests == []
    assert desk.question
    assert desk.question.startswith("There is no picture “the sixth one” here.")
