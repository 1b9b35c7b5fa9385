"""Taking something out of a description, wherever it stands."""

from __future__ import annotations

import re
from dataclasses import replace

from minidalle3.llms.rules.changes import settle, tidy, without_article
from minidalle3.llms.rules.description import Description, as_style, parse, put, with_slot
from minidalle3.llms.rules.english import gerund, singular
from minidalle3.llms.rules.tables import COLOURS, STYLE_OPPOSITES

_PLACE_WORDS = frozenset({"background", "place", "scenery", "setting"})


def remove(old: Description, what: str) -> Description:
    """Without `what`; where nothing was said of it, the new description says `without` it."""
    what = without_article(without_article(tidy(what)))
    style = as_style(what)
    if style or what.lower() == "style":
        return replace(old, style=None) if old.style else against(old, style or "")
    for take in (_quality, _slot, _possession):
        if new := take(old, what):
            return new
    return put(old, "extra", f"without {what}")


def against(old: Description, style: str) -> Description:
    """A refused style that was never asked for: the model drifted there, so say another."""
    opposite = next((other for word, other in STYLE_OPPOSITES if word in style.lower()), "an illustration")
    return replace(old, style=opposite)


def _quality(old: Description, what: str) -> Description | None:
    noun = old.noun
    if what.lower() in (*COLOURS, "colour", "color") and noun.colour:
        return replace(old, noun=replace(noun, colour=None))
    kept = tuple(quality for quality in noun.qualities if quality.lower() != what.lower())
    return replace(old, noun=replace(noun, qualities=kept)) if kept != noun.qualities else None


def _slot(old: Description, what: str) -> Description | None:
    """The place, the time or the deed, if that is what is named."""
    if what.lower() in _PLACE_WORDS:
        return replace(old, place="on a plain background")
    for slot in ("time", "place", "action"):
        text = getattr(old, slot)
        if text and (names(text, what) or (slot == "action" and names(text, gerund(what.split()[0])))):
            return with_slot(old, slot, None)
    return None


def _possession(old: Description, what: str) -> Description | None:
    """One item of what it has, wears or stands beside; the rest of a list stays."""
    for slot in ("extras", "companions", "notes"):
        parts: tuple[str, ...] = getattr(old, slot)
        for i, part in enumerate(parts):
            if names(part, what) and not part.startswith("without"):
                shorter = tuple(filter(None, (_cut(part, what),)))
                return with_slot(old, slot, (*parts[:i], *shorter, *parts[i + 1 :]))
    return None


def _cut(part: str, what: str) -> str:
    """As in "with a body, fins, and lights" without fins -> "with a body and lights"; "" if that was all."""
    opener, _, text = part.partition(" ")
    items = re.split(r",\s+(?:and\s+)?" if "," in text else r"\s+and\s+", text)
    kept = [item for item in items if not names(item, what)]
    if not kept or len(kept) == len(items):
        return ""
    *first, last = kept
    return f"{opener} {', '.join(first)}{',' if len(first) > 1 else ''}{' and ' if first else ''}{last}"


def names(text: str, what: str) -> bool:
    """Whether `text` speaks of `what`, in the singular or the plural."""
    words = [singular(word).lower() for word in re.findall(r"[\w'-]+", text)]
    wanted = [singular(word).lower() for word in re.findall(r"[\w'-]+", what)]
    return bool(wanted) and any(words[i : i + len(wanted)] == wanted for i in range(len(words)))


def less(old: Description, quality: str) -> Description:
    """Less of a quality: without it, or with its opposite where it was never said."""
    return _quality(old, quality) or settle(old, f"not so {quality}")


def bring_back(old: Description, what: str) -> Description:
    """Something that the picture lost, in its middle."""
    thing = without_article(what)
    place = "in front of it" if "'s " in old.noun.head else ""
    article = parse(what).noun.determiner
    return put(old, "extra", f"with {what if article else thing} {place}".strip())
