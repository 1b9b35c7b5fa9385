"""A short answer to a question of the assistant's is read together with what it was about, by any LLM."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from support.house import done, opened, say, services, shape
from support.records import records

from minidalle3.graph.state import ChatState
from minidalle3.graph.turns import Turns
from minidalle3.llms.offline import OfflineAssistant
from minidalle3.nodes.answers import answered

WHICH = "Which one do you mean: #1 (a black cat) or #3 (a cat wearing a hat)?"


def state(request: str, pending: str, said: str, own: bool = True) -> ChatState:
    """Two cats and a dog; `own`: the question was the house's, else the LLM's."""
    shown = {"#1": "a black cat", "#2": "a dog", "#3": "a cat wearing a hat"}
    pictures = records(shown)
    part = {"type": "note" if own else "text", "text": pending}
    asked = AIMessage(pending, additional_kwargs={"reply": [part]})
    return {
        "messages": [HumanMessage(request), asked, HumanMessage(said)],
        "pictures": pictures,
        "current": "#2",
        "pending": pending,
    }


@pytest.mark.parametrize(
    ("request_", "said", "meant"),
    [
        ("make the cat red", "the second one", "make #3 red"),
        ("make the cat red", "the first", "make #1 red"),
        ("make the cat red", "The left one, please.", "make #1 red"),
        ("make the cat red", "#3", "make #3 red"),
        ("make the cat red", "3", "make #3 red"),
        ("make the cat red", "the black one", "make #1 red"),
        ("make the cat red", "black", "make #1 red"),
        ("make the cat red", "the one with the hat", "make #3 red"),
        ("make the cat red", "the last one", "make #3 red"),
        ("go back to the cat", "the second", "go back to #3"),
        ("把猫变成红色", "左边那个", "把#1变成红色"),
        ("把猫变成红色", "第二张", "把#3变成红色"),
        ("把猫变成红色", "黑色的那只", "把#1变成红色"),
        ("make the tenth one red", "the second one", "make #2 red"),
        ("make it red", "the first one", "make it red (#1)"),
        ("make the cat red", "both", "make #1 and #3 red"),
        ("make the cat red", "Both of them, please!", "make #1 and #3 red"),
        ("把猫变成红色", "两个都要", "把#1和#3变成红色"),
    ],
)
def test_the_picture_named_stands_where_the_request_was_unclear(request_: str, said: str, meant: str) -> None:
    assert answered(said, state(request_, WHICH, said)) == meant


@pytest.mark.parametrize(
    "said",
    [
        "draw a dragon", "the second one, but make it blue", "the dog", "#2", "cat", "never mind", "yes", "画一条龙",
        "which cats are there?", "why?",
    ],
)  # fmt: skip
def test_what_names_none_of_them_is_a_message_of_its_own(said: str) -> None:
    assert answered(said, state("make the cat red", WHICH, said)) is None


@pytest.mark.parametrize(
    ("request_", "pending", "said", "meant"),
    [
        ("Draw a dragon, please!", "What colour should it be?", "blue", "Draw a dragon, please, blue"),
        ("Can you draw my pet?", "What is it?", "A poodle.", "Can you draw my pet, A poodle"),
        ("make a sticker", "A sticker of what?", "a fox", "make a sticker of a fox"),
        ("画一条龙", "什么颜色的？", "蓝色", "画一条龙，蓝色"),
        ("draw a dragon", "What colour should it be?", "draw a cat instead", None),
        ("draw a dragon", "What colour should it be?", "no, thanks", None),
        ("draw a dragon", "Shall it breathe fire?", "yes", None),
        ("draw a dragon", "What colour?", "what colours are there", None),
        ("draw a dragon", "What colour?", "I went to the market this morning and bought a fish", None),
        ("who are you?", "A friend. And you?", "Ann", None),
    ],
)
def test_a_detail_that_the_llm_asked_for_joins_the_request(
    request_: str, pending: str, said: str, meant: str | None
) -> None:
    assert answered(said, state(request_, pending, said, own=False)) == meant


async def test_a_question_is_pending_only_until_the_next_message(tmp_path: Path) -> None:
    replies = [
        "<image>a black cat</image>", "<image>a cat wearing a hat</image>", '<edit of="#2">a red cat</edit>',
        '<edit of="#1">a red cat</edit>', "What a day!",
    ]  # fmt: skip
    async with opened(tmp_path, *replies) as turns:
        for said in ("draw a black cat", "draw a cat wearing a hat"):
            await say(turns, said)
        turns._services.llm.script[2:2] = [AIMessage("<image>a dog</image>")]
        await say(turns, "draw a dog")
        asked = done(await say(turns, "make the cat red"))
        assert asked["pending"] == asked["reply"][-1]["text"] == WHICH.replace("#3", "#2")  # type: ignore[typeddict-item]
        answer = done(await say(turns, "the first"))
        assert (answer["pending"], answer["current"]) == (None, "#4")
        history = await turns.history("t")
        assert history["pictures"]["#4"]["parent"] == "#1"
        assert history["turns"][-1]["words"] == "the first", "the person's own words are shown"
        assert turns._services.llm.seen[-1][-1].text == "make #1 red", "and the LLM reads what they mean"
        assert shape(await say(turns, "the second")) == ["text"], "nothing is pending now"
        assert turns._services.llm.seen[-1][-1].text == "the second"


async def test_a_new_request_drops_the_question(tmp_path: Path) -> None:
    replies = ["<image>a cat</image>", "<image>a cat</image>", "<image>a dog</image>", "<edit>a red cat</edit>"]
    async with opened(tmp_path, *replies, "<image>a dragon</image>") as turns:
        for said in ("draw a cat", "draw a cat again", "draw a dog"):
            await say(turns, said)
        assert done(await say(turns, "make the cat red"))["pending"]
        drawn = done(await say(turns, "draw a dragon"))
        assert (drawn["pending"], drawn["current"]) == (None, "#4")
        assert turns._services.llm.seen[-1][-1].text == "draw a dragon"


async def test_an_llm_that_asked_and_then_forgets_is_helped(tmp_path: Path) -> None:
    promise = "Here is your picture of it!"
    async with opened(tmp_path, "Gladly! What colour should it be?", promise, promise) as turns:
        asked = done(await say(turns, "draw a dragon"))
        assert asked["pending"] == "What colour should it be?"
        assert shape(await say(turns, "blue")) == ["#1", "note"]
        assert (await turns.history("t"))["pictures"]["#1"]["description"] == "a dragon, blue"


@pytest.mark.parametrize(
    ("said", "current", "description"),
    [
        (("draw a black cat", "draw a cat wearing a hat", "draw a dog", "make the cat red", "the second one"),
         "#4", "a red cat wearing a hat"),
        (("画一只黑猫", "画一只戴帽子的猫", "画一只狗", "把猫变成红色", "第一张"), "#4", "a red cat"),
        (("make a sticker", "a fox"), "#1", "a sticker of a fox"),
        (("suggest an idea for a picture of a whale", "yes please"), "#1", "whale"),
    ],
)  # fmt: skip
async def test_the_offline_assistant_understands_short_answers(
    said: tuple[str, ...], current: str, description: str, tmp_path: Path
) -> None:
    made = services(tmp_path, [])
    turns = await Turns.open(made.settings, type(made).of(made.settings, OfflineAssistant(), made.owner))
    try:
        for words in said:
            events = await say(turns, words)
        assert done(events)["current"] == current
        assert description in (await turns.history("t"))["pictures"][current]["description"]
    finally:
        await turns.close()


@pytest.mark.parametrize(
    ("draws", "delete", "asked", "answer"),
    [
        (["draw a robot on the beach", "draw a robot in the forest", "draw a cat"], "delete the robot",
         "Which one do you mean", "the second one"),
        (["画一个海滩上的机器人", "画一个森林里的机器人", "画一只猫"], "把机器人删掉", "你说的是哪一张", "第二张"),
    ],
)  # fmt: skip
async def test_which_of_several_is_to_go_is_asked(
    tmp_path: Path, draws: list[str], delete: str, asked: str, answer: str
) -> None:
    made = services(tmp_path, [])
    turns = await Turns.open(made.settings, type(made).of(made.settings, OfflineAssistant(), made.owner))
    for words in draws:
        await say(turns, words)
    question = done(await say(turns, delete))
    assert asked in str(question["pending"])
    await say(turns, answer)
    pictures = (await turns.history("t"))["pictures"]
    assert [id for id, record in pictures.items() if record.get("hidden")] == ["#2"]
    await turns.close()
