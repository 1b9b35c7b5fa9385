"""Other ways in which LLMs ask for pictures, respelled as tags while they are still being written.

Markdown images, `[image: a dog]`, JSON, HTML entities and escaped brackets become tags; marks of the chat's own format
vanish; and a reply that goes on to speak as the person ("User: …") ends there. What turns out to be something else
passes on as it was.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TypeAlias

from minidalle3.nodes.calls import items, load, written
from minidalle3.nodes.markup import BLANK, CLOSERS, Tag, is_named, may_start

Decision: TypeAlias = "str | bool"
"""What the held text becomes; True: hold on; False: it is something else."""

LIMIT = 4000
PICTURE = r"(?:generated )?(?:image|picture|photo|illustration|drawing)"
MARKDOWN = re.compile(r"!\[([^\]\n]*)\](?: ?\([^)\n]*\)|\[[^\]\n]*\])")
LINKED = re.compile(rf"\[{MARKDOWN.pattern}\](?:\([^)\n]*\)|\[[^\]\n]*\])")
LABEL = re.compile(rf"^(?:an? |the )?{PICTURE}(?: of|\s*[:：])?\s*", re.IGNORECASE)
LABELLED = re.compile(
    rf"[\[【（](?P<kind>{PICTURE}|edit|图片|图像|修改)(?: (?P<of>#\d+))?(?:\s*[:：]\s*| of )"
    r"(?P<what>[^\]】）\n]+)[\]】）]",
    re.IGNORECASE,
)
PAIRED = re.compile(r"\[(?P<kind>image|edit)\](?P<what>.+?)\[/(?P=kind)\]", re.IGNORECASE)
HTML_IMAGE = re.compile(r"<img\s[^>]*\balt\s*=\s*(?:\"([^\">]+)\"|'([^'>]+)')[^>]*>", re.IGNORECASE)
WRAPPER = re.compile(r"</?(?:tool|function)_call>")
TURN_MARK = re.compile(r"<\|[\w ]{1,30}\|>")

PERSON = ("User", "Human", "Person", "用户", "人类")
SELF = ("Assistant", "AI", "You", "助手")
END = "\0"
"""Where a reply ends because the LLM speaks for the person."""


def markdown(held: str) -> Decision:
    found = MARKDOWN.fullmatch(held) or LINKED.fullmatch(held)
    return image(LABEL.sub("", found[1])) if found else held[-1] != "\n"


def bracketed(held: str) -> Decision:
    """`[image: a dog]`, `[edit]a dog[/edit]`, a linked Markdown image, or a list of JSON."""
    if found := LABELLED.fullmatch(held) or PAIRED.fullmatch(held):
        kind = "edit" if found["kind"].lower() in ("edit", "修改") else "image"
        of = f' of="{found["of"]}"' if found.groupdict().get("of") else ""
        return f"<{kind}{of}>{found['what']}</{kind}>"
    if held.startswith("[{"):
        return data(held)
    return markdown(held) if held.startswith("[") else held[-1] not in "】）\n"


def data(held: str) -> Decision:
    """JSON ends at the first bracket that makes it whole."""
    if held[-1] not in "}]":
        return not held.endswith("\n\n")
    value = load(held)
    if value is None:
        return True
    found = list(items(value))
    asked = any(isinstance(item, Tag) for item in found) or (found == [] and set(value) == {"image"})
    return "".join(map(written, found)) if asked else False


ESCAPED = re.compile(
    rf"(?:&lt;|&#60;|\\<)({BLANK}/?{BLANK}(?:{'|'.join(CLOSERS)})(?![A-Za-z0-9_.@-]))((?:[^&<>\n\\]|&(?!gt))*)(&gt;?|\\>)?",
    re.IGNORECASE,
)


def unescaped(text: str) -> str:
    """Every tag in it whose brackets are escaped, with its own brackets."""
    return ESCAPED.sub(lambda found: f"<{found[1]}{html.unescape(found[2])}{'>' if found[3] else ''}", text)


def entities(held: str) -> Decision:
    """`&lt;image&gt;` and `\\<image\\>`."""
    plain = held.replace("\\", "") if held[0] == "\\" else html.unescape(held).rstrip(" ")
    if held[-1] == "\n" or not may_start(plain.rstrip(">")):
        return False
    return plain if plain.endswith(">") and is_named(plain) else True


def angled(held: str) -> Decision:
    """An HTML image that says what it shows, the wrapper of a call, a mark between turns."""
    if held[-1] != ">":
        return held[-1] != "\n"
    if found := HTML_IMAGE.fullmatch(held):
        return image(found[1] or found[2])
    if TURN_MARK.fullmatch(held):
        return END
    return "" if WRAPPER.fullmatch(held) else False


def image(description: str) -> str:
    """A tag; empty if there is nothing to draw."""
    return f"<image>{description.translate(str.maketrans('<>', '()'))}</image>"


Way: TypeAlias = "tuple[str, Callable[[str], Decision]]"
"""At which characters it may end, and what it means."""
WAYS: dict[tuple[str, ...], Way] = {
    ("![",): (")]\n", markdown),
    ("[{", "[![", "[image", "[picture", "[photo", "[illustration", "[drawing", "[generated", "[edit", "[图", "[修"):
        (")]}\n", bracketed),
    ("【图", "【修", "【image：", "【image:", "（图片", "（image"): ("】）\n", bracketed),
    ('{"', "{'", "{“", "{ ", "{\n"): ("}]\n", data),
    ("&lt;", "&#60;"): ("; >\n", entities),
    ("\\<",): (">\n", entities),
    ("<img ", "<tool_call>", "</tool_call>", "<function_call>", "</function_call>", "<|"): (">\n", angled),
}  # fmt: skip
"""By how they begin."""
BEGUN = {start: way for starts, way in WAYS.items() for start in starts}
PREFIXES = frozenset(start[:size] for start in BEGUN for size in range(1, len(start) + 1))
NAMES = re.compile(rf"({'|'.join((*PERSON, *SELF))})\*{{0,2}} ?[:：]?")
BEGINNINGS = frozenset(name[:size] for name in (*PERSON, *SELF) for size in range(len(name)))
LEAD = "*# "


class Respeller:
    """Takes one character at a time; holds text back only while it may be one of `WAYS` or a speaker's name."""

    def __init__(self) -> None:
        self.over = False
        """Whether the rest of the reply is not the LLM's to say."""
        self._held = ""
        self._line = True
        """Whether a line begins here."""
        self._said = False
        self._echo = False
        """Within a line in which the LLM repeats the person."""
        self._way: Way | None = None
        self._skip = ""

    def feed(self, ch: str) -> str:
        """What may pass on now."""
        if self.over:
            return ""
        if self._echo:
            self._echo = ch != "\n"
            return ""
        if ch in self._skip:
            return ""
        self._skip = ""
        if not self._held:
            return self._begin(ch)
        self._held += ch
        if self._way:
            return self._decide(ch)
        low = self._held.lower()
        if way := BEGUN.get(low):
            self._way = way
            return self._decide(ch)
        if low in PREFIXES or (self._line and self._may_be_name()):
            return self._speaker() if ch in ":：" else ""
        return self._release(keep_last=True)

    def flush(self) -> str:
        """What was held back: it is nothing of ours."""
        return self._release()

    def hides(self, code: str) -> bool:
        """Whether code goes by within a line in which the LLM repeats the person."""
        hidden = self._echo
        self._echo = hidden and "\n" not in code
        return hidden

    def passed(self, text: str) -> None:
        """Code went by."""
        self._line, self._said = text.endswith("\n"), True

    def _begin(self, ch: str) -> str:
        if ch in PREFIXES or (self._line and (ch in LEAD or ch in BEGINNINGS)):
            self._held = ch
            return ""
        return self._pass(ch)

    def _pass(self, text: str) -> str:
        self._line = text[-1] == "\n" if text else self._line
        self._said = self._said or bool(text.strip())
        return text

    def _decide(self, ch: str) -> str:
        assert self._way
        ends, decide = self._way
        if len(self._held) > LIMIT:
            return self._release()
        if ch not in ends:
            return ""
        decision = decide(self._held)
        if decision is True:
            return ""
        if decision is False:
            return self._release()
        self._held, self._way = "", None
        if decision == END:
            self.over = self._said
            return ""
        return self._pass(str(decision))

    def _may_be_name(self) -> bool:
        rest = self._held.lstrip(LEAD)
        return len(self._held) < 24 and (rest in BEGINNINGS or bool(NAMES.fullmatch(rest)))

    def _speaker(self) -> str:
        rest = self._held.strip(LEAD + ":：")
        if rest in PERSON:
            self.over, self._echo = self._said, not self._said
        elif self._said or rest not in SELF:
            return self._release()
        self._skip = "* " if "*" in self._held else " "
        self._held = ""
        return ""

    def _release(self, keep_last: bool = False) -> str:
        held, self._held, self._way = self._held, "", None
        if not keep_last:
            return self._pass(unescaped(held))
        passed = self._pass(unescaped(held[:-1]))
        return passed + self._begin(held[-1])
