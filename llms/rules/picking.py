"""Clauses that pick a picture or move along the tree of versions."""

from __future__ import annotations

import re

from minidalle3.llms.rules.choose import meant, named, strip_reference
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.moves import Idea, Move, Pick, Rule, Say, Unclear, rule

_CHOOSE = (
    r"(?:pick|choose|select|take|use|go with|go for|keep|prefer|like|love|want|open|switch to|go back "
    r"to|back to|return to|"
    r"(?:go|jump|revert) to|revert to|continue with|work with|show me|show|stick with|let's go with|"
    r"let's take|make it)"
)


def listing(situation: Situation) -> str:
    """The pictures that exist, in a sentence or a list."""
    if not situation.pictures:
        return "There are no pictures yet."
    mark = {situation.current.id: " (the current one)"} if situation.current else {}
    lines = (f"- {p.id}: {p.description or 'a photo'}{mark.get(p.id, '')}" for p in situation.pictures)
    return "These pictures are in our conversation:\n" + "\n".join(lines)


def chosen(text: str, situation: Situation) -> Move | None:
    """A clause that does nothing with the picture it names but choose it, or name it."""
    said = named(text, situation)
    if not (said.ids or said.missing or said.equal) or said.every:
        return None
    bare = BESIDES.sub(" ", strip_reference(text, situation)).strip(" ,")
    if not CHOSEN.fullmatch(" ".join(bare.split())):
        return None
    return Pick(said.ids[0]) if said.ids else Unclear()


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


def how_to_delete(id: str) -> Say:
    """A picture goes for good only by its number."""
    return Say(f"Say which picture by its number, such as “delete {id}”: it goes with all that was made from it.", 4)


def _delete(found: re.Match[str], situation: Situation) -> Move:
    return how_to_delete(situation.current.id if situation.current else "#2")


def _compare(found: re.Match[str], situation: Situation) -> Move:
    return Say(f"Say which two, such as “compare #1 and #2”. {listing(situation)}", 4)


BESIDES = re.compile(
    r"\b(?:actually|hmm+|please|definitely|maybe|again|instead|after all|once more|now|no|so much|very much|a lot|then|"
    r"i mean|i think|on second thoughts?|i changed my mind|let's|as it was|for me)\b|,",
    re.IGNORECASE,
)
CHOSEN = re.compile(
    r"(?:(?:i|we|she|he|they)(?:'ll|'d| will| would| want to)? )?(?:really )?(?:(?:pick|picked|choose|"
    r"select|"
    r"take|use|keep|prefer|prefers|liked?|loved?|want|switch to|go(?: back)? (?:to|with|for)|(?:let us )?(?:return|"
    r"revert|back) to|(?:continue|work|stick|start|carry on) (?:with|from|on)|let it be|stay with|show(?: me)?|open|"
    r"have|let us go "
    r"with|bring back) )?(?:it|to it|use it)(?: it is| then| back)?(?: of (?:them|those|these))?(?: (?:more|better|"
    r"best))?"
    r"(?: (?:is|was|looks|wins|were)(?: (?:the |much |really |so )*(?:better|best|nicest|nice|nicer|perfect|good|great|"
    r"cute|cuter|cutest|lovely|pretty|cool|beautiful|gorgeous|awesome|amazing|fine|"
    r"fantastic|my favou?rite|right|prettier|winner))?)?"
    r"(?: of (?:them|those|these|it))?(?: we had)?"
    r"|(?:my|our|her|his) (?:favou?rite|choice|pick)(?: one)?(?: is|:)? it"
    r"|(?:take (?:me|it) |go )?back(?: it)?|change it back|(?:she|he|they) picked it",
    re.IGNORECASE,
)
BACK = re.compile(r"^(?:back|undo (?:that|it|this|the last \w+)|change it back|as it was(?: before)?)$", re.IGNORECASE)


def _back(found: re.Match[str], situation: Situation) -> Move:
    picture = meant("undo", situation)
    return Pick(picture.id) if picture else Say("There is nothing to undo: no earlier version exists.", 4)


def _forward(found: re.Match[str], situation: Situation) -> Move:
    picture = meant("redo", situation)
    return Pick(picture.id) if picture else Say("There is nothing to redo: no later version was made from this one.", 4)


PICKS: tuple[Rule, ...] = (
    (BACK, _back),
    rule(r"^(?:undo|revert|go back|step back)(?: (?:it|that|one step|a step))?$", _back),
    rule(r"^redo(?: (?:it|that|the (?:change|edit)))?$|^(?:go|step) forward(?: .*)?$|^undo the undo$", _forward),
    rule(
        r"^(?:delete|remove|erase|discard|throw away) (?:it|this|that|#\s?\d+|(?:the|all|this|that) "
        r"(?:\w+ )?(?:one|ones|picture|pictures|image|images|version))$",
        _delete,
    ),
    rule(r"^compare\b", _compare),
    rule(
        r"^(?:(?:i(?:'ll)?|we(?:'ll)?|let us) )?(?:keep|take|use|choose|pick|select|go with) (?:this|that)(?: "
        r"one| picture| version)?$",
        lambda _, s: Pick(s.current.id) if s.current else None,
    ),
    rule(
        r"^i (?:really )?(?:like|love|prefer|choose|take|want|pick) (?P<ref>.+)$",
        lambda found, s: suggested(found["ref"], s),
    ),
    rule(rf"^{_CHOOSE} (?P<ref>.+)$", lambda found, s: suggested(found["ref"], s)),
    rule(r"^.+$", lambda found, s: chosen(found.string, s)),
)
