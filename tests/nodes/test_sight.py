"""An LLM that takes images sees the pictures in question, over the wire, and nothing of them is kept with the words."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import AIMessage, BaseMessage
from PIL import Image
from support.house import opened, say
from support.openai_server import OpenAIServer
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.llms.load import load
from minidalle3.nodes.services import Services
from minidalle3.nodes.sight import TOKENS
from minidalle3.nodes.window import READING, tokens_of

REPLIES = ["<image>a cat</image>", "<image>a dog</image>", "It is green.", "Both are nice."]


def seen(request: dict[str, Any]) -> list[str]:
    """The numbers of the pictures that a request shows, with `PNG` for each one's pixels; words alone show none."""
    shown: list[str] = []
    for message in request["messages"]:
        for block in message["content"] if isinstance(message["content"], list) else []:
            shown.append("PNG" if block["type"] == "image_url" else block["text"])
    return shown[1:]


def lose(address: str) -> None:
    Path(address).unlink()


async def conversation(home: Path, server: OpenAIServer, **more: Any) -> tuple[str, np.ndarray]:
    """Two pictures and two questions; everything that the checkpoint keeps of it, and the first picture's pixels."""
    server.replies = REPLIES
    settings = Settings(home=home, llm="openai:m", llm_base_url=server.url, llm_retries=0, **more)
    made = Services.of(settings, load(settings), Owner(lambda: Swatch()))
    turns = await Turns.open(settings, made)
    for words in ("draw a cat", "draw a dog", "what colour is it?", "how do you like #1?"):
        await say(turns, words)
    state = await turns._state("t")
    drawn = np.asarray(made.gallery.image(state["pictures"]["#1"]["digest"]))
    await turns.close()
    return str(state), drawn


async def test_the_pictures_in_question_are_shown_in_that_call_only(
    tmp_path: Path, openai_server: OpenAIServer
) -> None:
    kept, drawn = await conversation(tmp_path, openai_server, llm_images=True)
    assert [seen(request) for request in openai_server.requests] == [
        [], ["#1:", "PNG"], ["#2:", "PNG"], ["#1:", "PNG", "#2:", "PNG"],
    ]  # fmt: skip
    url = openai_server.requests[3]["messages"][-1]["content"][2]["image_url"]["url"]
    assert url.startswith("data:image/png;base64,")
    sent = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    assert (np.asarray(sent) == drawn).all()
    assert not sent.info, "the recipe inside the file is not for the provider"
    assert "base64" not in kept
    assert url[60:100] not in kept


@pytest.mark.parametrize("more", [{}, {"llm_images": False}])
async def test_an_llm_that_reads_words_alone_is_sent_words_alone(
    tmp_path: Path, openai_server: OpenAIServer, more: dict[str, Any]
) -> None:
    await conversation(tmp_path, openai_server, **more)
    assert all(seen(request) == [] for request in openai_server.requests)


async def test_what_the_client_knows_of_its_llm_decides_where_nothing_is_set(tmp_path: Path) -> None:
    async with opened(tmp_path, "<image>a cat</image>", "Yes.") as turns:
        turns._services.llm.profile = {"image_inputs": True}
        for words in ("draw a cat", "is it asleep?"):
            await say(turns, words)
        last = turns._services.llm.seen[-1][-1]
        assert [block["type"] for block in last.content] == ["text", "text", "image"]
        assert isinstance(last.content[0]["text"], str)
        assert last.text.startswith("is it asleep?")


async def test_pixels_count_in_the_window(tmp_path: Path) -> None:
    window = 8000
    replies = ("<image n='4'>a cat</image>", *(["word " * 900] * 4))
    async with opened(tmp_path, *replies, llm_images=True, llm_window=window) as turns:
        await say(turns, "four cats")
        for _ in range(4):
            await say(turns, "how do you like #1, #2, #3 and #4? " + "tell me " * 200)
        for messages in turns._services.llm.seen[1:]:
            assert images(messages) == 4
            assert tokens_of(messages) <= (window - 4 * TOKENS) * READING
        assert len(turns._services.llm.seen[-1]) < 10, "older turns gave way to pixels"


async def test_a_small_window_is_not_filled_with_pixels(tmp_path: Path) -> None:
    async with opened(tmp_path, "<image n='4'>a cat</image>", "Nice.", llm_images=True, llm_window=4096) as turns:
        await say(turns, "four cats")
        await say(turns, "compare the look of #1, #2, #3 and #4 for me")
        assert images(turns._services.llm.seen[-1]) == 2


def images(messages: list[BaseMessage]) -> int:
    """How many pictures they show."""
    last = messages[-1].content
    return sum(block["type"] == "image" for block in last if isinstance(block, dict)) if isinstance(last, list) else 0


async def test_a_picture_whose_file_is_gone_is_told_in_words_as_ever(tmp_path: Path) -> None:
    async with opened(tmp_path, "<image>a cat</image>", "Yes.", llm_images=True) as turns:
        await say(turns, "draw a cat")
        digest = (await turns.history("t"))["pictures"]["#1"]["digest"]
        lose(turns._services.gallery.address(digest))
        await say(turns, "is it asleep?")
        prompt = turns._services.llm.seen[-1]
        assert prompt[-1].content == "is it asleep?"
        assert "a cat" in prompt[0].text
        assert not isinstance(prompt[-1], AIMessage)
