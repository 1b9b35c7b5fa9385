"""A description of a picture as slots that can be changed one by one, read from a sentence and written back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from minidalle3.llms.rules.english import is_plural, singular, with_article
from minidalle3.llms.rules.segments import Segment, is_quality, segments
from minidalle3.llms.rules.tables import COLOURS, DRAWABLE, STYLE_FORMS

_DETERMINED = re.compile(r"(an?|the|some|two|three|four|five|my|his|her|its|their|our|another)\s+(.+)", re.I | re.S)
_STYLED = re.compile(
    r"(?:(?:an?|the|some)\s+)?(?P<adjective>(?:[\w-]+\s+){0,2}?)(?P<style>"
    + "|".join(re.escape(form) for form in sorted(STYLE_FORMS, key=len, reverse=True))
    + r")s?\s+(?:of|showing)\s+(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
OWN_ENDING = re.compile(r"\s+(?:for|of|from|to|about|setting)\s+.*", re.DOTALL)


@dataclass(frozen=True)
class Noun:
    """The thing itself: "a", ("cute",), "red", "dog"."""

    head: str
    determiner: str = "a"
    qualities: tuple[str, ...] = ()
    colour: str | None = None

    @property
    def word(self) -> str:
        """The one word that names it, singular: "logo" for "logo for an app"."""
        last = OWN_ENDING.sub("", self.head).split()
        return singular(last[-1]).lower() if last else ""

    def render(self) -> str:
        phrase = " ".join(filter(None, (*self.qualities, self.colour, self.head)))
        if self.determiner in ("a", "an"):
            return with_article(phrase)
        return f"{self.determiner} {phrase}".strip()


@dataclass(frozen=True)
class Description:
    """One picture; empty slots are None or (). `render` puts them in the order of English."""

    noun: Noun
    style: str | None = None
    companions: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    action: str | None = None
    place: str | None = None
    time: str | None = None
    notes: tuple[str, ...] = ()

    def render(self) -> str:
        """A noun phrase that reads back as the same slots."""
        medium, manner = (None, self.style) if (self.style or "").startswith(("in ", "as ")) else (self.style, None)
        parts = (self.noun.render(), *self.companions, *self.extras, self.action, self.place, self.time, manner)
        text = " ".join(part for part in parts if part)
        return ", ".join([f"{medium} of {text}" if medium else text, *self.notes])


def parse_noun(text: str) -> Noun:
    """Determiner, then adjectives and colours as long as something is left to be the head."""
    determiner, rest = "", text.strip()
    if found := _DETERMINED.fullmatch(rest):
        determiner, rest = found[1].lower(), found[2]
    words = rest.split()
    qualities: list[str] = []
    colour: list[str] = []
    while len(words) > 1 and words[1].lower() not in ("for", "of", "and"):
        word = words[0].lower()
        if word not in COLOURS and not is_quality(word):
            break
        (colour if word in COLOURS else qualities).append(words.pop(0))
    if len(words) > 3 and words[1].lower() == "and" and {words[0].lower(), words[2].lower()} <= COLOURS:
        colour, words = words[:3], words[3:]
    return Noun(" ".join(words), determiner, tuple(qualities), " ".join(colour) or None)


def parse(text: str) -> Description:
    """Reads any description; words it does not know stay part of the head, or follow as notes."""
    text = " ".join(text.split()).rstrip(" .,;:!")
    style = None
    if found := _STYLED.fullmatch(text):
        style, text = style_phrase(found["adjective"], found["style"]), found["rest"]
    head, *others = listed(segments(text) or segments("a picture"))
    description = Description(parse_noun(head.text), style)
    for segment in others:
        description = put(description, segment.role, segment.text)
    return description


def listed(parts: list[Segment]) -> list[Segment]:
    """Joins "with a body", "fins", "and lights": a list is one possession, not notes that trail behind."""
    ends = next((i for i, part in enumerate(parts) if part.role == "note" and part.words[0].lower() == "and"), 0)
    start = ends
    while start and parts[start - 1].role == "note":
        start -= 1
    if not start or parts[start - 1].role != "extra":
        return parts
    whole = ", ".join(part.text for part in parts[start - 1 : ends + 1])
    return [*parts[: start - 1], Segment("extra", whole.split()), *parts[ends + 1 :]]


def with_slot(description: Description, slot: str, value: str | tuple[str, ...] | None) -> Description:
    """`replace` for a slot whose name is data."""
    slots: dict[str, Any] = {slot: value}
    return replace(description, **slots)


def put(description: Description, role: str, text: str) -> Description:
    """Adds one more part as it was said; nothing that is there is lost."""
    if role in ("companion", "extra"):
        field = f"{role}s"
        return with_slot(description, field, (*getattr(description, field), text))
    if role in ("action", "place", "time", "style"):
        before = getattr(description, role)
        return with_slot(description, role, f"{before} {text}" if before and role != "style" else text)
    return replace(description, notes=(*description.notes, text))


def style_phrase(adjective: str, style: str) -> str:
    """A style as it stands before `of`, with the adjective it was given ("a big sticker")."""
    form = STYLE_FORMS[style.lower()]
    adjective = adjective.strip()
    if not adjective:
        return form
    article, _, noun = form.partition(" ")
    return with_article(f"{adjective} {noun}") if article in ("a", "an") else f"{adjective} {form}"


def as_style(text: str) -> str | None:
    """The style that a whole phrase names ("pixel art style", "some stickers", "a realistic photo"), if it does."""
    text = re.sub(r"^(?:an?|the|some|in|as)\s+", "", re.sub(r"^(?:in|as)\s+", "", text.lower().strip()))
    text = re.sub(r"\s+(?:version|picture|image|please|look|one)$", "", text)
    for form in (text, re.sub(r"\s*style$", "", text), singular(text) if is_plural(text) else text):
        if form in STYLE_FORMS:
            return STYLE_FORMS[form]
    return None


def counted_thing(text: str) -> str:
    """As in "dogs in hats" -> "a dog in hats": one of several that are asked for."""
    description = parse(text)
    noun = description.noun
    head = singular(noun.head) if not OWN_ENDING.search(noun.head) else noun.head
    return replace(description, noun=replace(noun, head=head, determiner="a")).render()


def with_determiner(text: str) -> str:
    """A bare singular gets its article: "red car" -> "a red car"; proper names and plurals stay."""
    description = parse(text)
    noun = description.noun
    if noun.determiner or description.style or is_plural(noun.head.split(" of ")[0]) or noun.head[:1].isupper():
        return text
    return with_article(text) if noun.word in DRAWABLE else text
