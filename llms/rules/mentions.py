"""Brings every way of naming the picture in question down to "it"."""

from __future__ import annotations

import re

from minidalle3.llms.rules.conversation import Picture, Situation
from minidalle3.llms.rules.description import parse
from minidalle3.llms.rules.english import is_gerund, words
from minidalle3.llms.rules.tables import COLOURS, PREPOSITIONS, VERBS

_PICTURE = re.compile(
    r"\b(?:the|this|that|your|my) (?:current |whole |generated |last )?(?:picture|image|drawing|photo|"
    r"illustration|logo|icon|artwork|painting|"
    r"result|design)\b(?! (?:of|for|with) )|\b(?:this|that) one\b|\b(?:these|those)(?= (?:to|run|look|more)\b|$)",
    re.IGNORECASE,
)
_AFTER_THIS = re.compile(
    r"\b(?:this|that)(?= (?:in|on|at|as|into|with|look|to|a|an|more|less|be|run|[a-z]+er)\b|$)", re.IGNORECASE
)
_HER = re.compile(r"\bher(?: (?P<next>[\w-]+)|$)", re.IGNORECASE)

_SUBJECT = re.compile(
    r"\b(?:him|them)\b|(?:^|(?<=[,.:] )|\b(?P<before>if|so|as|is|and|but|let|can|how|did|when|that|then|make|have|does|"
    r"will|what|like|draw|show|while|could|would|where|should|because|paint|must|rather|wish|prefer|think|hope|only|"
    r"now|maybe|perhaps) )(?:he|she|they)\b",
    re.IGNORECASE,
)
"""Pronouns for the picture's thing; not "a cat he dreamed of", where somebody else is meant."""


def resolve(clause: str, situation: Situation) -> tuple[str, Picture | None]:
    """The clause with names and the thing's own noun made "it", and the picture that they mean, if any."""
    clause, picture = _named(clause, situation)
    if not picture:
        clause, picture = _by_noun(clause, situation)
    clause = _PICTURE.sub("it", clause)
    clause = _HER.sub(_object_or_owner, clause)
    clause = re.sub(r"\b(?:he's|she's)\b", "it's", clause, flags=re.IGNORECASE)
    clause = re.sub(r"\b(?:his|their)\b", "its", clause, flags=re.IGNORECASE)
    clause = _SUBJECT.sub(lambda found: f"{found['before']} it" if found["before"] else "it", clause)
    return _AFTER_THIS.sub("it", clause), picture


def _named(clause: str, situation: Situation) -> tuple[str, Picture | None]:
    """A name given earlier stands for its thing; the latest picture of that thing is meant."""
    for name, subject in (situation.names or {}).items():
        pattern = re.compile(rf"\b{re.escape(name)}\b('s\b)?", re.IGNORECASE)
        if not pattern.search(clause) or re.search(r"\b(?:name|named|called|who is|who's)\b", clause, re.IGNORECASE):
            continue
        word = parse(subject).noun.word
        picture = _latest(word, situation)
        return pattern.sub(lambda found: "its" if found[1] else "it", clause), picture
    return clause, None


def _latest(word: str, situation: Situation) -> Picture | None:
    """The current picture if it shows the thing, else the latest that does."""
    order = [*reversed(situation.pictures)]
    if situation.current:
        order.insert(0, situation.current)
    return next((picture for picture in order if picture.read.noun.word == word), None)


def _by_noun(clause: str, situation: Situation) -> tuple[str, Picture | None]:
    """As in "the dog", "this cute dog's": a picture's own noun, unless the current one has such a thing too."""
    for found in re.finditer(
        r"\b(?:the|this|that|my|our) (?:[\w-]+ )??(?P<noun>[\w-]+)(?P<own>'s)?(?!\w)", clause, re.IGNORECASE
    ):
        picture = _latest(found["noun"].lower(), situation)
        if picture and not _beside(found["noun"], picture, situation.current):
            it = "its" if found["own"] else "it"
            return clause[: found.start()] + it + clause[found.end() :], picture
    return clause, None


def _beside(noun: str, picture: Picture, current: Picture | None) -> bool:
    return bool(
        current and picture != current and re.search(rf"\b{re.escape(noun)}\b", current.description, re.IGNORECASE)
    )


def _object_or_owner(found: re.Match[str]) -> str:
    """As in "make her run" is it, "show her house" is its."""
    follower = (found["next"] or "").lower()
    word = follower and (follower in VERBS | COLOURS or is_gerund(follower) or follower in _NOT_OWNED)
    return f"{'it' if not follower or word else 'its'} {found['next'] or ''}".strip()


_NOT_OWNED = frozenset(p.split()[0] for p in PREPOSITIONS) | words(
    "a an the to look be more less with as wear have happy sad"
)
