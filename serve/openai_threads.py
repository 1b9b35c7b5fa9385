"""Which thread a conversation of OpenAI's clients is: they send it back whole, with no other name for it."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from pydantic import BaseModel

from minidalle3.serve.callers import House
from minidalle3.serve.openai_errors import Refused
from minidalle3.serve.own import THREAD, Own, Unknown

SEALED = r"\?caller=\w{1,32}&until=\d{1,20}&seal=\w{1,64}"
LINK = rf"[^\s()]{{0,200}}?/threads/(?P<thread>{THREAD})/pictures/\d{{1,6}}{SEALED}"
SHOWN = re.compile(rf"!\[[^\[\]\n]*+\]\({LINK}\)")
"""A picture as a reply shows it."""
LONGEST, LAST = 20_000, 50
"""Characters of a message, and messages of a history, that are looked at: no more than a conversation has."""


class Message(BaseModel):
    """One message of a client's history."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None

    def text(self) -> str:
        """Its words, pictures left out."""
        if not isinstance(self.content, list):
            return (self.content or "").strip()
        return " ".join(str(part.get("text", "")) for part in self.content if part.get("type") == "text").strip()

    def addresses(self) -> list[str]:
        """Its pictures. Raises `Refused` for a part that is neither."""
        parts = self.content if isinstance(self.content, list) else []
        if strange := next((part for part in parts if part.get("type") not in ("text", "image_url")), None):
            raise Refused(f"A part of type {strange.get('type')!r} is not understood.", "messages")
        pictures = [part.get("image_url") for part in parts if part["type"] == "image_url"]
        return [str(picture.get("url")) if isinstance(picture, dict) else str(picture) for picture in pictures]


async def thread_of(there: House, own: Own, messages: Sequence[Message]) -> str:
    """The thread in which what was said before the last message was said, as it stood then: one that has gone on since
    is branched. If it was not said here, the thread of the last picture shown in it; else a new one that knows it.
    """
    before, name = messages[:-1], f"chat-{uuid.uuid4().hex}"
    if thread := await there.doors.thread_of(own.caller, said(before)):
        turns = sum(message.role == "user" for message in before)
        if len((await own.history(thread))["turns"]) <= turns:
            return thread
        await own.branch(thread, turns, name)
    elif thread := await shown_last(own, before):
        return thread
    elif spoken := in_words(before):
        await own.begin(name, spoken)
    return name


async def shown_last(own: Own, messages: Sequence[Message]) -> str | None:
    """The caller's own thread of which the last picture is."""
    replies = [message.text()[-LONGEST:] for message in messages[-LAST:] if message.role == "assistant"]
    for reply in reversed(replies):
        for found in reversed(list(SHOWN.finditer(reply))):
            try:
                await own.history(found["thread"])
            except Unknown:
                continue
            return found["thread"]
    return None


def in_words(messages: Sequence[Message]) -> list[AnyMessage]:
    """What person and assistant said; of pictures that are not here, that there were some."""
    spoken: list[AnyMessage] = []
    for message in messages[-LAST:]:
        text = message.text()[:LONGEST]
        if message.role == "user" and text:
            spoken.append(HumanMessage(text))
        elif message.role == "assistant" and spoken:
            text = SHOWN.sub("(a picture that is no longer here)", text)
            spoken.append(AIMessage(text, additional_kwargs={"reply": [{"type": "text", "text": text}]}))
    return spoken


def said(messages: Sequence[Message], reply: str | None = None) -> str:
    """Digest of a conversation."""
    turns = [(message.role, message.text()) for message in messages if message.role in ("user", "assistant")]
    turns += [("assistant", reply.strip())] if reply is not None else []
    return hashlib.sha256(json.dumps(turns).encode()).hexdigest()
