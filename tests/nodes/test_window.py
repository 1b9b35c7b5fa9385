"""What is sent to the LLM fits its window, and every picture can still be named."""

from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from support.house import services

from minidalle3.graph.settings import Settings
from minidalle3.graph.state import ChatState, PictureRecord
from minidalle3.llms.load import load
from minidalle3.nodes.history import for_llm
from minidalle3.nodes.window import READING, WINDOW, listed, tokens, tokens_of, trimmed, window_of


def record(number: int, description: str) -> PictureRecord:
    return {
        "id": f"#{number}", "digest": "", "parent": None, "kind": "image", "words": "", "description": description,
        "level": "none", "reason": "",
    }  # fmt: skip


LONG = "a dog in a red coat on a bench in a park in autumn, watercolour, soft light, many leaves, number "
RECORDS = {f"#{n}": record(n, f"{LONG}{n}") for n in range(1, 301)}


def test_a_few_pictures_are_told_in_full() -> None:
    few = {id: RECORDS[id] for id in ("#1", "#2")}
    assert listed(few, "#2", 1000) == [f"#1: image: {LONG}1", f"#2: image: {LONG}2 (the current picture)"]


@pytest.mark.parametrize("budget", [12_000, 8_000, 4_000, 2_000, 600])
def test_many_are_told_in_fewer_words_and_the_newest_in_full(budget: int) -> None:
    lines = listed(RECORDS, "#150", budget)
    assert tokens("\n".join(lines)) <= budget + 150
    assert lines[0].startswith("#1: image: a dog in a red")
    assert lines[-1] == f"#300: image: {LONG}300"
    assert f"#150: image: {LONG}150 (the current picture)" in lines
    there = [line for line in lines if line.startswith("#")]
    left_out = [line for line in lines if "left out here" in line]
    assert len(there) == 300 or (len(left_out) == 1 and "can be named by their numbers" in left_out[0])


def test_the_last_messages_stay_and_the_first_of_them_is_the_persons() -> None:
    said: list[AnyMessage] = []
    for n in range(50):
        said += [HumanMessage(f"message {n} " * 10), AIMessage(f"answer {n} " * 10)]
    kept = trimmed([HumanMessage("the last"), *reversed(said)], 1000)
    assert tokens_of(kept) <= 1000
    assert kept[-1].text == "the last"
    assert kept[-2].text.startswith("answer 49")
    assert isinstance(kept[0], HumanMessage)
    assert len(kept) > 10


def test_a_last_message_that_is_too_long_goes_alone() -> None:
    assert len(trimmed([HumanMessage("x" * 10_000), AIMessage("hello"), HumanMessage("hi")], 100)) == 1


def test_a_whole_call_fits_the_window() -> None:
    messages = [HumanMessage("很长的话" * 200), AIMessage("x" * 5_000)] * 40
    state: ChatState = {"messages": [*messages, HumanMessage("and now?")], "pictures": RECORDS, "current": "#300"}
    for window in (4096, 8192, 100_000):
        assert tokens_of(for_llm(state, window)) <= window * READING


def test_the_window_is_what_the_setting_or_the_client_says(tmp_path: Path) -> None:
    house = services(tmp_path, [])
    assert window_of(house) == WINDOW
    house.llm.profile = {"max_input_tokens": 100_000}
    assert window_of(house) == 100_000
    assert (load(Settings(llm="offline")).profile or {})["max_input_tokens"] > 10**6
    assert window_of(replace(house, settings=Settings(home=tmp_path, llm_window=4096))) == 4096
