"""The six instructions, one transcript each: through the whole graph, with the offline assistant and with an LLM."""

from __future__ import annotations

from pathlib import Path

from support.house import done, opened, say, shape
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import PictureRecord
from minidalle3.graph.turns import Turns
from minidalle3.llms.load import load
from minidalle3.nodes.services import Services


async def told(turns: Turns, *messages: str) -> tuple[list[list[str]], dict[str, PictureRecord], str | None]:
    """The reply to each message in short, the pictures there are then, and the one in front of the person."""
    events = [await say(turns, message) for message in messages]
    history = await turns.history("t")
    await turns.close()
    return [shape(of) for of in events], history["pictures"], done(events[-1])["current"]


async def offline(home: Path, *messages: str) -> tuple[list[list[str]], dict[str, PictureRecord], str | None]:
    """A conversation with the embedded assistant."""
    settings = Settings(home=home)
    return await told(
        await Turns.open(settings, Services.of(settings, load(settings), Owner(lambda: Swatch()))), *messages
    )


def made(pictures: dict[str, PictureRecord]) -> list[tuple[str, str | None]]:
    """How each picture came to be, and from which one."""
    return [(record["kind"], record["parent"]) for record in pictures.values()]


async def test_generation(tmp_path: Path) -> None:
    replies, pictures, current = await offline(tmp_path / "offline", "draw a cute dog", "画一只猫")
    assert (replies, current) == ([["text", "#1"], ["text", "#2"]], "#2")
    assert [record["description"] for record in pictures.values()] == ["a cute dog", "a cat"]
    story = "Once <image>a fox</image> there was, and then <edit>a fox in the snow</edit> it snowed."
    async with opened(tmp_path / "llm", story) as turns:
        replies, pictures, _ = await told(turns, "tell me a story with pictures")
    assert replies == [["text", "#1", "text", "#2", "text"]]
    assert made(pictures) == [("image", None), ("edit", "#1")], "the fox of the second picture is that of the first"


async def test_referring_generation(tmp_path: Path) -> None:
    replies, pictures, _ = await offline(tmp_path / "offline", "draw a dog", "Can I see more like this? Show me three.")
    assert replies[1] == ["text", "#2", "#3", "#4"]
    assert made(pictures)[1:] == [("vary", "#1")] * 3
    async with opened(tmp_path / "llm", "<image>a girl</image>", "Here: <edit>the girl's house</edit>") as turns:
        _, pictures, _ = await told(turns, "draw a girl", "show me her house")
    assert made(pictures)[1] == ("edit", "#1")


async def test_selecting(tmp_path: Path) -> None:
    _, pictures, current = await offline(tmp_path / "offline", "draw three lamps", "I like the left one", "2")
    assert len(pictures) == 3, "choosing draws nothing"
    assert current == "#2"
    async with opened(tmp_path / "llm", "<image n='2'>a lamp</image>", "Good choice. <select>#2</select>") as turns:
        _, pictures, current = await told(turns, "two lamps", "the second one")
    assert (len(pictures), current) == (2, "#2")


async def test_editing(tmp_path: Path) -> None:
    _, pictures, current = await offline(tmp_path / "offline", "draw a dog", "make it red", "把它变成蓝色")
    assert (made(pictures)[1:], current) == ([("edit", "#1"), ("edit", "#2")], "#3")
    assert "blue" in pictures["#3"]["description"]
    replies = ("<image>a dog</image>", "<image>a cat</image>", "Sure: <edit>a dog with a hat</edit>")
    async with opened(tmp_path / "llm", *replies) as turns:
        _, pictures, _ = await told(turns, "a dog", "a cat", "give the dog a hat")
    assert made(pictures)[2] == ("edit", "#1"), "the person's words name the dog"


async def test_refinement(tmp_path: Path) -> None:
    _, pictures, _ = await offline(tmp_path / "offline", "draw a dog", "make it good enough for a storybook")
    assert made(pictures)[1] == ("refine", "#1")
    async with opened(tmp_path / "llm", "<image>a dog</image>", "With more care: <refine of='#1'/>") as turns:
        _, pictures, _ = await told(turns, "a dog", "make it good enough for a storybook")
    assert (made(pictures)[1], pictures["#2"]["description"]) == (("refine", "#1"), "a dog")


async def test_question_answering(tmp_path: Path) -> None:
    questions = ("draw a dog", "What is the capital of France?", "what is the prompt for it?", "do dogs dream?", "谢谢")
    replies, pictures, current = await offline(tmp_path / "offline", *questions)
    assert (replies[1:], len(pictures), current) == ([["text"]] * 4, 1, "#1")
    async with opened(tmp_path / "llm", "<image>a dog</image>", "A dog has four legs.") as turns:
        replies, pictures, _ = await told(turns, "a dog", "how many legs does it have?")
    assert (replies[1], len(pictures)) == (["text"], 1)
