"""What goes wrong in a Chinese turn is told in Chinese, and every sentence that has its Chinese is still said."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from minidalle3.gallery.lexicon import is_chinese
from minidalle3.graph.state import Request
from minidalle3.nodes.deliver import failures
from minidalle3.nodes.notes import IN_CHINESE, in_language

ROOT = Path(__file__).parents[2]
ROOMS = ("engines", "gallery", "graph", "llms", "nodes", "serve", "tools")


def written() -> Iterator[str]:
    """All that the rooms may say, whatever it is put together from."""
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py") if file.name != "notes.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_sentence_is_one_that_is_said() -> None:
    said = "\n".join(written())
    pieces = {piece.strip(" :,()") for english in IN_CHINESE for piece in english.split("{}")}
    assert [piece for piece in pieces if piece.removeprefix("The LLM ") not in said] == []


def test_every_sentence_is_chinese_with_all_that_it_is_of() -> None:
    for english, chinese in IN_CHINESE.items():
        assert is_chinese(chinese)
        assert all(f"{{{at}}}" in chinese for at in range(english.count("{}")))


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (
            "It is 256x256 already, and sketchbook draws at 128x128: it will not draw more than 4 times that.",
            "它已经有 256x256 那么大了；sketchbook 的尺寸是 128x128，最多放大到 4 倍。",
        ),
        (
            "Your photo was not taken in. The policy of this server refuses it: x",
            "你的照片没有收下。这台服务器不允许：x",
        ),
        ("Something of the set-up.", "Something of the set-up."),
    ],
)
def test_a_note_and_what_it_quotes(note: str, told: str) -> None:
    assert in_language(note, "放大") == told
    assert in_language(note, "larger") == note


def test_a_picture_that_cannot_be_larger_says_so_in_chinese() -> None:
    larger: Request = {"kind": "refine", "part": 0, "description": "a cat", "ids": ["#3"], "source": "#2"}
    larger["notes"] = ["sketchbook cannot draw on from a picture, and so not make one larger."]
    assert failures(larger, [], chinese=True) == [
        "#3（a cat）没有画成：sketchbook 不能接着一张图往下画，所以放大不了。"
    ]
