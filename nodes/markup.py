"""Reads the head of one tag, from its `<` up to but not including its `>`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from minidalle3.graph.state import RequestKind

KINDS: dict[str, RequestKind] = {
    "image": "image",
    "edit": "edit",
    "vary": "vary",
    "refine": "refine",
    "select": "select",
}
CLOSERS = frozenset({*KINDS, "img"})
"""`</img>` closes too: some LLMs mix the two up. `<img>` is HTML and none of ours."""

START = re.compile(r"<([ \t]?)(/?)[ \t]?([A-Za-z]*)")
MORE_NAME = re.compile(r"[A-Za-z0-9_.@-]")
"""What would make it another word: `<images>`, `<image.png>`, `<edit-me>`."""
ATTRIBUTE = re.compile(r"""([A-Za-z][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|["'“”]?([^\s"'“”/]*)["'“”]?)""")
NUMBER = re.compile(r"-?\d{1,9}")
PICTURE = re.compile(r"\d{1,9}")
ANY_TAG = re.compile(rf"<[ \t]?/?[ \t]?(?:{'|'.join(CLOSERS)})(?![A-Za-z0-9_.@-])[^<>]*>?", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """What a head says; `words` is what stands in it besides attributes."""

    name: str
    closing: bool
    self_closing: bool
    spaced: bool
    bare: bool
    count: int
    source: str | None
    words: str


@lru_cache(maxsize=256)
def may_start(raw: str) -> bool:
    """Whether `raw`, which begins with `<`, is one of our heads or may still become one."""
    found = START.match(raw)
    assert found
    names = CLOSERS if found[2] else KINDS
    name = found[3].lower()
    if found.end() == len(raw):
        return any(known.startswith(name) for known in names)
    return name in names and not MORE_NAME.match(raw, found.end())


def is_named(raw: str) -> bool:
    """Whether the name in a `raw` that `may_start` is already whole."""
    found = START.match(raw)
    assert found
    return found[3].lower() in (CLOSERS if found[2] else KINDS)


def is_cut_name(raw: str) -> bool:
    """Whether a text that ends in `raw` was cut off inside one of our names, beyond doubt."""
    return len(raw.lstrip("</ \t")) > 1


@lru_cache(maxsize=256)
def read(raw: str) -> Head:
    """The meaning of a head whose name `is_named`."""
    found = START.match(raw)
    assert found
    rest = raw[found.end() :]
    attributes = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in ATTRIBUTE.finditer(rest)}
    words = ATTRIBUTE.sub("", rest).strip()
    count = NUMBER.search(attributes.get("n", ""))
    return Head(
        name=found[3].lower(),
        closing=bool(found[2]),
        self_closing=words.endswith("/"),
        spaced=bool(found[1]),
        bare=not rest.strip(),
        count=max(1, int(count[0])) if count else 1,
        source=picture_in(attributes.get("of", "")),
        words=words.strip("/:\"' \t"),
    )


def picture_in(text: str) -> str | None:
    """The first picture that `text` names, as `#2`."""
    found = PICTURE.search(text)
    return f"#{int(found[0])}" if found else None


def clean(description: str) -> str:
    """A description on one line, without markup or the marks that some LLMs put around it."""
    return " ".join(ANY_TAG.sub(" ", description).split()).strip("` ")
