"""What the LLM can read at once: a conversation that has become longer is trimmed, its pictures stay on a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from langchain_core.messages import BaseMessage, HumanMessage

from minidalle3.graph.state import PictureRecord
from minidalle3.nodes.services import Services

WINDOW = 8192
"""Tokens that an LLM of which nothing is known can read."""
READING = 0.75
"""Share of the window that is filled: the rest is for the reply, and for how wrong an estimate may be."""
LISTING = 0.25
"""Share of the window that the list of pictures may take."""
RECENT = 20
"""Pictures of which the list tells all, however long it is."""
SHORTER = (80, 40, 20)
"""Characters that are left of an older picture's description, tried in turn."""


def window_of(services: Services) -> int:
    """Tokens: as the setting says, else as the LLM's client knows, else a guess that suits most."""
    known = (services.llm.profile or {}).get("max_input_tokens")
    return services.settings.llm_window or known or WINDOW


def tokens(text: str) -> int:
    """An estimate that is rather too high: three bytes of UTF-8 a token, so a Chinese character is one."""
    return -(-len(text.encode()) // 3)


def tokens_of(messages: Iterable[BaseMessage]) -> int:
    """With a few for each message's frame."""
    return sum(tokens(message.text) + 4 for message in messages)


def trimmed(newest_first: Iterable[BaseMessage], budget: int) -> list[BaseMessage]:
    """As many of the newest messages as fit, oldest first and beginning with the person's; the newest one always."""
    kept: list[BaseMessage] = []
    for message in newest_first:
        budget -= tokens_of([message])
        if kept and budget < 0:
            break
        kept.append(message)
    while len(kept) > 1 and not isinstance(kept[-1], HumanMessage):
        kept.pop()
    return kept[::-1]


def listed(records: Mapping[str, PictureRecord], current: str | None, budget: int) -> list[str]:
    """A line for each picture; too many are told in fewer words, and at worst those in the middle by number alone."""
    for length in (None, *SHORTER):
        lines = [
            line(record, current, length if at < len(records) - RECENT and record["id"] != current else None)
            for at, record in enumerate(records.values())
        ]
        if tokens("\n".join(lines)) <= budget:
            return lines
    last = len(lines) - fitting(lines[::-1], budget * 3 // 4)
    first = fitting(lines[:last], budget // 4)
    ids = list(records)
    middle = [f"({ids[first]} to {ids[last - 1]} are left out here; they are there, and can be named by their numbers)"]
    mine = [line(records[current], current)] if current and current in ids[first:last] else []
    return [*lines[:first], *middle, *mine, *lines[last:]]


def fitting(lines: Sequence[str], budget: int) -> int:
    """How many of them fit, from the first on."""
    return sum(size <= budget for size in accumulate(tokens(line) + 1 for line in lines))


def line(record: PictureRecord, current: str | None, length: int | None = None) -> str:
    """One picture of the list, its description cut to `length` characters."""
    origin = f" of {record['parent']}" if record["parent"] else ""
    mark = " (the current picture)" if record["id"] == current else ""
    told = record["description"]
    if length and len(told) > length:
        told = f"{told[:length].rstrip()}…"
    return f"{record['id']}: {record['kind']}{origin}: {told}{mark}"
