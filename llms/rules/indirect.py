"""What people say instead of an order, as the order it stands for: "I could use a fox" -> "show me a fox"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.english import NUMBER, positive
from minidalle3.llms.rules.tables import COMPLAINTS

_PICTURE = r"(?:picture|image|pic|drawing|illustration|sketch|painting|photo|poster|portrait|doodle|cover|wallpaper)s?"
_THING = (
    rf"(?P<what>(?:(?:an?|some|{NUMBER}) (?!(?:bit|lot)\b)|(?:something|anything) (?:with|like|about|of)\b).+?)"
    r"(?: too| as well)?"
)
_VERY = r"(?: (?:just|really|so|only|also|actually|still|rather|very|much|totally))*"
_GOOD = (
    r"(?:ideal|nice|great|perfect|lovely|wonderful|cool|fun|fine|good|welcome|super|amazing|awesome|sweet|handy|best|"
    r"excellent|fantastic|adorable|cute|neat|pretty|better|nicer|prettier|cooler|cuter|funnier|more \w+)"
)
_HAVE = r"(?:(?:to )?(?:have|see|get|look at) )?"
_WANTING = (
    rf"(?:(?:i|we)(?:'d| would)?{_VERY} (?:love|fancy|enjoy|appreciate|need|want|require|give anything for|be after)|"
    rf"(?:i|we)(?:'d| would){_VERY} like|(?:i|we) (?:could|can){_VERY} (?:use|do with)|"
    rf"(?:i|we)(?:'m| am|'re| are| was| were|'ve been| have been){_VERY} (?:after|(?:looking|hoping|searching) for|"
    r"(?:in need|short) of|in the mood for|(?:thinking|dreaming) (?:of|about))|would (?:love|like)|need(?:ed)?:?|"
    r"wanted|"
    r"(?:looking|searching) for|after|(?:hit|treat) me (?:with|to)|(?:start|begin|go) with|"
    r"(?:could|should|may) there be)"
)
_NEEDED_FIRST = (
    r"(?:i|we) (?:really |so |just )*(?:need|want|could use) (?=.* (?:first|badly|right now)$)"
    r"(?!.*\b(?:draw|picture|see)\b)"
)
"""What somebody needs before all else is nothing to be drawn: "I need a coffee first"."""
_NEXT = (
    r"(?:next(?: up| one)?|then|after that|new (?:topic|subject)|unrelated|"
    r"(?:and |now )?(?:for |on to )?(?:something|a) (?:completely |totally |very )?(?:different|new|else)(?: \w+)?)"
)
_QUESTION = r"(?!.*\b(?:what|how|why|who|which|when|where|say|said|call|called|recipe|list|question|answer)\b)"

_THERE = r"(?: (?:on|in|to|around|behind|near|by|beside) it| there| too| as well)"
_LOOSE = (
    r"(?P<what>(?!(?:it|that|this|which|what|who|you|your|my|i|we|he|she|they|there|the|those|these|how|any|every\w*|"
    r"any\w+|advice|help|feedback|information)\b)[\w'-]+(?: [\w'-]+){0,6})"
)
"""A thing without an article."""

Order: TypeAlias = "str | Callable[[re.Match[str], Situation], str]"


def _asked(found: re.Match[str], _: Situation) -> str:
    return f"show me {re.sub(r'^(?:some|an?) (?:sort|kind) of (?:an? )?', 'a ', found['what'])}"


def _too(found: re.Match[str], _: Situation) -> str:
    """What somebody complains of in a part of the picture, turned into its opposite."""
    quality = found["quality"].lower()
    return f"make the {found['thing']} {COMPLAINTS.get(quality, f'less {quality}')}"


def _inner(found: re.Match[str], situation: Situation) -> str:
    """What belongs to the thing in question, and its picture does not show: "the inside of it"."""
    if not situation.current:
        return found.group()
    thing = situation.current.read.noun.render()
    own = found.groupdict().get("what")
    return f"draw a {own} {found['side']} {thing}" if own else f"draw the {found['side']} of {thing}"


def _wanted_in(found: re.Match[str], situation: Situation) -> str:
    """What there should be is put into the picture in question; without one, it is the picture."""
    return f"{'add' if situation.current else 'show me'} {found['what']}"


def _more_so(found: re.Match[str], situation: Situation) -> str:
    """As in "older, maybe sixty"."""
    return (
        f"make it {found['what']}" if situation.current and positive(found["what"]) != found["what"] else found.group()
    )


def _wished(found: re.Match[str], situation: Situation) -> str:
    """What would be nice to have is put into the picture in question, unless it is a picture itself."""
    alone = not situation.current or re.search(rf"\b{_PICTURE}\b", found["what"], re.IGNORECASE)
    return f"show me {found['what']}" if alone else f"add {found['what']}"


SURPRISES = (
    "a cat wearing sunglasses on the beach",
    "a robot watering sunflowers",
    "a castle on an island at sunset",
    "a dragon sleeping in the forest",
)
"""What is drawn for somebody who leaves the choice."""


def _anything(found: re.Match[str], situation: Situation) -> str:
    return f"draw {SURPRISES[len(situation.past) % len(SURPRISES)]}"


def _apart(found: re.Match[str], _: Situation) -> str:
    """What is wanted on its own is not put into the picture in question."""
    own = re.search(r"\b(?:separately|own|separate|extra|another|new)\b", found.group(), re.IGNORECASE)
    return f"draw {found['what']}" if own else found.group()


ORDERS: tuple[tuple[re.Pattern[str], Order], ...] = tuple(
    (re.compile(rf"(?:{said})[ .!]*", re.IGNORECASE), order)
    for said, order in (
        # wishes for a picture
        (rf"{_NEEDED_FIRST}.*", lambda found, _: ""),
        (rf"{_WANTING} {_HAVE}{_THING}", _asked),
        (rf"(?:it|that)(?:'d| would){_VERY} be {_GOOD} {_HAVE}{_THING}", r"show me \g<what>"),
        (rf"(?:.* and )?{_THING} would(?: also)? (?:be|look|make|do){_VERY}(?: {_GOOD})?(?: here| now|ly|{_THERE})?",
         _wished),
        (rf"{_LOOSE} would(?: also)? (?:be|look){_VERY} {_GOOD}(?: here| now|{_THERE})?",
         lambda found, s: _wanted_in(found, s) if s.current else found.group()),
        (rf"there (?:should|could|must|ought to) (?:also )?be (?P<what>.+?)(?:{_THERE})?", _wanted_in),
        (r"(?:i|we)(?:'d| had| have|'ve)? (?:always )?(?:imagined?|pictured?|envisioned?|thought of|had) it "
         r"(?:more )?(?P<what>(?:with|without|in|on|at|as|like|under) .+?)(?: in mind)?", r"make it \g<what>"),
        (r"(?:.*\b(?:show(?: me)?|draw|see|paint) )?the (?P<side>inside|outside|interior|back|backside|top|"
         r"underside|other "
         r"side|inner part) of (?:it|the [\w-]+)", _inner),
        (r"the (?P<what>[\w-]+'s [\w-]+) (?P<side>next to|beside|near|behind|inside) it", _inner),
        (r"(?:and )?for my [\w-]+(?: [\w-]+)?, (?P<what>(?:an?|some|two|three) .+)", r"show me \g<what>"),
        (rf"(?:and )?for the (?:\w+ )?(?:page|cover|chapter|poster|card|wall|door|menu|invitation|website|"
         rf"blog),? {_THING}",
         _asked),
        (r"(?:manage|handle|pull off|put together|attempt|(?:whip|cook|knock|rustle|dream)(?: me| us)? up|"
         rf"(?:whip|cook|knock|rustle) up(?: me| us)?) {_THING}", _asked),
        (r"(?:another|the (?:other|next)|one(?: more)?|something else)(?: thing)?(?: that)? (?:i|we)(?:'d| "
         r"would)?{_VERY} "
         rf"(?:like|want|need|love) {_HAVE}(?:is|would be) {_THING}", _asked),
        (r"(?P<what>.*\b(?:more|another|others?|again)\b.*?) for (?:my|our|his|her) [\w-]+", r"\g<what>"),
        (rf"(?P<kind>{_PICTURE}|banner|avatar|logo|icon|sticker)[,:] (?P<what>.+)", r"show me a \g<kind> of \g<what>"),
        (r"(?:you )?surprise (?:me|us) with (?P<what>.+)", r"show me \g<what>"),
        (rf"{_WANTING} (?:something|it|one) (?P<what>(?:more|less|much more) [\w-]+|\w{{3,}}er)", r"make it \g<what>"),
        (rf"(?:what|all|the one thing) (?:i|we)(?:'d| would)?{_VERY} (?:like|want|need|love) {_HAVE}(?:is|would be) "
         rf"{_THING}", r"show me \g<what>"),
        (r"(?:(?:i|we)(?:'ve| have)? )?(?:always |often |long )?wonder(?:ed|ing)? (?:what|how) (?P<what>.+?) "
         r"(?:would |might |could |does |do |may )?looks?(?: like)?", r"show me what \g<what> would look like"),
        (r"(?:what|how) (?:would|might|could|does|will) (?:it|that) look(?: like)? if (?P<what>(?!it\b).+)",
         r"draw a picture of \g<what>"),
        (r"(?:something|anything) (?:with|about) (?P<what>.+)", r"show me a picture of \g<what>"),
        (r"(?:meet|get to know|be introduced to) (?P<what>.+)|do (?P<own>its [\w -]+)",
         lambda found, _: f"show me {found['what'] or found['own']}"),
        (r"(?:(?:do|make|draw|have|give me|show me) )?(?:and )?(?:an?|one) (?:separate|new|different|second) (?:one|"
         r"picture|"
         r"image) (?:of|with) (?P<what>.+)", r"show me a picture of \g<what>"),
        (r"(?:and |also )?(?:(?:show me|draw|do|make) )?(?P<what>.+?)(?: as well|"
         r" too)?,?(?: please,?)? (?:separately|(?:on|in|as)"
         r" (?:its|a|an|another|their)(?: own| separate| extra| new)*(?: (?:picture|image|drawing|"
         r"one))?)(?<! a)(?<! an)",
         _apart),
        (r"(?:.* )?(?:draw|paint|sketch|show|surprise|make|create)(?: me| us)?(?: with)? (?:whatever|anything|"
         r"something)"
         r"(?: (?:that )?(?:you|comes?|pops?|nice|random|at random|fun|cool|of your)\b.*)?|surprise me", _anything),
        (r"(?:have you |do you have |you )?(?:got )?(?:a (?:minute|second|moment)|time) (?:to|for) (?P<what>\w+ .+)",
         r"\g<what>"),
        (rf"{_NEXT}[,:]? {_THING}|{_QUESTION}[\w',& -]{{2,70}}: (?P<that>(?:an?|{NUMBER}) .+)",
         lambda found, _: f"show me {found['what'] or found['that']}"),
        # something else about the picture in question
        (r"(?:paint|draw|put|place|stick|print|hang|tie|stamp) (?P<what>(?!it\b|me\b|us\b|the |an? |some |two |"
         r"three )[\w' -]+?) "
         r"(?:on|onto|over|around|behind|beside|next to|above|under) it", _wanted_in),
        (r"(?P<what>(?:an?|some|two|three) [\w-]+(?: [\w-]+){0,2}) (?:on|onto|around|over|behind|beside|next to|"
         r"under) it",
         lambda found, s: _wanted_in(found, s) if s.current else found.group()),
        (r"(?:the|its) (?P<thing>[\w-]+) (?:is|are|looks?|seems?) (?:a (?:bit|little) |way |far |much )*too "
         r"(?P<quality>[\w-]+)(?: for .*)?", _too),
        (r"(?:it(?:'d| would) be )?(?:(?:much|even|way|far|a lot) )?(?:better|nicer|cuter|prettier|funnier) "
         r"(?P<what>(?:with|without|in|on|at|as) .+?),? i (?:bet|think|guess|reckon|suppose)", r"make it \g<what>"),
        (r"(?:move|bring|take|send|put|place) it (?P<what>outdoors|outside|indoors|inside|underwater|upstairs|home)",
         r"make it \g<what>"),
        (rf"make it (?P<what>(?:{NUMBER}) [\w-]+s)", r"replace it with \g<what>"),
        (r"keep (?:everything|the rest|it all|all|it)(?: else)?(?: as it is| the same)?,? (?:but|only|just) "
         r"(?P<what>.+)",
         r"\g<what>"),
        (r"(?:i|we)(?: really)? (?:like|love) it,? (?:but|only|though|yet) (?P<what>(?:it|make|with|without|in|"
         r"can|could) .+)",
         r"\g<what>"),
        (r"(?P<what>\w{3,}er), (?:maybe|like|about|say|around|perhaps|so) .+", _more_so),
        (r"(?:i|we)(?:'d| would) (?:rather|prefer)(?: if| that)?(?: see| have)? it (?:was|were|is|had|"
         r"be)? ?(?P<what>.+)",
         r"make it \g<what>"),
        (rf"(?:it|that)(?:'d| would|'ll| will){_VERY} (?:be|look|feel) {_GOOD} (?!.*\b(?:my|our|your)\b)"
         rf"(?P<what>(?:with|without|in|on|at|as|"
         rf"near)"
         r" .+)", r"it \g<what>"),
        (r"(?:the )?(?P<new>[\w-]+(?: [\w-]+)?) (?:would|will|might|could) (?:suit|fit|look|be|work) .*\bthan (?:the )?"
         r"(?P<old>[\w-]+)", r"replace the \g<old> with \g<new>"),
        (r"(?:if only (?:there|it)|i (?:wish|miss|would wish)(?: that)?(?: (?:there|it))?) (?:(?:was|were|had|"
         r"could have|"
         r"would have) )?(?P<what>(?:an?|some|more|two|three) .+?)(?: in it)?", r"add \g<what>"),
        (r"(?:there(?:'s| is| are) |it has |i see )?(?:way |far |a bit |a little )?too (?:much|many) (?P<what>[\w -]+?)"
         r"(?: in it| there| here)?", r"add less \g<what>"),
        (r"not (?:so|that|as) (?:much|many) (?P<what>[\w -]+)", r"add less \g<what>"),
        (r"(?:try|do|have|see|picture|think of) it as (?P<what>.+)", r"make it \g<what>"),
        (r"(?:change|alter) (?:nothing|only|just)(?: but| except)? (?:the )?colou?r of (?:the |its )?(?P<what>[\w-]+)"
         r"(?: ?:| to| into|,) (?P<new>.+)", r"make the \g<what> \g<new>"),
        (r"(?:change|alter) (?:nothing|only|just)(?: but| except)? (?P<what>[\w -]+?)(?: ?:| to| into|,) (?P<new>.+)",
         r"change \g<what> to \g<new>"),
        (r"(?:the|its) (?P<what>(?:[\w-]+ )?[\w-]+) (?:ought|has|have|needs?) to be (?P<new>.+)",
         r"make the \g<what> \g<new>"),
        (r"(?:(?:the )?next|another|a new|a following) (?:page|scene|chapter|panel|part|adventure)\b[^:,]*[:,] "
         r"(?:it|it's) (?P<what>.+)", r"make it \g<what>"),
        (r"enlarge it|blow (?:it up|up it)|scale (?:it up|up it)", "make it bigger"),
        (r"use (?P<what>.+ (?:colou?rs|tones|light|lighting))", r"add \g<what>"),
        (r"(?:(?:it|the [\w ]+)(?: really)? )?(?:needs|wants|could use|could do with|lacks|"
         r"is missing) (?P<what>(?:more|some|an?"
         r"|another) (?!work|polish|detail).+)", r"add \g<what>"),
    )
)  # fmt: skip


def order(clause: str, situation: Situation) -> str:
    """The order that a clause stands for; any other clause as it is."""
    for said, stands_for in ORDERS:
        if found := said.fullmatch(clause):
            return found.expand(stands_for) if isinstance(stands_for, str) else stands_for(found, situation)
    return clause
