"""Which picture is meant: numbers, ordinals, positions, contents."""

from __future__ import annotations

import re

from minidalle3.llms.rules.clauses import core
from minidalle3.llms.rules.conversation import Picture, Situation
from minidalle3.llms.rules.english import singular, words
from minidalle3.llms.rules.removal import names as speaks_of

_ORDINALS = {
    "first": 0, "1st": 0, "left": 0, "leftmost": 0, "left-hand": 0, "top": 0, "second": 1, "2nd": 1, "third": 2,
    "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4, "sixth": 5, "6th": 5, "seventh": 6, "eighth": 7,
    "last": -1, "latest": -1, "newest": -1, "final": -1, "right": -1, "rightmost": -1, "right-hand": -1, "bottom": -1,
    "middle": 1, "central": 1, "center": 1,
}  # fmt: skip
_ONE = r"(?:one|picture|image|version|photo|drawing|option|result|sketch|try|attempt|variant|variation)"
_NUMBERED = re.compile(
    rf"#\s?(\d+)|\b(?:number|no\.?|nr\.?|{_ONE}) (?:#\s?)?(\d+|one|two|three|four|five)\b", re.IGNORECASE
)
_ORDINAL = re.compile(
    rf"\b(?:the |my )(?P<very>very )?(?P<place>{'|'.join(_ORDINALS)})\b(?: (?P<what>[\w-]+))?"
    rf"|^(?P<bare>{'|'.join(_ORDINALS)}) {_ONE}\b",
    re.IGNORECASE,
)
_NO_PICTURE = words("of time night year grade day side corner half hand part week thing")
_GOES_ON = re.compile(rf"{_ONE}s?|please|is|looks|and|but|was|with|in|at|on", re.IGNORECASE)
_POSITIONS = words("left right top bottom middle center central final")
_BEFORE = re.compile(
    rf"\b(?:the )?(?:previous|earlier|prior|one before|{_ONE} before|original)(?: {_ONE})?\b", re.IGNORECASE
)
_CONTENT = re.compile(
    rf"\bthe (?:{_ONE} (?:with|of|in|on|at) (?:the |an? )?(?P<having>[\w -]+?)|(?P<being>[\w -]+?))(?: {_ONE})?$", re.I
)
_DIGITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def numbered(text: str) -> str | None:
    """The id that is spelled out, whether or not there is such a picture."""
    found = _NUMBERED.search(text)
    if not found:
        return None
    digits = (found[1] or found[2]).lower()
    return f"#{_DIGITS.get(digits, digits)}"


def meant(text: str, situation: Situation) -> Picture | None:
    """The picture that an explicit reference points at; None if there is no reference, or no such picture."""
    if id := numbered(text):
        return situation.find(id)
    if found := _ORDINAL.search(text):
        return by_ordinal(found, situation)
    if _BEFORE.search(text):
        return before(situation)
    return None


def by_ordinal(found: re.Match[str], situation: Situation) -> Picture | None:
    """Of the latest batch, unless a content ("the first cat") or "the very first" reaches further back."""
    said, what = (found["place"] or found["bare"]).lower(), found["what"] or ""
    if what.lower() in _NO_PICTURE or (said in _POSITIONS and not what and not situation.batch):
        return None
    pool = situation.pictures if found["very"] else situation.batch or situation.pictures
    if what and not _GOES_ON.fullmatch(what):
        pool = tuple(p for p in situation.pictures if p.read.noun.word == singular(what).lower())
    place = _ORDINALS[said]
    return pool[place] if pool and place < len(pool) else None


def before(situation: Situation) -> Picture | None:
    """What the current picture was made from, else the one drawn before it."""
    if not situation.current:
        return None
    if situation.current.parent and (parent := situation.find(situation.current.parent)):
        return parent
    at = situation.pictures.index(situation.current)
    return situation.pictures[at - 1] if at else None


def after(situation: Situation) -> Picture | None:
    """The newest picture made from the current one."""
    current = situation.current
    children = [p for p in situation.pictures if current and p.parent == current.id]
    return children[-1] if children else None


def by_content(text: str, situation: Situation) -> Picture | None:
    """As in "the one with the hat", "the sticker": the latest picture whose description speaks of it."""
    found = _CONTENT.search(core(text).strip())
    what = found and (found["having"] or found["being"])
    if not what or what.lower() in ("one", "picture", "image"):
        return None
    what = re.sub(rf" {_ONE}$", "", what.strip())
    return next((p for p in reversed(situation.pictures) if speaks_of(p.description, what)), None)


def strip_reference(text: str, picture: Picture) -> str:
    """The clause with its reference to `picture` made "it": "make the second one red" -> "make it red"."""

    def it(found: re.Match[str]) -> str:
        what = found["what"] or ""
        taken = not what or re.fullmatch(_ONE, what, re.IGNORECASE) or singular(what).lower() == picture.read.noun.word
        return "it" if taken else f"it {what}"

    text = re.sub(rf"\b(?:of |in |on )?(?:{_ONE} )?#\s?\d+", "it", text)
    return _BEFORE.sub("it", _ORDINAL.sub(it, _NUMBERED.sub("it", text)))
