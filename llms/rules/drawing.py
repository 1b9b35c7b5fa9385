"""Clauses that ask for new pictures, for more of the same, or for something that belongs to what was drawn."""

from __future__ import annotations

import re

from minidalle3.llms.rules.changes import apply
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import as_style, counted_thing, parse, parse_noun, with_determiner
from minidalle3.llms.rules.english import NUMBER, is_plural, number, with_article, words
from minidalle3.llms.rules.moves import Change, Draw, Move, Refine, Rule, Say, Vary, rule
from minidalle3.llms.rules.tables import DRAWABLE, UNDRAWABLE

_PICTURE = r"(?:pictures?|images?|pics?|visuals?|graphics?|illustrations? for|drawings?|illustrations?|artworks?)"
_VERSION = r"(?:versions?|variants?|variations?|options?|alternatives?|takes?|candidates?|examples?|designs? )"
_OF = re.compile(
    rf"^(?:the |an? |some )?(?P<adjective>(?:[\w-]+ )??){_PICTURE} (?:of|showing|with|about|that shows|"
    rf"where|depicting|based on) (?P<what>.+)$",
    re.I,
)
_COUNTED = re.compile(
    rf"^(?P<n>{NUMBER}) (?:different |more |new |nice )?(?:{_PICTURE}|{_VERSION}) (?:of|with|showing|"
    rf"for) (?P<what>.+)$",
    re.I,
)
_SEVERAL = re.compile(rf"^(?P<n>{NUMBER}) (?P<what>[a-z].+)$", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:together|each other|one another|side by side|and (?:an?|one|two|three|the)|in a row|team|"
    r"pair)\b",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(
    rf"^(?:it|this|that|them|one|the scene|(?:this|that|the|your) (?:description|idea|suggestion|"
    rf"concept|design|scene|text)|"
    rf"what you (?:said|described|suggested)|{_PICTURE.replace('?:', '?:an? )?(?:', 1)} (?:of|for|"
    rf"from) (?:it|this|that))"
    r"(?: (?:in)?to an? (?:picture|image|drawing|illustration))?(?: for me| please| now| then)*$",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^(?:how|what|why|where|when|who|if|whether|that|to|you|your|me|us|sure|up|out|more info|there|"
    r"yourself|of|is|are|it|anything|something$|something (?:else|new|nice|for me|you))\b",
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
    if _DESCRIBED.match(what):
        return described(situation)
    if found := _BELONGS.match(what):
        return belonging(found["what"], situation)
    if _NOTHING.match(what) or not re.search(r"[^\W\d_]", what):
        return None
    what = re.sub(rf"^(?:an? |the )?{_PICTURE}: ", "", what, flags=re.IGNORECASE)
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


def drawn(what: str) -> Move | None:
    """A thing by its name; None if it is nothing to look at."""
    noun = parse_noun(what)
    if (
        noun.word in UNDRAWABLE
        or not noun.word
        or re.fullmatch(rf"{_PICTURE}|something|anything|one|{_VERSION}", noun.head, re.I)
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
    """ "a watercolor picture of a fox": the adjective may be a style."""
    if isinstance(move, Draw) and adjective and (style := as_style(adjective)):
        return Draw(f"{style} of {move.description}", move.count)
    return move


def style_alone(what: str, situation: Situation) -> Move:
    """ "some stickers": of what is there, or else of what?"""
    if situation.current or situation.idea:
        return Change(lambda old: apply(old, what))
    return Say(
        f"Gladly. {with_article(parse_noun(what).word).capitalize()} of what? For example: “draw a sticker of a fox”.",
        3,
    )


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


def _looks_like(found: re.Match[str], situation: Situation) -> Move | None:
    """ "what would its house look like?": the thing itself, as its own picture."""
    what = found["what"].strip()
    if re.fullmatch(r"it|this|that|this scene|the scene|the world", what, re.IGNORECASE):
        return described(situation) if situation.idea or not situation.current else None
    if own := re.fullmatch(r"(?:its|his|her|their) (.+)", what, re.IGNORECASE):
        noun = situation.current.read.noun if situation.current else None
        return Draw(f"{noun.render()}'s {own[1]}") if noun else None
    if re.match(r"(?:you|i|we|they|he|she|life|my)\b", what, re.IGNORECASE):
        return None
    return drawn(what.strip('"'))


def _more(found: re.Match[str], situation: Situation) -> Move | None:
    if not situation.current:
        return Say("There is no picture yet to make more of. Tell me what to draw first.", 3)
    said = (found.groupdict().get("n") or "").strip()
    default = 1 if re.search(r"\b(?:another|one|again|different one|other one)\b", found.group(), re.IGNORECASE) else 2
    return Vary(max(1, min(number(said), MOST)) if said and said.lower() != "some" else default)


def _scene(found: re.Match[str], situation: Situation) -> Move:
    """Another scene of the same theme."""
    what = found["what"]
    themes = [
        t for e in situation.past if (t := re.search(r"\btheme (?:is|of|should be) ([\w' -]+)", e.words, re.IGNORECASE))
    ]
    theme = f" during the {re.sub('^the ', '', themes[-1][1].strip())}" if themes else ""
    people = "people " if re.match(r"\w+ing\b", what) else ""
    return Draw(f"{people}{what}{theme}" if people else f"{with_determiner(what)}{theme}")


def _refine(found: re.Match[str], situation: Situation) -> Move:
    return Refine() if situation.current else Say("There is no picture yet to refine. Tell me what to draw first.", 3)


_LIKE_IT = (
    r"(?: (?:pictures?|images?|of (?:it|them|these|those|this|the same)|like (?:it|this|that|these|"
    r"those|them)|ones?|versions?|variations?|variants?|options?|examples?|similar ones?|"
    r"alternatives?|candidates?|tr(?:y|ies)))"
)
_WISH = (
    r"(?:i (?:would|'d)?(?:really )?(?:want|need)|i(?: would|'d)(?: really)? (?:like|love)|(?:can|"
    r"could|may|might) (?:i|we) (?:please )?(?:see|have|get)|"
    r"let (?:me|us) (?:see|have)|do you have|have you got|we (?:want|need))"
)
_DRAW = (
    r"(?:draw|generate|create|paint|sketch|render|illustrate|imagine|visuali[sz]e|design|depict|make|"
    r"produce|show|give|get|"
    r"picture|display|do|craft|doodle|compose|see|have)"
)
_SHOW_ME = rf"(?:(?:{_DRAW}|{_WISH}) (?:me |us |it )?)"

MORE: tuple[Rule, ...] = (
    rule(rf"^{_SHOW_ME}?(?P<n>{NUMBER} |some )?(?:more|others?|another)(?: (?:{NUMBER}|few))?{_LIKE_IT}*$", _more),
    rule(
        rf"^{_SHOW_ME}?another {NUMBER}{_LIKE_IT}*$|^{_SHOW_ME}?(?P<n>{NUMBER} )(?:more|other|others|"
        rf"different|variations?|variants?|versions?|alternatives?|options?){_LIKE_IT}*$",
        _more,
    ),
    rule(
        rf"^{_SHOW_ME}?(?:another one|a different one|(?:a )?different(?: versions?| ones?)?|something "
        rf"(?:similar|like (?:this|it|that))|(?:some )?similar (?:ones|pictures|images)|(?:some "
        rf")?(?:variations?|variants|alternatives|other options|other versions)(?: of (?:it|this))?|"
        rf"(?:an?other|one more) (?:try|go|version|variation|picture|image|attempt))$",
        _more,
    ),
    rule(
        r"^(?:try|show me it|draw it|do it|generate it|make it|show it|redraw it|regenerate it|once|run "
        r"it)? ?(?:again|once more|one more time|another time)$|^(?:redo|redraw|regenerate|repeat) (?:it|"
        r"this)$|^(?:vary|remix) it$",
        _more,
    ),
    rule(rf"^{_SHOW_ME}?(?:another|a different|a new) scene (?:of|with|about|where) (?P<what>.+)$", _scene),
)

REFINE: tuple[Rule, ...] = (
    rule(
        r"^(?:refine|polish|enhance|upscale|sharpen|touch up|finali[sz]e|perfect)\b(?! (?:my|the code|"
        r"this text))",
        _refine,
    ),
    rule(
        r"^improve (?:it|its? (?:quality|details?|resolution)|the (?:quality|details?|resolution|"
        r"sharpness))\b|^improve$",
        _refine,
    ),
    rule(
        r"\b(?:better|higher|high|best|good|more|full) (?:quality|resolution|res|definition|detail|"
        r"details)\b|\b(?:in|to) (?:hd|4k|8k)\b|^(?:hd|4k|8k)$",
        _refine,
    ),
    rule(
        r"^(?:(?:make|render|draw|do|let|i (?:want|need|would like)|show) it (?:look |be |to be "
        r")?)?(?:much |a bit |a little |even )?(?:sharper|crisper|less blurry|more detailed|clearer|finer|"
        r"neater|cleaner|more refined|better|nicer|print[- ]ready|good enough .+|ready (?:for|to) .+)$",
        _refine,
    ),
    rule(
        r"^(?:clean it up|it(?:'s| is| looks) (?:too |a bit |so )?(?:blurry|fuzzy|rough|low[- ]res.*|"
        r"pixelated and blurry))",
        _refine,
    ),
)

DRAWS: tuple[Rule, ...] = (
    rule(r"^(?:show|tell|draw)(?: me)? (?:what|how) (?P<what>.+?) (?:would )?looks?(?: like)?$", _looks_like),
    rule(
        r"^(?:what|how) (?:does|do|would|will|did|might|could) (?P<what>.+?) (?:look(?:s)?(?: like)?|"
        r"(?:would )?be(?: like)?)$",
        _looks_like,
    ),
    rule(
        r"^(?:turn|convert|make|transform|change) (?P<what>.+?) (?:in)?to an? (?:picture|image|drawing|"
        r"illustration)$",
        lambda found, s: described(s) if _DESCRIBED.match(found["what"]) else drawn(found["what"]),
    ),
    rule(rf"^(?:{_WISH}|{_DRAW})(?: (?:me|us|up|for me))? (?P<what>.+)$", lambda found, s: asked(found["what"], s)),
    rule(
        rf"^(?:(?:an?|the|some|{NUMBER}) )?(?:\w+ )?{_PICTURE} (?:of|showing|with|for) .+$",
        lambda found, s: asked(found.group(), s),
    ),
)

_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|am|be|been|has|have|had|do|does|did|will|would|can|could|should|must|may|i|"
    r"you|we|my|your|me|"
    r"what|why|how|who|when|where|which|because|if|i'm|it's|that's|don't|isn't|it|not|no)\b",
    re.IGNORECASE,
)


def _bare(found: re.Match[str], situation: Situation) -> Move | None:
    """A noun phrase on its own: any with an indefinite article or a number, else one whose thing is known."""
    text = found.group().strip(' ,"')
    if _SENTENCE.search(text) or len(text.split()) > 40 or as_style(text):
        return style_alone(text, situation) if as_style(text) and len(text.split()) < 5 else None
    description = parse(text)
    known = description.noun.word in DRAWABLE and len(description.noun.head.split()) <= 4
    few = re.match(rf"(?:{NUMBER}|an?) \S", text, re.IGNORECASE)
    shown = situation.current and situation.current.read.noun.word == description.noun.word
    verb = re.match(
        r"(?:\w+s|love|hate|like|buy|eat|see|know|the|this|that|feed|pet|walk|tell|ask|about) ", text, re.IGNORECASE
    )
    return drawn(text) if (few and _lists_known(text)) or (known and not verb and not shown) else None


def _lists_known(text: str) -> bool:
    """An article alone is no proof ("a good question"): the head must be drawable or at least not talk."""
    return parse(text).noun.word not in UNDRAWABLE and len(text.split()) >= 2


BARE: tuple[Rule, ...] = (rule(r"^[\w' ,\"()&:/-]+$", _bare),)
