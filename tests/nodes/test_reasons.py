"""Reasons are told in the language of the message."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.house import opened, say

from minidalle3.nodes.choices import OVERRIDES, TABLE
from minidalle3.nodes.decision import FINER, LARGER, MORE, NAMES, NEW, Desk, decide, settled
from minidalle3.nodes.differences import difference
from minidalle3.nodes.judgement import ROWS
from minidalle3.nodes.reasons import IN_CHINESE, phrases_in_language


def reason(said: str, after: str, tools: tuple[str, ...] = ("text_to_image", "prompt_to_prompt")) -> str:
    """Why a car is changed as it is."""
    desk = Desk(tools=frozenset(tools), said=said, described={"#1": "a red car"})
    return settled(
        decide({"kind": "edit", "part": 0, "description": after, "ids": ["#2"], "source": "#1"}, desk), desk
    )["reason"]


def test_everything_that_the_table_says_has_its_chinese() -> None:
    rows = (*TABLE, *OVERRIDES.values(), *ROWS.values(), NEW, MORE, FINER, LARGER)
    assert {row.because for row in rows} <= set(IN_CHINESE)
    assert NAMES["instruct_edit"] in IN_CHINESE


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("make it blue", "A small change of #1 (“red” became “blue”): words for words, so its layout stays. "),
        ("把它变成蓝色", "#1 的小改动（“red”变成了“blue”）：逐词替换，布局不变。"),
    ],
)
def test_a_change_says_why_in_the_persons_language(said: str, told: str) -> None:
    assert reason(said, "a blue car") == f"{told}Prompt-to-Prompt{'。' if told.endswith('。') else '.'}"
    alone = reason(said, "a blue car", ("text_to_image",))
    stands_in = "这个模型用不了 Prompt-to-Prompt，所以用 #1 的种子重画。" if told.endswith("。") else "does not work"
    assert stands_in in alone


def test_a_word_that_only_moved_did_not_come_and_go() -> None:
    assert difference("a car in the rain, red roof", "red roof, a car in the rain").phrases == ("“red roof” moved",)
    assert phrases_in_language(("“hat” moved", "“a” went out", "“b” came in"), chinese=True) == (
        "“hat”换了位置，去掉了“a”，加上了“b”"
    )


async def test_a_chinese_turn_is_chinese_throughout(tmp_path: Path) -> None:
    async with opened(tmp_path, "<image>a cat</image>", "<vary of='#1'/>") as turns:
        await say(turns, "画一只猫")
        await say(turns, "再来一张")
        pictures = (await turns.history("t"))["pictures"]
    assert [record["reason"] for record in pictures.values()] == ["新画的图。", "像 #1 的另一张，换了种子。"]
