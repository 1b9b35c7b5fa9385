"""The route node's desk: which picture each tag means, and which numbers the new ones get."""

from typing import Any

from langchain_core.messages import HumanMessage

from minidalle3.nodes.route import LIMIT, Desk

DOG = {"id": "#1", "kind": "image", "parent": None, "description": "a cute dog"}
CAT = {"id": "#2", "kind": "image", "parent": None, "description": "a cat"}
STATE: Any = {"pictures": {"#1": DOG, "#2": CAT}, "current": "#2", "last_number": 2}


def taken(*segments: dict[str, Any], state: Any = STATE) -> Desk:
    desk = Desk(state)
    for part, segment in enumerate(segments):
        desk.take(part, {"count": 1, "text": "", **segment})
    return desk


def short(desk: Desk) -> list[tuple[str, list[str], str | None]]:
    return [(request["kind"], request["ids"], request["source"]) for request in desk.requests]


def test_a_new_picture_takes_the_next_number() -> None:
    assert short(taken({"kind": "image", "text": "a fox"})) == [("image", ["#3"], None)]


def test_an_edit_means_the_current_picture_unless_it_names_another() -> None:
    assert short(taken({"kind": "edit", "text": "a cat asleep"})) == [("edit", ["#3"], "#2")]
    assert short(taken({"kind": "edit", "text": "a dog asleep", "source": "#1"})) == [("edit", ["#3"], "#1")]


def test_an_edit_of_nothing_is_a_new_picture() -> None:
    assert short(taken({"kind": "edit", "text": "a fox"}, state={})) == [("image", ["#1"], None)]


def test_an_edit_that_changes_nothing_asks_for_more_of_the_same() -> None:
    assert short(taken({"kind": "edit", "text": "A cat"})) == [("vary", ["#3"], "#2")]


def test_a_later_tag_builds_on_an_earlier_one_of_the_same_reply() -> None:
    desk = taken({"kind": "image", "text": "a fox"}, {"kind": "edit", "text": "a fox in snow"})
    assert short(desk) == [("image", ["#3"], None), ("edit", ["#4"], "#3")]


def test_variations_take_a_number_each_and_keep_the_description() -> None:
    desk = taken({"kind": "vary", "source": "#1", "count": 3})
    assert short(desk) == [("vary", ["#3", "#4", "#5"], "#1")]
    assert desk.requests[0]["description"] == "a cute dog"


def test_a_reply_draws_no_more_than_its_limit_and_says_so() -> None:
    desk = taken({"kind": "image", "text": "a fox", "count": 50}, {"kind": "image", "text": "an owl"})
    assert sum(len(request["ids"]) for request in desk.requests) == LIMIT
    assert "ask again" in desk.notes[0]


def test_selecting_moves_to_a_picture_and_draws_nothing() -> None:
    desk = taken({"kind": "select", "source": "#1"}, {"kind": "edit", "text": "a dog in snow"})
    assert short(desk) == [("select", ["#1"], None), ("edit", ["#3"], "#1")]


def test_a_picture_that_is_not_there_is_asked_about_never_edited() -> None:
    for missing in ({"kind": "edit", "text": "x", "source": "#9"}, {"kind": "select", "source": "#9"}):
        desk = taken(missing)
        assert desk.requests == []
        assert desk.question == "There is no picture #9. Which one do you mean? (There: #1, #2.)"
    assert taken({"kind": "vary"}, state={}).question == "There is no picture to do that with."


def test_a_deleted_picture_is_not_there() -> None:
    state = {**STATE, "pictures": {"#1": {**DOG, "hidden": True}, "#2": CAT}}
    assert taken({"kind": "edit", "text": "x", "source": "#1"}, state=state).question


def test_changes_in_the_same_words_are_candidates_from_one_picture() -> None:
    bare = {"kind": "edit", "text": "a black cat"}
    assert short(taken(bare, bare)) == [("edit", ["#3"], "#2"), ("edit", ["#4"], "#2")]
    same = {"kind": "edit", "text": "a cat"}
    assert short(taken(same, same, same)) == [("vary", id, "#2") for id in (["#3"], ["#4"], ["#5"])]
    chain = taken(bare, {"kind": "edit", "text": "a black cat with a hat"})
    assert short(chain) == [("edit", ["#3"], "#2"), ("edit", ["#4"], "#3")]


def test_the_house_speaks_the_persons_language() -> None:
    said = taken({"kind": "edit", "text": "x", "source": "#9"}, state={**STATE, "messages": [HumanMessage("改成红色")]})
    assert said.question == "没有 #9 这张图。 你说的是哪一张？（现有：#1, #2。）"
