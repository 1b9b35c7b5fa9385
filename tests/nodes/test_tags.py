"""The tag protocol: what each text means, however it is cut into chunks, and that no markup reaches the person."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minidalle3.nodes.markup import Item, Tag, Text
from minidalle3.nodes.tags import TagParser

MARKUP = re.compile(r"</?(image|edit|vary|refine|select)(?![\w.@-])", re.IGNORECASE | re.ASCII)


def joined(items: Iterable[Item]) -> list[Item]:
    result: list[Item] = []
    for item in items:
        if isinstance(item, Text) and result and isinstance(last := result[-1], Text):
            result[-1] = Text(last.text + item.text)
        else:
            result.append(item)
    return result


def parse(*chunks: str) -> list[Item]:
    parser = TagParser()
    return joined([item for chunk in chunks for item in parser.feed(chunk)] + parser.close())


def image(description: str, count: int = 1) -> Tag:
    return Tag("image", description, count)


DOG = image("a dog")

WELL_FORMED: list[tuple[str, list[Item]]] = [
    ("", []),
    ("Just words.", [Text("Just words.")]),
    ("Here: <image> a  cute\n dog </image>!", [Text("Here: "), image("a cute dog"), Text("!")]),
    ("<edit>a dog</edit>", [Tag("edit", "a dog")]),
    ("<image>\na dog\n</image>", [DOG]),
    ("<image>a dog</image> or <image>a cat</image>", [DOG, Text(" or "), image("a cat")]),
    ('<image n="4">a dog</image>', [image("a dog", 4)]),
    ("<image n=4>a dog</image>", [image("a dog", 4)]),
    ("<IMAGE N = '4' >a dog</Image >", [image("a dog", 4)]),
    ("< image >a dog</ image>", [DOG]),
    ('<edit of="#2">a dog</edit>', [Tag("edit", "a dog", source="#2")]),
    ('<vary of="#2" n="4"/>', [Tag("vary", "", 4, "#2")]),
    ("<vary of=#2 n=4/>", [Tag("vary", "", 4, "#2")]),
    ("<vary/>", [Tag("vary", "")]),
    ("<refine of='2'/>", [Tag("refine", "", source="#2")]),
    ('<refine of="#2">a sharp dog</refine>', [Tag("refine", "a sharp dog", source="#2")]),
    ("<select>#2</select>", [Tag("select", "", source="#2")]),
    ("<select> 2 </select>", [Tag("select", "", source="#2")]),
    ('<select of="#2"/>', [Tag("select", "", source="#2")]),
    ('<image id="#3">a dog</image>', [DOG]),
    ('<edit id="#3" of="#02" style="x">a dog</edit>', [Tag("edit", "a dog", source="#2")]),
    ("<image n=0>a dog</image>", [DOG]),
    ("<image n=-3>a dog</image>", [DOG]),
    ("<image n=many>a dog</image>", [DOG]),
    ("<image n=500>a dog</image>", [image("a dog", 500)]),
]

ODD: list[tuple[str, list[Item]]] = [
    ("<image>a dog", [DOG]),
    ("<image>a dog\n\nThere!", [DOG, Text("\n\nThere!")]),
    ("<image>\n\na dog\n\n</image>", [DOG, Text("\n\n")]),
    ("<image>a dog</edit> There!", [DOG, Text(" There!")]),
    ("<image>a dog</img> There!", [DOG, Text(" There!")]),
    ("<image>a dog<image>", [DOG]),
    ("<image>a dog<image> There!", [DOG, Text(" There!")]),
    ("<image>a dog<image> and <image>a cat<image>", [DOG, Text(" and "), image("a cat")]),
    ("<image>a dog\n<image>a cat</image>", [DOG, Text("\n"), image("a cat")]),
    ("<image>a dog <image>a cat</image></image>", [DOG, Text(" "), image("a cat")]),
    ("<image>a dog<edit>a cat</edit>", [DOG, Tag("edit", "a cat")]),
    ("<image>a dog<image/> There!", [DOG, Text(" There!")]),
    ("Well</image>, no.", [Text("Well, no.")]),
    ("<image></image><image/><edit> </edit><edit of=#2/>", []),
    ("<select></select><select>that one</select>", []),
    ('<vary of="#2" n="4"> There!', [Tag("vary", "", 4, "#2"), Text(" There!")]),
    ('<vary of="#2" n=4 There!', [Tag("vary", "", 4, "#2"), Text("There!")]),
    ("<vary of=#2><vary of=#3></vary>", [Tag("vary", "", source="#2"), Tag("vary", "", source="#3")]),
    ("<select of=#2> Good choice.", [Tag("select", "", source="#2"), Text(" Good choice.")]),
    ("<image a dog</image>", [DOG]),
    ("<image a dog\nThere!", [image("a dog There!")]),
    ("<image: a dog>", [DOG]),
    ('<image "a dog"/>', [DOG]),
    ("<image n=2 a dog</image>", [image("a dog", 2)]),
    ("<vary of=“#2”/>", [Tag("vary", "", source="#2")]),
    ("<edit of='#2>a dog</edit>", [Tag("edit", "a dog", source="#2")]),
    ("</image There!\nYes.", [Text(" There!\nYes.")]),
    ("<image>`a dog`</image>", [DOG]),
    ("So <ima", [Text("So ")]),
    ("<image>a dog</ima", [DOG]),
    ("So <image", [Text("So ")]),
    ("<image><image><image>a dog</image>", [DOG]),
]

UNTOUCHED = [
    "a <b>bold</b> word",
    "a < b and c > d",
    "if a < image b",
    "<images> <image.png> <edit-me> <selection>",
    "<img src='a.png'> <!-- x --> <br/>",
    "5 <",
    "x <i",
    "Write `<image>a dog</image>` so.",
    "`<image>a dog</image>` is a tag",
    "``a ` <edit>b</edit>``",
    "```\n<image>a dog</image>\n```\n",
    "```html\n<image>a dog</image>",
    "```<image>a dog</image>```",
    "``` <image>a dog</image>\n",
    "~~~ <x>\n<image>a dog</image>\n```\n<edit>b</edit>\n~~~~ \n",
    "1. Like so:\n   ```\n   <image>a dog</image>\n   ```\n",
    "> ````\n> ```\n> <image>a dog</image>\n> ````\n",
    "~~struck~~ `` ` ``",
]

AROUND_CODE: list[tuple[str, list[Item]]] = [
    ("5` <image>a dog</image>\n`", [Text("5` "), DOG, Text("\n`")]),
    ("`a` <image>a dog</image> `<edit>`", [Text("`a` "), DOG, Text(" `<edit>`")]),
    ("```\nx\n```\n<image>a dog</image>", [Text("```\nx\n```\n"), DOG]),
    ("`` <image>a dog</image> `", [Text("`` "), DOG, Text(" `")]),
    ("<image>a dog\n```\n<edit>b</edit>\n```", [DOG, Text("\n```\n<edit>b</edit>\n```")]),
    ("<vary> see `<image>`", [Tag("vary", ""), Text(" see `<image>`")]),
]


@pytest.mark.parametrize(("text", "items"), WELL_FORMED + ODD + AROUND_CODE)
def test_meaning(text: str, items: list[Item]) -> None:
    assert parse(text) == items


@pytest.mark.parametrize("text", UNTOUCHED)
def test_other_text_passes_untouched(text: str) -> None:
    assert parse(text) == [Text(text)]


def test_prose_is_held_back_only_while_it_may_become_a_tag() -> None:
    parser = TagParser()
    assert parser.feed("a <b> `c` <") == [Text("a <b> `c` ")]
    assert parser.feed("im") == []
    assert parser.feed("p>") == [Text("<imp>")]
    assert parser.feed("`x") == [Text("`x")]
    assert parser.feed("<y") == []
    assert parser.feed("> z\n") == [Text("<y> z\n")]


PIECES = [
    *("<", ">", "/", "</", "/>", "<image", "<image>", "</image>", "<edit>", "</edit>", "</img>", "< ", "<b>", "<imag"),
    *('<vary of="#2" n="4"/>', "<vary>", "<refine>", "</refine>", "<select>", "#2", ' of="#2"', " n=4", "'", '"', "="),
    *("`", "``", "```", "~~~", "\n", "\n\n", "\r\n", " ", "\t", "a", "dog", "一只狗", ":", "> ", "1. "),
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


@given(texts, st.lists(st.integers(0, 200)))
@example("".join(PIECES), [])
def test_any_chunking_gives_the_same_items(text: str, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    chunks = [text[start:end] for start, end in pairwise(edges)]
    assert parse(*chunks) == parse(*text) == parse(text)


@given(texts.map(lambda text: text.replace("`", "").replace("~", "")))
def test_markup_never_reaches_the_person(text: str) -> None:
    for item in parse(text):
        assert not MARKUP.search(item.text if isinstance(item, Text) else item.description)


@given(texts)
def test_descriptions_are_clean_and_counts_positive(text: str) -> None:
    for item in parse(text):
        if isinstance(item, Tag):
            assert item.description == " ".join(item.description.split())
            assert not MARKUP.search(item.description)
            assert item.count >= 1
            assert item.source is None or re.fullmatch(r"#\d+", item.source)
            assert item.description or item.kind in ("vary", "refine", "select")


@given(st.text().map(lambda text: text.replace("<", "")))
def test_text_without_a_bracket_is_prose(text: str) -> None:
    assert parse(text) == ([Text(text)] if text else [])


def seconds(text: str) -> float:
    start = time.process_time()
    parse(*text)
    return time.process_time() - start


@pytest.mark.parametrize("piece", ["<image>", "<", "a dog ", "`<", "<vary> `", "< image ", "\n", "<image\n"])
@pytest.mark.parametrize("start", ["", "<image>", "<image ", "`<"])
def test_time_is_linear_fed_one_character_at_a_time(start: str, piece: str) -> None:
    """Eight times the text may take eight times as long, with room for noise; squared it would be sixty-four."""
    small, large = ((start + piece * size)[:size] for size in (3_000, 24_000))
    assert min(seconds(large) for _ in range(2)) < 24 * min(seconds(small) for _ in range(3))


@pytest.mark.parametrize("text", ["<image>" * 60_000, "<" * 400_000], ids=["tags", "brackets"])
def test_a_very_long_reply(text: str) -> None:
    """Squared time would take hours."""
    assert len(parse(text)) <= 1
