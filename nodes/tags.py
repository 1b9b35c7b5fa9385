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
- What other LLMs write instead of a tag is respelled first (`nodes/respeller.py`); marks of bold around a tag vanish.
- An image or edit without a description, and a select without a number, vanish.
- `< image >` is a tag, but `a < image b` is prose, as is `<b>` and every other name. A text that is cut off in a tag's
  name (`<ima`) loses that piece.

Any chunking of a text gives the same items, adjacent `Text` joined, and takes time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from minidalle3.nodes.code import CodeSplitter, Span
from minidalle3.nodes.markup import (
    ENDING,
    KINDS,
    OPENING,
    Head,
    Item,
    Tag,
    Text,
    clean,
    is_cut_name,
    is_named,
    may_start,
    picture_in,
    read,
)
from minidalle3.nodes.respeller import Respeller

HEAD_LIMIT = 200
FENCES = ("```", "~~~")
STRESS = "*_~"
"""Marks of bold and italics, dropped where they stand close around a tag."""
PLACEHOLDERS = frozenset({"...", "…", "description", "a description", "image description", "your description"})


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
        """Whether it is complete as it stands, without a body."""
        if self.head.name in ("image", "edit"):
            return bool(self.head.description)
        return self.head.name != "select" or self.head.source is not None

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
        body = clean("".join(self.body)) if described else ""
        if kind == "select":
            source = self.head.source or picture_in(body)
            return Tag(kind, "", source=source) if source else None
        if kind in ("vary", "refine") and not self.head.source and re.fullmatch(r"(?:picture )?#?\d{1,9}", body):
            return Tag(kind, "", self.head.count, picture_in(body))
        description = body or clean(self.head.description)
        drawable = description.lower() not in PLACEHOLDERS and any(ch.isalnum() for ch in description)
        if not drawable and kind in ("image", "edit"):
            return None
        return Tag(kind, description, self.head.count, self.head.source)


class TagParser:
    """Feed it what the LLM writes, as it comes; close it once."""

    def __init__(self) -> None:
        self._code = CodeSplitter()
        self._spelling = Respeller()
        self._items: list[Item] = []
        self._text: list[str] = []
        self._head = ""
        self._open: Open | None = None
        self._before = ""
        """The last character of prose."""
        self._marks = ""
        """Marks that may stand around a tag."""
        self._wrapped = ""
        """Those that did, and may follow it."""

    def feed(self, chunk: str) -> list[Item]:
        """The items that `chunk` completes; prose is held back only while it may still become a tag."""
        self._take_in(self._code.feed(chunk))
        return self._give_out()

    def close(self) -> list[Item]:
        """The items that only the end of the text completes."""
        self._take_in(self._code.close())
        self._chars(self._spelling.flush())
        if self._head and not is_named(self._head) and (self._open or is_cut_name(self._head)):
            self._head = ""
        self._break_head()
        if self._open:
            self._end(closed=False)
        self._text.append(self._marks)
        return self._give_out()

    def _take_in(self, spans: Iterable[Span]) -> None:
        for text, code in spans:
            if self._spelling.over:
                return
            if code and self._spelling.hides(text):
                continue
            if code:
                self._chars(self._spelling.flush())
                self._code_span(text)
                self._spelling.passed(text)
            else:
                for ch in text:
                    self._chars(self._spelling.feed(ch))

    def _chars(self, text: str) -> None:
        for ch in text:
            self._char(ch)

    def _give_out(self) -> list[Item]:
        self._flush()
        items, self._items = self._items, []
        return items

    def _flush(self) -> None:
        if text := "".join(self._text):
            self._items.append(Text(text))
        self._text.clear()

    def _code_span(self, text: str) -> None:
        self._break_head()
        if self._open and self._open.body and text.startswith(FENCES):
            self._end(closed=False)
        self._add(text)

    def _char(self, ch: str) -> None:
        if self._head:
            self._in_head(ch)
        elif ch in OPENING:
            self._head = ch
        elif self._open:
            self._in_body(self._open, ch)
        elif self._wrapped and ch == self._wrapped[-1]:
            self._wrapped = self._wrapped[:-1]
        elif ch in STRESS and (self._marks or not self._before.strip()):
            self._marks += ch
        else:
            self._prose(ch)

    def _prose(self, text: str) -> None:
        """Text for the person, with the marks before it that stand around no tag."""
        if text:
            self._text.append(self._marks + text)
            self._before, self._marks, self._wrapped = text[-1], "", ""

    def _add(self, text: str) -> None:
        if self._open:
            self._open.add(text)
        else:
            self._prose(text)

    def _in_head(self, ch: str) -> None:
        if ch in ENDING and is_named(self._head):
            raw, self._head = self._head, ""
            self._markup(raw, ch)
        elif ch in OPENING + "\n" or len(self._head) >= HEAD_LIMIT:
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
            self._markup(raw, "")
        elif raw:
            self._add(raw)

    def _markup(self, raw: str, ended: str) -> None:
        head = read(raw)
        if head.doubtful and (head.words or not ended):
            self._add(raw + ended)
        elif not head.closing:
            self._begin(head)
        elif self._open:
            self._end(closed=True)
            self._add(f" {head.words}" if head.words and not ended else "")
        elif head.name not in KINDS and head.name != "img":
            self._add(raw + ended)
        elif not ended and head.words:
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
            self._wrapped, self._marks = self._marks, ""
            self._flush()
            self._items.append(tag)
        if not closed:
            self._add("".join(ending.gap) if described else ending.written())
