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
        "Here is a description of the cute dog's house: The house is a cozy cabin.",
        "当然，我会为您绘制一只猫！这是猫的图像及其描述：一只可爱的猫",
        "抱歉，我无法生成小说的场景。我是一个AI助手，只能生成图像和文本描述。",
        "由于我是一个文本生成模型，我无法直接画出图像。我可以尝试描述这个场景。",
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
        "Certainly! Here are a few suggestions for a picture of a spaceship:",
        "Here's an idea for an image: a castle.",
        "Here are three ideas: a castle, a forest, a lake.",
        "What style would you like for the logo?",
    ],
)
def test_plain_talk_is_left_alone(text: str) -> None:
    assert not breaks_promise(text)


def test_a_long_description_instead_of_the_drawing_asked_for_is_noticed() -> None:
    described = "The house stands by a lake. " * 12
    assert breaks_promise(described, "draw me a house")
    assert not breaks_promise(described, "what is the house like?")
    assert not breaks_promise("Here is a description of it: a house.", "give me a description of it")
