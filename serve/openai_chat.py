"""`/v1/chat/completions`: a conversation for OpenAI's clients, pictures as Markdown links and as content parts."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse

from minidalle3.graph.context import Context
from minidalle3.graph.state import NO_USAGE, Event, Usage
from minidalle3.serve.callers import Admitted, House, house
from minidalle3.serve.openai_errors import Refused
from minidalle3.serve.openai_models import MODEL, known
from minidalle3.serve.openai_threads import LONGEST, Message, said, thread_of
from minidalle3.serve.own import THREAD, Own

router = APIRouter(prefix="/v1", tags=["openai"])
ThreadName = Annotated[str | None, Header(alias="X-Thread-Id", pattern=f"^{THREAD}$")]


class StreamOptions(BaseModel):
    """What a stream tells besides the reply."""

    include_usage: bool | None = None


class Completion(BaseModel):
    """What of OpenAI's parameters means something here; the others are ignored."""

    model: str
    messages: list[Message] = Field(min_length=1, max_length=1000)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    seed: int | None = Field(default=None, ge=0, lt=2**31)


@dataclass
class Reply:
    """One completion on its way: text and pictures as they come."""

    request: Request
    own: Own
    thread: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))
    content: str = ""
    """In the order told: a stream cannot put a picture before words that are already said."""
    whole: str = ""
    """In the order written."""
    links: dict[str, str] = field(default_factory=dict)
    images: list[dict[str, Any]] = field(default_factory=list)
    usage: Usage = field(default_factory=lambda: NO_USAGE)
    part: int = -1

    def take(self, event: Event) -> dict[str, Any]:
        """What an event adds, as OpenAI's delta; empty for what a completion cannot tell."""
        delta: dict[str, Any] = {}
        if event["type"] == "text":
            delta["content"] = self._apart(event["part"]) + event["delta"]
        elif event["type"] == "note":
            delta["content"] = self._apart(-2) + event["text"]
        elif event["type"] == "picture":
            delta = self._shown(event["record"]["id"], event["record"]["description"])
        elif event["type"] == "done":
            self.usage = event["usage"]
            named = [part["id"] for part in event["reply"] if part["type"] == "picture"]
            for id in named:  # one from earlier that this reply only picks
                if id not in self.links:
                    more = self._shown(id)
                    delta = {key: delta.get(key, type(value)()) + value for key, value in more.items()}
            parts = [self.links[part["id"]] if part["type"] == "picture" else part["text"] for part in event["reply"]]
            self.whole = "\n\n".join(parts)
        self.content += delta.get("content", "")
        return delta

    def _shown(self, id: str, description: str = "") -> dict[str, Any]:
        url = house(self.request).link(self.request, self.own.caller, self.thread, id)
        said = "".join(letter for letter in f"{id}: {description}".rstrip(": ") if letter not in "[]\n")
        self.links[id] = f"![{said}]({url})"
        self.images.append({"type": "image_url", "image_url": {"url": url}, "index": len(self.images)})
        return {"content": self._apart(-2) + self.links[id], "images": self.images[-1:]}

    def _apart(self, part: int) -> str:
        """A blank line before whatever does not go on with the part before."""
        same, self.part = part == self.part and part >= 0, part
        return "" if same or not self.content else "\n\n"

    def frame(self, kind: str, **more: Any) -> dict[str, Any]:
        """What every answer carries."""
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL, **more}

    def tokens(self) -> dict[str, int]:
        """The usage in OpenAI's words."""
        read, written = self.usage["input_tokens"], self.usage["output_tokens"]
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


@router.post("/chat/completions", response_model=None)
async def completions(
    request: Request, own: Admitted, body: Completion, thread: ThreadName = None
) -> dict[str, Any] | EventSourceResponse:
    """The last message is answered in the thread of those before it, or in the one that `X-Thread-Id` names."""
    known(body.model)
    last = body.messages[-1]
    if last.role != "user":
        raise Refused("The last message must be the user's.", "messages")
    if len(last.text()) > LONGEST:
        raise Refused(f"A message has at most {LONGEST} characters.", "messages", "string_above_max_length")
    there = house(request)
    thread = thread or await thread_of(there, own, body.messages)
    photos = [await own.photo(address) for address in last.addresses()]
    turn = await own.start(thread, last.text(), photos, Context(seed=body.seed, previews=False))
    reply = Reply(request, own, thread)
    if body.stream:
        chunks = stream(reply, turn, body, there)
        return EventSourceResponse(chunks, headers={"X-Thread-Id": thread})
    async for event in own.events(turn, request.is_disconnected):
        reply.take(event)
    await there.doors.remember(own.caller, said(body.messages, reply.whole), thread)
    message = {"role": "assistant", "content": reply.whole, "images": reply.images}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return reply.frame("chat.completion", choices=[choice], usage=reply.tokens())


async def stream(reply: Reply, turn: str, body: Completion, there: House) -> AsyncIterator[dict[str, str]]:
    """The data of each server-sent event."""

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, str]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return {"data": json.dumps(reply.frame("chat.completion.chunk", choices=[choice]))}

    yield chunk({"role": "assistant", "content": ""})
    async for event in reply.own.events(turn):
        if delta := reply.take(event):
            yield chunk(delta)
    await there.doors.remember(reply.own.caller, said(body.messages, reply.content), reply.thread)
    yield chunk({}, "stop")
    if body.stream_options and body.stream_options.include_usage:
        yield {"data": json.dumps(reply.frame("chat.completion.chunk", choices=[], usage=reply.tokens()))}
    yield {"data": "[DONE]"}
