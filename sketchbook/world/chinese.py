"""Reads Chinese: the world's words in it, put into the order in which English would say them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from minidalle3.sketchbook.world import english
from minidalle3.sketchbook.world.chinese_tables import ADJECTIVES, FOREIGN, STOPS
from minidalle3.sketchbook.world.chinese_words import lexicon, wardrobe
from minidalle3.sketchbook.world.lexicon import Match, join

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z '-]*[A-Za-z]")
_VERBS = re.compile(r"(?:没有?|不)?(?:戴|穿|拿|打|撑|举|抱|捧|披|围|系|带)[着了上]?(?:[一个只件顶条把副朵束]|大|小)*")
_LINKS = ("骑着", "骑在", "骑")
_REFUSALS = ("没有", "没", "不要", "不是", "别", "无")
_PARTS = re.compile(r"和|与|跟|[，。,.;；:：!！?？\s]")


@dataclass(frozen=True)
class _Token:
    """A stretch of the text: a match, or a word of the sentence's machinery, or (`unknown`) neither."""

    said: str
    match: Match | None = None
    unknown: bool = False


def is_chinese(text: str) -> bool:
    return bool(_HAN.search(text))


def scan(text: str) -> tuple[list[Match], list[str]]:
    """As `english.scan`: matches in the English order, and stretches that nothing in the world stands for."""
    tokens = _accepted(list(_tokens(text)))
    known: list[Match] = []
    unknown: list[str] = []
    joined = False
    for token in _heads_first(tokens):
        if token.unknown:
            unknown.append(token.said)
        elif token.match:
            join(known, token.match, joined)
        elif _LATIN.fullmatch(token.said):
            more, lacking = english.scan(english.words_of(token.said))
            known += more
            unknown += lacking
        joined = token.match is not None
    return known, unknown


@cache
def _longest() -> int:
    return max(map(len, (*lexicon(), *STOPS, *FOREIGN)))


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        found = _worn_at(text, position) or _word_at(text, position)
        if found is None:
            end = position + 1
            while end < len(text) and not (_PARTS.match(text, end) or _word_at(text, end) or _worn_at(text, end)):
                end += 1
            said = text[position:end]
            found = _Token(said, unknown=bool(_HAN.search(said)))
        yield found
        position += len(found.said)


def _word_at(text: str, start: int) -> _Token | None:
    """The longest word of the world, of the sentence's machinery, or of Latin letters that begins here."""
    for length in range(min(_longest(), len(text) - start), 0, -1):
        said = text[start : start + length]
        if entry := lexicon().get(said.upper() if said.isascii() else said):
            return _Token(said, Match(entry[0], entry[1], said, entry[2]))
        if said in FOREIGN:
            return _Token(said, unknown=True)
        if said in STOPS or said in _LINKS or said in _REFUSALS:
            return _Token(said)
    if latin := _LATIN.match(text, start):
        return _Token(latin[0])
    return _Token(text[start]) if _PARTS.match(text, start) else None


def _worn_at(text: str, start: int) -> _Token | None:
    """ "戴着一顶红色的帽子": a verb of wearing and something of the wardrobe; refused where "不" begins it."""
    verb = _VERBS.match(text, start)
    if verb is None:
        return None
    rest = re.compile(r"(?:[红橙橘黄金绿蓝紫粉棕黑白彩]色?的?)?").match(text, verb.end())
    begin = rest.end() if rest else verb.end()
    for length in range(4, 0, -1):
        said = text[begin : begin + length]
        if entry := wardrobe().get(said):
            refused = verb[0][0] in "没不"
            worn = None if refused else Match("worn", entry[0], said, entry[1])
            return _Token(text[start : begin + length], worn)
    return None


def _accepted(tokens: list[_Token]) -> list[_Token]:
    """Without what is refused: "没有帽子的狗" is a dog."""
    kept: list[_Token] = []
    refusing = False
    for token in tokens:
        if refusing and token.match:
            refusing = False
            kept.append(_Token("一"))
            continue
        refusing = refusing or token.said in _REFUSALS
        if not refusing:
            kept.append(token)
    return kept


def _heads_first(tokens: Iterable[_Token]) -> list[_Token]:
    """Every part of the sentence with its head in front: "汽车上的猫" as the cat, on, the car."""
    ordered: list[_Token] = []
    part: list[_Token] = []
    for token in (*tokens, _Token("，")):
        part.append(token)
        if not token.match and _PARTS.fullmatch(token.said):
            ordered += _turned(part)
            part = []
    return ordered


def _turned(part: list[_Token]) -> list[_Token]:
    """One part: a modifier with a thing of its own goes behind its head, and a relation before its companion."""
    cut = next((at for at in range(len(part) - 1, 0, -1) if part[at].said == "的" and _modifies(part, at)), None)
    if cut is None:
        return _related(part)
    return [*part[cut + 1 :], *_related(part[:cut])]


def _modifies(part: list[_Token], at: int) -> bool:
    """Whether this "的" ends a clause about one thing and another thing follows."""
    before = part[at - 1]
    describes = before.said in ADJECTIVES or (before.match and before.match.kind in ("colour", "style"))
    return not describes and _has_subject(part[:at]) and _has_subject(part[at + 1 :])


def _has_subject(tokens: Iterable[_Token]) -> bool:
    return any(token.match and token.match.kind == "subject" for token in tokens)


def _related(part: list[_Token]) -> list[_Token]:
    """A relation, said after its thing, goes before it; whoever rides is on what is ridden."""
    ordered: list[_Token] = []
    thing = 0
    for token in part:
        if token.said in _LINKS:
            ordered.append(_Token(token.said, Match("relation", "on", token.said)))
        elif token.match and token.match.kind == "relation":
            ordered.insert(thing, token)
        else:
            if token.match and token.match.kind == "subject":
                thing = len(ordered)
            ordered.append(token)
    return ordered
