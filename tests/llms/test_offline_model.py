"""The offline assistant as a chat model: it streams, repeats itself exactly, and survives any message."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from minidalle3.llms.offline import OfflineAssistant
from minidalle3.llms.rules.description import parse
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, STYLES, SUBJECTS, TIMES

WELL_FORMED = re.compile(
    r'<(image|edit)(?: of="#\d+")?(?: n="\d")?>[^<>]+</\1>'
    r'|<(?:vary|refine) of="#\d+"(?: n="\d")?/>'
    r"|<select>#\d+</select>"
)
TRADE = """
draw make it show me the a an of with without remove add change to into turn not don't be more like this another second
first one undo back what does look where is my its name Bob's story idea , . ! ? #1 #7 two and in on at < > " '
"""
WORDS = [*SUBJECTS, *STYLES, *PLACES, *COLOURS, *ACTIONS, *TIMES, *TRADE.split()]
LEDGER = {
    "pictures": [
        {"id": "#1", "kind": "image", "parent": None, "description": "a cute dog"},
        {"id": "#2", "kind": "edit", "parent": "#1", "description": "a sticker of a cute dog running near the river"},
        {"id": "#3", "kind": "photo", "parent": None, "description": ""},
    ],
    "current": "#2",
}


def after(words: str) -> list[BaseMessage]:
    past = [HumanMessage("draw a cute dog"), AIMessage('Sure:\n<image id="#1">a cute dog</image>')]
    return [SystemMessage("You draw.", additional_kwargs={"ledger": LEDGER}), *past, HumanMessage(words)]


def check(messages: list[BaseMessage]) -> None:
    reply = OfflineAssistant().invoke(messages).text
    assert reply.strip()
    assert not re.search(r"[<>]", WELL_FORMED.sub("", reply)), reply


@given(st.text(max_size=300))
def test_any_text_gets_a_reply_with_whole_tags(words: str) -> None:
    check([HumanMessage(words)])
    check(after(words))


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_words_of_its_trade_get_a_reply_with_whole_tags(words: list[str]) -> None:
    check([HumanMessage(" ".join(words))])
    check(after(" ".join(words)))


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_a_description_written_back_reads_the_same(words: list[str]) -> None:
    once = parse(parse(" ".join(words)).render()).render()
    assert parse(once).render() == once


@pytest.mark.parametrize("words", ["draw three dogs", "hello", "tell me a story with pictures about a fox", ""])
def test_streaming_gives_what_invoke_gives_word_by_word(words: str) -> None:
    chunks = [chunk.text for chunk in OfflineAssistant().stream(after(words))]
    assert "".join(chunks) == OfflineAssistant().invoke(after(words)).text
    assert len([chunk for chunk in chunks if chunk]) > 1


async def test_it_streams_asynchronously_too() -> None:
    chunks = [chunk.text async for chunk in OfflineAssistant().astream(after("make it red"))]
    assert "".join(chunks) == OfflineAssistant().invoke(after("make it red")).text


def test_the_same_conversation_gets_the_same_reply() -> None:
    assert OfflineAssistant().invoke(after("make it red")).text == OfflineAssistant().invoke(after("make it red")).text


def test_it_stops_where_it_is_told() -> None:
    assert "<edit" not in OfflineAssistant().invoke(after("make it red"), stop=["<edit"]).text


def test_it_says_what_it_is() -> None:
    assert OfflineAssistant()._llm_type == "offline"


def test_a_very_long_message_is_answered_quickly() -> None:
    check(after("make it red and " * 50_000))
    check(after("a" * 200_000))
    check(after(", ".join(["a dog"] * 20_000)))


def test_without_any_message_it_offers_help() -> None:
    check([SystemMessage("You draw.")])
