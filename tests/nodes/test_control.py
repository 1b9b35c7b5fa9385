"""The control node: the labelled pairs, orders and settings that go before the table, and what stands in for a tool."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from support.house import done, opened, say, services
from support.scripted import ScriptedChatModel
from support.swatch import Swatch

from minidalle3.graph.state import NO_USAGE, Request
from minidalle3.graph.turns import Turns
from minidalle3.llms.offline import OfflineAssistant
from minidalle3.nodes.control import capabilities, usable, works
from minidalle3.nodes.decision import Desk, decide, settled
from minidalle3.nodes.judgement import judge
from minidalle3.nodes.wishes import edited

ALL = frozenset({"text_to_image", "prompt_to_prompt", "masactrl", "ip_adapter", "instruct_edit", "upscale"})
NO_EDITOR = ALL - {"instruct_edit"}
PAIRS = [json.loads(line) for line in Path(__file__).with_name("control_pairs.jsonl").read_text("utf-8").splitlines()]
REWRITTEN = "An exuberant canine the hue of embers bounds through a sun-drenched meadow, cinematic lighting"


def request(description: str, kind: str = "edit", source: str | None = "#1", ids: tuple[str, ...] = ("#2",)) -> Request:
    return {"kind": kind, "part": 1, "description": description, "ids": [*ids], "source": source}  # type: ignore[typeddict-item]


def decided(before: str, after: str, said: str = "", kind: str = "edit", **more: Any) -> Request:
    desk = Desk(**{"tools": NO_EDITOR, "said": said, "described": {"#1": before}, **more})
    return settled(decide(request(after, kind), desk), desk)


def labels(pair: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Level, tool and mode, as labelled and as decided."""
    photos = frozenset({"#1"} if pair.get("photo") else ())
    found = decided(pair["before"], pair["after"], pair.get("said", ""), tools=ALL, photos=photos)
    mode = "reweight" if "weights" in found else found["parameters"].get("mode", "")
    return (pair["level"], pair["tool"], pair.get("mode", "")), (found["level"], found["tool"], mode)


def test_the_pairs_cover_the_ten_edit_types_and_chinese() -> None:
    types = Counter(pair["type"] for pair in PAIRS)
    assert len(PAIRS) >= 130
    assert len(types) == 10
    assert min(types.values()) >= 12
    assert sum(not pair["before"].isascii() for pair in PAIRS) >= 12
    assert sum(pair.get("held_out", False) for pair in PAIRS) == round(len(PAIRS) / 3)


@pytest.mark.parametrize(("held_out", "tool_floor", "mode_floor"), [(False, 0.97, 0.97), (True, 0.96, 0.92)])
def test_the_table_agrees_with_the_labels(held_out: bool, tool_floor: float, mode_floor: float) -> None:
    results = [labels(pair) for pair in PAIRS if pair.get("held_out", False) == held_out]
    same_tool = sum(wanted[:2] == found[:2] for wanted, found in results) / len(results)
    same = sum(wanted == found for wanted, found in results) / len(results)
    assert same_tool >= tool_floor
    assert same >= mode_floor


def test_every_reason_is_a_line_that_names_the_picture_or_begins_anew() -> None:
    for pair in PAIRS:
        reason = decided(pair["before"], pair["after"], pair.get("said", ""), tools=ALL)["reason"]
        assert reason.endswith((".", "。"))
        assert "\n" not in reason
        assert "#1" in reason or reason.startswith(("A new picture", "新画的图"))
        assert len(reason) < 250


def test_the_words_that_changed_are_told() -> None:
    reason = decided("a red car", "a blue car")["reason"]
    assert (
        reason == "A small change of #1 (“red” became “blue”): words for words, so its layout stays. Prompt-to-Prompt."
    )


def test_case_punctuation_and_articles_are_no_change() -> None:
    assert decided("A cat, asleep on the sofa.", "a  Cat asleep on a sofa, oil painting")["tool"] == "prompt_to_prompt"
    found = decided("A cat, asleep on the sofa.", "a  Cat asleep on a sofa, oil painting")["reason"]
    assert "(“oil painting” came in)" in found


def test_a_description_rewritten_beyond_recognition_gives_way_to_the_persons_words() -> None:
    found = decided("a dog in a park", REWRITTEN, "Make the dog red, please!")
    assert (found["level"], found["tool"], found["description"]) == ("small", "prompt_to_prompt", "a red dog in a park")


@pytest.mark.parametrize(
    "said",
    [
        "can you change the dog's colour to red?",
        "I'd like the dog to be red",
        "red dog please",
        "turn it red",
        "Actually, red.",
        "Could you please recolor the dog red?",
        "I want a red dog",
        "What if the dog was red?",
        "make #1 red",
        "Color it red!",
    ],
)
def test_a_colour_may_be_asked_for_in_many_ways(said: str) -> None:
    found = decided("a dog in a park", REWRITTEN, said)
    assert (found["tool"], found["description"]) == ("prompt_to_prompt", "a red dog in a park")


def test_a_long_description_keeps_the_order_of_its_words() -> None:
    before = (
        "A majestic lion with a flowing mane, standing on a rocky outcrop at golden hour overlooking a vast savanna"
        " with acacia trees, distant mountains and a herd of zebras grazing by a winding river, digital painting"
    )
    assert decided(before, REWRITTEN, "make the lion red")["description"] == before.replace("lion", "red lion")


def test_what_no_single_word_draws_is_left_to_the_llm() -> None:
    after = "a menacing dog with glowing eyes in a dark misty park at night"
    assert decided("a dog in a park", after, "make it scary")["description"] == after


def test_what_was_never_there_is_not_named_to_be_gone() -> None:
    after = "a dog in a park with a bare lawn"
    assert decided("a dog in a park", after, "remove the zebra")["description"] == after


def test_an_edit_that_nobody_named_anew_keeps_something_of_its_source() -> None:
    assert decided("a dog in a park", REWRITTEN, "hmm, surprise me")["level"] == "large"
    assert decided("a dog in a park", "a castle by the sea", "now a castle by the sea")["level"] == "none"


def test_light_and_season_change_everywhere() -> None:
    found = decided("a dog in a park", "a dog in a park at night", "at night")
    assert (found["tool"], found["parameters"]["local"]) == ("prompt_to_prompt", False)


def test_without_the_persons_words_a_rewritten_description_is_a_large_change() -> None:
    found = decided("a dog in a park", REWRITTEN)
    assert found["level"] != "small"
    assert found["description"] == REWRITTEN


def test_an_llm_may_say_more_of_what_was_asked_for() -> None:
    after = "a dog on the beach wearing stylish black sunglasses"
    assert decided("a dog on the beach", after, "give it sunglasses")["description"] == after


def test_words_about_two_pictures_are_not_put_into_either_description() -> None:
    found = decided("a dog in a park", REWRITTEN, "make the dog red", alone=False)
    assert found["description"] == REWRITTEN


def test_an_llm_that_repeats_the_description_still_gets_what_was_asked_for() -> None:
    found = decided("a dog in a park", "a dog in a park", "make the dog red", kind="vary")
    assert (found["kind"], found["description"]) == ("edit", "a red dog in a park")


@pytest.mark.parametrize(
    ("said", "weights"), [("more red", {"red": 1.6}), ("less fog", {"foggy": 0.5}), ("more like this", None)]
)
def test_the_same_words_with_another_emphasis_are_reweighted(said: str, weights: dict[str, float] | None) -> None:
    before = "a red boat in a foggy bay"
    found = decided(before, before, said, kind="vary")
    if weights is None:
        assert (found["kind"], found["tool"]) == ("vary", "text_to_image")
    else:
        assert found["tool"] == "prompt_to_prompt"
        assert list(found["weights"].values()) == list(weights.values())


def test_without_attention_another_emphasis_is_a_variation_not_a_copy() -> None:
    before = "a red boat in a foggy bay"
    assert decided(before, before, "more red", kind="vary", tools=frozenset({"text_to_image"}))["kind"] == "vary"


@pytest.mark.parametrize(
    ("said", "level", "tool"),
    [
        ("a dragon by a lake at night, keep the layout", "small", "prompt_to_prompt"),
        ("同样的构图不变,画一条龙", "small", "prompt_to_prompt"),
        ("start over: a dragon by a lake", "none", "text_to_image"),
        ("从头画一条龙", "none", "text_to_image"),
        ("and now a new scene with him", "large", "ip_adapter"),
    ],
)
def test_orders_in_words_go_before_the_table(said: str, level: str, tool: str) -> None:
    found = decided("a knight on a hill", "a knight fighting a dragon by a lake at night", said)
    assert (found["level"], found["tool"]) == (level, tool)


def test_a_choice_goes_before_words_and_words_before_a_setting() -> None:
    words = {"before": "a red car", "after": "a blue car", "said": "start over with a blue car"}
    assert decided(**words, default="large")["level"] == "none"
    chosen = decided(**words, override="large", default="small")
    assert (chosen["level"], chosen["tool"]) == ("large", "ip_adapter")
    assert "as you set" in chosen["reason"]
    assert decided("a red car", "a blue car", default="large")["level"] == "large"
    assert decided("a red car", "a blue car", override="none")["tool"] == "text_to_image"
    kept = decided("a red car", "a blue car", override="small")
    assert kept["parameters"]["mode"] == "replace", "the table's own row serves a level that it would have chosen"


def test_a_tool_that_is_not_there_is_replaced_and_the_reason_says_so() -> None:
    plain = decided("a red car", "a blue car", tools=frozenset({"text_to_image"}))
    assert (plain["level"], plain["tool"], plain["parameters"]) == ("small", "text_to_image", {})
    assert "Prompt-to-Prompt does not work with this model, so it is drawn again from #1's seed." in plain["reason"]
    unseeded = decided("a red car", "a blue car", tools=frozenset({"text_to_image"}), seeds=False)
    assert "does not work with this model, so it is drawn anew from its new description." in unseeded["reason"]
    tools = frozenset({"text_to_image", "instruct_edit"})
    edited = decided("a red car", "a blue car", "make it blue", tools=tools)
    assert (edited["tool"], edited["parameters"]) == ("instruct_edit", {"instruction": "make it blue"})
    assert "changed by the instruction editor" in edited["reason"]


def test_what_can_be_used_depends_on_the_engine_too() -> None:
    can = Swatch().capabilities
    blind = replace(can, attention_control=False, adapters=False, image_to_image=False)
    able = replace(can, attention_control=True, adapters=True, image_to_image=True)
    assert {tool for tool in ALL if works(tool, blind)} == {"text_to_image", "instruct_edit"}
    assert {tool for tool in ALL if works(tool, able)} == ALL


async def test_only_tools_that_the_house_has_are_used(tmp_path: Path) -> None:
    made = services(tmp_path, [])
    try:
        can = await capabilities(made)
        assert can is not None
        assert usable(made.tools, can) == {"text_to_image"}
        assert usable(made.tools, replace(can, attention_control=True)) >= {"prompt_to_prompt", "masactrl"}
        assert usable(made.tools, None) == {"text_to_image"}
    finally:
        made.close()


def test_a_moving_subject_is_named_for_the_tool() -> None:
    found = decided("a red panda on a tree branch", "a red panda climbing a tree branch")
    assert (found["tool"], found["parameters"]["subject"]) == ("masactrl", "panda")


def test_a_new_picture_refinement_and_variation_say_what_they_are() -> None:
    desk = Desk(tools=NO_EDITOR, described={"#1": "a dog"}, plain={"#1"})
    new = settled(decide(request("a dog", "image", None), desk), desk)
    finer = settled(decide(request("a dog", "refine"), desk), desk)
    more = settled(decide(request("a dog", "vary", ids=("#2", "#3")), desk), desk)
    assert (new["level"], new["tool"], new["reason"]) == ("none", "text_to_image", "A new picture.")
    assert "twice the steps" in finer["reason"]
    assert "another seed" in more["reason"]


@pytest.mark.parametrize(
    ("said", "plain", "tools", "tool"),
    [
        ("make it finer", {"#1"}, ALL, "text_to_image"),
        ("make it finer", set(), ALL, "upscale"),
        ("make it finer", set(), ALL - {"upscale"}, "text_to_image"),
        ("make it bigger", {"#1"}, ALL, "upscale"),
        ("in a higher resolution, please", {"#1"}, ALL, "upscale"),
        ("把图放大", {"#1"}, ALL, "upscale"),
    ],
)
def test_a_picture_that_words_alone_do_not_draw_again_is_drawn_on_from(
    said: str, plain: set[str], tools: frozenset[str], tool: str
) -> None:
    found = decided("a dog", "a dog", said, "refine", tools=tools, plain=plain)
    assert (found["tool"], found["parameters"]) == (tool, {})
    assert (("twice its size" in found["reason"]) or "放大一倍" in found["reason"]) == (tool == "upscale")


def test_offline_another_emphasis_leaves_the_description_as_it_is() -> None:
    for said in ("more red", "make it more red"):
        assert edited(said, "a red cat jumping", "#1") in (None, "a red cat jumping")
        found = decided("a red cat jumping", "a red cat jumping", said, kind="vary")
        assert (found["description"], found["weights"]) == ("a red cat jumping", {"red": 1.6})


async def test_an_llm_that_can_is_asked_where_the_table_is_unsure() -> None:
    call = {"name": "Judgement", "args": {"change": "pose"}, "id": "1", "type": "tool_call"}
    llm = ScriptedChatModel(script=[AIMessage("", tool_calls=[call])])
    row, usage = await judge(llm, 5, "let it dance", "a bear", "an ursine silhouette twirls")
    assert row is not None
    assert (row.level, row.tool) == ("small", "masactrl")
    assert usage["input_tokens"] > 0
    assert "let it dance" in llm.seen[0][0].text


async def test_an_llm_that_cannot_leaves_it_to_the_table() -> None:
    assert await judge(OfflineAssistant(), 5, "", "a dog", "a castle") == (None, NO_USAGE)
    assert (await judge(ScriptedChatModel(script=[AIMessage("It is a pose.")]), 5, "", "a", "b"))[0] is None
    assert await judge(ScriptedChatModel(script=[]), 5, "", "a", "b") == (None, NO_USAGE)


async def test_a_rewriting_llm_over_the_whole_graph(tmp_path: Path) -> None:
    replies = ("<image>a dog in a park</image>", f"Sure! <edit>{REWRITTEN}</edit>")
    async with opened(tmp_path, *replies) as turns:
        await say(turns, "a dog in a park, please")
        await say(turns, "make the dog red")
        red = (await turns.history("t"))["pictures"]["#2"]
        assert (red["level"], red["description"]) == ("small", "a red dog in a park")
        recipes = [turns.gallery.recipe((await turns.history("t"))["pictures"][id]["digest"]) for id in ("#1", "#2")]
        assert recipes[1]["prompt"] == recipes[0]["prompt"].replace("a dog", "a red dog")
        assert recipes[1]["seed"] == recipes[0]["seed"]


async def test_the_llms_verdict_reaches_the_picture_and_its_cost_the_turn(tmp_path: Path) -> None:
    made = services(tmp_path, ["<image>a bear</image>", "<edit>an ursine shadow over Kyoto</edit>", ""])
    assert isinstance(made.llm, ScriptedChatModel)
    call = {"name": "Judgement", "args": {"change": "scene"}, "id": "1", "type": "tool_call"}
    made.llm.script[2] = AIMessage("", tool_calls=[call])
    turns = await Turns.open(made.settings, made)
    try:
        await say(turns, "a bear")
        events = await say(turns, "something grander, dreamlike, over Kyoto")
        record = (await turns.history("t"))["pictures"]["#2"]
        assert record["level"] == "large"
        assert "the LLM says" in record["reason"]
        read = [sum(len(message.text.split()) for message in prompt) for prompt in made.llm.seen]
        assert done(events)["usage"]["input_tokens"] == read[1] + read[2]
    finally:
        await turns.close()
