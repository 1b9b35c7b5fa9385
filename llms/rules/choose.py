"""Which picture is meant, by the same reading of the message that checks every LLM's answer."""

from __future__ import annotations

import re

from minidalle3.gallery.naming import mentions
from minidalle3.gallery.referring import NOBODY, Album, Entry, Meant, fitting, resolve, shorter
from minidalle3.gallery.referring import meant as read
from minidalle3.llms.rules.conversation import Picture, Situation
from minidalle3.llms.rules.tables import COLOURS


def album(situation: Situation) -> Album:
    """The ledger and the history, as references are resolved against them."""
    entries = tuple(Entry(p.id, p.kind, p.parent, p.description) for p in situation.pictures)
    shown = next((exchange.drawn for exchange in reversed(situation.past) if exchange.drawn), ())
    forward = after(situation)
    return Album(entries, situation.current.id if situation.current else None, shown, forward.id if forward else None)


def named(text: str, situation: Situation) -> Meant:
    """All that a clause names, by what pictures show too."""
    return read(text, album(situation))


def meant(text: str, situation: Situation) -> Picture | None:
    """The one picture that an explicit reference points at."""
    said = named(text, situation)
    return situation.find(said.ids[0]) if said.ids and said.sure and not said.every else None


def after(situation: Situation) -> Picture | None:
    """The newest picture made from the current one."""
    current = situation.current
    children = [p for p in situation.pictures if current and p.parent == current.id]
    return children[-1] if children else None


def strip_reference(text: str, situation: Situation) -> str:
    """The clause with its references made "it": "make the second one red" -> "make it red"."""
    pictures = album(situation)
    for mention in reversed(mentions(text)):
        said = resolve(mention, text, pictures)
        if said == NOBODY:
            continue
        start, end = mention.span
        if mention.kind == "thing":
            what = next(what for what in shorter(mention.what) if fitting(what, pictures.entries))
            written = re.search(re.escape(what), text[start:], re.IGNORECASE)  # Chinese is resolved by its English
            end = start + written.end() if written else end
        inside = mention.kind != "thing" and re.search(r"(?<=\w) (?:in|inside|for|on) $", text[:start])
        if inside and not text[end:].strip(" .!") and not re.search(r"\b(?:put|it)\b", text[:start]):
            text = text[: inside.start()]  # "add a boat in the second one": in the picture
            continue
        text = f"{text[:start]}it{text[end:]}"
    return re.sub(rf" (?:of|in|on) it\b(?= (?:{'|'.join(sorted(COLOURS))}|be)\b)", "", text)
