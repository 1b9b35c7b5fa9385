"""Other ways in which LLMs ask for pictures: how each begins, where it may end, and the tag that it stands for.

Markdown images, `[image: a dog]`, JSON, HTML entities and escaped brackets become tags; marks of the chat's own format
vanish.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TypeAlias

from minidalle3.nodes.calls import items, load, salvaged, written
from minidalle3.nodes.markup import BLANK, CLOSERS, Tag, is_named, may_start

Decision: TypeAlias = "str | bool"
"""What the held text becomes; True: hold on; False: it is something else."""

PICTURE = r"(?:generated )?(?:image|picture|photo|illustration|drawing)"
MARKDOWN = re.compile(r"!\[([^\]\n]*)\](?: ?\([^)\n]*\)|\[[^\]\n]*\])")
LINKED = re.compile(rf"\[{MARKDOWN.pattern}\](?:\([^)\n]*\)|\[[^\]\n]*\])")
LABEL = re.compile(rf"^(?:an? |the )?{PICTURE}(?: of|\s*[:：])?\s*", re.IGNORECASE)
LABELLED = re.compile(
    rf"[\[【（](?P<kind>{PICTURE}|edit|图片|图像|修改)(?: (?P<of>#\d+))?(?:\s*[:：]\s*| of )"
    r"(?P<what>[^\]】）\n]+)[\]】）]",
    re.IGNORECASE,
)
PAIRED = re.compile(r"\[(?P<kind>image|edit)\](?P<what>[^\[\]]+)\[\W{0,4}(?P=kind)\W?\]", re.IGNORECASE)
PAIR_OPEN = re.compile(r"\[(?:image|edit)\]", re.IGNORECASE)
CLOSER = re.compile(r"\[[ </\\]{1,4}(?:(?P<name>image|edit) ?\]|[a-z]{0,5} ?)", re.IGNORECASE)
"""Of such a pair, also damaged, as far as it goes; by its `name` it is one for certain."""
HTML_IMAGE = re.compile(r"<img\s[^>]*\balt\s*=\s*(?:\"([^\">]+)\"|'([^'>]+)')[^>]*>", re.IGNORECASE)
WRAPPER = re.compile(r"</?(?:tool|function)_call>")
TURN_MARK = re.compile(r"<\|[\w ]{1,30}\|>")
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
    if PAIR_OPEN.match(held):
        return not held.endswith("\n\n")
    return markdown(held) if held.startswith("[") else held[-1] not in "】）\n"


def closer(held: str) -> Decision:
    """`[/image]` with nothing to close."""
    found = CLOSER.fullmatch(held)
    return "" if found and found["name"] else bool(found)


def data(held: str) -> Decision:
    """JSON ends at the first bracket that makes it whole."""
    if held[-1] not in "}]":
        return broken(held) if held.endswith("\n\n") else True
    value = load(held)
    if value is None:
        whole = all(held.count(begin) == held.count(end) for begin, end in ("{}", "[]"))
        return (whole and broken(held)) or True
    found = list(items(value))
    asked = any(isinstance(item, Tag) for item in found) or (found == [] and set(value) == {"image"})
    return "".join(map(written, found)) if asked else False


BEHIND = re.compile(r"[\s`]*\Z")
"""Of a call that breaks off, what may be the beginning of something else."""


def broken(held: str) -> Decision:
    """A call whose JSON does not read: what it asks for, as far as that can be told, and what stands behind it."""
    asked = salvaged(held)
    end = held.rfind("}") + 1 or BEHIND.search(held).start()  # type: ignore[union-attr]
    return False if asked is None else "".join(map(written, asked)) + unescaped(held[end:])


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
    ("[/", "[<", "[\\"): (" ]>\n", closer),
    ("&lt;", "&#60;"): ("; >\n", entities),
    ("\\<",): (">\n", entities),
    ("<img ", "<tool_call>", "</tool_call>", "<function_call>", "</function_call>", "<|"): (">\n", angled),
}  # fmt: skip
"""By how they begin."""
BEGUN = {start: way for starts, way in WAYS.items() for start in starts}
PREFIXES = frozenset(start[:size] for start in BEGUN for size in range(1, len(start) + 1))
