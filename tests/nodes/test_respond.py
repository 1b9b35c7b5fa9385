"""The respond node within the real graph: streaming, repairs, and LLMs that fail."""

from langchain_core.messages import AIMessage
from support.house import done, opened, say, shape
from support.scripted import ScriptedChatModel
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.nodes.services import Services


async def test_markup_never_streams_out(tmp_path) -> None:
    async with opened(tmp_path, "A <b>dog</b>: <image>a dog</image> and `<image>code</image>`.") as turns:
        events = await say(turns, "draw")
        streamed = "".join(event["delta"] for event in events if event["type"] == "text")
        assert streamed == "A <b>dog</b>:  and `<image>code</image>`."
        assert shape(events) == ["text", "#1", "text"]


async def test_a_broken_promise_is_repaired_once_and_the_refused_draft_is_forgotten(tmp_path) -> None:
    refused = "I'm sorry, I cannot generate images."
    async with opened(tmp_path, refused, "Here: <image>a dog</image>") as turns:
        events = await say(turns, "draw a dog")
        kinds = [event["type"] for event in events]
        assert "reset" in kinds
        assert shape(events) == ["text", "#1"]
        _, second = turns._services.llm.seen
        assert second[-2].text == refused
        assert "inside `<image>" in second[-1].text
        state = await turns._state("t")
        assert refused not in str(state["messages"])


async def test_a_promise_broken_twice_is_told_and_nothing_is_claimed(tmp_path) -> None:
    async with opened(tmp_path, "Here is a picture of a dog:", "Here is the picture:") as turns:
        events = await say(turns, "draw a dog")
        assert shape(events) == ["text", "note"]
        assert "No picture was drawn" in done(events)["reply"][1]["text"]


async def test_usage_is_added_up(tmp_path) -> None:
    async with opened(tmp_path, "Hello there.") as turns:
        usage = done(await say(turns, "hi"))["usage"]
        assert usage["input_tokens"] > 0
        assert usage["output_tokens"] > 0


async def test_an_llm_that_fails_ends_the_turn_with_a_note_and_the_thread_goes_on(tmp_path) -> None:
    llm = ScriptedChatModel(script=[AIMessage("Hello.")])
    services = Services.of(Settings(home=tmp_path), llm, Owner(Swatch))
    turns = await Turns.open(services.settings, services)
    assert shape(await say(turns, "hi")) == ["text"]
    events = await say(turns, "hi again")
    assert shape(events) == ["note"]
    assert "script" in done(events)["reply"][0]["text"]
    history = await turns.history("t")
    assert [turn["words"] for turn in history["turns"]] == ["hi", "hi again"]
    await turns.close()
