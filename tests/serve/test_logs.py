"""The server's log: what happened, to whom, how long it took, and not a word that was said."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from support.swatch import Swatch

from minidalle3.serve.logs import Lines

SECRETS = ("wish", "unicorn", "dog", "painting")


@pytest.fixture(params=[False, True])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """All that would be written, without the words and with them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(words=request.param))
    root, house = logging.getLogger(), logging.getLogger("minidalle3")
    before = root.level, house.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    stream.words = request.param
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    house.setLevel(before[1])


def ask(text: str, thread: str) -> dict[str, object]:
    return {"input": {"text": f"{text}, my secret wish", "thread": thread}}


async def test_a_line_for_every_turn_and_no_words_in_any(serving, log) -> None:
    replies = ("A painting: <image>a dog</image>", "<image>a unicorn</image>", "A painting, in words.")
    async with serving(*replies, engine=Swatch(fail_on="unicorn")) as server:
        key = await server.house.doors.add("ann")
        ann = server.client(key)
        for thread in ("dogs", "unicorns", "words", "silence"):  # the script has nothing for the last: the LLM fails
            assert (await ann.post("/agent/invoke", json=ask(thread, thread))).status_code == 200
        await ann.post("/v1/images/generations", json={"prompt": "a unicorn"})
        logging.getLogger("httpx").info("GET https://example.org/?q=%s", "my secret wish")
        [caller] = await server.house.doors.callers()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    turns = [line for line in lines if line.get("event") == "turn"]
    assert [(turn["pictures"], turn["failure"]) for turn in turns] == [
        (1, None), (0, "not_drawn"), (0, None), (0, "unanswered"), (0, "not_drawn"),
    ]  # fmt: skip
    assert {turn["caller"] for turn in turns} == {caller.id[:8]}
    assert len({turn["thread"] for turn in turns}) == 5
    assert all(turn["seconds"] >= 0 and turn["logger"] == "minidalle3.serve.metered" for turn in turns)
    assert key not in log.getvalue()
    assert key.split("-", 2)[2] not in log.getvalue()
    if not log.words:
        assert [word for word in SECRETS if word in log.getvalue().casefold()] == []
    else:
        assert "my secret wish" in log.getvalue(), "who asks for the words gets them"


def test_exceptions_tell_their_kind_and_place() -> None:
    try:
        raise ValueError("a secret dog")
    except ValueError:
        record = logging.getLogger("minidalle3.x").makeRecord(
            "minidalle3.x", logging.ERROR, __file__, 1, "It failed.", (), sys.exc_info()
        )
    line = json.loads(Lines().format(record))
    assert (line["event"], line["error"]["kind"]) == ("It failed.", "ValueError")
    assert "test_exceptions_tell" in line["error"]["places"][0]
    assert "secret" not in json.dumps(line)
    assert "a secret dog" in json.loads(Lines(words=True).format(record))["error"]["trace"]
