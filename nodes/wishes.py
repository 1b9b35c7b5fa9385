"""What the person's own words say about a change: an order to the house, or the change itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from minidalle3.gallery.lexicon import COLOURS, NOUNS, is_chinese
from minidalle3.llms.rules.answer import reply
from minidalle3.llms.rules.chinese_clauses import DEGREES
from minidalle3.llms.rules.conversation import Picture, Situation
from minidalle3.llms.rules.english import gerund, positive, words
from minidalle3.nodes.differences import difference
from minidalle3.nodes.vocabulary import content, kind_of, says_nothing, tokens

START_OVER = re.compile(
    r"\b(?:start(?:ing)? (?:over|again|afresh|anew|from (?:zero|nothing))|from scratch|(?:some|any)thing (?:else|"
    r"completely different|totally different|entirely different)|forget (?:about )?(?:it|that|this|the \w+)|"
    r"scrap (?:it|that|this)|(?:an? )?(?:completely|totally|entirely|brand) new (?:picture|image|one|drawing))\b|"
    r"重新(?:画|开始|来)|从头(?:画|开始|来)|重来|换一个(?:话题|主题)",
    re.IGNORECASE,
)
KEEP_LAYOUT = re.compile(
    r"\b(?:keep(?:ing)?|leave|with|preserve|maintain|use|same|don't (?:change|touch|move))(?: the| its| this| exactly| "
    r"everything| same| exact| in)* (?:layout|composition|arrangement|framing|structure|pose|everything else|rest)\b|"
    r"\b(?:same|identical) (?:layout|composition|arrangement|framing)\b|"
    r"\bonly change\b|\b(?:nothing|everything) else\b|"
    r"(?:保持|保留|不要?改变|别动)(?:\w{0,4})(?:构图|布局|姿势)|(?:构图|布局)(?:不变|一样|相同)|其他(?:的)?不变",
    re.IGNORECASE,
)
NEW_SCENE = re.compile(
    r"\b(?:new|next|another|different|other) (?:scene|page|chapter|panel|adventure|story|episode|situation)\b|"
    r"\b(?:for|in|as|on) an?(?:other)?(?: new)? (?:picture|image|drawing|poster|card)\b|"
    r"\b(?:new|another|next) (?:picture|image|drawing) (?:of|with) (?:him|her|it|them|the same|this|that)\b|"
    r"(?:下一|另一|新的?)(?:页|幕|个?场景|章)",
    re.IGNORECASE,
)
ADDS = re.compile(
    r"\b(?:add|put (?!(?:it|him|her|them)\b)|give|include|insert|attach|with|plus|wear(?:ing)?)\b|加|戴|添",
    re.IGNORECASE,
)
REMOVES = re.compile(
    r"\b(?:remove|delete|erase|without|get rid of|take (?:\w+ ){0,4}(?:away|off|out)|lose|drop|omit|no|no more|"
    r"don't want)\b|去掉|删|移除|不要",
    re.IGNORECASE,
)
STRONGER = r"(?:(?:even |much |a (?:bit|little|lot) |far )*more|stronger|emphasi[sz]e|more of|increase|boost|intensify)"
WEAKER = r"(?:(?:even |much |a (?:bit|little|lot) |far )*less|weaker|tone down|reduce|fewer|decrease|soften)"
EMPHASIS = re.compile(
    rf"\b(?P<turn>{STRONGER}|{WEAKER})\b(?: (?:the|of|its|that))*(?P<words>(?: [\w-]+){{1,3}})"
    r"|(?P<chinese>更|少|多|不那么)(?P<word>[\u4e00-\u9fff]{1,4}?)(?:一点|一些|些|$)|(?P<small>[\u4e00-\u9fff]{1,3})(?:一点|一些)",
    re.IGNORECASE,
)
VAGUE = words("interesting better nicer good great cooler cool beautiful pretty different detailed fun lively")
"""Wishes that no word of a description answers."""
TOO = re.compile(r"\btoo \w|太", re.IGNORECASE)
"""A complaint: what it names is what is not wanted."""
LONGEST = 400
"""Characters of a plain wish, and of a description that the rules still read at once."""
MOST = 0.6
STRONG, WEAK = 1.6, 0.5
"""Weights of a word that is to count for more, and for less, in attention."""


@dataclass(frozen=True)
class Wish:
    """`description`: the source's with only what was asked for changed, where the words are plain enough to tell."""

    said: str = ""
    start_over: bool = False
    keep_layout: bool = False
    new_scene: bool = False
    adds: bool = False
    removes: bool = False
    weights: tuple[tuple[str, float], ...] = ()
    description: str | None = None

    def names(self, words: Collection[str]) -> bool:
        """Whether most of what was said is among `words`."""
        told = [word for word in content(self.said) if not says_nothing(word)]
        there = sum(any(same(word, one) for one in words) for word in told)
        return bool(told) and there >= MOST * len(told)


def wish(said: str, source: str, id: str = "#1") -> Wish:
    """What `said` asks to be done to the picture `id` that shows `source`."""
    description = asked(said, source, id)
    changes = difference(source, description).changes if description else ()
    return Wish(
        said=said,
        start_over=bool(START_OVER.search(said)),
        keep_layout=bool(KEEP_LAYOUT.search(said)),
        new_scene=bool(NEW_SCENE.search(said)),
        adds=bool(ADDS.search(said)) and not (changes and all(change.before for change in changes)),
        removes=bool(REMOVES.search(said)) and not (changes and all(change.after for change in changes)),
        weights=emphasis(said, source),
        description=description,
    )


def emphasis(said: str, source: str) -> tuple[tuple[str, float], ...]:
    """The words that should count for more or less; of those that the picture has no word for, its own subject."""
    found = EMPHASIS.search(said)
    if found is None:
        return ()
    if found["turn"] is None:
        word = among(found["word"] or found["small"], source)
        return ((word, WEAK if found["chinese"] in ("少", "不那么") else STRONG),) if word else ()
    weight = WEAK if re.fullmatch(WEAKER, found["turn"], re.IGNORECASE) else STRONG
    there = content(source)
    return tuple((word, weight) for word in content(found["words"]) if any(same(word, one) for one in there))


def among(word: str, source: str) -> str | None:
    """The word of a description that a Chinese one stands for; in a Chinese description, itself."""
    if is_chinese(source):
        return word
    looks = {chinese: positive(english) for chinese, english in DEGREES.items()}
    meant = [english for chinese, english in {**NOUNS, **COLOURS, **looks}.items() if chinese in word]
    return next((there for there in content(source) if any(same(there, one) for one in meant)), None)


def same(word: str, other: str) -> bool:
    """As in "foggy" and "fog", "stand" and "standing"."""
    short, long = sorted((word.removesuffix("'s"), other.removesuffix("'s")), key=len)
    forms = (short, f"{short}y", f"{short}{short[-1:]}y", f"{short}s", gerund(short) if short else "")
    return long == short or (len(short) >= 3 and long in forms)


def asked(said: str, source: str, id: str) -> str | None:
    """The source's description as the rules of the offline assistant change it; None where they miss a word."""
    if not said or max(len(said), len(source)) > LONGEST or EMPHASIS.search(said) or VAGUE & set(tokens(said)):
        return None
    told = [word for word in content(said) if not says_nothing(word)]
    for order in (said, None if TOO.search(said) else plainly(told, source)):
        merged = order and edited(order, source, id)
        if merged and all(any(same(word, one) for one in (*content(source), *content(merged))) for word in told):
            return merged
    return spliced(told, source)


def spliced(told: Sequence[str], source: str) -> str | None:
    """A look put right before the thing it is asked for, whatever else the description says."""
    there = [word for word in told if word in content(source)]
    looks = [word for word in told if word not in there]
    if len(looks) != 1 or len(there) != 1 or kind_of(looks[0]) not in ("colour", "material"):
        return None
    found = re.search(rf"\b{re.escape(there[0])}\b", source, re.IGNORECASE)
    return f"{source[: found.start()]}{looks[0]} {source[found.start() :]}" if found else None


def plainly(told: Sequence[str], source: str) -> str | None:
    """As in "Red, the dog, this time!" -> "make the dog red": one look, and perhaps one thing that the picture has."""
    there = [word for word in told if word in content(source)]
    looks = [word for word in told if word not in there]
    if len(looks) != 1 or len(there) > 1 or kind_of(looks[0]) in ("thing", "deed"):
        return None
    return f"make {f'the {there[0]}' if there else 'it'} {looks[0]}"


def edited(said: str, source: str, id: str) -> str | None:
    """What the rules make of the source, if it is one change; a thing that was never there is not named to be gone."""
    picture = Picture(id, "image", None, source)
    tags = re.findall(r"<(\w+)[^>]*>([^<]*)</\w+>", reply(Situation(said, (picture,), picture)))
    if len(tags) != 1 or tags[0][0] != "edit":
        return None
    merged = without_rivals(source, tags[0][1])
    change = difference(source, merged)
    if change.lost & change.new:  # the rules put a long description into an order of their own
        return None
    absent = "without" in tokens(merged) and "without" not in tokens(source)
    return None if absent or merged.casefold() == source.casefold() else merged


def without_rivals(source: str, merged: str) -> str:
    """A new material, shape or face takes the place of an old one beside it: no "wooden marble chair"."""
    new = difference(source, merged).new
    found = merged.split()
    kept: list[str] = []
    for i, word in enumerate(found):
        near = {kind_of(other) for other in found[max(i - 1, 0) : i + 2] if other != word and other in new}
        if word in new or kind_of(word) not in near & {"material", "shape", "face", "age", "colour"}:
            kept.append(word)
    return " ".join(kept)
