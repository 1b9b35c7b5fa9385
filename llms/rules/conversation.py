"""The conversation as the rules need it: what is asked now, which pictures exist, what names mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from minidalle3.gallery.lexicon import is_chinese
from minidalle3.llms.rules.chinese import to_english
from minidalle3.llms.rules.clauses import plain, split
from minidalle3.llms.rules.description import Description, parse

_TAG = re.compile(r"<(image|edit|vary|refine|select)\b([^>]*?)(?:/>|>(.*?)</\1>)", re.IGNORECASE | re.DOTALL)
_IDS = re.compile(r"\bids?\s*=\s*[\"']?([^\"'>]*)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?i:\b(?:its|his|her|the (?:\w+ )?\w+'s) name(?:'s| is)(?: going to be)?|\b(?:name|call) (?:it|him|her)|"
    r"\b(?:he|she|it|this|that)(?:'s| is) (?:called|named))\s+\"?([A-Z][\w'-]*|[a-z][\w'-]*(?=\W*$))",
)
_LISTED = re.compile(r"^\s*\d+[.)]\s*\**([^:*\n]{2,60}?)\**\s*:\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Picture:
    """One line of the ledger."""

    id: str
    kind: str
    parent: str | None
    description: str

    @cached_property
    def read(self) -> Description:
        return parse(self.description)


@dataclass(frozen=True)
class Exchange:
    """What the person said, and the answer as it was written."""

    words: str
    answer: str

    @cached_property
    def prose(self) -> str:
        return _TAG.sub("", self.answer).strip()

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """Ids of the pictures in the answer, in the order shown."""
        attributes = [tag[2] for tag in _TAG.finditer(self.answer) if tag[1].lower() != "select"]
        found = [ids[1] for attribute in attributes if (ids := _IDS.search(attribute))]
        return tuple(id for ids in found for id in re.findall(r"#\d+", ids))

    @cached_property
    def tagged(self) -> bool:
        return bool(_TAG.search(self.answer))


@dataclass(frozen=True)
class Situation:
    """Everything a rule may look at; `idea` is a thing described but not yet drawn."""

    words: str
    pictures: tuple[Picture, ...] = ()
    current: Picture | None = None
    past: tuple[Exchange, ...] = ()
    names: Mapping[str, str] | None = None
    idea: str | None = None
    chinese: str = ""
    """The message as it was said, if that was in Chinese; `words` is its English then."""

    @property
    def last(self) -> Exchange:
        return self.past[-1] if self.past else Exchange("", "")

    @cached_property
    def listed(self) -> dict[str, str]:
        """The numbered suggestions of the last answer: name -> description."""
        return {name.strip(): text.strip() for name, text in _LISTED.findall(self.last.prose)}

    @cached_property
    def batch(self) -> tuple[Picture, ...]:
        """The pictures of the latest answer that showed some, if several."""
        for exchange in reversed(self.past):
            shown = tuple(picture for picture in self.pictures if picture.id in exchange.drawn)
            if shown:
                return shown if len(shown) > 1 else ()
        return ()

    def find(self, id: str) -> Picture | None:
        return next((picture for picture in self.pictures if picture.id == id), None)


def read(messages: Sequence[BaseMessage]) -> Situation:
    """The situation of the last message; without a ledger there are no pictures."""
    pictures, current = _ledger(messages)
    past, words = _exchanges(messages)
    found = next((picture for picture in pictures if picture.id == current), None)
    chinese = words if is_chinese(words) else ""
    words = to_english(words) if chinese else words
    return Situation(
        chinese=chinese,
        words=words,
        pictures=pictures,
        current=found,
        past=past,
        names=_names(past, words, pictures, found),
        idea=_idea(past[-1]) if past else None,
    )


def _ledger(messages: Sequence[BaseMessage]) -> tuple[tuple[Picture, ...], str | None]:
    for message in messages:
        if isinstance(message, SystemMessage) and (ledger := message.additional_kwargs.get("ledger")):
            pictures = (
                Picture(str(p["id"]), str(p.get("kind", "image")), p.get("parent"), plain(p.get("description") or ""))
                for p in ledger.get("pictures", ())
            )
            return tuple(pictures), ledger.get("current")
    return (), None


def _exchanges(messages: Sequence[BaseMessage]) -> tuple[tuple[Exchange, ...], str]:
    """Words and answers paired; a message that was never answered has an empty answer."""
    past: list[Exchange] = []
    open_words: str | None = None
    for message in messages:
        if isinstance(message, HumanMessage):
            if open_words is not None:
                past.append(Exchange(open_words, ""))
            open_words = plain(words_of(message))
        elif isinstance(message, AIMessage):
            past.append(Exchange(open_words or "", words_of(message)))
            open_words = None
    return tuple(past), open_words or ""


def words_of(message: BaseMessage) -> str:
    """The text blocks of a message."""
    if isinstance(message.content, str):
        return message.content
    texts = (block if isinstance(block, str) else block.get("text", "") for block in message.content)
    return " ".join(text for text in texts if isinstance(text, str) and text)


def _names(
    past: Sequence[Exchange], words: str, pictures: Sequence[Picture], current: Picture | None
) -> dict[str, str]:
    """Name in lower case -> the thing of the picture that was looked at when it was named."""
    names: dict[str, str] = {}
    subject: str | None = None
    by_id = {picture.id: picture for picture in pictures}
    for exchange in (*past, Exchange(words, "")):
        if exchange.words is words and current:
            subject = subject or current.read.noun.render()
        for clause in split(exchange.words):
            if subject and (found := _NAMED.search(clause)):
                names.setdefault(found[1].lower(), subject)
        shown = [by_id[id] for id in exchange.drawn if id in by_id]
        subject = shown[-1].read.noun.render() if shown else subject
    return names


def _idea(exchange: Exchange) -> str | None:
    """What the last answer described in words alone: its last quoted phrase, else its own description."""
    if exchange.tagged:
        return None
    prose = plain(exchange.prose)
    if quoted := re.findall(r"\"([^\"\n]{8,600})\"", prose):
        return str(quoted[-1]).rstrip(".")
    if found := re.search(
        r"\b(?:description|idea|scene|how about|imagine|picture)[^.:?\n]{0,60}[:?]\s+(.{20,600})", prose, re.I | re.S
    ):
        return " ".join(found[1].split()).rstrip(".")
    if found := re.search(r"\bhow about (an? [^?\n]{8,400}\?[^\n]{0,400})", prose, re.I):
        return " ".join(found[1].replace("?", ".").split()).rstrip(".")
    return None
