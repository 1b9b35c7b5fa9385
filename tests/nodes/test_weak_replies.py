"""What weak LLMs write (`weak_replies.txt`), and that the person gets the parts that were meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from minidalle3.nodes.markup import Item, Tag, Text
from minidalle3.nodes.tags import TagParser

CORPUS = [
    line.split(" => ", 1)
    for line in (Path(__file__).parent / "weak_replies.txt").read_text("utf-8").splitlines()
    if " => " in line and not line.startswith("# ")
]
PART = re.compile(r"\{(\w+)(?: x(\d+))?(?: of (#\d+))?(?:: (.*))?\}")


def part(text: str) -> Item:
    """One expected part, as the corpus writes it."""
    if found := PART.fullmatch(text):
        return Tag(found[1], found[4] or "", int(found[2] or 1), found[3])  # type: ignore[arg-type]
    return Text(text)


def parts(*chunks: str) -> list[Item]:
    """What a person would see: prose without blank edges, and requests."""
    parser = TagParser()
    found: list[Item] = []
    for item in [item for chunk in chunks for item in parser.feed(chunk)] + parser.close():
        if isinstance(item, Text) and found and isinstance(last := found[-1], Text):
            found[-1] = Text(last.text + item.text)
        else:
            found.append(item)
    bare = [Text(item.text.strip()) if isinstance(item, Text) else item for item in found]
    return [item for item in bare if item != Text("")]


def test_the_corpus_is_large_and_every_reply_in_it_is_another() -> None:
    assert len({reply for reply, _ in CORPUS}) == len(CORPUS) >= 200


@pytest.mark.parametrize(("reply", "expected"), CORPUS, ids=[reply[:40] for reply, _ in CORPUS])
def test_meaning(reply: str, expected: str) -> None:
    reply, expected = (text.replace("\\n", "\n") for text in (reply, expected))
    meant = [] if expected == "{}" else [part(text) for text in expected.split(" | ")]
    assert parts(reply) == meant
    assert parts(*reply) == meant
