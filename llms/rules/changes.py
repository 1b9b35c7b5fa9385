"""What an instruction does to a description: functions from the old one to the new one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from minidalle3.llms.rules.description import Description, Noun, as_style, parse, parse_noun, put, with_slot
from minidalle3.llms.rules.english import NUMBERS, base_of_third_person, gerund, positive, with_article
from minidalle3.llms.rules.segments import ARTICLES, segments
from minidalle3.llms.rules.tables import COLOURS, OPPOSITES, PLACES_ON, PREPOSITIONS, TIME_FORMS, VERBS, WORN

_LEAD = re.compile(
    r"(?:to be|be|being|become|becoming|look like|look|looks|seem|appear|to have the|into|to|as if|"
    r"like|all|now|just|also|"
    r"back|completely|more of|much more|more|even more|much|very|really|so|a bit more|a bit|a little "
    r"bit|a little more|a lot|"
    r"a lot more|slightly|somewhat|totally|kind of)\s+",
    re.IGNORECASE,
)
_MORE = re.compile(r"(?:(?:look|be|a bit|a little|a lot|much|even|slightly) )*more ", re.IGNORECASE)
_TRAIL = re.compile(
    r"\s+(?:in colou?r|coloured|colored|please|now|instead|too|as well|again|if possible|for me)$", re.I
)
_HAVE = re.compile(r"^(?:have|has|get|having|got)\s+", re.IGNORECASE)


def apply(old: Description, predicate: str) -> Description:
    """`it` becomes / does / is at `predicate`: "run near the river", "red", "a sticker", "at night with a hat"."""
    if emphasises(old, predicate):
        return old
    predicate = tidy(predicate)
    if style := as_style(predicate):
        return replace(old, style=style)
    parts = segments(as_deed(predicate), predicate=True)
    if not parts:
        return old
    head, *others = parts
    new = SETTERS[head.role](old, head.text)
    first = "extra" if head.role == "extra" else ""
    for segment in others:
        new = put(new, "extra", segment.text) if segment.role == first else SETTERS[segment.role](new, segment.text)
    return new


def emphasises(old: Description, predicate: str) -> bool:
    """As in "more red" of what is red: the word is to count for more, which no description says."""
    return bool(_MORE.match(predicate)) and tidy(predicate).lower() in re.findall(r"[\w-]+", old.render().lower())


def tidy(predicate: str) -> str:
    """Without the words that only lead up to it or trail behind."""
    predicate = predicate.replace('"', "").strip(" ,.;:!?")
    while (lead := _LEAD.match(predicate)) and predicate[lead.end() :]:
        predicate = predicate[lead.end() :]
    while (trail := _TRAIL.search(predicate)) and predicate[: trail.start()]:
        predicate = predicate[: trail.start()]
    return predicate


def as_deed(predicate: str) -> str:
    """Base verbs as gerunds: "run and jump" -> "running and jumping"; "has a hat" -> "with a hat"."""
    predicate = _HAVE.sub("with ", predicate)
    words = predicate.split()
    for i, word in enumerate(words):
        verb = word.lower().rstrip(",")
        base = verb if verb in VERBS else base_of_third_person(verb)
        if base not in VERBS or not (i == 0 or (words[i - 1].lower() == "and" and words[0].endswith("ing"))):
            continue
        words[i] = gerund(base) + ("," if word.endswith(",") else "")
    return " ".join(words)


def settle(old: Description, text: str) -> Description:
    """The leading words of a predicate, by what they name: style, time, colour, another thing, or a quality."""
    if style := as_style(text):
        return replace(old, style=style)
    if time := TIME_FORMS.get(re.sub(r"^(?:an? |the )?(.+?)(?: day)?$", r"\1", text.lower())):
        return replace(old, time=time)
    words = text.split()
    if all(word.lower() in COLOURS or word.lower() in ("and", "bright", "dark", "light", "pale") for word in words):
        return replace(old, noun=replace(old.noun, colour=text.lower()))
    if words[0].lower() in (*ARTICLES, *NUMBERS) or len(words) > 3:
        return become(old, text)
    return replace(old, noun=qualified(old.noun, text))


def qualified(noun: Noun, text: str) -> Noun:
    """`noun` with a quality (or several, with "and"); what cannot hold beside it goes."""
    for word in re.split(r"\s+and\s+|,\s*", text):
        word = " ".join(positive(part) for part in word.split())
        rivals = next((group for group in OPPOSITES if word.lower() in group), frozenset({word.lower()}))
        kept = tuple(quality for quality in noun.qualities if quality.lower() not in rivals)
        determiner = noun.determiner or ("" if noun.head[:1].isupper() else noun.determiner)
        noun = replace(noun, determiner=determiner, qualities=(*kept, word))
    return noun


def become(old: Description, text: str) -> Description:
    """Another thing in the same scene; it keeps the old qualities unless it has its own."""
    new = parse(text)
    noun = new.noun if new.noun.determiner else replace(new.noun, determiner=old.noun.determiner)
    if noun.determiner in ("the", "his", "her", "its"):
        noun = replace(noun, determiner="a")
    if not noun.qualities and not noun.colour:
        noun = replace(noun, qualities=old.noun.qualities, colour=old.noun.colour)
    slots = {name: getattr(new, name) for name in ("style", "action", "place", "time") if getattr(new, name)}
    return replace(old, noun=noun, **slots)


def wear_or_have(old: Description, text: str) -> Description:
    """A possession is worn if clothes are, else it stands beside; "in red" is a colour."""
    thing = parse_noun(re.sub(r"^(?:an?|some)?\s*(?:new|more)\s+", "a ", text))
    if thing.word in WORN or (thing.head.split() and thing.head.split()[-1].lower() in WORN):
        return put(old, "extra", f"wearing {indefinite(text)}")
    return put(old, "extra", f"with {indefinite(text)}")


def indefinite(text: str) -> str:
    """As in "the hat" was never in the picture: "a hat"."""
    return re.sub(r"^the\s+", "a ", text.strip(), flags=re.IGNORECASE)


def add(old: Description, what: str) -> Description:
    """A thing more in the picture, with the place it is given ("a house in the background")."""
    if emphasises(old, what):
        return old
    what = re.sub(
        r"(?<!next)(?<!close)\s+(?:to|on|for|onto|around|in) (?:it|him|her|them|the (?:picture|image|scene))$",
        "",
        tidy(what),
    )
    if (style := as_style(what)) and not what.startswith(("a portrait", "a photo", "a poster", "a statue")):
        return replace(old, style=style)
    if TIME_FORMS.get(what.lower()):
        return replace(old, time=TIME_FORMS[what.lower()])
    return wear_or_have(old, what)


def recolour(old: Description, thing: str, word: str) -> Description | None:
    """A quality or colour of something in the picture that is not its subject; None if it is not there."""
    text = old.render()
    found = re.search(rf"\b(an? |the )?((?:[\w-]+ )?)({re.escape(thing)})\b", text, re.IGNORECASE)
    if not found:
        return None
    between = found[2] if found[2].strip().lower() not in COLOURS else ""
    phrase = f"{word} {between}{found[3]}"
    article = (found[1] or "").lower()
    phrase = with_article(phrase) if article in ("a ", "an ") else f"{found[1] or ''}{phrase}"
    return parse(text[: found.start()] + phrase + text[found.end() :])


def swap(old: Description, what: str, other: str) -> Description:
    """One named thing for another; its place for another place if the background is meant."""
    what = without_article(what)
    if what.lower() in ("background", "place", "location", "setting", "scene", "scenery"):
        return replace(old, place=as_place(other))
    if what.lower() in ("style", "art style"):
        return replace(old, style=as_style(other) or f"in {re.sub(r' style$', '', without_article(other))} style")
    if what.lower() in ("it", "colour", "color", "time", "weather", "him", "her", "subject"):
        return apply(old, other)
    if what.lower().rstrip("s") == old.noun.word:
        return become(old, other)
    bare = re.sub(r"^(?:an?|the)\s+", "", other, flags=re.IGNORECASE)
    pattern = re.compile(rf"\b(an? )?({re.escape(what)})\b", re.IGNORECASE)
    text, count = pattern.subn(lambda found: with_article(bare) if found[1] else bare, old.render(), count=1)
    return parse(text) if count else put(old, "extra", f"with {other}")


def as_place(text: str) -> str:
    """A place as it stands in a description: "a forest" -> "in a forest"; a colour is a plain background."""
    text = tidy(text)
    if text.lower().startswith(PREPOSITIONS):
        return text
    if without_article(text).lower() in COLOURS or without_article(text).lower() in ("plain", "blank", "transparent"):
        return f"on {with_article(without_article(text))} background"
    preposition = "on" if parse_noun(text).word in PLACES_ON else "in"
    return f"{preposition} {text if text.split()[0].lower() in ARTICLES else with_article(text)}"


def without_article(text: str) -> str:
    return re.sub(
        r"^(?:an?|the|this|that|its|his|her|their|any|some|all|of|being|as|be)\s+", "", text.strip(), flags=re.I
    )


def _set(slot: str) -> Callable[[Description, str], Description]:
    return lambda old, text: with_slot(old, slot, text)


def _extra(old: Description, text: str) -> Description:
    """A new possession; of one kind (worn, held) the latest of the same thing counts."""
    colour = re.fullmatch(r"(?:in|with) ([a-z]+)", text, re.IGNORECASE)
    if colour and colour[1].lower() in COLOURS:
        return replace(old, noun=replace(old.noun, colour=colour[1].lower()))
    word = parse_noun(text.split(" ", 1)[-1]).word
    kept = tuple(extra for extra in old.extras if parse_noun(extra.split(" ", 1)[-1]).word != word)
    return replace(old, extras=(*kept, text))


def _place(old: Description, text: str) -> Description:
    colour = re.fullmatch(r"in (?:bright |dark |light )?([a-z]+)", text, re.IGNORECASE)
    if colour and colour[1].lower() in COLOURS:
        return replace(old, noun=replace(old.noun, colour=text[3:].lower()))
    if TIME_FORMS.get(text.lower()):
        return replace(old, time=TIME_FORMS[text.lower()])
    return replace(old, place=text)


SETTERS: Mapping[str, Callable[[Description, str], Description]] = MappingProxyType({
    "head": settle, "extra": _extra, "action": _set("action"), "place": _place, "time": _set("time"),
    "style": lambda old, text: replace(old, style=as_style(text) or text),
    "companion": lambda old, text: put(old, "companion", text), "note": lambda old, text: put(old, "note", text),
})  # fmt: skip
"""What each part of a predicate does; a new deed, place, time or style takes the place of the old."""
