"""Moves along the version tree in plain words: obeyed by code, with any LLM, and nothing is drawn for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.house import done, say, shape
from support.openai_server import OpenAIServer, running
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import ChatState, PictureRecord
from minidalle3.graph.turns import Turns
from minidalle3.llms.load import load
from minidalle3.nodes.commands import commanded
from minidalle3.nodes.services import Services

DRAW = ["Here: <image>a cat</image>", "Here: <edit>a red cat</edit>", "Here: <edit>a red cat wearing a hat</edit>"]


def state() -> ChatState:
    """#1 → #2 → #3, and #4 → #5, which is current."""
    lines = [
        ("#1", None, "a cat"), ("#2", "#1", "a red cat"), ("#3", "#2", "a red cat wearing a hat"),
        ("#4", None, "a house"), ("#5", "#4", "a blue house"),
    ]  # fmt: skip
    pictures: dict[str, PictureRecord] = {
        id: {
            "id": id, "digest": id, "parent": parent, "kind": "edit" if parent else "image", "words": "",
            "description": description, "level": "none", "reason": "",
        }
        for id, parent, description in lines
    }  # fmt: skip
    return {"messages": [], "pictures": pictures, "current": "#5"}


@pytest.mark.parametrize(
    ("said", "name", "target"),
    [
        ("undo", "undo", None),
        ("No, undo that please.", "undo", None),
        ("Can you undo the last change?", "undo", None),
        ("go back", "undo", None),
        ("redo", "redo", None),
        ("undo the undo", "redo", None),
        ("go back to #3", "goto", "#3"),
        ("Let’s go back to the second picture!", "goto", "#2"),
        ("go back to 3 and branch from there", "goto", "#3"),
        ("branch from #2", "goto", "#2"),
        ("back to the original", "goto", "#4"),
        ("go back to the cat", "goto", "#3"),
        ("go back to #9", "goto", "#9"),
        ("delete #4", "delete", "#4"),
        ("delete picture 4 and everything made from it", "delete", "#4"),
        ("delete the last picture", "delete", "#5"),
        ("delete this branch", "delete", "#5"),
        ("compare #2 and #5", "compare", "#2"),
        ("what is the difference between the second and the last one?", "compare", "#2"),
        ("how does #2 differ from this one", "compare", "#2"),
        ("撤销", "undo", None),
        ("请撤销一下。", "undo", None),
        ("返回上一步", "undo", None),
        ("重做", "redo", None),
        ("回到第三张", "goto", "#3"),
        ("回到图3吧", "goto", "#3"),
        ("从第二张重新开始", "goto", "#2"),
        ("删除第二张", "delete", "#2"),
        ("把#4删掉", "delete", "#4"),
        ("删除这个分支", "delete", "#5"),
        ("比较一下#2和#5", "compare", "#2"),
        ("第二张和第五张有什么区别?", "compare", "#2"),
    ],
)
def test_a_message_that_is_a_command(said: str, name: str, target: str | None) -> None:
    command = commanded(said, state())
    assert command
    assert (command["name"], command["target"]) == (name, target)
    assert (name == "compare") == (command.get("other") == "#5")


@pytest.mark.parametrize(
    "said",
    [
        "undo the hat",
        "go back to when it was red and add a tree",
        "go back to #3 and make it blue",
        "go back to the beach",
        "go back to the house",
        "redo it",
        "delete it",
        "delete the hat",
        "remove the first one",
        "remove the last cat",
        "compare cats and dogs",
        "compare the two",
        "how do I undo something?",
        "why did you go back to #3",
        "I like #2",
        "draw a picture of a back",
        "撤销帽子",
        "回到第一张，改成红色",
        "回到森林",
        "删掉帽子",
        "把猫和狗比较一下",
    ],
)
def test_a_message_that_asks_for_more_or_for_something_else(said: str) -> None:
    assert commanded(said, state()) is None


def test_that_branch_is_the_one_just_left_and_this_one_begins_where_the_line_forked() -> None:
    there = state()
    there["pictures"]["#5"]["parent"] = "#2"
    there["current"] = "#3"
    assert commanded("delete this branch", there) == {"name": "delete", "target": "#3"}
    there["pictures"]["#2"]["last_child"] = "#3"
    there["current"] = "#2"
    assert commanded("delete that branch", there) == {"name": "delete", "target": "#3"}
    there["current"] = "#5"
    there["pictures"]["#4"]["parent"] = "#5"
    there["current"] = "#4"
    assert commanded("delete this branch", there) == {"name": "delete", "target": "#5"}


def test_the_first_of_its_line_is_undone_to_the_picture_drawn_before_it() -> None:
    there = state()
    there["current"] = "#4"
    assert commanded("undo", there) == {"name": "goto", "target": "#3"}
    there["current"] = "#1"
    assert commanded("undo", there) == {"name": "undo", "target": None}


def test_the_two_are_those_side_by_side() -> None:
    there = state()
    there["pictures"] = {id: there["pictures"][id] for id in ("#1", "#2")}
    there["current"] = "#2"
    for said in ("compare the two", "Compare them!", "比较这两张"):
        assert commanded(said, there) == {"name": "compare", "target": "#1", "other": "#2"}


@asynccontextmanager
async def house(home: Path, engine: Swatch, **llm: str) -> AsyncIterator[Turns]:
    settings = Settings(home=home, llm_retries=0, **llm)
    turns = await Turns.open(settings, Services.of(settings, load(settings), Owner(lambda: engine)))
    try:
        yield turns
    finally:
        await turns.close()


async def walk(turns: Turns, engine: Swatch) -> None:
    """Every move once, on #1 → #2 → #3; none draws, and every picture gone to has the bytes it had."""
    history = await turns.history("t")
    before = {id: turns.gallery.read(record["digest"]) for id, record in history["pictures"].items()}
    drawn = len(engine.jobs)
    for said, current in (
        ("undo", "#2"), ("go back", "#1"), ("redo", "#2"), ("redo", "#3"), ("撤销", "#2"), ("重做", "#3"),
        ("go back to the first picture", "#1"), ("回到第三张", "#3"), ("go back to #2 and branch from there", "#2"),
    ):  # fmt: skip
        events = await say(turns, said)
        assert (done(events)["current"], shape(events)) == (current, ["text", current])
        history = await turns.history("t")
        assert {id: turns.gallery.read(record["digest"]) for id, record in history["pictures"].items()} == before
    told = done(await say(turns, "compare #2 and #3"))
    assert told["current"] == "#2"
    [part] = told["reply"]
    assert part["type"] == "text"
    assert part["text"].startswith("#2 (a red cat) and #3 (a red cat wearing a hat) differ in:")
    assert 'prompt: "a red cat" → "a red cat wearing a hat"' in part["text"]
    assert "pixels: 100% differ" in part["text"]
    [part] = done(await say(turns, "比较#2和#2"))["reply"]
    assert "完全相同" in part["text"]  # type: ignore[typeddict-item]
    gone = await say(turns, "delete #3")
    assert (done(gone)["current"], shape(gone)) == ("#2", ["text"])
    [note] = done(await say(turns, "go back to #3"))["reply"]
    assert note == {"type": "note", "text": "#3 was deleted."}
    [note] = done(await say(turns, "回到#9"))["reply"]
    assert note == {"type": "note", "text": "这里没有 #9。"}
    pictures = (await turns.history("t"))["pictures"]
    assert [id for id, record in pictures.items() if record.get("hidden")] == ["#3"]
    assert len(engine.jobs) == drawn


async def test_every_move_in_words_with_the_offline_assistant(tmp_path: Path) -> None:
    engine = Swatch()
    async with house(tmp_path, engine, llm="offline") as turns:
        for said in ("draw a cat", "make it red", "give it a hat"):
            await say(turns, said)
        await walk(turns, engine)
        assert done(await say(turns, "make it blue"))["current"] == "#4"
        assert (await turns.history("t"))["pictures"]["#4"]["parent"] == "#2", "the change branches from there"


async def test_every_move_in_words_without_a_call_of_the_llm(tmp_path: Path) -> None:
    engine = Swatch()
    with running(OpenAIServer) as server:
        server.replies = [*DRAW, "Here: <edit>a red cat asleep</edit>"]
        async with house(tmp_path, engine, llm="openai:m", llm_base_url=server.url) as turns:
            for said in ("draw a cat", "make it red", "give it a hat"):
                await say(turns, said)
            server.fault = 500
            asked = len(server.requests)
            await walk(turns, engine)
            assert len(server.requests) == asked, "no move reaches the LLM"
            server.fault = None
            server.replies = ["Here: <edit>a red cat asleep</edit>"]
            assert done(await say(turns, "undo the hat, let it sleep"))["current"] == "#4"
            told = server.requests[-1]["messages"]
    assert "#2: edit of #1: a red cat (the current picture)" in told[0]["content"]
    assert "Back to #2 (a red cat).<select>#2</select>" in str(told), "what was moved stands in its history"
