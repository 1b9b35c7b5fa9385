"""A short answer to the question that ended the last reply is read together with what that question was about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, HumanMessage

from minidalle3.gallery.lexicon import COLOURS, NOUNS, is_chinese
from minidalle3.gallery.naming import Mention, mentions
from minidalle3.gallery.referring import Album, Entry, fitting, resolve, shorter
from minidalle3.graph.state import ChatState, Segment
from minidalle3.nodes.commands import bare
from minidalle3.nodes.history import understood
from minidalle3.nodes.promises import asks_for_picture
from minidalle3.nodes.references import album

LONGEST_WORDS, LONGEST_HAN = 6, 12
"""Words, and Chinese characters, of an answer that may be short."""
YES = re.compile(
    r"(?:yes|yeah|yep|sure|right|exactly|correct|that one|是|是的|对|对的|好|好的|嗯|就是它|没错)", re.IGNORECASE
)
ALL = re.compile(
    r"(?:both|all|each|every one)(?: (?:of )?(?:them|these|those|pictures|ones))?|(?:them|these) (?:both|all)|the two|"
    r"[两三四]?[个张只幅]?都(?:要|改|画|行|可以)?|全部|所有的?",
    re.IGNORECASE,
)
NO_ANSWER = re.compile(
    r"\?|？|\b(?:no|nope|not|never ?mind|nothing|thanks?|thank you|stop|forget|cancel|yes|yeah|yep|sure|ok(?:ay)?|hi|"
    r"hello|what|why|how|who|when|where|is|are|do|does|can|make|add|give|show|put|change|remove|turn|undo|redo|go)\b"
    r"|^[不没]|算了|谢谢|^[是对好]|什么|怎么|为什么|把|让|改|换|去掉",
    re.IGNORECASE,
)
"""Said by somebody who does not answer, asks for something of their own, or agrees to what only the LLM knows."""
OF = re.compile(
    r"^(?:the |that |it is |it's )*(?:(?:one|picture) )?(?:(?:with|in|on|at) )?(?:(?:the|an?) )?|(?: one| picture)$"
)


def answered(said: str, state: ChatState) -> str | None:
    """What the person wants, now that they answered `state["pending"]`; None where this is no short answer to it."""
    pending, earlier = state.get("pending"), state.get("messages", [])[:-1]
    asked_by = next((message for message in reversed(earlier) if isinstance(message, AIMessage)), None)
    request = next((message for message in reversed(earlier) if isinstance(message, HumanMessage)), None)
    if not pending or asked_by is None or request is None:
        return None
    before, answer = understood([request]), bare(said)
    if {"type": "note", "text": pending} in asked_by.additional_kwargs.get("reply", []):
        return with_picture(before, answer, album(state))
    return with_detail(before, pending, answer)


def with_picture(before: str, answer: str, book: Album) -> str | None:
    """The request, with what is now named in the place of the words that named no picture, or several."""
    span, options = (len(before), len(before)), book.entries
    for mention in mentions(before):
        said = resolve(mention, before, book)
        if said.equal or said.missing:
            span = naming(mention, before, book)
            options = tuple(entry for entry in book.entries if entry.id in said.equal) or options
    chosen = choice(answer, options)
    if ALL.fullmatch(answer):
        chosen = ("和" if is_chinese(before) else " and ").join(entry.id for entry in options)
    if not chosen:
        return None
    start, end = span
    return f"{before[:start]}{chosen}{before[end:]}" if start < end else f"{before} ({chosen})"


def naming(mention: Mention, text: str, book: Album) -> tuple[int, int]:
    """Where a picture is named: of "the cat red", "the cat" alone."""
    start, end = mention.span
    if mention.kind == "thing":
        thing = next((what for what in shorter(mention.what) if fitting(what, book.entries)), "")
        at = text.lower().find(thing, start, end)
        end = at + len(thing) if thing and at >= 0 else end
    return start, end


def choice(answer: str, options: Sequence[Entry]) -> str | None:
    """Which of a few pictures an answer names, if it does nothing else."""
    ids = [entry.id for entry in options]
    if number := re.fullmatch(r"#?\s?(\d{1,6})", answer):
        return f"#{int(number[1])}" if f"#{int(number[1])}" in ids else None
    if len(ids) == 1 and YES.fullmatch(answer):
        return ids[0]
    found = mentions(answer)
    if len(found) == 1 and found[0].kind not in ("thing", "having", "previous", "redo"):
        said = resolve(found[0], answer, Album(tuple(options), None, tuple(ids)))
        rest = answer[: found[0].span[0]] + answer[found[0].span[1] :]
        return said.ids[0] if len(said.ids) == 1 and len(rest.split()) < 2 else None
    shown = fitting(shows(answer), options)
    return shown[0].id if len(shown) == 1 else None


def shows(answer: str) -> str:
    """The words of an answer for what its picture shows: "red" of "the red one" and of 红色的那张."""
    if is_chinese(answer):
        words = {**{f"{word}色": colour for word, colour in COLOURS.items()}, **NOUNS}
        return " ".join(english for word, english in words.items() if word in answer)
    return OF.sub("", answer.lower()).strip()


def with_detail(before: str, pending: str, answer: str) -> str | None:
    """The picture asked for, with what the LLM wanted to know of it: "draw a dragon, blue"."""
    short = len(answer) <= LONGEST_HAN if is_chinese(answer) else len(answer.split()) <= LONGEST_WORDS
    if not (short and asks_for_picture(before)) or asks_for_picture(answer) or NO_ANSWER.search(answer):
        return None
    comma = "，" if is_chinese(before) else " of " if pending.lower().endswith("of what?") else ", "
    return f"{before.rstrip(' .!?。！？')}{comma}{answer}"


def asked_back(segments: Sequence[Segment], words: str) -> str | None:
    """The question with which an LLM answers somebody who asked for a picture."""
    prose = "".join(segment["text"] for segment in segments)
    found = re.search(r"[^.!?。！？\n]+[?？]$", prose.strip())
    return found.group().strip() if found and asks_for_picture(words) else None
