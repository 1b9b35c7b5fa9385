"""Tells an LLM's prose from its code, while it is still being written.

Code is what Markdown calls so, line by line: a block between lines of three or more ``` or ~~~ (an unclosed block
reaches to the end), and `inline code` between two equal runs of backticks on one line. A run without its partner is
just a mark. A tag in backticks that has its line for itself is meant as a tag, not as code.

Weak LLMs lose the line breaks around a block's marks. Where it begins behind words, or ends behind its last line or
before more words, the breaks are put in, so that whatever renders the text sees the same code as is seen here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from minidalle3.nodes.markup import ENDING, KINDS, OPENING

Span: TypeAlias = tuple[str, bool]
"""Some text, and whether it is code in which no tag may fire. Code without a `<` may be given as prose."""

INDENT = " \t\r>"
LEAD = re.compile(r"(?:[ \t]*(?:>|[*+-](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*")
"""What may stand before a block's first mark on its line: an indent, a quote, a list's bullet or number."""
LEADING, LONGEST_LEAD = frozenset(" \t>*+-.)0123456789"), 40
BLOCK = 3
FIRST = re.compile(rf"(`{{{BLOCK},}})[^`]*")
LATE = re.compile(rf"(`{{{BLOCK},}})[^\s`]*[ \t\r]*$")
"""By what a block begins: on a line of its own with anything behind the marks, else with its language alone."""
NESTED = re.compile(r"[A-Za-z0-9_+#.-]")
"""What follows marks that begin another block, as an example within this one."""
RUN = re.compile("`+")
HOLDING = frozenset(OPENING + "![{&\\（`")
"""What may begin a request, and must not in code; or a run of backticks."""
NAMES = "|".join(KINDS)
LONE = re.compile(rf"(`+)(<({NAMES})\b[^<>`]*>[^<>`]+</\3>|<(?:{NAMES})\b[^<>`]*/>)\1", re.IGNORECASE)


class CodeSplitter:
    """Holds text back only from what may begin a request in inline code, and a run of marks until it ends."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._state: Callable[[str], None] = self._prose
        self._lead: list[str] | None = []
        """What the line begins with, as long as a block may begin behind it."""
        self._behind_tag = False
        self._mark = ""
        self._run = 0
        self._alone = False
        """Whether a tag in backticks may have its line for itself."""
        self._closing = 0
        self._quoted = False
        """Whether the lines of a block stand in a quote."""
        self._indent = False
        self._open = True
        """Whether marks on this line may end the block."""
        self._held: list[str] = []

    def feed(self, chunk: str) -> list[Span]:
        """The spans that `chunk` completes."""
        for ch in chunk:
            self._state(ch)
        return self._take()

    def close(self) -> list[Span]:
        """What was still held back; the text is over."""
        if self._state == self._opening:
            self._spans.append((self._mark * self._run, self._run >= BLOCK and self._leads()))
        elif self._state == self._inline:
            self._end_inline(line=False)
        if self._state == self._after_lone:
            self._release_lone()
        self._release(code=True)
        return self._take()

    def _take(self) -> list[Span]:
        spans, self._spans = self._spans, []
        return spans

    def _release(self, code: bool) -> None:
        if self._held:
            self._spans.append(("".join(self._held), code))
            self._held.clear()

    def _prose(self, ch: str) -> None:
        if ch == "`" or (ch == "~" and self._leads()):
            self._mark, self._run = ch, 1
            self._state = self._opening
            return
        self._spans.append((ch, False))
        self._behind_tag = ch in ENDING
        if ch == "\n":
            self._lead = []
        elif self._lead is not None:
            self._lead = [*self._lead, ch] if ch in LEADING and len(self._lead) < LONGEST_LEAD else None

    def _leads(self) -> bool:
        """Whether only an indent, a quote or a bullet stands before this on its line."""
        return self._lead is not None and bool(LEAD.fullmatch("".join(self._lead)))

    def _opening(self, ch: str) -> None:
        if ch == self._mark:
            self._run += 1
            return
        marks, block, leads = self._mark * self._run, self._run >= BLOCK, self._leads()
        self._quoted = leads and ">" in (self._lead or ())
        if self._mark == "~":
            self._spans.append((marks, block))
            self._begin(block)
        else:
            self._alone = leads and not block and ch == "<"
            self._closing, self._state = 0, self._inline
            if block or self._alone:
                self._held.append(marks)
            else:
                self._spans.append((marks, False))
        self._state(ch)

    def _begin(self, block: bool) -> None:
        """Of a block, the first line is under way."""
        self._lead, self._indent, self._open = None, False, False
        self._state = self._fence if block else self._prose

    def _inline(self, ch: str) -> None:
        """Also the first line of a block, which is inline code after all if the partner of its marks stands there."""
        if ch == "`":
            self._closing += 1
        elif self._closing == self._run or ch == "\n":
            self._end_inline(line=ch == "\n")
            self._state(ch)
            return
        else:
            self._closing = 0
        if self._held or ch in HOLDING:
            self._held.append(ch)
        else:
            self._spans.append((ch, False))

    def _end_inline(self, line: bool) -> None:
        """Its partner has come; or else the `line` or the text is over, and what was held back is read without it."""
        text = "".join(self._held)
        first = self._run >= BLOCK and self._leads()
        self._lead, self._state = None, self._prose
        if self._closing == self._run:
            if self._alone and LONE.fullmatch(text):
                self._state = self._after_lone
            else:
                self._release(code=True)
            return
        self._held.clear()
        *spans, (rest, _) = paired(text)
        begun = (FIRST.fullmatch(rest) if first or self._behind_tag else None) or LATE.search(rest)
        if not (begun and line):
            self._spans += [*spans, (rest, False)]
            return
        self._spans += [*spans, (rest[: begun.start()] + ("" if first else "\n\n"), False), (begun[0], True)]
        self._run, self._quoted = len(begun[1]), self._quoted and first
        self._begin(block=True)

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

    def _line_start(self, ch: str) -> None:
        """Of a line in a quoted block: one that is not in the quote ends both."""
        if ch in " \t":
            self._spans.append((ch, True))
            return
        self._lead = []
        self._state = self._fence if ch == ">" else self._prose
        self._state(ch)

    def _fence(self, ch: str) -> None:
        if ch == self._mark:
            self._held.append(ch)
            self._state = self._marks
            return
        self._spans.append((ch, True))
        if ch == "\n":
            self._indent = self._open = True
            self._state = self._line_start if self._quoted else self._fence
        elif ch not in INDENT:
            self._indent = False

    def _marks(self, ch: str) -> None:
        """Marks within a block end it on a line of their own, and where only line breaks are missing around them."""
        if ch == self._mark:
            self._held.append(ch)
            return
        enough = self._open and len(self._held) >= self._run
        ends = enough and (not NESTED.match(ch) if self._indent else ch == "\n" or ch in OPENING)
        if ends and not self._indent:
            self._spans.append(("\n", True))
        self._release(code=True)
        self._open = self._open and not enough
        self._indent = False
        self._state = self._behind_block if ends else self._fence
        self._state(ch)

    def _behind_block(self, ch: str) -> None:
        """What follows on the line of the marks gets one of its own."""
        if ch.isspace():
            self._spans.append((ch, True))
        if ch == "\n" or not ch.isspace():
            self._lead, self._state = [], self._prose
        if not ch.isspace():
            self._spans.append(("\n", True))
            self._prose(ch)


def paired(line: str) -> list[Span]:
    """A line with what stands between two equal runs of backticks told as code."""
    runs = list(RUN.finditer(line))
    last = {len(run[0]): place for place, run in enumerate(runs)}
    spans: list[Span] = []
    at = place = 0
    while place < len(runs):
        first, size = runs[place], len(runs[place][0])
        if last[size] > place:
            place = next(one for one in range(place + 1, len(runs)) if len(runs[one][0]) == size)
            spans += [(line[at : first.start()], False), (line[first.start() : runs[place].end()], True)]
            at = runs[place].end()
        place += 1
    return [*spans, (line[at:], False)]
