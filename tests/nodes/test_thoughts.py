"""What an LLM thinks aloud stays out of its reply, marks that are damaged included, whatever the pieces it comes in."""

from __future__ import annotations

import pytest

from minidalle3.nodes.thoughts import Thoughts


def said(text: str, size: int) -> str:
    """What a person sees of `text`, which comes in pieces; before a thought that was never opened, nothing."""
    thoughts, shown = Thoughts(), ""
    for start in range(0, len(text), size):
        piece = thoughts.feed(text[start : start + size])
        shown = piece if thoughts.spilled else shown + piece
        thoughts.spilled = False
    return shown + thoughts.close()


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<think>hm</think>A dog.", "A dog."),
        ("<Think >hm</think/>A dog.", "A dog."),
        ("A dog.<think", "A dog."),
        ("A dog.<think\n\n", "A dog."),
        ("A dog.</think", "A dog."),
        ("planned</think>A dog.", "A dog."),
        ("planned</think><think>more</think>A dog.", "A dog."),
        ("a <thin dog> and 1 < 2", "a <thin dog> and 1 < 2"),
        ("a <thinker> thinks", "a <thinker> thinks"),
        ("never <think ends", "never <think ends"),
        ("A dog.</think/![", "A dog.!["),
        ("A dog.<think/t", "A dog.t"),
        ("A mark such as `<think>` begins it.", "A mark such as `<think>` begins it."),
        ("`<think>` begins and `</think>` ends it.", "`<think>` begins and `</think>` ends it."),
        ("<think>use `x`</think>A dog.", "A dog."),
        ("use `x`</think>A dog.", "A dog."),
    ],
)
def test_only_thoughts_are_taken_out(text: str, shown: str, size: int) -> None:
    assert said(text, size) == shown
