"""Whole conversations, kept as the graph keeps them: ids in the history, pictures in the ledger."""

import re
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from minidalle3.llms.offline import OfflineAssistant
from minidalle3.nodes.promises import breaks_promise

TAG = re.compile(r"<(image|edit|vary|refine|select)\b([^>]*?)(?:/>|>(.*?)</\1>)")

CONVERSATIONS = {
    "a dog, its sticker and its house": [
        ("Hello! What are you?", ""),
        ("That's awesome. Can you generate a cute dog?", "<image>a cute dog</image>"),
        ("Cool! Could you make some sticker?", '<edit of="#1">a sticker of a cute dog</edit>'),
        (
            "Good! Can you make it run near the river?",
            '<edit of="#2">a sticker of a cute dog running near the river</edit>',
        ),
        ("Don't be a sticker", '<edit of="#3">a cute dog running near the river</edit>'),
        ("What would this dog's house look like?", "<image>a cute dog's house</image>"),
        ("Don't be a 3D model!", '<edit of="#5">a flat illustration of a cute dog\'s house</edit>'),
        ("Can you turn this description into an image?", "<image>a flat illustration of a cute dog's house</image>"),
        (
            "Where is the dog?",
            '<edit of="#7">a flat illustration of a cute dog\'s house with a cute dog in front of it</edit>',
        ),
        ("It looks great!", ""),
    ],
    "six kinds of instruction": [
        (
            'My 7 year-old keeps talking he dreamed a "superman cat” last night -- What does it look like ?',
            "<image>a superman cat</image>",
        ),
        ("My son says its name is Bob. Can I see more like this ?", '<vary of="#1" n="2"/>'),
        ("He's going to love these! Can you pick the second one ?", "<select>#3</select>"),
        (
            "Great, I like this one, it is so cute. Could you make bob flying in the sky ?",
            '<edit of="#3">a superman cat flying in the sky</edit>',
        ),
        ("This look great ! Can you refine the image so that I can use it to build a story book.", '<refine of="#4"/>'),
        ("Bob looks strong, what’s the story of him ? Could you tell me some ?", ""),
    ],
    "a hedgehog with a name": [
        (
            'My 5 year-old keeps talking about a "super-duper sunflower hedgehog" -- What does it look like ?',
            "<image>a super-duper sunflower hedgehog</image>",
        ),
        ("My daughter says its name is Larry. Can I see more like this ?", '<vary of="#1" n="2"/>'),
        (
            "She's going to love these! Can you show me Larry's house ?",
            '<edit of="#3">a super-duper sunflower hedgehog standing in front of a house</edit>',
        ),
        ("Larry is cute, what makes him so super-duper ?", ""),
        (
            "Can your design some stickers ?",
            '<edit of="#4">a sticker of a super-duper sunflower hedgehog standing in front of a house</edit>',
        ),
        ("can you generate a cat ?", "<image>a cat</image>"),
    ],
    "a picture for an article": [
        ("I want to draw a picture for my article, the theme is Spring Festival, do you have any idea?", ""),
        (
            "Looks great, could you draw it?",
            "<image>a lively street at the Spring Festival with red lanterns, paper decorations and happy people "
            "sharing food</image>",
        ),
        (
            "Can you imagine another scene of setting off firecrackers",
            "<image>people setting off firecrackers during the Spring Festival</image>",
        ),
    ],
    "a song in parts": [
        (
            'I have listened a beautiful song called "sleepyhead", could you help me draw illustration for it? '
            "In the following, I will give you the lyric part by part.",
            "",
        ),
        (
            "In the year of our lord 1239. There once lived a girl of a royal line. The ancient stories do recall.",
            "<image>a storybook illustration of a girl of a royal line</image>",
        ),
        (
            "In a castle made of stone. Every night she slept alone.",
            "<image>a storybook illustration of a girl of a royal line sleeping in a castle made of stone at "
            "night</image>",
        ),
        (
            "Could you summarize the story with interleaved images?",
            "<image>a storybook illustration of a girl of a royal line</image> "
            "<image>a storybook illustration of a girl of a royal line sleeping in a castle made of stone at "
            "night</image>",
        ),
    ],
    "a spaceship from suggestions": [
        ("I want to design a picture of a spaceship, could you give me some suggestions?", ""),
        (
            "I like Retro Spaceship, could you imagine a picture of it?",
            "<image>a retro spaceship with a round body, fins, and silver and red colours</image>",
        ),
        ("What is the prompt for it?", ""),
        (
            "I don't want the fins",
            '<edit of="#1">a retro spaceship with a round body and silver and red colours</edit>',
        ),
    ],
    "a logo": [
        ("Can you help me to design a logo for a text-to-image app?", ""),
        ("It is call mini-dalle3", ""),
        ("I would like it to be flatten", "<image>a flat logo for a text-to-image app called mini-dalle3</image>"),
        (
            "I want it to use orange as main color",
            '<edit of="#1">a flat orange logo for a text-to-image app called mini-dalle3</edit>',
        ),
    ],
}


class Thread:
    """Stands in for the graph: numbers the pictures and writes their ids into the history."""

    def __init__(self) -> None:
        self.messages: list[BaseMessage] = []
        self.pictures: list[dict[str, Any]] = []
        self.current: str | None = None

    def say(self, words: str) -> str:
        ledger = {"pictures": self.pictures, "current": self.current}
        self.messages.append(HumanMessage(words))
        system = SystemMessage("You draw.", additional_kwargs={"ledger": ledger})
        reply = OfflineAssistant().invoke([system, *self.messages]).text
        self.messages.append(AIMessage(TAG.sub(self.draw, reply)))
        return reply

    def draw(self, tag: re.Match[str]) -> str:
        kind, attributes, text = tag.groups()
        if kind == "select":
            self.current = text
            return tag.group()
        source = re.search(r'of="(#\d+)"', attributes)
        parent = source[1] if source else None
        count = re.search(r'n="(\d+)"', attributes)
        return "\n".join(self.picture(kind, parent, text) for _ in range(int(count[1]) if count else 1))

    def picture(self, kind: str, parent: str | None, text: str | None) -> str:
        description = text or next(p["description"] for p in self.pictures if p["id"] == parent)
        self.current = f"#{len(self.pictures) + 1}"
        self.pictures.append({"id": self.current, "kind": kind, "parent": parent, "description": description})
        return f'<{kind} id="{self.current}">{description}</{kind}>'


@pytest.mark.parametrize("turns", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_a_conversation_is_carried(turns: list[tuple[str, str]]) -> None:
    thread = Thread()
    for words, expected in turns:
        reply = thread.say(words)
        assert " ".join(tag.group() for tag in TAG.finditer(reply)) == expected, words
        prose = TAG.sub("", reply)
        assert prose.strip()
        assert expected or not breaks_promise(reply), words


def test_stories_say_that_they_are_templates() -> None:
    thread = Thread()
    thread.say("draw a cute fox")
    assert "template" in thread.say("what is the story of it?")
    assert "template" in thread.say("give me some ideas for a picture of a castle")


def test_a_story_with_pictures_shows_one_after_each_part() -> None:
    reply = Thread().say("tell me a story about a dragon with pictures")
    assert [text for _, _, text in TAG.findall(reply)] == [
        "a dragon in a meadow in the morning",
        "a dragon in the forest",
        "a dragon sitting by the river at night",
    ]
    assert reply.index("The dragon wakes") < reply.index("<image>")
