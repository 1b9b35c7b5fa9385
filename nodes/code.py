"""Tells an LLM's prose from its code, while it is still being written.

Code is what Markdown calls so, line by line: a block between lines of three or more ``` or ~~~ (an unclosed block
reaches to the end), and `inline code` between two equal runs of backticks on one line. A run without its partner is
just a mark. A tag in backticks that has its line for itself is meant as a tag, not as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from minidalle3.nodes.markup import KINDS, OPENING

Span: TypeAlias = tuple[str, bool]
"""Some text, and whether it is code in which no tag may fire. Code without a `<` may be given as prose."""

LEAD = frozenset(" \t>*+-.)0123456789")
"""What may stand before a block's first mark on its line: an indent, a quote, a list's bullet or number."""
BLOCK = 3
LANGUAGE = re.compile(r"\S*[ \t\r]*")
HOLDING = frozenset(OPENING + "![{&\\（")
"""What may begin a request, and must not in code."""
NAMES = "|".join(KINDS)
LONE = re.compile(rf"(`+)(<({NAMES})\b[^<>`]*>[^<>`]+</\3>|<(?:{NAMES})\b[^<>`]*/>)\1", re.IGNORECASE)


class CodeSplitter:
    """Holds text back only from what may begin a request in inline code, and a run of marks until it ends."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._state: Callable[[str], None] = self._prose
        self._lead = True
        self._mark = ""
        self._run = 0
        self._block = False
        self._closing = 0
        self._held: list[str] = []
        self._line: list[str] = []

    def feed(self, chunk: str) -> list[Span]:
        """The spans that `chunk` completes."""
        for ch in chunk:
            self._state(ch)
        return self._take()

    def close(self) -> list[Span]:
        """What was still held back; the text is over."""
        if self._state == self._opening:
            self._spans.append((self._mark * self._run, self._opens_block()))
        elif self._state == self._inline:
            if LONE.fullmatch("".join(self._held)):
                self._release_lone()
            self._release(code=self._block or self._closing == self._run)
        elif self._state == self._after_lone:
            self._release_lone()
        return self._take()

    def _take(self) -> list[Span]:
        spans, self._spans = self._spans, []
        return spans

    def _prose(self, ch: str) -> None:
        if ch == "`" or (ch == "~" and self._lead):
            self._mark, self._run = ch, 1
            self._state = self._opening
            return
        self._spans.append((ch, False))
        self._lead = ch == "\n" or (self._lead and ch in LEAD)

    def _opens_block(self) -> bool:
        return self._lead and self._run >= BLOCK

    def _opening(self, ch: str) -> None:
        if ch == self._mark:
            self._run += 1
            return
        self._block = self._opens_block()
        alone = self._lead and not self._block and self._mark == "`" and ch == "<"
        self._held += [self._mark] * self._run if alone else []
        self._spans += [] if alone else [(self._mark * self._run, self._block)]
        self._lead = False
        self._line.clear()
        if self._mark == "`":
            self._closing = 0
            self._state = self._inline
        else:
            self._state = self._fence if self._block else self._prose
        self._state(ch)

    def _inline(self, ch: str) -> None:
        """Also the rest of a block's first line, which is inline code after all if its partner stands there."""
        if ch == "`":
            self._closing += 1
        elif self._closing == self._run or ch == "\n":
            self._block = self._block or self._late_block(ch)
            code = self._block or self._closing == self._run
            self._state = self._fence if self._block and self._closing != self._run else self._prose
            if LONE.fullmatch("".join(self._held)):
                self._state = self._after_lone
            else:
                self._release(code)
            self._state(ch)
            return
        else:
            self._closing = 0
            self._line.append(ch)
        if self._held or ch in HOLDING:
            self._held.append(ch)
        else:
            self._spans.append((ch, False))

    def _late_block(self, ch: str) -> bool:
        """Weak LLMs begin a block behind words on the same line: nothing but its language follows the mark."""
        language = ch == "\n" and self._closing == 0 and LANGUAGE.fullmatch("".join(self._line))
        self._line.clear()
        return self._run >= BLOCK and bool(language)

    def _release(self, code: bool) -> None:
        if self._held:
            self._spans.append(("".join(self._held), code))
            self._held.clear()

    def _after_lone(self, ch: str) -> None:
        """White space up to the line's end proves a tag in backticks to be one."""
        if ch == "\n":
            self._release_lone()
        elif ch.isspace():
            self._held.append(ch)
            return
        else:
            self._release(code=True)
        self._state = self._prose
        self._state(ch)

    def _release_lone(self) -> None:
        """The tag without its backticks."""
        if found := LONE.match("".join(self._held)):
            self._spans.append((found[2], False))
        self._held.clear()

    def _fence(self, ch: str) -> None:
        self._spans.append((ch, True))
        if ch != "\n":
            self._line.append(ch)
            return
        line = "".join(self._line).strip(" \t\r>")
        self._line.clear()
        if len(line) >= self._run and not line.strip(self._mark):
            self._lead = True
            self._state = self._prose
