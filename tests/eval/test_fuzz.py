"""Three hundred generated replies: a person sees only words, notes, and pictures that exist."""

from pathlib import Path

from minidalle3.eval.fuzz import MARKUP, fuzz, prose


async def test_nothing_that_an_llm_writes_harms_a_person(tmp_path: Path) -> None:
    assert await fuzz(tmp_path, 300) == []


def test_markup_is_recognised_outside_of_code() -> None:
    for text in (
        "a <image>dog",
        "</ edit>",
        "＜vary＞",
        "<think>",
        "&lt;image&gt;",
        "`` <image> `",
        "a ```\n\n<vary/>\n```",
    ):
        assert MARKUP.search(prose(text))
    for text in ("`<image>dog</image>`", "```\n<edit>\n```", "```\n<edit>", "1 < 2", "an <em>image</em>"):
        assert not MARKUP.search(prose(text))
