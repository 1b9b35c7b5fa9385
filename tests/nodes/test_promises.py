"""Replies that break a promise, and replies that only look like it."""

import pytest

from minidalle3.nodes.promises import breaks_promise


@pytest.mark.parametrize(
    "text",
    [
        "Sure, here is a picture of a cute dog for you:",
        "Certainly! Here's the updated image:",
        "Of course, here it is:",
        "I have drawn a lovely little painting of the sea.",
        "I'm sorry, but I cannot generate images.",
        "As a text model, I am unable to create any visual illustration for you.",
        "抱歉，我无法生成图像。",
        "这是给你画的图：",
    ],
)
def test_a_promise_without_a_picture_is_noticed(text: str) -> None:
    assert breaks_promise(text)


@pytest.mark.parametrize(
    "text",
    [
        "The capital of France is Paris.",
        "Here is the function you asked for: def f(): pass",
        "You're welcome! Tell me if you want another picture.",
        "Penguins cannot fly, but they swim very well.",
        "Here are three ideas: a castle, a forest, a lake.",
        "What style would you like for the logo?",
    ],
)
def test_plain_talk_is_left_alone(text: str) -> None:
    assert not breaks_promise(text)
