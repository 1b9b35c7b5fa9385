"""The prompts are there, short, teach the protocol as the parser reads it, and are in our own words."""

from __future__ import annotations

import re

import pytest

from minidalle3.nodes.markup import Tag
from minidalle3.nodes.tags import TagParser
from minidalle3.prompts import load

PAPERS_OWN = [
    "hedgehog",
    "larry",
    "super-duper",
    "smart ai",
    "here is the description",
    "strongly correlated",
    "5 year-old",
]


def example_tags(prompt: str) -> list[Tag]:
    """Each answer is a reply of its own: one reply ends where a person speaks."""
    found: list[Tag] = []
    for answer in re.split(r"^Person:.*$", prompt, flags=re.MULTILINE):
        parser = TagParser()
        found += [item for item in parser.feed(answer) + parser.close() if isinstance(item, Tag)]
    return found


def test_the_chat_prompt_names_both_tags_before_the_extras() -> None:
    prompt = load("chat")
    assert "<image>" in prompt
    assert "<edit>" in prompt
    assert max(prompt.index("<image>"), prompt.index("<edit>")) < prompt.index("of=")
    assert len(prompt.split()) < 900


def test_its_examples_show_every_kind_and_every_description_stands_alone() -> None:
    tags = example_tags(load("chat"))
    assert {tag.kind for tag in tags} == {"image", "edit", "vary", "refine", "select"}
    for tag in tags:
        assert not re.search(r"\b(same|it|now|instead|previous|picture)\b", tag.description)
        assert tag.description.isascii()
        assert len(tag.description.split()) <= 40


def test_it_shows_plain_answers_and_code_without_tags() -> None:
    answers = load("chat").partition("# Example: plain answers")[2].partition("#")[0]
    assert "```python" in answers
    assert len(example_tags(answers)) == 1


@pytest.mark.parametrize("name", ["chat", "repair"])
def test_the_words_are_our_own(name: str) -> None:
    prompt = load(name).lower()
    assert not [phrase for phrase in PAPERS_OWN if phrase in prompt]


def test_an_unknown_prompt_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load("nothing")
