"""Notices a reply without any tag that promises a picture, refuses to draw one, or describes one instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

PICTURE = r"(?:picture|image|illustration|drawing|sketch|painting|sticker|photo|logo|icon|artwork|visual)s?"
PROMISE = re.compile(
    rf"\bhere(?:'s|’s| is| are) (?:an?|the|your|my|another|some|\w+)?\s?(?:(?!for\b|about\b)\w+[\s-]){{0,4}}"
    rf"{PICTURE}\b"
    rf"|\bhere (?:it is|you go|you are|they are)\b\s*[:!]?\s*$"
    rf"|\bI(?:'ve| have|'ll| will) (?:just )?(?:draw|drawn|generated?|created?|made|make|paint(?:ed)?) "
    rf"(?:\w+[\s-]){{1,5}}?{PICTURE}\b"
    r"|(?:这是|给[你您]画|[为帮][你您](?:绘制|画|生成)|我画了).{0,20}(?:图|画|一)",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    rf"\b(?:can(?:no|')t|can’t|cannot|can not|unable to|not able to|don't have the ability to)\s(?:\w+\s){{0,3}}?"
    rf"(?:directly )?"
    rf"(?:generate|create|draw|produce|show|display|make|paint|provide)\b[^.!?]{{0,40}}?\b{PICTURE}\b"
    r"|(?:无法|不能|没法)[^。]{0,12}(?:画|图|场景)",
    re.IGNORECASE,
)


DESCRIBES = re.compile(
    rf"\bhere(?:'s|’s| is) (?:an?|the) (?:\w+ )?description\b|\b(?:the|this|an?) {PICTURE} (?:would|could|might) "
    r"(?:show|depict|feature)\b|(?:以下是|这是).{0,20}描述|(?:可以|会)(?:尝试)?(?:为您|为你)?描述",
    re.IGNORECASE,
)
DRAW = (
    r"(?:draw|paint|sketch|illustrate|visuali[sz]e|generate|create|render|design|show|imagine|picture|make)"
    r"(?: (?:me|us|it|this|that))?"
)
ASKED = re.compile(
    rf"\b(?:draw|paint|sketch|illustrate|visuali[sz]e)\b|\b{DRAW} (?:[\w-]+ ){{0,4}}?{PICTURE}\b|\b{PICTURE} of\b"
    r"|画|(?:生成|做|来|想要?).{0,10}图",
    re.IGNORECASE,
)
WORDS_WANTED = re.compile(
    r"\b(?:ideas?|suggest\w*|advice|prompt|descri\w+|explain|code|function|how (?:do|can|to))\b|建议|想法|提示词|描述",
    re.IGNORECASE,
)
MANNERS = re.compile(
    rf"^.*?\b(?:draw|{DRAW})\b\s*(?:for (?:me|us)\s+)?(?:(?:an?|the|some) {PICTURE} (?:of|for|with)\s+)?"
    r"|^.*?(?:画出?来?|生成)(?:一[张幅个])?(?:图片?|画)?",
    re.IGNORECASE,
)
TALK = re.compile(
    r"(?:[\W\d_]|\b(?:thanks?|thank|thx|cheers|you|so|very|much|a|lot|great|nice|cool|good|perfect|lovely|awesome|wow|"
    r"ok|okay|yes|yeah|no|hi|hello|hey|bye|that|it|its|is|this|looks|love|like|i|really|haha|lol|amazing|beautiful|"
    r"wonderful|well|done|job|work|sure|fine|again)\b|[谢多您你好的很棒太了哈再见喜欢不错美赞对嗯啊真我这它是就])*",
    re.IGNORECASE,
)
"""Messages of such words alone ask for nothing."""
LONG = 240
"""Characters of prose that are an answer of their own, where a picture was asked for."""


def asks_for_picture(words: str) -> bool:
    """Whether the person plainly asks for something to be drawn."""
    return bool(ASKED.search(words)) and not WORDS_WANTED.search(words)


def breaks_promise(text: str, words: str = "") -> bool:
    """Whether tagless `text` talks as if there were a picture, or none could be, or stands in for the one asked for."""
    if PROMISE.search(text.strip()) or REFUSAL.search(text):
        return True
    if DESCRIBES.search(text) and not WORDS_WANTED.search(words):
        return True
    plain = "```" not in text and not text.rstrip().endswith(("?", "？"))
    return plain and len(text) > LONG and asks_for_picture(words)


def may_change(words: str) -> bool:
    """Whether the person may have asked for a change: neither a question, nor thanks and praise alone."""
    return not words.rstrip().endswith(("?", "？")) and not TALK.fullmatch(words)


def own_words(said: Sequence[str]) -> str:
    """The person's own description of the picture asked for last: "Can you draw it?" looks back to what "it" is."""
    for words in reversed(said):
        rest = re.sub(r",?\s*please\W*$", "", MANNERS.sub("", words, count=1), flags=re.IGNORECASE).strip(" ,.!?。！？")
        if rest and not re.fullmatch(r"(?:it|this|that|one|please|吗|吧|呢|它|出来)(?: .{0,20})?", rest, re.IGNORECASE):
            return rest
    return ""
