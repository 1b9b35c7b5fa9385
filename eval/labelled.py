"""Reads the labelled conversations of `eval/data/conversation/`.

A blank line parts two conversations. A line without an indent is a message behind its label (`-` where only the ones
that follow are labelled); an indented line is the reply to it: `#3 #4 vary #2: a red dog` draws pictures, `at #2` goes
to one, `gone #2` deletes one with all that came of it, anything else is prose. A message without a reply is labelled
but not remembered, so that several may follow on the same conversation. A message may begin with `[photo #1]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from minidalle3.gallery.tree import delete
from minidalle3.graph.state import ChatState, PictureKind, PictureRecord
from minidalle3.graph.state import Part as ReplyPart

FOLDER = Path(__file__).parent / "data" / "conversation"
DRAWS = re.compile(r"((?:#\d+ )+)(image|edit|vary|refine)(?: (#\d+))?: (.+)")
PHOTO = re.compile(r"\[photo (#\d+)\] ?")


Part: TypeAlias = Literal["held_out", "fresh", "fresh2", "tuning"]
"""Held out from the rules; written after them, and held out too, twice; or what they were written by."""


@dataclass(frozen=True)
class Labelled:
    """A message in its conversation, and the label that is right for it."""

    label: str
    words: str
    state: ChatState
    part: Part


@dataclass
class Thread:
    """A conversation while it is read."""

    messages: list[AnyMessage] = field(default_factory=list)
    pictures: dict[str, PictureRecord] = field(default_factory=dict)
    current: str | None = None

    def state(self, *more: AnyMessage) -> ChatState:
        """The thread as the graph would have it when the last of `more` arrives."""
        last = max((int(id[1:]) for id in self.pictures), default=0)
        messages = [*self.messages, *more]
        return {"messages": messages, "pictures": dict(self.pictures), "current": self.current, "last_number": last}

    def hear(self, words: str) -> HumanMessage:
        """A message, its photos taken in."""
        content: list[str | dict[str, Any]] = []
        for id in PHOTO.findall(words):
            self.draw(id, "photo", None, "a photo", words)
            self.current = id
            content.append({"type": "image", "file_id": id, "id": id})
        text = PHOTO.sub("", words)
        return HumanMessage([*content, {"type": "text", "text": text}] if content else text)

    def draw(self, id: str, kind: PictureKind, parent: str | None, description: str, words: str) -> None:
        """One more picture."""
        self.pictures[id] = {
            "id": id,
            "digest": id,
            "parent": parent,
            "kind": kind,
            "words": words,
            "description": description,
            "level": "none",
            "reason": "",
        }

    def answer(self, words: str, lines: list[str]) -> AIMessage:
        """The reply to a message, as the graph keeps it."""
        parts: list[ReplyPart] = []
        written: list[str] = []
        for line in lines:
            if drawn := DRAWS.fullmatch(line):
                ids, kind, parent, description = drawn[1].split(), drawn[2], drawn[3], drawn[4]
                for id in ids:
                    self.draw(id, kind, parent, description, words)  # type: ignore[arg-type]
                    written.append(f'<{kind} id="{id}"{f" of={parent!r}" if parent else ""}>{description}</{kind}>')
                    parts.append({"type": "picture", "id": id})
                self.current = ids[0]
            elif line.startswith("at #"):
                self.current = line[3:]
                written.append(f"<select>{self.current}</select>")
            elif line.startswith("gone #"):
                move = delete(self.pictures, self.current, line[5:])
                self.pictures.update(move.changed)
                self.current = move.current
            else:
                written.append(line)
                parts.append({"type": "text", "text": line})
        return AIMessage("\n".join(written), additional_kwargs={"reply": parts})


def labelled(name: str) -> list[Labelled]:
    """All messages of a set, `routing` or `references`; the name of the file says to which part a message belongs."""
    return [
        message
        for path in sorted(FOLDER.glob(f"{name}.*.txt"))
        for block in path.read_text("utf-8").strip().split("\n\n")
        for message in conversation(block, part_of(path))
    ]


def part_of(path: Path) -> Part:
    """The last that its name says: `routing.held_out.fresh.txt` is fresh."""
    parts: tuple[Part, ...] = ("fresh2", "fresh", "held_out", "tuning")
    return next(part for part in parts if part in path.name.split("."))


def conversation(block: str, part: Part) -> Iterator[Labelled]:
    """The labelled messages of one conversation."""
    thread = Thread()
    for turn in re.split(r"\n(?! )", block):
        said, *lines = turn.splitlines()
        label, _, words = said.partition(": ")
        before = (dict(thread.pictures), thread.current)
        message = thread.hear(words)
        if label != "-":
            yield Labelled(label, words, thread.state(message), part)
        if lines:
            reply = thread.answer(words, [line.strip() for line in lines])
            thread.messages += [message, reply]
        else:
            thread.pictures, thread.current = before
