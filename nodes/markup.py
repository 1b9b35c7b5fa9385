"""What may be asked for, and how the head of one tag is read, from its `<` up to but not including its `>`."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from minidalle3.graph.state import RequestKind

KINDS: dict[str, RequestKind] = {
    "image": "image",
    "edit": "edit",
    "vary": "vary",
    "refine": "refine",
    "select": "select",
}
CLOSERS = frozenset({*KINDS, "img", "images", "picture", "pic", "photo"})
"""`</img>` closes too: some LLMs mix them up. `<img>` is HTML and none of ours."""
OPENING, ENDING = "<＜〈《【", ">＞〉》】"
"""The brackets of a head; those of Chinese text make a tag only of what can be nothing else."""

BLANK = r"[ \t]{0,3}"
START = re.compile(rf"[{OPENING}]({BLANK})([/\\／]?){BLANK}([A-Za-z]*)")
MORE_NAME = re.compile(r"[A-Za-z0-9_@-]|\.[A-Za-z0-9]")
"""What would make it another word: `<images>`, `<image.png>`, `<edit-me>`."""
ATTRIBUTE = re.compile(r"""([A-Za-z][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|["'“”]?([^\s"'“”/]*)["'“”]?)""")
NUMBER = re.compile(r"-?\d{1,9}")
PICTURE = re.compile(r"\d{1,9}")
ANY_TAG = re.compile(
    rf"[{OPENING}]{BLANK}[/\\／]?{BLANK}(?:{'|'.join(CLOSERS)})(?![A-Za-z0-9_.@-])[^{OPENING}{ENDING}]*[{ENDING}]?",
    re.IGNORECASE,
)
DESCRIBING = ("description", "prompt", "caption", "alt", "text")
"""Attributes in which some LLMs describe what others write between two tags."""
QUOTES = ('""', "''", "“”", "‘’", "「」")


@dataclass(frozen=True)
class Text:
    """Prose, for the person to read as it is."""

    text: str


@dataclass(frozen=True)
class Tag:
    """A wish for pictures; `count` is at least 1, and has no upper limit here."""

    kind: RequestKind
    description: str
    count: int = 1
    source: str | None = None


Item: TypeAlias = Text | Tag


@dataclass(frozen=True)
class Head:
    """What a head says; `words` is what stands in it besides attributes, `description` an attribute that describes."""

    name: str
    closing: bool
    self_closing: bool
    doubtful: bool
    """Its bracket may be one of the prose."""
    bare: bool
    count: int
    source: str | None
    words: str
    description: str


@lru_cache(maxsize=256)
def may_start(raw: str) -> bool:
    """Whether `raw`, which begins with a bracket, is one of our heads or may still become one."""
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
    return len(raw.lstrip(OPENING + "/ \t")) > 1


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
        doubtful=bool(found[1]) or raw[0] not in "<＜",
        bare=not rest.strip(),
        count=max(1, int(count[0])) if count else 1,
        source=picture_in(attributes.get("of", "")),
        words=words.strip("/:\"' \t"),
        description=next((attributes[name] for name in DESCRIBING if attributes.get(name)), ""),
    )


def picture_in(text: str) -> str | None:
    """The first picture that `text` names, as `#2`."""
    found = PICTURE.search(text)
    return f"#{int(found[0])}" if found else None


def clean(description: str) -> str:
    """A description on one line, without markup or the marks that some LLMs put around it."""
    bare = " ".join(ANY_TAG.sub(" ", html.unescape(description)).split()).strip("`*_ ")
    quoted = len(bare) > 2 and bare[0] + bare[-1] in QUOTES and bare[0] not in bare[1:-1]
    return bare[1:-1].strip() if quoted else bare
