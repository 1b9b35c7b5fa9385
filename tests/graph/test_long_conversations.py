"""After two hundred turns the LLM reads no more than its window, and the very first picture is still found."""

from dataclasses import replace
from pathlib import Path

from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from support.house import services

from minidalle3.graph.agent import build
from minidalle3.graph.context import Context
from minidalle3.nodes.window import READING, tokens_of

TURNS = 200
SUBJECTS = ("cat", "ship", "tower", "rose", "fish")
CHATTER = "That is a long story, and I like to tell it. " * 3
WINDOW = 4096


async def test_the_very_first_dog_after_two_hundred_turns(tmp_path: Path) -> None:
    drawn = [f"Here: <image>a {SUBJECTS[n % 5]} in style {n}</image>" if n % 4 == 0 else CHATTER for n in range(TURNS)]
    house = services(tmp_path, ["A dog: <image>a small dog</image>", *drawn, "<edit>a small blue dog</edit>"])
    house = replace(house, settings=house.settings.model_copy(update={"llm_window": WINDOW}))
    graph = build(house).compile(checkpointer=InMemorySaver())

    async def say(text: str) -> dict:
        config = {"configurable": {"thread_id": "t"}}
        asked = {"messages": [HumanMessage(text)]}
        return await graph.ainvoke(asked, config, context=Context(steps=1), durability="exit")

    await say("draw a small dog")
    for number in range(TURNS):
        await say(f"draw something, number {number}" if number % 4 == 0 else f"tell me about it, part {number}")
    state = await say("make the very first dog blue")
    blue = state["pictures"][state["current"]]
    assert (blue["parent"], blue["description"]) == ("#1", "a small blue dog")
    assert len(state["pictures"]) == TURNS // 4 + 2
    for prompt in house.llm.seen:
        assert tokens_of(prompt) <= WINDOW * READING
    last = house.llm.seen[-1]
    assert "#1: image: a small dog" in last[0].text
    assert isinstance(last[1], HumanMessage)
    assert 3 < len(last) < 2 * TURNS
    assert isinstance(last[-2], AIMessage)
    assert "small dog" not in "".join(message.text for message in last[1:]), "it is known from the list alone"
