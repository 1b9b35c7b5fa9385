"""Clauses that pick a picture or move along the tree of versions."""

from __future__ import annotations

import re

from minidalle3.llms.rules.choose import after, before, by_content, meant, numbered
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.moves import Idea, Move, Pick, Rule, Say, rule

_CHOOSE = (
    r"(?:pick|choose|select|take|use|go with|go for|keep|prefer|like|love|want|open|switch to|go back "
    r"to|back to|return to|"
    r"(?:go|jump|revert) to|revert to|continue with|work with|show me|show|stick with|let's go with|"
    r"let's take|make it)"
)
_PLAIN_REFERENCE = re.compile(
    r"^(?:it's |it is |definitely |i mean |i choose |maybe )?(?:the )?(?:very )?[\w#-]+(?: (?:one|"
    r"picture|image|version|option|\d+|number \d+))?"
    r"(?: (?:please|is (?:better|best|great|nice|nicer|perfect|good|cute|cuter|the best|my "
    r"favou?rite)|looks .+|of (?:them|these|those|the .+)))?$",
    re.IGNORECASE,
)
NONE_SUCH = "I cannot find that one. {}"


def listing(situation: Situation) -> str:
    """The pictures that exist, in a sentence or a list."""
    if not situation.pictures:
        return "There are no pictures yet."
    mark = {situation.current.id: " (the current one)"} if situation.current else {}
    lines = (f"- {p.id}: {p.description or 'a photo'}{mark.get(p.id, '')}" for p in situation.pictures)
    return "These pictures are in our conversation:\n" + "\n".join(lines)


def _choose(found: re.Match[str], situation: Situation) -> Move | None:
    """A numbered suggestion of the last answer, else a picture."""
    text = found["ref"]
    if suggestion := suggested(text, situation):
        return suggestion
    if picture := meant(text, situation):
        return Pick(picture.id)
    if numbered(text):
        return Say(NONE_SUCH.format(listing(situation)), 4)
    picture = by_content(text, situation) if re.match(r"the |that ", text, re.IGNORECASE) else None
    return Pick(picture.id) if picture else None


def suggested(text: str, situation: Situation) -> Idea | None:
    """One of the suggestions of the last answer, by its name or its number."""
    names = list(situation.listed)
    order = {"first": 0, "second": 1, "third": 2, "last": -1, "1": 0, "2": 1, "3": 2, "one": 0, "two": 1, "three": 2}
    by_name = next((name for name in names if name.lower() in text.lower()), None)
    said = re.search(r"\b(first|second|third|last|(?<=number )(?:\d|one|two|three)|(?<=#)\d)\b", text, re.IGNORECASE)
    place = order.get(said[1].lower()) if said else None
    if not by_name and names and place is not None and place < len(names):
        by_name = names[place]
    if not by_name:
        return None
    description = situation.listed[by_name].rstrip(".")
    return Idea(description, f'A good choice: "{description}". Say “draw it” and I will.')


def _plain(found: re.Match[str], situation: Situation) -> Move | None:
    """A reference on its own ("the second one", "the first cat"), not one inside a longer wish."""
    text = found.group()
    short = (
        len(text.split()) < 7
        and not re.search(r"\b(?:but|and|not)\b", text, re.IGNORECASE)
        and re.match(r"the (?:one|\w+ one|very|first|last)\b", text, re.IGNORECASE)
    )
    spelled = _PLAIN_REFERENCE.match(text) and (meant(text, situation) or numbered(text))
    return _choose(found, situation) if short or spelled else None


def _undo(found: re.Match[str], situation: Situation) -> Move:
    return _moved(before(situation), "There is nothing to undo: no earlier version exists.")


def _redo(found: re.Match[str], situation: Situation) -> Move:
    return _moved(after(situation), "There is nothing to redo: no later version was made from this one.")


def _moved(picture: object, otherwise: str) -> Move:
    id = getattr(picture, "id", None)
    return Pick(id) if id else Say(otherwise, 4)


def _delete(found: re.Match[str], situation: Situation) -> Move:
    return Say(
        "I do not delete anything by word of mouth. `minidalle3 delete` on the command line hides a "
        "picture and "
        "all that was made from it; in this conversation you can simply go back to another one.",
        4,
    )


def _compare(found: re.Match[str], situation: Situation) -> Move:
    return Say(f"Seeing is not something I can do, so I compare by words only. {listing(situation)}", 4)


PICKS: tuple[Rule, ...] = (
    rule(
        r"^(?:undo(?: (?:it|that|this|the last (?:change|edit|step)))?|(?:go|step|take (?:it|me)) back(?: "
        r"(?:one|a) (?:step|version))?|revert(?: it| that)?|"
        r"back|(?:go back|back|return) to (?:the )?(?:previous|last|earlier|one before)(?: (?:one|version|"
        r"picture|image))?|change it back|as it was(?: before)?|"
        r"i (?:liked|preferred) (?:it|the (?:previous|old|last) (?:one|version))(?: (?:better|more|before|"
        r"how it was))*|"
        r"(?:the )?(?:previous|one before)(?: (?:one|version|picture))?(?: was better)?)$",
        _undo,
    ),
    rule(r"^redo(?: (?:it|that|the (?:change|edit)))?$|^(?:go|step) forward(?: .*)?$|^undo the undo$", _redo),
    rule(
        r"^(?:delete|remove|erase|discard|throw away) (?:it|this|that|#\s?\d+|(?:the|all|this|that) "
        r"(?:\w+ )?(?:one|ones|picture|pictures|image|images|version))$",
        _delete,
    ),
    rule(r"^compare\b", _compare),
    rule(
        rf"^(?:i (?:really |would |'d |also )?)?(?:i'd )?{_CHOOSE} (?P<ref>(?:the |that |number |picture |"
        rf"image |version |no\.? ?|#)[\w #'-]+?)(?: (?:the )?(?:most|best|better|more|a lot|so much|very "
        rf"much|instead|please))?$",
        _choose,
    ),
    rule(
        r"^i (?:really )?(?:like|love|prefer|choose|take|want|pick) (?P<ref>.+)$",
        lambda found, s: suggested(found["ref"], s),
    ),
    rule(r"^(?P<ref>[\w #'-]+)$", _plain),
)
