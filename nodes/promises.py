"""Notices a reply that promises a picture, or refuses to draw one, without any tag."""

from __future__ import annotations

import re

PICTURE = r"(?:picture|image|illustration|drawing|sketch|painting|sticker|photo|logo|icon|artwork|visual)s?"
PROMISE = re.compile(
    rf"\bhere(?:'s|’s| is| are) (?:an?|the|your|my|another|some|\w+)?\s?(?:\w+[\s-]){{0,4}}{PICTURE}\b"
    rf"|\bhere (?:it is|you go|you are|they are)\b\s*[:!]?\s*$"
    rf"|\bI(?:'ve| have|'ll| will) (?:just )?(?:draw|drawn|generated?|created?|made|make|paint(?:ed)?) "
    rf"(?:\w+[\s-]){{1,5}}?{PICTURE}\b"
    r"|(?:这是|给你画|为你画|我画了).{0,20}(?:图|画)",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    rf"\b(?:can(?:no|')t|can’t|cannot|can not|unable to|not able to|don't have the ability to)\s(?:\w+\s){{0,3}}?"
    rf"(?:generate|create|draw|produce|show|display|make|paint|provide)\b[^.!?]{{0,40}}?\b{PICTURE}\b"
    r"|(?:无法|不能|没法)[^。]{0,12}(?:画|图)",
    re.IGNORECASE,
)


def breaks_promise(text: str) -> bool:
    """Whether tagless `text` talks as if there were a picture, or as if there could be none."""
    return bool(PROMISE.search(text.strip()) or REFUSAL.search(text))
