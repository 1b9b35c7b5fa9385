"""Clauses that change the picture in question; by now it is always called "it"."""

from __future__ import annotations

import re

from minidalle3.llms.rules import changes, removal
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import Description, as_style, put
from minidalle3.llms.rules.english import is_gerund, is_plural, positive, with_article
from minidalle3.llms.rules.moves import Change, Move, Rule, Say, rule
from minidalle3.llms.rules.segments import segments
from minidalle3.llms.rules.tables import COLOURS, COMPLAINTS, HAVING, PREPOSITIONS, TIME_FORMS

UNDERSTOOD = "Understood. Here it is, drawn anew:"
_REFUSED = (
    r"(?:do not|don't|never|not|no longer|stop|shouldn't|should not|must not|mustn't|isn't|is not|"
    r"without|no more|no|less)"
)
_OTHER_STYLE = re.compile(r"^(?:an?other|different|new) (?:style|colou?r|background|pose|place)$", re.IGNORECASE)


def to(predicate: str) -> Move | None:
    """It becomes, does, has or is at `predicate`, or the opposite of what is refused in it."""
    refused = re.match(rf"(?:be )?{_REFUSED} (?:be |have |as )?(.+)", predicate, re.IGNORECASE)
    if refused:
        return Change(lambda old: removal.remove(old, refused[1]), UNDERSTOOD)
    if _OTHER_STYLE.match(predicate) or not changes.tidy(predicate):
        return Say("Gladly. Which one? For example: in pixel art style, in blue, or on the beach.", 3)
    return Change(lambda old: changes.apply(old, predicate))


def _to(found: re.Match[str], _: Situation) -> Move | None:
    return to(found["pred"])


def _part(found: re.Match[str], situation: Situation) -> Move | None:
    """ "make the hat red": a thing in the picture that is not its subject."""
    thing, word = found["thing"], changes.tidy(found["pred"])
    if thing.lower() in ("background", "style", "setting", "place", "colour", "color", "weather", "time", "scene"):
        return Change(lambda old: changes.swap(old, thing, word))
    if situation.current and removal.names(situation.current.description, thing):
        return Change(lambda old: changes.recolour(old, thing, word) or changes.apply(old, word))
    single = len(word.split()) == 1 and not is_gerund(word)
    return Change(lambda old: put(old, "extra", f"with {thing_of(word, thing)}")) if single else None


def thing_of(word: str, thing: str) -> str:
    """ "blue", "eyes" -> "blue eyes"; a single thing gets its article."""
    return f"{word} {thing}" if is_plural(thing) else with_article(f"{word} {thing}")


def _remove(found: re.Match[str], _: Situation) -> Move | None:
    what = re.sub(
        r"\s+(?:from|in|on|off) (?:it|its \w+|here|there)$|\s+(?:any ?more|again|at all|away|off)$", "", found["what"]
    )
    if re.fullmatch(r"it|that|this|them|one|to.*|you.*|anything.*|nothing.*", what, re.IGNORECASE):
        return None
    gone = re.split(r"\s+(?:and|or)\s+(?:the |any )?", what)

    def without(old: Description) -> Description:
        for thing in gone:
            old = removal.remove(old, thing)
        return old

    return Change(without, UNDERSTOOD)


def _add(found: re.Match[str], _: Situation) -> Move | None:
    what = re.split(r"\s+and\s+(?=an? |some |the )", found["what"])

    def added(old: Description) -> Description:
        for thing in what:
            old = changes.add(old, thing)
        return old

    return Change(added)


def _give(found: re.Match[str], _: Situation) -> Move | None:
    if re.match(
        r"(?:an?other )?(?:name|try|go|chance|moment|story|kiss)", changes.without_article(found["what"]), re.I
    ):
        return None
    return Change(lambda old: changes.wear_or_have(old, found["what"]))


def _swap(found: re.Match[str], _: Situation) -> Move | None:
    what, other = found["what"], found["other"]
    return Change(lambda old: changes.swap(old, what, other))


def _backdrop(found: re.Match[str], situation: Situation) -> Move | None:
    return _swap(found, situation) if situation.current else None


def _main_colour(found: re.Match[str], _: Situation) -> Move | None:
    colour = found["colour"].strip().lower()
    words = [word for word in re.split(r"\W+|\band\b", colour) if word]
    if not words or not any(word in COLOURS for word in words):
        return None
    return Change(lambda old: changes.apply(old, colour))


def _where(found: re.Match[str], situation: Situation) -> Move | None:
    """Something asked after that the current picture lost is put back; what is in it is only named."""
    if not situation.current:
        return None
    thing = changes.without_article(found["what"])
    if thing.lower() in ("it", "my picture", "picture"):
        return Say(
            f"{situation.current.id} shows {situation.current.description}. Tell me what should stand out, "
            f"and I draw it again.",
            3,
        )
    now = situation.current.read
    lost = removal.names(now.noun.head, thing) is False or "'s " in now.noun.head
    if removal.names(now.render(), thing) and not ("'s " in now.noun.head and lost):
        return Say(
            f"It should be there: {situation.current.id} was asked for as “{now.render()}”. Say “another one” "
            f"for a new try.",
            3,
        )
    earlier = next((p.read.noun for p in situation.pictures if p.read.noun.word == thing.lower()), None)
    if not earlier and thing.lower() not in situation.current.description.lower():
        return None
    what = earlier.render() if earlier else f"a {thing}"
    return Change(
        lambda old: removal.bring_back(old, what), "Right, it went missing. Here it is with everything in the scene:"
    )


def _too(found: re.Match[str], _: Situation) -> Move | None:
    wanted = COMPLAINTS.get(found["quality"].lower())
    return Change(lambda old: changes.settle(old, wanted), "I see. Let me change that:") if wanted else None


def _less(found: re.Match[str], _: Situation) -> Move | None:
    return Change(lambda old: removal.less(old, found["what"]))


def _fragment(found: re.Match[str], situation: Situation) -> Move | None:
    """ "now at night", "in red", "running", "bigger": a part of a description on its own."""
    text = changes.tidy(found.group())
    if not situation.current or not text or len(text.split()) > 14:
        return None
    first = text.split()[0].lower()
    if first in HAVING - {"that", "who", "which", "whose", "having"} or segments(text, predicate=True)[0].role in (
        "time",
        "style",
    ):
        return to(text)
    short = len(text.split()) <= 3
    named = as_style(text) or text.lower() in TIME_FORMS or text.lower() in COLOURS or positive(text) != text
    if (short and named) or (text.lower() + " ").startswith(
        tuple(f"{p} " for p in PREPOSITIONS if p not in ("past", "by"))
    ):
        return to(text)
    return to(text) if is_gerund(first) and first not in ("thinking", "looking", "talking", "speaking") else None


_SEE = (
    r"(?:draw|show|paint|imagine|picture|see|visuali[sz]e|render|generate|create|depict|illustrate|"
    r"have|get|put|let|make|keep|bring|send|place|set)"
)
_PLACED = (
    r"(?:in|on|at|near|by|under|behind|beside|next to|inside|with|without|wearing|as|into|onto|over|above|doing|being)"
)

EDITS: tuple[Rule, ...] = (
    rule(
        r"^(?:i want |show me |try |make it |can i see |give it |draw it in |use )?(?:an?other|a "
        r"different|a new) (?:style|colou?r|background|pose)$",
        lambda found, _: to("another style"),
    ),
    rule(
        r"^(?:move|bring|send|take|transport) it (?:in)?to (?P<pred>.+)$",
        lambda found, _: Change(lambda old: changes.swap(old, "place", found["pred"])),
    ),
    rule(r"^it,? (?:but |just |only )+(?:with |it is )?(?P<pred>.+)$", _to),
    rule(r"^i(?: would|'d)? (?:want|need|like) (?P<what>(?:an?|some|two) .+?) on it$", _give),
    rule(r"^(?:and|plus) (?P<what>(?:an?|some|two) .+)$", _add),
    rule(
        r"^it would be (?:nice|nicer|great|good|cool|better|fun) (?:if it (?:was|were|is|could|had)|when "
        r"it is) (?P<pred>.+)$",
        _to,
    ),
    rule(r"^instead of (?P<what>[\w -]+), (?P<other>.+)$", _swap),
    rule(
        r"^(?:an? )?(?!(?:remove|with|without|no|change|delete|erase|the|add)\b)(?P<other>[\w-]+(?: "
        r"[\w-]+)?) (?P<what>background)$",
        _backdrop,
    ),
    rule(r"^i mean(?:t)? (?P<pred>.+)$", _to),
    rule(
        r"^(?:(?:draw|show|make|generate|paint|create|show me|draw me) )?(?:exactly )?(?:the )?same(?: "
        r"(?!but|just|at|in|on|with)[\w-]+)?,?(?: but| just)? (?P<pred>.+)$",
        lambda found, s: to(found["pred"]) if s.current else None,
    ),
    rule(r"^where(?:'s| is| are| did| has) (?P<what>(?:the |my |our )?[\w -]+?)(?: go| gone)?$", _where),
    rule(
        r"^(?P<what>[\w -]+?) (?:is|are|'s) (?:missing|gone)(?: .*)?$|^there(?:'s| is| are) no (?P<what2>[\w -]+)$",
        lambda found, situation: Change(lambda old: removal.bring_back(old, found["what"] or f"a {found['what2']}")),
    ),
    rule(r"^i(?: really)? (?:don't|do not) (?:want|like|need) (?:it to (?:be |have )|to see )?(?P<what>.+)$", _remove),
    rule(
        r"^(?:it )?(?:don't|do not|shouldn't|should not|must not|mustn't|stop|can't|isn't|is not|not|"
        r"never)(?: to)? (?:make it|draw it(?: as)?|be|being|use|have|look like|include|add|show|wear|"
        r"draw|put)? ?(?P<what>an? .+|the .+|so .+|too .+|[\w-]+(?: \w+)?)$",
        _remove,
    ),
    rule(
        r"^(?:remove|delete|erase|drop|lose|take (?:away|out|off)|get rid of|cut out|leave out|omit|hide|"
        r"without|no|ditch)(?: away)? (?!(?:#|it\b|more\b|thanks\b|idea\b|problem\b|worries\b|one\b|"
        r"need\b|way\b))(?P<what>.+)$",
        _remove,
    ),
    rule(
        r"^(?:it (?:should|could|must|can|needs to|has to) |i(?: would|'d)? (?:want|like|prefer) it to |"
        r"make it |have it |let it |it to )?(?:use|using|have|with|get|take) (?P<colour>[\w -]+?) (?:as|"
        r"for) (?:the |its |a )?(?:main|primary|dominant|base|basic|major)? ?colou?r.*$",
        _main_colour,
    ),
    rule(
        r"^(?:change|turn|transform|convert|switch|modify|set|make) (?P<what>the (?:background|style|"
        r"colou?r|place|setting|weather|time|scene|art style)) (?:of it |in it )?(?:in)?(?:to )?(?:be "
        r")?(?P<other>.+)$",
        _swap,
    ),
    rule(
        r"^(?:change|turn|transform|convert|make|swap|switch|morph|put) it (?:in)?to (?P<pred>(?!(?:an? "
        r")?(?:picture|image)$).+)$",
        _to,
    ),
    rule(r"^(?:replace|swap|exchange|substitute) (?P<what>.+?) (?:with|by|for) (?P<other>.+)$", _swap),
    rule(
        r"^(?:change|turn|transform|convert|switch) (?P<what>.+?) (?:in)?to (?P<other>(?!(?:an? "
        r")?(?:picture|image)$).+)$",
        _swap,
    ),
    rule(
        r"^change its? (?P<what>colou?r|style|background|place|time|weather|setting)$",
        lambda found, _: to("another style"),
    ),
    rule(r"^(?:give|get|lend|hand|buy) it (?P<what>.+)$", _give),
    rule(r"^it (?:needs|wants|could use|is missing|lacks) (?P<what>(?:an?|some|more) .+)$", _give),
    rule(r"^(?:add|include|insert|put in|place|attach|draw in) (?P<what>(?!it\b).+?)$", _add),
    rule(r"^put (?P<what>(?!it\b).+?) (?:on|onto) (?:it|its \w+)$", _give),
    rule(
        r"^(?:make|let|render|draw) (?:it )?(?:a bit |a little )?less (?P<what>[\w-]+)$|^less (?P<what2>[\w-]+)$",
        lambda found, _: Change(lambda old: removal.less(old, found["what"] or found["what2"])),
    ),
    rule(r"^(?:put|place) (?P<what>(?:an?|some|two|three|more) .+)$", _add),
    rule(r"^it(?:'s| is| looks)(?: just| a bit| a little| way| far)? too (?P<quality>[\w-]+)$", _too),
    rule(
        rf"^{_SEE} (?:me |us )?it (?:to |as if it is |as if it were |while |when )?(?P<pred>(?!(?:again|"
        rf"once more|please|for me|now|back|up|down|out|to me|then|anyway|instead|too|first|all|like)$|"
        rf"like this|look like what|larger picture).+)$",
        _to,
    ),
    rule(
        r"^i(?: would|'d)?(?: really)? (?:want|like|prefer|love|need|wish)(?: to (?:have|see))? it (?:to "
        r")?(?P<pred>(?!very|so|a lot).+)$",
        _to,
    ),
    rule(
        rf"^it (?:should|must|needs to|has to|ought to|could|shall)(?: be)?(?: in| at)?(?= )(?: "
        rf")(?P<pred>(?!{_REFUSED}\b).+)$",
        lambda found, _: to(
            re.sub(r"^it (?:should|must|needs to|has to|ought to|could|shall) ", "", found.group(), flags=re.I)
        ),
    ),
    rule(r"^it should(?:n't| not| never) (?:be |have )?(?P<what>.+)$", _remove),
    rule(r"^(?:can|could|would) it (?P<pred>(?:be|have|wear|hold|use) .+)$", _to),
    rule(r"^(?:what )?if it (?:was|were|is|had|could|would be|would)? ?(?P<pred>.+)$", _to),
    rule(
        rf"^(?:how|what) (?:would|does|will|might|could|do) it look (?:like )?(?P<pred>{_PLACED} .+|(?:if|"
        rf"when) it .+)$",
        lambda found, _: to(re.sub(r"^(?:if|when) it (?:was|were|is|would be|had)? ?", "", found["pred"])),
    ),
    rule(
        r"^the style should be (?P<pred>.+)$|^in the style of .+$",
        lambda found, _: Change(
            lambda old: (
                changes.swap(old, "style", found["pred"]) if found["pred"] else changes.apply(old, found.group())
            )
        ),
    ),
    rule(
        r"^(?:make|turn|paint|colou?r|have|let) (?:the|its|his|her|their) (?P<thing>[\w-]+(?: [\w-]+)?) "
        r"(?P<pred>[\w-]+|(?:in|to be|with|more|look) .+)$",
        _part,
    ),
    rule(r"^the (?P<thing>[\w-]+) (?:should|must|needs to|has to) be (?P<pred>.+)$", _part),
    rule(
        r"^(?:an? |the )?(?P<other>[\w -]+?) instead(?: of (?:an? |the )?(?P<what>[\w -]+))?$",
        lambda found, s: (
            Change(lambda old: changes.swap(old, found["what"] or "it", _one(found["other"]))) if s.current else None
        ),
    ),
    rule(
        r"^it (?:is|'s) (?:now |currently )?(?P<pred>[\w]+ing(?: .+)?|(?:in|on|at|near|under) (?:the|an?) .+)$",
        lambda found, s: to(found["pred"]) if is_gerund(found["pred"].split()[0]) or not s.current else None,
    ),
    rule(
        r"^(?:more|a bit more|a little more|much more|even more) (?P<pred>(?!like|of|than|info|detail|"
        r"picture|image|version|please)[\w-]+)$",
        lambda found, s: to(found["pred"]) if s.current and not found["pred"].endswith("s") else None,
    ),
)

FRAGMENTS: tuple[Rule, ...] = (rule(r"^[\w' ,-]+$", _fragment),)


def _one(thing: str) -> str:
    """ "a cat instead", "blue instead"."""
    return (
        thing
        if as_style(thing) or thing.lower() in COLOURS or segments(thing, True)[0].role != "head"
        else f"a {thing}"
    )
