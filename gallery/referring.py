"""Which pictures a message means: code over the records, so that it holds after hundreds of turns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from minidalle3.gallery.naming import MIDDLE, Mention, mentions


class Entry(NamedTuple):
    """A picture that was not deleted."""

    id: str
    kind: str
    parent: str | None
    description: str


@dataclass(frozen=True)
class Album:
    """The pictures of a thread in the order of their numbers, and what the person has before them."""

    entries: tuple[Entry, ...]
    current: str | None = None
    shown: tuple[str, ...] = ()
    """The pictures of the last reply that had any, from left to right."""
    redo: str | None = None
    """Where a redo would go."""

    def find(self, id: str | None) -> Entry | None:
        return next((entry for entry in self.entries if entry.id == id), None)

    @property
    def side_by_side(self) -> tuple[Entry, ...]:
        """The pictures of that reply if it had several."""
        shown = tuple(entry for entry in self.entries if entry.id in self.shown)
        return shown if len(shown) > 1 else ()

    def line(self) -> list[Entry]:
        """The current picture and what it was made from, up to the first."""
        line: list[Entry] = []
        entry = self.find(self.current)
        while entry and entry not in line:
            line.append(entry)
            entry = self.find(entry.parent)
        return line


@dataclass(frozen=True)
class Meant:
    """What a message names: pictures in the order said; several that fit equally well; a thing that is not there."""

    ids: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    missing: str = ""
    sure: bool = True
    """False where the pictures were found by what they show alone."""
    every: bool = field(default=False)
    """Whether all of `ids` were named at once ("them all")."""


NOBODY = Meant()


def meant(text: str, album: Album) -> Meant:
    """What the whole of a message means."""
    found = [resolve(mention, text, album) for mention in mentions(text)]
    found = [one for one in found if one != NOBODY]
    certain = [one for one in found if one.sure]
    if not found:
        return NOBODY
    chosen = certain or found
    for one in chosen:
        if one.equal or one.missing or one.every:
            return one
    ids = tuple(dict.fromkeys(id for one in chosen for id in one.ids))
    return Meant(ids, sure=bool(certain))


def resolve(mention: Mention, text: str, album: Album) -> Meant:
    """What one naming means; `NOBODY` where it is not about a picture after all."""
    match mention.kind:
        case "number":
            return one_of([entry for entry in album.entries if entry.id == f"#{mention.at}"], f"#{mention.at}")
        case "ordinal":
            return ordinal(mention, text, album)
        case "all":
            every = every_one(mention.what, album)
            return Meant(tuple(entry.id for entry in every), every=True) if len(every) > 1 else NOBODY
        case "upload":
            return upload(album)
        case "thing" | "having" | "lacking":
            return shown_in(mention, album)
    entry = STEPS[mention.kind](album)
    return Meant((entry.id,)) if entry else NOBODY


def every_one(what: str, album: Album) -> Sequence[Entry]:
    """All those side by side, or all there are; of a thing, all pictures of it in their latest versions."""
    showing = latest(fitting(what, album.entries), album) if what else []
    return showing or album.side_by_side or album.entries


def one_of(entries: Sequence[Entry], name: str = "") -> Meant:
    """The one that fits; several that fit equally; or, of a `name`, none."""
    ids = tuple(entry.id for entry in entries)
    if len(ids) == 1:
        return Meant(ids)
    return Meant(equal=ids) if ids else Meant(missing=name)


def ordinal(mention: Mention, text: str, album: Album) -> Meant:
    """An index into what is counted: the pictures side by side, unless more was said."""
    side_by_side = album.side_by_side
    if mention.pool == "beside" and not side_by_side:
        return NOBODY
    pool: Sequence[Entry] = (side_by_side if mention.pool in ("shown", "beside") else ()) or album.entries
    if mention.pool in ("drawn", "photos"):
        pool = [entry for entry in album.entries if (entry.kind == "photo") == (mention.pool == "photos")] or pool
    if mention.what:
        pool = fitting(mention.what, album.entries)
        drawn = [entry for entry in pool if entry.kind not in ("edit", "refine")]
        pool = drawn if 0 <= mention.at < len(drawn) else pool
        if not pool:
            return NOBODY
    if mention.at == MIDDLE:
        return one_of([side_by_side[len(side_by_side) // 2]]) if len(side_by_side) % 2 else NOBODY
    if not pool or not -len(pool) <= mention.at < len(pool):
        return Meant(missing=text[slice(*mention.span)].strip())
    return Meant((pool[mention.at].id,))


def upload(album: Album) -> Meant:
    """The one photo there is, or the one in front of the person; one of several is asked for."""
    photos = [entry for entry in album.entries if entry.kind == "photo"]
    now = [entry for entry in photos if entry.id == album.current]
    return one_of(now or photos) if photos else NOBODY


def shown_in(mention: Mention, album: Album) -> Meant:
    """By what pictures show: the current one if it does, else the latest version of the only one that does."""
    if mention.kind == "lacking":
        without = [entry for entry in album.line()[1:] if not fits(mention.what, entry.description)]
        return Meant((without[0].id,), sure=False) if without else NOBODY
    for what in (mention.what,) if mention.kind == "having" else shorter(mention.what):
        entries = fitting(what, album.entries)
        current = album.find(album.current)
        if current and (current in entries or (mention.kind == "thing" and fits(what, current.description))):
            return Meant((current.id,), sure=False)
        if mention.kind == "thing":
            entries = [entry for entry in entries if fits(what, subject(entry.description))]
        if entries:
            one = one_of(latest(entries, album))
            return Meant(one.ids, one.equal, sure=False)
    return NOBODY


def shorter(what: str) -> list[str]:
    """As in "polar bear dance": that, "polar bear", "polar"."""
    words = what.split()
    return [" ".join(words[:count]) for count in range(len(words), 0, -1)]


def latest(entries: Sequence[Entry], album: Album) -> list[Entry]:
    """Without the pictures that another one of them is a new version of."""
    replaced: set[str | None] = set()
    for entry in entries:
        step: Entry | None = entry
        while step and step.kind in ("edit", "refine") and step.parent not in replaced:
            replaced.add(step.parent)
            step = album.find(step.parent)
    return [entry for entry in entries if entry.id not in replaced]


def fitting(what: str, entries: Sequence[Entry]) -> list[Entry]:
    """Those whose subject is `what`; failing that, those that show it at all."""
    found = [entry for entry in entries if fits(what, entry.description)]
    return [entry for entry in found if fits(what, subject(entry.description))] or found


def fits(what: str, description: str) -> bool:
    """Whether a description has all the words of `what`, in the singular or the plural."""
    wanted = stems(what)
    return bool(wanted) and wanted <= stems(description)


ARTICLES = frozenset(["a", "an", "the", "his", "her", "its", "their", "my", "your", "of", "and"])


@cache
def stems(text: str) -> frozenset[str]:
    """The words of a text without their endings; Chinese characters each on their own."""
    found = re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+(?:-\w+)*", text.lower())
    return frozenset(re.sub(r"(?<=\w\w\w)(?:ies|y|es|s|ed|ing|e)$", "", word) for word in found) - ARTICLES


STYLED = re.compile(
    r"^.{0,40}?\b(?:picture|image|photo|painting|sticker|drawing|sketch|illustration|watercolou?r|portrait|woodcut|art|"
    r"render|poster|cartoon|version|print|engraving|statue|scene) of ",
    re.IGNORECASE,
)
AFTER_SUBJECT = re.compile(
    r"[,;]|\s(?:in|on|at|of|with|wearing|near|by|beside|under|behind|over|from|without|next|standing|playing|sitting|"
    r"running|flying|sleeping|and|in front)\s",
    re.IGNORECASE,
)


def subject(description: str) -> str:
    """What a description is of, without its style, its owner and all that follows."""
    text = re.sub(r"\b[\w-]+['’]s\b", "", STYLED.sub("", description))
    return AFTER_SUBJECT.split(text, maxsplit=1)[0]


def previous(album: Album) -> Entry | None:
    """What the current picture was made from, else the one drawn before it."""
    current = album.find(album.current)
    if current is None:
        return None
    at = album.entries.index(current)
    return album.find(current.parent) or (album.entries[at - 1] if at else None)


def original(album: Album) -> Entry | None:
    """Where the line of the current picture began."""
    line = album.line()
    return line[-1] if line else None


def other(album: Album) -> Entry | None:
    """Of two, the one that is not current."""
    both = album.side_by_side or album.entries
    return next((entry for entry in both if entry.id != album.current), None) if len(both) == 2 else None


STEPS: Mapping[str, Callable[[Album], Entry | None]] = {
    "previous": previous,
    "original": original,
    "other": other,
    "redo": lambda album: album.find(album.redo),
}
