"""Which thread a conversation of OpenAI's clients goes on in: they name none, and send what history they like."""

from __future__ import annotations

import re
from typing import Any

import pytest

from minidalle3.serve.openai_threads import LONGEST, Message, in_words

DOG = "Here you are: <image>a cute dog</image>"
CAT = "Here: <image>a cat</image>"
RUN = "Off it goes: <edit>a cute dog running</edit>"
RED = "Red: <edit>a red dog</edit>"
HI = {"role": "user", "content": "hello"}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


async def reply(client, *messages: dict[str, Any], **more: object) -> dict[str, Any]:
    """The assistant's message."""
    body = {"model": "minidalle3", "messages": messages, **more}
    answer = await client.post("/v1/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    told = answer.json()["choices"][0]["message"]
    return {"role": "assistant", "content": told["content"]}


async def test_a_message_that_is_said_again_is_answered_as_if_for_the_first_time(serving) -> None:
    async with serving(DOG, RUN, RED, RED) as server:
        ann = await server.caller("ann")
        said = [user("a dog")]
        said.append(await reply(ann, *said))
        run = await reply(ann, *said, user("make it run"))
        assert "![#2: a cute dog running]" in run["content"]
        again = await reply(ann, *said, user("make it red"))
        assert "![#2: a red dog]" in again["content"]
        seen = server.house.turns._services.llm.seen[2]
        assert [message.text for message in seen if message.type == "human"][-2:] == ["a dog", "make it red"]
        threads = (await ann.get("/threads")).json()
        assert [info["title"] for info in threads] == ["a dog", "a dog"]
        branch, trunk = [(await ann.get(f"/threads/{info['thread']}")).json() for info in threads]
        assert [len(each["turns"]) for each in (branch, trunk)] == [2, 2]
        assert branch["pictures"]["#2"]["parent"] == "#1"
        assert branch["pictures"]["#1"]["digest"] == trunk["pictures"]["#1"]["digest"]
        assert await reply(ann, *said, user("make it run"), run, user("make it red")), "and the trunk goes on"


async def test_a_client_that_forgot_the_beginning_goes_on_with_its_last_picture(serving) -> None:
    async with serving(DOG, "Nice to meet you.", RUN) as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        dog = await reply(ann, user("a dog"))
        assert "![#2: a cute dog running]" not in (await reply(bob, user("a dog"), dog, user("make it run")))["content"]
        late = await reply(ann, user("something else"), dog, user("make it run"))
        assert "![#2: a cute dog running]" in late["content"]
        assert len((await ann.get("/threads")).json()) == 1


async def test_what_was_said_elsewhere_is_known_and_its_pictures_are_not_claimed(serving) -> None:
    async with serving("Ann, as you said.", "Which?") as server:
        ann = await server.caller("ann")
        before = [{"role": "system", "content": "Be brief."}, user("I am Ann"), {"role": "assistant", "content": "Hi!"}]
        assert (await reply(ann, *before, user("who am I?")))["content"] == "Ann, as you said."
        prompt = [message.text for message in server.house.turns._services.llm.seen[0]]
        assert prompt[-3:] == ["I am Ann", "Hi!", "who am I?"]
        gone = {
            "role": "assistant",
            "content": "![#1: x](http://test/threads/chat-0/pictures/1?caller=1&until=2&seal=3)",
        }
        await reply(ann, user("a dog"), gone, user("make it red"))
        [latest, _] = (await ann.get("/threads")).json()
        history = (await ann.get(f"/threads/{latest['thread']}")).json()
        assert history["pictures"] == {}
        assert history["turns"][0]["reply"] == [{"type": "text", "text": "(a picture that is no longer here)"}]


async def test_parameters_may_be_null(serving) -> None:
    async with serving("Hi.") as server:
        nothing = {"n": None, "stream": None, "stream_options": None, "seed": None, "temperature": 1, "user": "x"}
        assert (await reply(await server.caller("ann"), HI, **nothing))["content"] == "Hi."


async def test_every_size_that_the_engine_draws_may_be_asked_for(serving) -> None:
    async with serving() as server:
        ann = await server.caller("ann")
        asked = {"prompt": "a dog", "size": "128x64"}
        made = (await ann.post("/v1/images/generations", json=asked)).json()
        assert made["size"] == "128x64"
        link = made["data"][0]["url"]
        assert re.search(r"/pictures/1\?", link)
        for size in ("100x100", "8x8", "4096x4096", "large", "1e3x1"):
            refused = await ann.post("/v1/images/generations", json={**asked, "size": size})
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_size"), size


@pytest.mark.parametrize("piece", ["![", "![a](", "![a](x/threads/a/pictures/1?", "](", "![a](/threads/"])
def test_hostile_histories_are_read_as_quickly_as_others(piece: str) -> None:
    """A pattern that went back and forth over them would not end."""
    message = Message(role="assistant", content=piece * (2**20 // len(piece)))
    spoken = in_words([Message(role="user", content="a dog"), *[message] * 999])
    assert len(spoken) == 0
    assert len(in_words([Message(role="user", content="a dog"), message])[1].text) <= LONGEST


async def test_a_message_that_is_too_long_is_refused(serving) -> None:
    async with serving() as server:
        ann = await server.caller("ann")
        body = {"model": "minidalle3", "messages": [user("x" * (LONGEST + 1))]}
        refused = await ann.post("/v1/chat/completions", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "string_above_max_length")
        assert (await ann.get("/threads")).json() == []
