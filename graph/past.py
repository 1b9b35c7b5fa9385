"""A thread as a client shows it: messages and the replies to them, as the checkpoint and the journal have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired

from langchain_core.messages import AnyMessage, HumanMessage
from typing_extensions import TypedDict

from minidalle3.graph.journal import Unfinished
from minidalle3.graph.state import NO_USAGE, ChatState, DoneEvent, Part, PictureRecord
from minidalle3.nodes.history import last_words

CUT_OFF = "This message was cut off before it was answered. Send it again to have it answered."


class PastTurn(TypedDict):
    """One message and the reply to it; an empty reply is still being written."""

    words: str
    photos: list[str]
    reply: list[Part]
    sent: NotRequired[list[str]]
    """Digests of photos that have no number yet, because the turn is not over."""


class History(TypedDict):
    """A thread as a client shows it."""

    turns: list[PastTurn]
    pictures: dict[str, PictureRecord]
    current: str | None
    pending: str | None
    running: str | None
    """The turn under way in this process: follow it with `events`."""


def note_only(note: str, current: str | None) -> DoneEvent:
    """The end of a turn whose reply is a note."""
    reply: list[Part] = [{"type": "note", "text": note}]
    return {"type": "done", "reply": reply, "current": current, "pending": None, "usage": NO_USAGE}


def holds(state: ChatState, turn: str) -> bool:
    """Whether a turn's message is in the thread already."""
    return any(message.id == turn for message in state.get("messages", []))


def noted(message: HumanMessage) -> Unfinished:
    """A message as the journal keeps it."""
    content = message.content if isinstance(message.content, list) else [{"type": "text", "text": message.content}]
    return {"turn": str(message.id), "content": content}  # type: ignore[typeddict-item]


def unanswered(content: Any) -> PastTurn:
    """A message that is in no checkpoint yet."""
    return {"words": last_words([HumanMessage(content)]), "photos": [], "reply": [], "sent": photos_in(content)}


def photos_in(content: Any) -> list[str]:
    """The digests of the photos of such a message."""
    blocks = content if isinstance(content, list) else []
    return [str(block["file_id"]) for block in blocks if "file_id" in block]


def past(messages: Sequence[AnyMessage]) -> list[PastTurn]:
    """The turns of a thread: every message of the person's with what followed it."""
    turns: list[PastTurn] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            blocks = message.content if isinstance(message.content, list) else []
            photos = [str(block["id"]) for block in blocks if isinstance(block, dict) and "id" in block]
            turns.append({"words": last_words([message]), "photos": photos, "reply": []})
        elif turns:
            reply: list[Part] = message.additional_kwargs.get("reply", [{"type": "text", "text": message.text}])
            turns[-1]["reply"] += reply
    return turns
