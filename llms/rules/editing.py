"""What clauses that change the picture in question make of themselves; it is called "it" by now."""

from __future__ import annotations

import re

from minidalle3.llms.rules import changes, removal
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import Description, as_style, put
from minidalle3.llms.rules.english import is_gerund, is_plural, positive, with_article, words
from minidalle3.llms.rules.moves import Change, Move, Say
from minidalle3.llms.rules.segments import segments
from minidalle3.llms.rules.tables import COLOURS, COMPLAINTS, HAVING, PREPOSITIONS, TIME_FORMS

UNDERSTOOD = "Understood. Here it is, drawn anew:"
REFUSED = (
    r"(?:do not|don't|never|not|no longer|stop|shouldn't|should not|must not|mustn't|isn't|is not|"
    r"without|no more|no|less)"
)
_OTHER_STYLE = re.compile(r"^(?:an?other|different|new) (?:style|colou?r|background|pose|place)$", re.IGNORECASE)


_TALK = re.compile(
    r"\b(?:i|i'd|i'm|i've|i'll|we|we're|you|you're|they|is|are|was|isn't|aren't|wasn't)\b|"
    r"\b(?:here|tomorrow|yesterday|today|tonight|late)(?: already| now)?(?:,|$)|^with (?:that|those)\b|on my face\b|"
    r"^(?:be )?(?:my|your|our) \w+$|^(?:be )?have (?:been|\w+ed)\b|^(?:be )?(?:win|see|cost|sell|belong|know|"
    r"pass|hang)\b|"
    r"^be from (?!the |an? |above|below|behind|afar|another)|\bnever \w+s\b|"
    r"^be (?:seen|found|sold|bought|printed|used|visited|saved|downloaded|shared|reached|based)\b|"
    r"^be (?:good|great|bad|better|worth|famous|framed)\b|^in (?:other|simpler|plain|fewer|short|your own) "
    r"?(?:words|english)?$",
    re.IGNORECASE,
)
"""Said of the person's own world, or of the picture as a thing: no part of what it shows."""
_BUSY = words("""
thinking looking talking speaking working going waiting wondering trying feeling getting having hoping heading leaving
coming testing kidding joking asking saying
""")
"""What a person does, not what is drawn."""


def to(predicate: str) -> Move | None:
    """It becomes, does, has or is at `predicate`, or the opposite of what is refused in it."""
    if _TALK.search(re.sub(r"\"[^\"]*\"", "", predicate)):
        return None
    refused = re.match(rf"(?:be )?{REFUSED} (?:be |have |as )?(.+)", predicate, re.IGNORECASE)
    if refused:
        return Change(lambda old: removal.remove(old, refused[1]), UNDERSTOOD)
    if _OTHER_STYLE.match(predicate) or not changes.tidy(predicate):
        return Say("Gladly. Which one? For example: in pixel art style, in blue, or on the beach.", 3)
    return Change(lambda old: changes.apply(old, predicate))


def to_predicate(found: re.Match[str], _: Situation) -> Move | None:
    return to(found["pred"])


def change_part(found: re.Match[str], situation: Situation) -> Move | None:
    """As in "make the hat red": a thing in the picture that is not its subject."""
    thing, word = found["thing"], changes.tidy(found["pred"])
    if thing.lower() in ("background", "style", "setting", "place", "colour", "color", "weather", "time", "scene"):
        return Change(lambda old: changes.swap(old, thing, word))
    if situation.current and removal.names(situation.current.description, thing):
        return Change(lambda old: changes.recolour(old, thing, word) or changes.apply(old, word))
    single = len(word.split()) == 1 and not is_gerund(word)
    return Change(lambda old: put(old, "extra", f"with {thing_of(word, thing)}")) if single else None


def thing_of(word: str, thing: str) -> str:
    """As in "blue", "eyes" -> "blue eyes"; a single thing gets its article."""
    return f"{word} {thing}" if is_plural(thing) else with_article(f"{word} {thing}")


def some(thing: str) -> str:
    """A thing that is not there any more, as it is put in again."""
    return thing if is_plural(thing) else with_article(thing)


def take_out(found: re.Match[str], _: Situation) -> Move | None:
    what = re.sub(
        r"\s+(?:from|in|on|off) (?:it|its \w+|here|there)$|\s+(?:any ?more|again|at all|away|off)$", "", found["what"]
    )
    if re.fullmatch(r"it|that|this|them|one|a fan.*|to.*|you.*|anything.*|nothing.*", what, re.IGNORECASE):
        return None
    gone = re.split(r"\s+(?:and|or)\s+(?:the |any )?", what)

    def without(old: Description) -> Description:
        for thing in gone:
            old = removal.remove(old, thing)
        return old

    return Change(without, UNDERSTOOD)


def put_in(found: re.Match[str], _: Situation) -> Move | None:
    if re.fullmatch(r"(?:up )?(?:[\d.,+ ]|and\b|that to .*)+", found["what"]):
        return None
    what = re.split(r"\s+and\s+(?=an? |some |the )", found["what"])

    def added(old: Description) -> Description:
        for thing in what:
            old = changes.add(old, thing)
        return old

    return Change(added)


def give(found: re.Match[str], _: Situation) -> Move | None:
    if re.match(
        r"(?:an?other )?(?:name|try|go|chance|moment|story|kiss)", changes.without_article(found["what"]), re.I
    ):
        return None
    return Change(lambda old: changes.wear_or_have(old, found["what"]))


def swap(found: re.Match[str], _: Situation) -> Move | None:
    what, other = found["what"], found["other"]
    if re.search(
        r"\b(?:languages?|topic|subject|settings?|password|voice|mode|model|units?|mind)$", what, re.IGNORECASE
    ):
        return None
    return Change(lambda old: changes.swap(old, what, other))


def backdrop(found: re.Match[str], situation: Situation) -> Move | None:
    return swap(found, situation) if situation.current else None


def main_colour(found: re.Match[str], _: Situation) -> Move | None:
    colour = found["colour"].strip().lower()
    words = [word for word in re.split(r"\W+|\band\b", colour) if word]
    if not words or not any(word in COLOURS for word in words):
        return None
    return Change(lambda old: changes.apply(old, colour))


def where(found: re.Match[str], situation: Situation) -> Move | None:
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


def too_much(found: re.Match[str], _: Situation) -> Move | None:
    wanted = COMPLAINTS.get(found["quality"].lower())
    return Change(lambda old: changes.settle(old, wanted), "I see. Let me change that:") if wanted else None


def fragment(found: re.Match[str], situation: Situation) -> Move | None:
    """As in "now at night", "in red", "running", "bigger": a part of a description on its own."""
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
    return to(text) if is_gerund(first) and first not in _BUSY else None


def one(thing: str) -> str:
    """As in "a cat instead", "blue instead"."""
    return (
        thing
        if as_style(thing) or thing.lower() in COLOURS or segments(thing, True)[0].role != "head"
        else f"a {thing}"
    )
