"""Work over several messages: a logo that asks for details first, a song or story that comes in passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from minidalle3.llms.rules.clauses import split
from minidalle3.llms.rules.conversation import Exchange, Situation
from minidalle3.llms.rules.english import base_of_past, gerund, with_article
from minidalle3.llms.rules.moves import Draw, Move, Say
from minidalle3.llms.rules.tables import COLOURS

_LOGO = re.compile(
    r"\bhelp (?:me )?(?:to |with )?(?:design|designing|make|create|draw)\b.{0,30}\b(?P<what>logo|icon|"
    r"banner|mascot)\b(?: (?P<purpose>for [\w' -]+))?",
    re.I,
)
_CALLED = re.compile(r"\b(?:call(?:ed|s)?|named?(?: is)?)(?: it)? \"?(?P<name>[\w][\w' -]{0,30})", re.IGNORECASE)
_LOOK = re.compile(
    r"\b(?P<look>flat|minimalist|modern|simple|retro|vintage|playful|elegant|round|geometric|cute|"
    r"bold|3d|clean|abstract)(?:ten|tened)?\b",
    re.I,
)
_FREE = re.compile(
    r"\b(?:you (?:choose|decide)|up to you|surprise me|whatever|anything|just draw|draw it|no preference|go ahead)\b",
    re.I,
)
_PASSAGES = re.compile(r"\b(?:song|poem|lyrics?|story|tale|verse)\b", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:part by part|line by line|verse by verse|piece by piece|in the following|i(?: will|'ll) "
    r"(?:give|send|tell|type|paste))\b",
    re.I,
)
_SUMMARY = re.compile(r"\bsummar\w+\b|\binterleaved\b|\b(?:whole|full|entire) (?:story|song|tale)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:(?:can|could|would|will) you|please|draw|show|make|generate|create|give|add|remove|change|"
    r"don't|what|who|why|how|undo|i (?:like|want|love)|it (?:looks|is)|looks|thanks|great|good|nice|"
    r"wow|another|more)\b|\?\s*$",
    re.I,
)
_CHARACTER = re.compile(
    r"\b(?:lived|was|were|came|met|saw|about|named|is) (?P<who>an? (?!(?:time|day|night|year)\b)[\w "
    r"'-]+?)(?= who| that| in | at |[.,;\n]|$)",
    re.I,
)
_PLACE = re.compile(
    r"\b(?P<place>(?:in|on|at|by|near|under|beside) (?:an?|the|his|her) (?!(?:year|end|time|name|"
    r"days?|morning|beginning)\b)[\w '-]+?)(?=[.,;\n]|$)",
    re.I,
)
_BOOK = "a storybook illustration of"


def project(situation: Situation) -> tuple[Move, ...]:
    """What an open project makes of this message; () if none is open or the message is about something else."""
    return _logo(situation) or _tale(situation)


def _since(situation: Situation, opens: re.Pattern[str], also: re.Pattern[str] | None = None) -> Sequence[str] | None:
    """The person's words from the message that opened a project on, this one included."""
    said = [*(exchange.words for exchange in situation.past), situation.words]
    for at in range(len(said) - 1, -1, -1):
        if opens.search(said[at]) and (not also or also.search(said[at])):
            return said[at:]
    return None


def _logo(situation: Situation) -> tuple[Move, ...]:
    said = _since(situation, _LOGO)
    if not said or _drawn_since(situation.past, len(said) - 1):
        return ()
    brief = " . ".join(said)
    start = _LOGO.search(said[0])
    name, look = _CALLED.search(brief), _LOOK.search(brief)
    colour = next((word for word in re.findall(r"[a-z]+", brief.lower()) if word in COLOURS), None)
    if not start or (len(said) > 1 and not _answers(situation.words)):
        return ()
    what = start["what"].lower()
    if (look or colour or _FREE.search(situation.words)) and (len(said) > 1 or name):
        purpose = re.sub(r"\s+(?:called|named)\b.*", "", start["purpose"] or "")
        named = f"called {name['name'].strip()}" if name else ""
        shape = " ".join(filter(None, (look and look["look"].lower(), colour, what, purpose, named)))
        return (Draw(with_article(shape)),)
    if name:
        return (
            Say(
                f"{name['name'].strip()}, noted. Which style and colours should the {what} have? Flat, retro, "
                f"orange, anything.",
                9,
            ),
        )
    return (
        Say(
            f"With pleasure. What is it called, and do you have a style, a colour or a symbol in mind for the {what}?",
            9,
        ),
    )


def _answers(words: str) -> bool:
    """Whether a message goes on about the logo rather than asking for something else."""
    about = _CALLED.search(words) or _LOOK.search(words) or _FREE.search(words)
    colour = any(word in COLOURS for word in re.findall(r"[a-z]+", words.lower()))
    return bool(about or (colour and not re.search(r"\bdraw (?:an?|the)\b", words, re.IGNORECASE)))


def _drawn_since(past: Sequence[Exchange], count: int) -> bool:
    return any(exchange.tagged for exchange in past[len(past) - count :]) if count else False


def _tale(situation: Situation) -> tuple[Move, ...]:
    said = _since(situation, _PASSAGES, _TO_COME)
    if not said:
        return ()
    if len(said) == 1:
        return (Say("I like that. Send me the first part, and I draw a picture for each one.", 9),)
    passages = [words for words in said[1:] if is_passage(words)]
    scenes = _scenes(passages)
    if scenes and _SUMMARY.search(said[-1]):
        parts = (
            f"{passage}\n<image>{scene}</image>" for passage, scene in zip(map(_short, passages), scenes, strict=True)
        )
        return (Say("The story so far, in your words and with a picture for each part:\n\n" + "\n\n".join(parts), 9),)
    return (Draw(scenes[-1]),) if scenes and is_passage(said[-1]) else ()


def is_passage(words: str) -> bool:
    """A piece of a tale, not a request: some length, and nothing that asks."""
    return (
        len(words.split()) >= 6 and not any(_REQUEST.search(part) for part in split(words)) and not words.endswith("?")
    )


def _short(passage: str) -> str:
    """A passage as it was sent, on one line and not too long."""
    line = " ".join(passage.split())
    return line if len(line) <= 240 else line[:240].rsplit(" ", 1)[0] + "…"


def _scenes(passages: Sequence[str]) -> list[str]:
    """A picture for each passage; whoever a passage does not name is the one before."""
    scenes: list[str] = []
    who = "a quiet place"
    for passage in passages:
        who = found["who"].strip() if (found := _CHARACTER.search(passage)) else who
        place = _PLACE.search(passage)
        words = re.findall(r"[a-z]+", passage.lower())
        deed = next((gerund(base) for word in words if (base := base_of_past(word))), "")
        night = "at night" if "night" in words else ""
        scenes.append(" ".join(filter(None, (_BOOK, who, deed, place and place["place"].lower(), night))))
    return scenes
