"""Moves along the version tree. Nothing is rewound, and a number is never given out twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from minidalle3.gallery.sentences import ENGLISH, Sentences

if TYPE_CHECKING:
    from minidalle3.graph.state import PictureRecord

Pictures: TypeAlias = Mapping[str, "PictureRecord"]

DESCRIPTION = 60
"""Characters of a description that a line of the drawn tree shows."""


class TreeError(ValueError):
    """There is nowhere to go; the message is a sentence for the person."""


@dataclass(frozen=True)
class Move:
    """Where a move led: the new current picture, the records it changed, and a sentence about it."""

    current: str | None
    said: str
    changed: dict[str, PictureRecord] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One picture in the drawn tree; each level of `branch` is two characters wide."""

    branch: str
    record: PictureRecord
    current: bool


def normal_id(text: str, say: Sentences = ENGLISH) -> str:
    """`#3` from "3", "#3" or "＃3"; raises `TreeError`."""
    match = re.fullmatch(r"\s*#?\s*0*([1-9][0-9]{0,8})\s*", unicodedata.normalize("NFKC", text))
    if not match:
        raise TreeError(say.which)
    return f"#{match[1]}"


def undo(pictures: Pictures, current: str | None, say: Sentences = ENGLISH) -> Move:
    """To the nearest visible ancestor, which remembers the child left; raises `TreeError` at a root."""
    if current is None or current not in pictures:
        raise TreeError(say.no_undo)
    parent = visible_parent(pictures, current)
    if parent is None:
        raise TreeError(say.first.format(current))
    left: PictureRecord = {**pictures[parent], "last_child": current}
    return Move(parent, say.back.format(told(left, say)), {parent: left})


def redo(pictures: Pictures, current: str | None, say: Sentences = ENGLISH) -> Move:
    """To the child left last by an undo, else to the newest; raises `TreeError` at a leaf."""
    if current is None or current not in pictures:
        raise TreeError(say.no_redo)
    children = visible_children(pictures).get(current, [])
    if not children:
        raise TreeError(say.last.format(current))
    last = pictures[current].get("last_child")
    child = last if last in children else children[-1]
    return Move(child, say.forward.format(told(pictures[child], say)))


def goto(pictures: Pictures, current: str | None, target: str, say: Sentences = ENGLISH) -> Move:
    """To any visible picture, named "#3" or "3"; raises `TreeError`."""
    record = visible(pictures, target, say)
    there = say.already if record["id"] == current else say.here
    return Move(record["id"], there.format(told(record, say)))


def delete(pictures: Pictures, current: str | None, target: str, say: Sentences = ENGLISH) -> Move:
    """Hides a picture and all that came of it; raises `TreeError`.

    A current picture among them gives way to their nearest visible ancestor, else to the newest picture left.
    """
    top = visible(pictures, target, say)["id"]
    gone = branch(pictures, top)
    changed: dict[str, PictureRecord] = {id: {**pictures[id], "hidden": True} for id in gone}
    others = sum(not pictures[id].get("hidden") for id in gone) - 1
    said = say.deleted.format(top)
    if others:
        said += (say.with_more if others > 1 else say.with_one).format(others)
    said += say.stop
    if current not in changed:
        return Move(current, said.strip(), changed)
    left = [id for id, record in pictures.items() if id not in changed and not record.get("hidden")]
    new = visible_parent(pictures, top) or max(left, key=number, default=None)
    return Move(new, said + (say.here.format(told(pictures[new], say)) if new else say.none_left), changed)


def visible(pictures: Pictures, target: str, say: Sentences = ENGLISH) -> PictureRecord:
    """The record that a person means; raises `TreeError` when there is none or it was deleted."""
    id = normal_id(target, say)
    record = pictures.get(id)
    if record is None:
        raise TreeError(say.missing.format(id))
    if record.get("hidden"):
        raise TreeError(say.deleted_before.format(id))
    return record


def visible_parent(pictures: Pictures, id: str) -> str | None:
    """The nearest ancestor that is not hidden."""
    parent = pictures[id]["parent"]
    while parent is not None and parent in pictures:
        if not pictures[parent].get("hidden"):
            return parent
        parent = pictures[parent]["parent"]
    return None


def visible_children(pictures: Pictures) -> dict[str | None, list[str]]:
    """Visible ids in the order of their numbers, by visible parent; the roots are under `None`."""
    children: dict[str | None, list[str]] = {}
    for id in sorted(pictures, key=number):
        if not pictures[id].get("hidden"):
            children.setdefault(visible_parent(pictures, id), []).append(id)
    return children


def branch(pictures: Pictures, top: str) -> list[str]:
    """`top` and all its descendants, hidden ones too."""
    children: dict[str | None, list[str]] = {}
    for id, record in pictures.items():
        children.setdefault(record["parent"], []).append(id)
    found = [top]
    for id in found:
        found += children.get(id, [])
    return found


def top_of_branch(pictures: Pictures, id: str) -> str:
    """The first picture of the line that leads to `id` after it last forked; `id` itself where it never did."""
    children, top = visible_children(pictures), id
    while (parent := visible_parent(pictures, top)) is not None:
        if len(children[parent]) > 1:
            return top
        top = parent
    return id


def number(id: str) -> int:
    """3 for `#3`."""
    return int(id[1:])


def told(record: PictureRecord, say: Sentences) -> str:
    """A picture as a sentence names it."""
    text = one_line(record["description"])
    return say.named.format(record["id"], text) if text else record["id"]


def one_line(text: str) -> str:
    """Printable characters only, since a terminal obeys others, and not too many."""
    clean = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return clean if len(clean) <= DESCRIPTION else f"{clean[: DESCRIPTION - 1].rstrip()}…"


def rows(pictures: Pictures, current: str | None) -> list[Row]:
    """The visible tree from top to bottom: an only child stands right below its parent, siblings branch off."""
    children = visible_children(pictures)
    drawn: list[Row] = []
    waiting = fork(children.get(None, []), "")
    while waiting:
        id, first, rest = waiting.pop()
        drawn.append(Row(first, pictures[id], id == current))
        waiting += fork(children.get(id, []), rest)
    return drawn


def fork(ids: list[str], margin: str) -> list[tuple[str, str, str]]:
    """For each id, last first: itself, the branch drawn before it, and the margin of what comes of it."""
    if len(ids) == 1:
        return [(ids[0], margin, margin)]
    return [
        (id, margin + ("└─" if id == ids[-1] else "├─"), margin + ("  " if id == ids[-1] else "│ "))
        for id in reversed(ids)
    ]


def render(pictures: Pictures, current: str | None) -> str:
    """The tree for a terminal, a picture a line; ● marks the current one."""
    return "\n".join(
        f"{row.branch}{'●' if row.current else '○'} {row.record['id']} {row.record['kind']}"
        f"  {one_line(row.record['description'])}".rstrip()
        for row in rows(pictures, current)
    )
