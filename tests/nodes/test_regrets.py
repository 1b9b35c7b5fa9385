"""“No, rather the previous one”: back to the picture that was left, in both languages, by code alone."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from support.records import records

from minidalle3.graph.state import ChatState
from minidalle3.nodes.commands import commanded


def reply(text: str, *ids: str) -> AIMessage:
    """A reply that shows pictures."""
    return AIMessage(text, additional_kwargs={"reply": [{"type": "picture", "id": id} for id in ids]})


def after(move: str, said: str) -> ChatState:
    """A dog, a cat and a horse were drawn, then #1 was gone to in the words of `move`."""
    shown = {"#1": "a dog", "#2": "a cat", "#3": "a horse"}
    pictures = records(shown)
    drawn = [
        message
        for id, description in shown.items()
        for message in (HumanMessage(f"draw {description}"), reply(f'<image id="{id}">{description}</image>', id))
    ]
    went = [HumanMessage(move), reply("You are at #1.<select>#1</select>", "#1")]
    return {"messages": [*drawn, *went, HumanMessage(said)], "pictures": pictures, "current": "#1"}


@pytest.mark.parametrize(
    "said",
    [
        "no, the previous one", "No, rather the previous picture!", "hmm, I prefer the one before after all",
        "wait, go back to the previous one", "不，还是上一张", "还是回到上一张吧", "算了，用刚才那张",
    ],
)  # fmt: skip
def test_what_was_left_is_gone_back_to(said: str) -> None:
    for move in ("go back to #1", "I like the first one", "回到第一张"):
        assert commanded(said, after(move, said)) == {"name": "goto", "target": "#3"}


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ("go back to #1", "no, make the previous one red"),
        ("go back to #1", "the previous one"),
        ("undo", "no, the one before"),
        ("撤销", "不，再上一张"),
        ("go back to #1", "不，上一张加顶帽子"),
    ],
)
def test_other_words_and_steps_back_are_read_as_ever(move: str, said: str) -> None:
    assert (commanded(said, after(move, said)) or {}).get("target") != "#3"


def test_after_a_drawing_nothing_was_left() -> None:
    there = after("go back to #1", "no, the previous one")
    there["messages"] = [*there["messages"][:-3], there["messages"][-1]]
    assert commanded("no, the previous one", there) is None
