"""Clauses that ask for new pictures, for more of the same, or for a better one: how they are worded."""

from __future__ import annotations

import re

from minidalle3.llms.rules import changes
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import as_style, parse, with_determiner
from minidalle3.llms.rules.drawing import DESCRIBED, MOST, PICTURE, asked, belonging, described, drawn, style_alone
from minidalle3.llms.rules.english import NUMBER, number
from minidalle3.llms.rules.moves import Change, Draw, Move, Refine, Rule, Say, Vary, rule
from minidalle3.llms.rules.tables import DRAWABLE, UNDRAWABLE


def _looks_like(found: re.Match[str], situation: Situation) -> Move | None:
    """As in "what would its house look like?": the thing itself, as its own picture."""
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
    if situation.current and (same := re.fullmatch(r"(?:it|her|him|them)\b[, ]*(?P<more>.*)", what, re.IGNORECASE)):
        return Change(lambda old: changes.apply(old, same["more"])) if same["more"] else Vary()
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
    r"let (?:me|us) (?:see|have)|do you have|have you got|got|any|we (?:want|need))"
)
_DRAW = (
    r"(?:draw|generate|create|paint|sketch|render|illustrate|imagine|visuali[sz]e|design|depict|make|"
    r"produce|show|give|get|"
    r"picture|display|craft|doodle|compose|see|(?:do|have)(?= (?:an?|some|me|us|it|one|two|three|\d|another|more)\b"
    r"(?! (?:seat|look|guess|think|chat|talk|word)\b)))"
)
_SHOW_ME = rf"(?:(?:{_DRAW}|{_WISH}) (?:me |us |it |any )?)"

MORE_OF = re.compile(
    rf"^{_SHOW_ME}?(?P<n>{NUMBER} |some )?(?:more|another|others?)(?: {PICTURE}| versions?| variations?| ones?)?"
    r"(?: of| like| similar to| (?:in|along) the (?:spirit|lines?|manner|style|vein|look) of)"
    r" (?:the|that|my|your|#|number|picture|option|version) ?\S"
    rf"|^{_SHOW_ME}?(?:(?:some|a few|two|three) )?(?:something like|ones like|(?:variations?|variants?|"
    rf"alternatives?|takes?)"
    r" (?:of|on|to)) (?:the|that|my|your|#|number|picture|option|version|\d) ?\S*",
    re.IGNORECASE,
)
"""More of a picture that is named."""

MORE: tuple[Rule, ...] = (
    rule(
        rf"^{_SHOW_ME}?(?P<n>{NUMBER} |some )?(?:more|others?|another(?: one)?|something|ones?)(?: pictures?)? "
        r"(?:along (?:these|those|the same|similar) lines|in (?:this|that|the same) (?:vein|style|spirit|direction))$",
        _more,
    ),
    rule(
        rf"^{_SHOW_ME}?(?:an?other|one more|a new|some more|a few more|more|a few)(?: \w+)? (?:in|with|of) "
        rf"(?:the|a|that) (?:same|similar|such|spirit|style|manner|kind)\b.*$|^come up with (?:\w+ ){{0,3}}"
        rf"(?:alternatives|variations|versions|others|options)$|^something similar\b.*$|^(?:a few|some) (?:more )?"
        rf"(?:options|variations|alternatives)$|^{_SHOW_ME}?(?:a few|some|several) (?:different |other |more )"
        rf"(?:versions|variations|ones)(?: of it)?$",
        _more,
    ),
    rule(
        r"^its (?P<what>[\w-]+(?: [\w-]+)?)(?: too| as well)?$",
        lambda found, s: belonging(found["what"], s) if s.current else None,
    ),
    rule(rf"^{_SHOW_ME}?(?P<n>{NUMBER} |some )?(?:more|others?|another)(?: (?:{NUMBER}|few))?{_LIKE_IT}*$", _more),
    rule(
        rf"^{_SHOW_ME}?another {NUMBER}{_LIKE_IT}*$|^{_SHOW_ME}?(?P<n>{NUMBER} )(?:more|other|others|"
        rf"different|variations?|variants?|versions?|alternatives?|options?){_LIKE_IT}*$",
        _more,
    ),
    rule(
        rf"^{_SHOW_ME}?(?:another one|a different one|(?:a )?different(?: versions?| ones?)?|something "
        rf"(?:similar|like (?:this|it|that))|(?:an? |some )?(?:very )?similar (?:ones?|pictures?|images?)|(?:some "
        rf")?(?:variations?|variants|alternatives|other options|other versions)(?: of (?:it|this))?|"
        rf"(?:an?other|one more) (?:try|go|version|variation|picture|image|attempt))$",
        _more,
    ),
    rule(
        rf"^{_SHOW_ME}?something (?:(?:quite |very )?similar|like (?:this|that|it)|(?:along|on) "
        rf"(?:these|those|the same) lines|in (?:this|that|the same) "
        rf"(?:vein|spirit))(?:,? (?P<n>{NUMBER})(?: of (?:them|those|these))?)?$",
        _more,
    ),
    rule(
        rf"^{_SHOW_ME}(?P<n>{NUMBER})(?: of (?:them|those|these|it))?$",
        lambda found, s: _more(found, s) if s.current else None,
    ),
    rule(
        r"^(?:(?:can|could|may) (?:i|we) )?(?:try|show me it|draw it|do it|generate it|make it|"
        r"show it|redraw it|regenerate it|once|run it|see it|have it)? ?(?:again|once more|one more time|another time)"
        r"(?: twice| two times| three times)?"
        r"(?:,? (?:but |a (?:bit|little) |slightly |somewhat )*different(?:ly)?)?$|"
        r"^(?:redo|redraw|regenerate|repeat) (?:it|"
        r"this)$|^(?:vary|remix) it$",
        _more,
    ),
    rule(
        rf"^{_SHOW_ME}?(?:it )?(?:from )?(?:another|a different|a new) (?:angle|view|viewpoint|perspective|side)$",
        lambda found, s: Vary() if s.current else None,
    ),
    rule(rf"^{_SHOW_ME}?(?:another|a different|a new) scene (?:of|with|about|where) (?P<what>.+)$", _scene),
)

REFINE: tuple[Rule, ...] = (
    rule(
        r"^(?:add|bring out|give it|put in)(?: a (?:bit|little))?(?: (?:more|finer|some|extra))* (?:details?|"
        r"definition|sharpness|polish)$|\bbring out more detail\b",
        _refine,
    ),
    rule(
        r"^(?:refine|polish|enhance|upscale|sharpen|touch up|finali[sz]e|perfect)\b(?! (?:my|the code|"
        r"this text))",
        _refine,
    ),
    rule(
        r"^(?:increase|raise|boost|bump(?: up)?|double|push) (?:the |its )?(?:quality|details?|resolution|sharpness)\b|"
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
        r"neater|cleaner|(?:(?:more|really|very) )?(?:refined|polished|finished|professional|beautiful|stunning|"
        r"gorgeous|impressive|elegant|high[- ]quality)|better|nicer|prettier|"
        r"print[- ]ready|good enough .+|ready (?:for|to) .+)$",
        _refine,
    ),
    rule(
        r"^(?:clean it up|it(?:'s| is| looks) (?:too |a bit |so )?(?:blurry|fuzzy|rough|low[- ]res.*|"
        r"pixelated and blurry))",
        _refine,
    ),
)

DRAWS: tuple[Rule, ...] = (
    rule(
        r"^(?:show|draw|paint|picture)(?: (?:it|that|this|one))?(?: (?:to|for) (?:me|us)| me| us)?(?: too| as well)?$",
        lambda found, s: described(s) if s.idea else None,
    ),
    rule(
        rf"^(?:{_DRAW}|{_WISH})(?: (?:me|us))? (?:something|anything)(?: [\w-]+)?,? (?:like|such as|for example|maybe|"
        r"say|with|about) (?P<what>.+)$",
        lambda found, s: asked(found["what"], s),
    ),
    rule(
        r"^(?:yes|yeah|yep|sure|ok(?:ay)?|do it|do that|go ahead|please do)$",
        lambda found, s: described(s) if s.idea and "draw it" in s.last.prose else None,
    ),
    rule(
        r"\b(?:with|get|have|like|love) (?:an?|some) (?:picture|image|drawing|photo|illustration|sketch|painting) of "
        r"(?P<what>.+)$",
        lambda found, s: asked(found["what"], s),
    ),
    rule(
        r"^(?:my|our|the|his|her)(?: [\w-]+){1,3} (?:wants?|would (?:like|love)|asks?(?: for)?|wishes|hopes?) "
        r"(?:to (?:see|have|get)|me to draw|for) (?P<what>(?!it\b|more\b|another\b).+)$",
        lambda found, s: asked(found["what"], s),
    ),
    rule(
        r"^(?!how|what|why|who|when|where|which|is|are|was|were|do|does|did|has|have|tell|describe|explain|the|it\b|"
        r"you|(?:i|we|he|she|they|my \w+) (?:(?!wanted|needed)\w+ed|like|love|saw|see|have|had|took|remember|think|"
        r"know|bought|"
        r"got|sold|found|made|drew|gave|sent|kept|hung|lost|once)\b)(?:[\w',-]+ ){0,6}(?:an?|some) (?:[\w-]+ )?"
        rf"(?:{PICTURE}|sketch|painting|poster|photo|cartoon|portrait) of (?P<what>(?!it\b|that\b|this\b).+)$",
        lambda found, s: asked(found["what"], s),
    ),
    rule(
        r"^(?:(?:an?|the) )?(?:new|next|different|other|another) (?:one|picture|image|drawing|thing|idea)"
        r"(?: please)?[:,] (?P<what>.+)$|^(?:something|sth) (?:else|new|different)[:,] (?P<other>.+)$",
        lambda found, s: asked(found["what"] or found["other"], s),
    ),
    rule(r"^(?:show|tell|draw)(?: me)? (?:what|how) (?P<what>.+?) (?:would )?look(?:s|ed)?(?: like)?$", _looks_like),
    rule(
        r"^(?:what|how) (?:does|do|would|will|did|might|could) (?P<what>.+?) (?:look(?:s)?(?: like)?|"
        r"(?:would )?be(?: like)?)$",
        _looks_like,
    ),
    rule(
        r"^(?:turn|convert|make|transform|change) (?P<what>.+?) (?:in)?to an? (?:picture|image|drawing|"
        r"illustration)$",
        lambda found, s: described(s) if DESCRIBED.match(found["what"]) else drawn(found["what"]),
    ),
    rule(rf"^(?:{_WISH}|{_DRAW})(?: (?:me|us|up|for me))? (?P<what>.+)$", lambda found, s: asked(found["what"], s)),
    rule(
        rf"^(?:(?:an?|the|some|{NUMBER}) )?(?:\w+ )?{PICTURE} (?:of|showing|with|for) .+$",
        lambda found, s: asked(found.group(), s),
    ),
)

_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|am|be|been|has|have|had|do|does|did|will|would|can|could|should|must|may|i|"
    r"you|we|my|your|me|"
    r"what|why|how|who|when|where|which|because|if|i'm|it's|that's|don't|isn't|it|not|no|"
    r"never|always|keeps|means|costs|seems|matters|saves|deserves|says|takes|knows|"
    r"(?:an?|per) (?:day|week|month|year))\b",
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
        r"(?:\w+s|go|come|stay|leave|visit|sell|rent|learn|study|work|return|bring|get|love|hate|like|buy|eat|see|know|the|this|that|feed|pet|walk|tell|ask|about|recommend|suggest|"
        r"compare|explain|choose|find|check|fix|help|read|name|list|describe|spell|define|count) ",
        text,
        re.IGNORECASE,
    )
    return drawn(text) if (few and _worth_drawing(text)) or (known and not verb and not shown) else None


def _worth_drawing(text: str) -> bool:
    """An article alone is no proof ("a good question"): the head must be drawable or at least not talk."""
    return parse(text).noun.word not in UNDRAWABLE and len(text.split()) >= 2


BARE: tuple[Rule, ...] = (rule(r"^[\w' ,\"()&:/-]+$", _bare),)
