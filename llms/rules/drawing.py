"""What becomes of a thing that is asked for: a picture, several, a style, or something of what was drawn."""

from __future__ import annotations

import re

from minidalle3.llms.rules.changes import apply
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import as_style, counted_thing, parse, parse_noun, with_determiner
from minidalle3.llms.rules.english import NUMBER, is_plural, number, with_article, words
from minidalle3.llms.rules.moves import Change, Draw, Move, Say, Vary
from minidalle3.llms.rules.tables import UNDRAWABLE

PICTURE = r"(?:pictures?|images?|pics?|visuals?|graphics?|illustrations? for|drawings?|illustrations?|artworks?)"
VERSION = r"(?:versions?|variants?|variations?|options?|alternatives?|takes?|candidates?|examples?|designs? )"
_OF = re.compile(
    rf"^(?:the |an? |some )?(?P<adjective>(?:[\w-]+ )??){PICTURE} (?:of|showing|with|about|that shows|"
    rf"where|depicting|based on) (?P<what>.+)$",
    re.I,
)
_COUNTED = re.compile(
    rf"^(?P<n>{NUMBER}) (?:different |more |new |nice )?(?:{PICTURE}|{VERSION}) (?:of|with|showing|"
    rf"for) (?P<what>.+)$",
    re.I,
)
_SEVERAL = re.compile(rf"^(?P<n>{NUMBER}) (?P<what>[a-z].+)$", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:together|each other|one another|side by side|and (?:an?|one|two|three|the)|in a row|team|"
    r"pair)\b",
    re.IGNORECASE,
)
DESCRIBED = re.compile(
    rf"^(?:it|this|that|them|one|the scene|(?:this|that|the|your) (?:description|idea|suggestion|"
    rf"concept|design|scene|text)|"
    rf"what you (?:said|described|suggested)|{PICTURE.replace('?:', '?:an? )?(?:', 1)} (?:of|for|"
    rf"from) (?:it|this|that))"
    r"(?: (?:in)?to an? (?:picture|image|drawing|illustration))?(?: for me| please| now| then)*$",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^(?:how|what|why|where|when|who|if|whether|that|to|back|you|your|me|us|i|we|sure|up|out|rid|more info|there|"
    r"understand|believe|laugh|smile|cry|think|feel|wonder|forget|know|wish|want|"
    r"(?:some|any|more|a bit of) (?:background|context|insight|feedback|news|info) (?:on|about)|"
    r"yourself|of|is|are|it|the way to|anything|something$|something (?:else|new|nice|for me|you))\b",
    re.I,
)
_BELONGS = re.compile(r"^(?:its|his|her|their) (?P<what>[\w -]+)$", re.IGNORECASE)
_IN_FRONT = words("""
house home castle cabin palace car ship boat rocket garage school tent doghouse tree farm bed
""")
_INSIDE = words("""
room garden kitchen bedroom world village forest city kingdom classroom playground office
""")
MOST = 8


def asked(what: str, situation: Situation) -> Move | None:
    """`what` was asked for with a verb of drawing or wishing."""
    what = re.sub(r"\s+(?:instead|please|now|then|for me|too|as well)$", "", what.strip(" ,.\"'"), flags=re.IGNORECASE)
    if DESCRIBED.match(what):
        return described(situation)
    what = re.sub(rf"^(?:(?:an? |the |one )?{PICTURE}[:,]|(?:this|the following|it):) ", "", what, flags=re.IGNORECASE)
    if found := _BELONGS.match(what):
        return belonging(found["what"], situation)
    if _NOTHING.match(what) or not re.search(r"[^\W\d_]", what):
        return None
    what = _of_subject(what, situation)
    if found := _COUNTED.match(what):
        return counted(found["what"], number(found["n"]))
    if found := re.match(
        r"^(?:some |many |a lot of )?different (?:pictures|images|versions) of (.+)$", what, re.IGNORECASE
    ):
        return counted(found[1], 3)
    if found := _OF.match(what):
        article = found["adjective"].strip()
        inner = asked(found["what"], situation) or described(situation)
        return _with_adjective(inner, article)
    if as_style(what):
        return style_alone(what, situation)
    return drawn(what)


def _of_subject(what: str, situation: Situation) -> str:
    """As in "the shed he keeps his tools in": he is the one that was drawn."""
    told = re.match(r"(the [\w -]+? )(?:he|she|it|they)(?= \w+)", what, re.IGNORECASE)
    return (
        f"{told[1]}{situation.current.read.noun.render()}{what[told.end() :]}" if told and situation.current else what
    )


def drawn(what: str) -> Move | None:
    """A thing by its name; None if it is nothing to look at."""
    noun = parse_noun(what)
    if (
        {noun.word, parse(what).noun.word} & UNDRAWABLE
        or re.search(r"^(?:an? |the |my |your )?favou?rite\b|\b(?:how|why|whether)\b", what, re.IGNORECASE)
        or not noun.word
        or re.fullmatch(rf"{PICTURE}|something|anything|one|{VERSION}", noun.head, re.I)
    ):
        return None
    found = _SEVERAL.match(what)
    if found and is_plural(parse(found["what"]).noun.head) and not _TOGETHER.search(what) and number(found["n"]) > 1:
        return counted(found["what"], number(found["n"]))
    return Draw(with_determiner(re.sub(r"^(?:the|some) (?=\w+$)", "", what) if is_plural(what) else what))


def counted(what: str, count: int) -> Move:
    """Several candidates; "of" a plural means one of it on each."""
    plain = re.sub(r"^(?:the|some|different|various) ", "", what)
    thing = (
        counted_thing(plain) if is_plural(parse(plain).noun.head) and not parse(plain).style else with_determiner(what)
    )
    return Draw(thing, max(1, min(count, MOST)))


def _with_adjective(move: Move | None, adjective: str) -> Move | None:
    """As in "a watercolor picture of a fox": the adjective may be a style."""
    if isinstance(move, Draw) and adjective and (style := as_style(adjective)):
        return Draw(f"{style} of {move.description}", move.count)
    return move


def style_alone(what: str, situation: Situation) -> Move:
    """As in "some stickers": of what is there, or else of what?"""
    if situation.current or situation.idea:
        return Change(lambda old: apply(old, what))
    asked = f"{with_article(parse_noun(what).word).capitalize()} of what?"
    return Say(f"Gladly. You could say “draw a sticker of a fox”. {asked}", 3)


def described(situation: Situation) -> Move:
    """What was put in words before is drawn; failing that, what the current picture was asked for as."""
    if situation.idea:
        return Draw(
            situation.idea[0].lower() + situation.idea[1:] if situation.idea[:2] in ("A ", "An") else situation.idea
        )
    if situation.current:
        return Draw(situation.current.description)
    return Say("Gladly, but what shall I draw? For example: “draw a cute dog”.", 3)


def belonging(what: str, situation: Situation) -> Move | None:
    """Something of the one that was drawn ("its house"): it is shown with it."""
    if not situation.current:
        return None
    word = parse_noun(what).word
    if word in UNDRAWABLE - {"friend"} or word in ("name", "prompt", "description", "age"):
        return None
    if word in _IN_FRONT:
        return Change(lambda old: apply(apply(old, "standing"), f"in front of a {what}"))
    if word in _INSIDE:
        return Change(lambda old: apply(old, f"in its {what}"))
    if re.search(rf"\b{re.escape(what)}\b", situation.current.description):
        return Vary(1)
    return Change(lambda old: apply(old, f"with its {what}"))
