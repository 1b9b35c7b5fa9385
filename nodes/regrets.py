"""“No, rather the previous one” of a picture just gone to: what was left for it is meant, not what is before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage

from minidalle3.gallery.lexicon import CLASSIFIERS
from minidalle3.gallery.naming import mentions
from minidalle3.gallery.referring import Album
from minidalle3.graph.state import ChatState
from minidalle3.nodes.history import understood
from minidalle3.nodes.references import shown_last

REGRET = re.compile(
    r"^(?:no|nope|nah|wait|hm+|actually|sorry)\b|\b(?:rather|after all|prefer)\b|^(?:不|算了)|还是", re.IGNORECASE
)
TAKES = re.compile(
    r"(?:(?:i(?:'d| would)?|rather|prefer|take|use|keep|show me|give me|(?:go )?back to|have)\s?)*(?:after all)?|"
    rf"(?:算了[，, ]*)?[用要选看回到换的那{CLASSIFIERS}图]*",
    re.IGNORECASE,
)
"""All that may stand beside the naming of it."""
GONE, DREW = re.compile(r"<select>"), re.compile(r"<(?:image|edit|vary|refine)\b")


def regretted(said: str, bare: str, state: ChatState, book: Album) -> str | None:
    """The picture that a message goes back to; `bare` is the message without manners."""
    named = mentions(bare)
    if not REGRET.search(said) or [one.kind for one in named] != ["previous"]:
        return None
    start, end = named[0].span
    beside = " ".join((bare[:start] + bare[end:]).split())
    before = left(state["messages"][:-1]) if TAKES.fullmatch(beside) else None
    return before if book.find(before) else None


def left(messages: Sequence[AnyMessage]) -> str | None:
    """Where the person was before the last reply, if that only went to a picture, and not one step back."""
    if len(messages) < 2:
        return None
    *earlier, said, reply = messages
    went = isinstance(reply, AIMessage) and GONE.search(reply.text) and not DREW.search(reply.text)
    if not went or any(one.kind == "previous" for one in mentions(understood([said]))):
        return None
    shown = shown_last(earlier)
    return shown[0] if shown else None
