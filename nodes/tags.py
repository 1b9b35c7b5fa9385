"""The tags by which an LLM asks for pictures, parsed while it still writes them.

The protocol: `<image>d</image>`, `<edit>d</edit>`, `<vary/>`, `<refine/>`, `<select>#2</select>`; `n="4"` asks for
several, `of="#2"` says which picture; other attributes count for nothing. Tags in code (`nodes/code.py`) are text.

What is not well formed is read like this, so that markup never reaches the person and prose is seldom lost:

- Any closing tag closes any tag, `</img>` too; one with nothing to close vanishes.
- A tag that is not closed ends at a blank line, a code block, the next tag or the end, and is taken as it stands. If it
  needs no description (vary, refine, a select with `of`), what follows it is prose instead.
- The same bare tag twice (`<image>a dog<image>`): the second closes the first, unless a closing tag follows it.
- A head without its `>` ends with its line, at a `<`, or when it grows too long. Words in a head that are no attributes
  begin the description.
- An image or edit without a description, and a select without a number, vanish.
- `< image >` is a tag, but `a < image b` is prose, as is `<b>` and every other name. A text that is cut off in a tag's
  name (`<ima`) loses that piece.

Any chunking of a text gives the same items, adjacent `Text` joined, and takes time linear in its length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from minidalle3.graph.state import RequestKind
from minidalle3.nodes.code import CodeSplitter, Span
from minidalle3.nodes.markup import KINDS, Head, clean, is_cut_name, is_named, may_start, picture_in, read

HEAD_LIMIT = 200
FENCES = ("```", "~~~")


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


@dataclass
class Open:
    """A tag whose end has not come; `gap` is the white space since the last character of `body`."""

    head: Head
    doubtful: bool
    """It repeats the tag before it, and may have been meant to close that one."""
    body: list[str] = field(default_factory=list)
    gap: list[str] = field(default_factory=list)

    @property
    def void(self) -> bool:
        """Whether it is complete without a description."""
        return self.head.name in ("vary", "refine") or (self.head.name == "select" and self.head.source is not None)

    def repeated_by(self, head: Head) -> bool:
        """Whether `head` may have been meant as the closing tag of this one."""
        same = head.bare and head.name == self.head.name
        return same and bool(self.body) and not self.doubtful and not self.void

    def written(self) -> str:
        """The body with its white space."""
        return "".join([*self.body, *self.gap])

    def add(self, text: str) -> None:
        """Take `text` into the body as it is."""
        self.body += [*self.gap, text]
        self.gap.clear()

    def tag(self, described: bool) -> Tag | None:
        """The tag, its body as the description if it is `described`, unless that makes none."""
        kind = KINDS[self.head.name]
        description = clean("".join(self.body)) if described else ""
        if kind == "select":
            source = self.head.source or picture_in(description)
            return Tag(kind, "", source=source) if source else None
        if not description and not self.void:
            return None
        return Tag(kind, description, self.head.count, self.head.source)


class TagParser:
    """Feed it what the LLM writes, as it comes; close it once."""

    def __init__(self) -> None:
        self._code = CodeSplitter()
        self._items: list[Item] = []
        self._text: list[str] = []
        self._head = ""
        self._open: Open | None = None

    def feed(self, chunk: str) -> list[Item]:
        """The items that `chunk` completes; prose is held back only while it may still become a tag."""
        self._take_in(self._code.feed(chunk))
        return self._give_out()

    def close(self) -> list[Item]:
        """The items that only the end of the text completes."""
        self._take_in(self._code.close())
        if not is_named(self._head or "<") and is_cut_name(self._head):
            self._head = ""
        self._break_head()
        if self._open:
            self._end(closed=False)
        return self._give_out()

    def _take_in(self, spans: Iterable[Span]) -> None:
        for text, code in spans:
            if code:
                self._code_span(text)
            else:
                for ch in text:
                    self._char(ch)

    def _give_out(self) -> list[Item]:
        self._flush()
        items, self._items = self._items, []
        return items

    def _flush(self) -> None:
        if self._text:
            self._items.append(Text("".join(self._text)))
            self._text.clear()

    def _code_span(self, text: str) -> None:
        self._break_head()
        if self._open and self._open.body and text.startswith(FENCES):
            self._end(closed=False)
        self._add(text)

    def _char(self, ch: str) -> None:
        if self._head:
            self._in_head(ch)
        elif ch == "<":
            self._head = ch
        elif self._open:
            self._in_body(self._open, ch)
        else:
            self._text.append(ch)

    def _add(self, text: str) -> None:
        if self._open:
            self._open.add(text)
        elif text:
            self._text.append(text)

    def _in_head(self, ch: str) -> None:
        if ch == ">" and is_named(self._head):
            raw, self._head = self._head, ""
            self._markup(raw, ended=True)
        elif ch in "<\n" or len(self._head) >= HEAD_LIMIT:
            self._break_head()
            self._char(ch)
        elif may_start(self._head + ch):
            self._head += ch
        else:
            raw, self._head = self._head, ""
            self._add(raw)
            self._char(ch)

    def _break_head(self) -> None:
        """What stands here ends a head that has no `>`."""
        raw, self._head = self._head, ""
        if raw and is_named(raw):
            self._markup(raw, ended=False)
        elif raw:
            self._add(raw)

    def _markup(self, raw: str, ended: bool) -> None:
        head = read(raw)
        if head.spaced and (head.words or not ended):
            self._add(raw + ">" * ended)
        elif not head.closing:
            self._begin(head)
        else:
            if self._open:
                self._end(closed=True)
            if not ended and head.words:
                self._add(f" {head.words}")

    def _begin(self, head: Head) -> None:
        doubtful = self._open is not None and self._open.repeated_by(head)
        if self._open:
            self._end(closed=False)
        self._open = Open(head, doubtful, [head.words] if head.words else [])
        if head.self_closing:
            self._end(closed=True)

    def _in_body(self, tag: Open, ch: str) -> None:
        if not ch.isspace():
            tag.add(ch)
        elif ch == "\n" and tag.body and "\n" in tag.gap:
            self._end(closed=False)
            self._add(ch)
        else:
            tag.gap.append(ch)

    def _end(self, closed: bool) -> None:
        ending = self._open
        assert ending
        self._open = None
        described = closed or not (ending.doubtful or ending.void)
        tag = ending.tag(described) if described or ending.void else None
        if tag:
            self._flush()
            self._items.append(tag)
        if not closed:
            self._add("".join(ending.gap) if described else ending.written())
