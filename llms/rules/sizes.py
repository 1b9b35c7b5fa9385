"""How large the picture itself is to be, read while a clause still tells the picture from what it shows."""

from __future__ import annotations

import re

from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.moves import Move, Refine, Rule, Say, rule

LARGER = "Of course, here is the picture again:"
"""Said before it; how it was done, the caption tells."""
_MUCH = r"(?:(?:much|a bit|a little|a lot|even|far|slightly|somewhat) )?"
_LARGER = rf"(?:{_MUCH}(?:bigger|larger)|(?:at )?twice (?:as (?:big|large)|(?:the|its) size))"
_SHEET = r"(?:picture|image|drawing|photo|illustration|painting|canvas)"
_THE_SHEET = rf"(?:the|this|that|my|your) (?:whole |entire )?{_SHEET}"
_IT = rf"(?:it|this|that|(?:this|that) one|{_THE_SHEET})"
_GET = r"(?:make|draw|render|show|give|do|get|have|see|print)(?: me| us)?"
_MAY = r"(?:(?:can|could|may|might) (?:i|we) |(?:i|we)(?:'d| would)? (?:want|like|need|love) (?:to )?)"


def _larger(_: re.Match[str], situation: Situation) -> Move:
    if not situation.current:
        return Say("There is no picture yet to enlarge. Tell me what to draw first.", 3)
    return Refine(LARGER)


SIZES: tuple[Rule, ...] = (
    rule(rf"^{_GET} (?:{_THE_SHEET} {_LARGER}|{_IT} {_MUCH}larger)(?: in size)?$", _larger),
    rule(rf"^{_MAY}(?:have |get |see )?{_IT} {_LARGER}$|^{_MAY}{_THE_SHEET} {_LARGER}$", _larger),
    rule(
        rf"^(?:{_MAY}?(?:{_GET} )?|{_MAY})(?:(?:an?|the) )?{_MUCH}(?:bigger|larger) (?:{_SHEET}|versions?|copy|print|"
        rf"size|format)(?: of {_IT})?$",
        _larger,
    ),
    rule(
        rf"^(?:enlarge|upsize|upscale|magnify)(?: {_IT})?$|^(?:blow|scale) (?:up {_IT}|{_IT} up)$|"
        rf"^(?:increase|double) (?:the|its) size(?: of {_IT})?$",
        _larger,
    ),
)
"""What is said of "it" is the picture's size where the word is "larger"; something is made "bigger" in the picture."""
