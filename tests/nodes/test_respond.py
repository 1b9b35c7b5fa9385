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


async def test_a_promise_broken_twice_is_kept_from_the_persons_own_words(tmp_path) -> None:
    async with opened(tmp_path, "Here is a picture of a dog:", "I cannot draw pictures.") as turns:
        events = await say(turns, "Can you draw a dog, please?")
        assert [event["type"] for event in events].count("reset") == 2
        assert shape(events) == ["#1", "note"]
        assert "your own words" in done(events)["reply"][1]["text"]
        state = await turns._state("t")
        assert state["pictures"]["#1"]["description"] == "a dog"
        assert "cannot draw" not in str(state["messages"])


async def test_a_phantom_in_answer_to_a_question_is_told_and_nothing_is_drawn(tmp_path) -> None:
    async with opened(tmp_path, "Here is a picture of a dog:", "Here is the picture:") as turns:
        events = await say(turns, "what do dogs eat?")
        assert shape(events) == ["text", "note"]
        assert "No picture was drawn" in done(events)["reply"][1]["text"]


async def test_an_llm_that_says_nothing_is_asked_once_more(tmp_path) -> None:
    async with opened(tmp_path, " ", "Hello.", "", "", "", "") as turns:
        assert shape(await say(turns, "hi")) == ["text"]
        assert turns._services.llm.seen[1][-2].text == "hi", "nothing is shown of nothing"
        events = await say(turns, "thanks")
        assert shape(events) == ["note"]
        assert "said nothing" in done(events)["reply"][0]["text"]
        assert shape(await say(turns, "draw a dog")) == ["#1", "note"]


async def test_a_change_refused_twice_is_drawn_on_what_is_there(tmp_path) -> None:
    described = "Here is a description of the house: a cozy cabin with a red roof."
    async with opened(tmp_path, "<image>a dog's house</image>", described, described) as turns:
        await say(turns, "draw a dog's house")
        assert shape(await say(turns, "Don't be a 3D model!")) == ["#2", "note"]
        state = await turns._state("t")
        assert state["pictures"]["#2"]["parent"] == "#1"
        assert state["pictures"]["#2"]["description"] == "a dog's house, Don't be a 3D model"


async def test_it_is_looked_up_in_the_message_before(tmp_path) -> None:
    refusal = "当然，我可以尝试画出这个场景。但是，由于我是一个文本生成模型，我无法直接画出图像。"
    async with opened(tmp_path, "这可能是一个充满奇幻的地方。", refusal, refusal) as turns:
        await say(turns, "有一本小说叫做“世界尽头与冷酷仙境”，这个场景会是什么样子的呢？")
        assert shape(await say(turns, "你能画出来吗")) == ["#1", "note"]
        assert "世界尽头" in (await turns._state("t"))["pictures"]["#1"]["description"]


async def test_thoughts_are_neither_shown_nor_drawn(tmp_path) -> None:
    thinking = "<think>Maybe <image>a cat</image>? No.</think>Here: <image>a dog</image>"
    spilled = "The user wants <image>a cat</image> perhaps.</think>Here: <image>a fox</image>"
    async with opened(tmp_path, thinking, spilled) as turns:
        assert shape(await say(turns, "draw a dog")) == ["text", "#1"]
        assert shape(await say(turns, "draw a fox")) == ["text", "#2"]
        pictures = (await turns._state("t"))["pictures"]
        assert [record["description"] for record in pictures.values()] == ["a dog", "a fox"]


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
