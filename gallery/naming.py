"""How people name pictures, in English and Chinese: the places in a message that speak of one, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from minidalle3.gallery.lexicon import CLASSIFIERS, NUMERAL, THING, english, is_chinese, number

Kind: TypeAlias = Literal[
    "number",
    "ordinal",
    "newest",
    "previous",
    "redo",
    "original",
    "other",
    "upload",
    "all",
    "thing",
    "having",
    "lacking",
]
Pool: TypeAlias = Literal["shown", "beside", "thread", "drawn", "photos"]


@dataclass(frozen=True)
class Mention:
    """One naming of a picture; `at` is its number, or its index from 0 (from the end if negative)."""

    kind: Kind
    span: tuple[int, int]
    at: int = 0
    what: str = ""
    """The words for what it shows: of `ordinal`, `all`, `thing`, `having` and `lacking`."""
    pool: Pool = "shown"
    """What an ordinal counts: the last reply's pictures, those only if they are several, the thread's, only drawn ones,
    or only photos."""


ONE = (
    r"(?:ones?|pictures?|images?|pics?|versions?|photos?|drawings?|options?|results?|sketch(?:es)?|tr(?:y|ies)|"
    r"attempts?|variants?|variations?|illustrations?|paintings?)"
)
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COUNTS = {word: number for number, word in enumerate(NUMBERS, 1)}
COUNT = rf"(?:\d{{1,3}}|{'|'.join(COUNTS)})"
NTH = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
ORDINALS = {
    **{word: index for index, word in enumerate(NTH)},
    **{f"{n}{end}": n - 1 for n, end in zip(range(1, 11), ("st", "nd", "rd", *("th",) * 7), strict=True)},
    **dict.fromkeys(("last", "latest", "newest", "final"), -1),
}
ORDINAL = "|".join(ORDINALS)
SIDES = {
    "left": 0,
    "top": 0,
    "right": -1,
    "bottom": -1,
    "top left": 0,
    "top right": 1,
    "bottom left": -2,
    "bottom right": -1,
}
"""Indices of what lies side by side; the corners are those of two rows of two."""
SIDE = r"(?P<side>(?:(?:top|bottom) )?(?:left|right)|middle|cent(?:er|re)|top|bottom)(?:most|-hand)?"
NOT_PICTURES = re.compile(
    r"time|night|days?|years?|week|month|hour|grade|side|corner|half|hand|part|thing|steps?|change|edit|question|line|"
    r"word|floor|page|name"
)
GOES_ON = re.compile(
    rf"{ONE}|please|is|was|looks|and|but|with|in|at|on|of|to|should|again|better|instead|has|needs|animal|thing|"
    r"for|from|into|as|must|could|would|we|i|you",
    re.IGNORECASE,
)
PICKED = r"(?:pick|take|choose|select|use|prefer|go with|go for|keep|like|love|want|i'll have|option|number)"
END = (
    r"(?=\s*(?:[.,;!?]|$|\bplease\b|\bbut\b|\bagain\b|\bis\b|\bwas\b|\bwere\b|\blooks\b|\bbetter\b|\binstead\b|"
    r"\bit is\b))"
)

Make: TypeAlias = Callable[[re.Match[str]], Mention | None]
Pattern: TypeAlias = tuple[re.Pattern[str], Make]


def pattern(text: str, kind: Kind, **more: int | str) -> Pattern:
    """A pattern whose mention says nothing but its kind."""
    return re.compile(text, re.IGNORECASE), lambda found: Mention(kind, found.span(), **more)  # type: ignore[arg-type]


def counted(found: re.Match[str]) -> Mention:
    said = found["n"].lower()
    return Mention("number", found.span(), COUNTS[said] if said in COUNTS else int(said))


def optional(found: re.Match[str]) -> Mention:
    """As in "option 2": the second of those shown."""
    return Mention("ordinal", found.span(), counted(found).at - 1)


YOURS = re.compile(
    r"\S+ (?:very )?\S+ (?:\w+ )?(?:(?:that )?you(?:'ve| have)? (?:drew|drawn|made|did|created|generated|painted)|"
    r"drawing\b)",
    re.IGNORECASE,
)
MINE = re.compile(
    r"\S+ (?:very )?\S+ (?:photo\b(?: (?:that )?i (?:sent|uploaded))?|\w+ (?:that )?i (?:sent|uploaded))", re.IGNORECASE
)


def nth(found: re.Match[str]) -> Mention | None:
    """As in "the second one", "the very first dog", "the first picture you drew"."""
    groups = found.groupdict()
    what = (groups.get("what") or "").lower()
    end = found.end()
    if NOT_PICTURES.fullmatch(what):
        return None
    if GOES_ON.fullmatch(what):
        end, what = (found.end() if re.fullmatch(ONE, what) else found.end("nth")), ""
    pool: Pool = "thread" if groups.get("very") else "shown"
    makers: tuple[tuple[re.Pattern[str], Pool], ...] = ((YOURS, "drawn"), (MINE, "photos"))
    for told, whose in makers:
        if made := told.match(found.string, found.start()):
            pool, end = whose, made.end() if not what else end
            break
    return Mention("ordinal", (found.start(), end), ORDINALS[found["nth"].lower()], what, pool)


def beside(found: re.Match[str]) -> Mention:
    """As in "the left one"; the middle is told apart by an index that no list has."""
    return Mention("ordinal", found.span(), SIDES.get(found["side"].lower(), MIDDLE))


def alone(found: re.Match[str]) -> Mention:
    """A word that picks one of those side by side, and is no choice where there are none: "left", "2"."""
    groups = found.groupdict()
    if n := groups.get("n"):
        return Mention("ordinal", found.span("n"), int(COUNTS.get(n.lower(), n)) - 1, pool="beside")
    return Mention("ordinal", found.span(), SIDES.get(found["side"].lower(), MIDDLE), pool="beside")


MIDDLE = 1000
"""The index that stands for the middle."""


def words(kind: Kind) -> Make:
    return lambda found: Mention(kind, found.span(), what=found["what"].strip().lower())


ENGLISH: tuple[Pattern, ...] = (
    (re.compile(r"#\s?(?P<n>\d{1,6})"), counted),
    (re.compile(rf"\b(?:number|no\.|nr\.?|picture|image|photo|drawing|pic) #?(?P<n>{COUNT})\b", re.I), counted),
    (re.compile(rf"\b(?:option|version|variant|variation|candidate|sketch) #?(?P<n>{COUNT})\b", re.I), optional),
    (re.compile(rf"(?:\bthe |^){SIDE} {ONE}\b", re.I), beside),
    (re.compile(rf"\bthe {ONE} (?:that is )?(?:on|in|at|to) the {SIDE}\b", re.I), beside),
    (re.compile(rf"\b{PICKED} the {SIDE}{END}", re.I), beside),
    (re.compile(rf"^(?:the )?{SIDE}{END}", re.I), alone),
    (re.compile(rf"(?:^|\b(?:pick|take|choose|select|go with|go for|use|prefer|keep) )(?P<n>{COUNT}){END}", re.I),
     alone),
    (re.compile(rf"^(?P<n>\d)(?= (?:but|with|in|without)\b)|\b(?:like|love|want|have) (?P<m>\d){END}"),
     lambda found: alone(found) if found["n"] else
     Mention("ordinal", found.span("m"), int(found["m"]) - 1, pool="beside")),
    (re.compile(rf"\b(?:the|my|your|that) (?P<very>very )?(?P<nth>{ORDINAL})\b(?: (?P<what>[\w-]+))?", re.I), nth),
    (re.compile(rf"^(?P<nth>{ORDINAL})(?: {ONE})?{END}|\b(?P<x>{PICKED}) (?P<y>{ORDINAL}){END}", re.I),
     lambda found: nth(found) if found["nth"] else Mention("ordinal", found.span("y"), ORDINALS[found["y"].lower()])),
    pattern(r"\bthe (?:very )?beginning\b", "ordinal", pool="thread"),
    pattern(rf"\b(?:the |that )?(?:previous|earlier|prior|preceding|former|old) {ONE}\b"
            rf"|\bthe previous\b{END}", "previous"),
    pattern(rf"\bthe (?:{ONE} )?before\b(?! (?:and|christ))", "previous"),
    pattern(r"\bundo\b(?! the undo)|\brevert\b|\b(?:one|a) step back\b"
            r"|\bgo(?:ing)? (?:one step )?back\b(?! to)|\bstep back\b",
            "previous"),
    pattern(r"\bredo\b(?! (?:it|this) )|\b(?:go|step) forward\b|\bundo the undo\b", "redo"),
    pattern(rf"\bthe original(?: {ONE})?\b|\bthe initial {ONE}\b", "original"),
    pattern(rf"\bthe other(?: {ONE})?{END}|\bthe other {ONE}\b", "other"),
    pattern(rf"(?:\b(?:the|that|this|my) )?\b{ONE} (?:that |which )?i(?:'ve| have)? (?:just )?"
            r"(?:sent|uploaded|gave|posted|attached|took)\b"
            rf"|\b(?:my|the) upload(?:ed)?(?: {ONE})?\b|\bmy (?:own )?(?:photo|picture|image|pic)\b"
            r"|\b(?:in|on|to|of) (?:the|that|this) photo(?:graph)?\b(?! of)", "upload"),
    pattern(r"\b(?:them|these|those) (?:all|both)\b|\b(?:all|both|each|every one) of (?:them|these|those|the \w+)\b"
            rf"|\ball (?:the |my |your |these |those |our )?{ONE}\b|\bboth\b(?={END})", "all"),
    (re.compile(r"\bboth(?: of)?(?: the| my| your| these| those)? (?P<what>[\w-]+s)\b"
                r"|\ball (?:the|my|your|these|those) (?P<many>[\w-]+s)\b", re.I),
     lambda found: Mention("all", found.span(), what=(found["what"] or found["many"]).lower())),
    pattern(r"\bboth\b(?! (?:a|an|the|of) )", "all"),
    (re.compile(r"\bthe [\w-]+ without (?:the |an? )?(?P<what>[\w -]+?)(?= (?:was|is|were|looked)\b)", re.I),
     words("lacking")),
    (re.compile(rf"\b(?:preferred|prefer|liked?|loved) it (?:better |more )?without (?:the |an? |any )?"
                rf"(?P<what>[\w -]+?){END}", re.I), words("lacking")),
    (re.compile(rf"\bthe {ONE} without (?:the |an? |any )?(?P<what>[\w -]+?){END}", re.I), words("lacking")),
    (re.compile(rf"\b(?:the|that) {ONE} (?:with|in|on|at|of|by|near|wearing|showing|where|that shows) "
                rf"(?:the |an? |his |her |its )?(?P<what>[\w -]+?){END}", re.I), words("having")),
    (re.compile(rf"\bthe (?!same|new|next|other|whole|current|best|only|following)(?P<what>[\w-]+) {ONE}\b", re.I),
     words("having")),
)  # fmt: skip

WHICH = rf"(?:[那这]?一?[{CLASSIFIERS}])"
BACK = r"(?:撤销|撤回|退回|后退|返回上一步|回到上一步|上一步|取消刚才的修改)"


def chinese_nth(found: re.Match[str]) -> Mention:
    what = english(found["what"]) if found["what"] else ""
    at = -1 if found["n"] is None else number(found["n"]) - 1
    return Mention("ordinal", found.span(), at, what)


def chinese_side(found: re.Match[str]) -> Mention:
    return Mention("ordinal", found.span(), {"左": 0, "上": 0, "右": -1, "下": -1}.get(found["side"], MIDDLE))


def chinese_thing(found: re.Match[str]) -> Mention:
    return Mention("thing", found.span("what"), what=english(found["what"]))


CHINESE: tuple[Pattern, ...] = (
    (re.compile(rf"#\s?(?P<n>\d{{1,6}})|图\s?(?P<m>{NUMERAL})|(?P<k>{NUMERAL})号"),
     lambda found: Mention("number", found.span(), number(found["n"] or found["m"] or found["k"]))),
    pattern(rf"最(?:开始|早|初|先)的?{WHICH}?图?", "ordinal", pool="thread"),
    (re.compile(rf"(?:第(?P<n>{NUMERAL})|最后一?|最新一?){WHICH}(?P<what>{THING})?"), chinese_nth),
    (re.compile(rf"(?P<side>[左右中]|[上下](?=[边面]))[边面侧间]?(?:的|{WHICH}|的{WHICH})|(?<=选|要|用)(?P<s>[左右])边"),
     lambda found: chinese_side(found) if found["side"] else
     Mention("ordinal", found.span(), 0 if found["s"] == "左" else -1)),
    pattern(rf"(?:上|前)一?[{CLASSIFIERS}]|之前的?{WHICH}|(?:刚才|之前)的?{WHICH}(?!{THING})|{BACK}", "previous"),
    pattern(r"重做|恢复", "redo"),
    pattern(r"原来的|最初的|原图|原版", "original"),
    pattern(rf"另外?一[{CLASSIFIERS}]", "other"),
    pattern(r"我(?:上传|发|传|给你|拍)?的?那?张?(?:照片|图片|相片)|我(?:上传|发|传)的|上传的", "upload"),
    pattern(rf"[它他她]们|全部|所有|每一?[{CLASSIFIERS}]|这几[{CLASSIFIERS}]|两[{CLASSIFIERS}]都", "all"),
    (re.compile(rf"没有?(?:戴|穿)?(?P<what>{THING})的"),
     lambda found: Mention("lacking", found.span(), what=english(found["what"]))),
    (re.compile(rf"(?:戴|有|带|穿|在|坐在|站在)(?P<what>{THING})(?:里|上|旁|边)?的?(?:的|{WHICH})"),
     lambda found: Mention("having", found.span(), what=english(found["what"]))),
    (re.compile(rf"(?P<what>{THING})的?[那这]一?[{CLASSIFIERS}]"), chinese_thing),
    (re.compile(rf"(?:把|让|给|将|用|选|回到|换回|要|对|去掉|删掉|删除|删了|移除|[那这]一?[{CLASSIFIERS}]?|^)(?P<what>{THING})(?!.{{0,3}}哪)"),
     chinese_thing),
)  # fmt: skip

DEFINITE = re.compile(r"\b(?:the|that|this|my|our|your) (?P<what>[a-z][\w-]*(?: [a-z][\w-]*){0,2})", re.IGNORECASE)
LED_BY = re.compile(
    r"\b(?:with|like|add|as|beside|near|to|by|and|from|into|behind|under|over|(?<!rid )of|in|on|at|through|onto|for|"
    r"inside|than|draw|about|where (?:is|are|did|has|have)|where's|(?:can't|cannot|don't) see|there is no|without)\s$",
    re.IGNORECASE,
)
"""What is said before a thing that the picture in front of the person shows, lacks, or is to show."""
LEADS_TO = re.compile(
    r"\b(?:back|return|switch|revert|over|give) (?:it )?to\s$|\b(?:me|us|i|we) (?:have a )?look (?:back )?at\s$|"
    r"\b(?:continue|go|work|stay|start|carry on) with\s$|"
    rf"\b{ONE} (?:of|with)\s$|\b(?:more|another|others?) (?:[\w-]+ )?(?:of|like)\s$",
    re.IGNORECASE,
)
ONTO = re.compile(
    r"\b(?:add|put|give|place|hang|draw) (?:an?|some|two|three|more) [\w -]+ (?:to|on|onto|over|behind)\s$", re.I
)


def mentions(text: str) -> list[Mention]:
    """What a message says of pictures, in the order said; of two that overlap, the plainer one."""
    found: list[Mention] = []
    for mention in candidates(text):
        if not any(mention.span[0] < other.span[1] and other.span[0] < mention.span[1] for other in found):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.span)


def candidates(text: str) -> Iterator[Mention]:
    """All readings, the plainest first."""
    for expression, make in CHINESE if is_chinese(text) else ENGLISH:
        for found in expression.finditer(text):
            if mention := make(found):
                yield mention
    yield from () if is_chinese(text) else things(text)


def things(text: str) -> Iterator[Mention]:
    """Definite things ("the cat"), unless something else is done with them than to change them."""
    for found in DEFINITE.finditer(text):
        before = text[: found.start()]
        if not LED_BY.search(before) or LEADS_TO.search(before) or ONTO.search(before):
            yield Mention("thing", found.span(), what=found["what"].lower())
