"""Ideas, suggestions and stories from templates; each is built so that a later "draw it" finds it again."""

from __future__ import annotations

import re

from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import parse, parse_noun, with_determiner
from minidalle3.llms.rules.english import singular, words
from minidalle3.llms.rules.moves import Idea, Move, Rule, Say, rule

_VEHICLES = words("""
spaceship rocket car bus train airplane plane boat ship bicycle motorcycle submarine robot truck
""")
_FESTIVE = re.compile(
    r"\b(?:festival|christmas|halloween|new year|easter|birthday|wedding|carnival|holiday|party|thanksgiving)\b", re.I
)
_SUBJECT = re.compile(
    r"\b(?:theme (?:is|of|should be)|(?:picture|image|drawing|illustration|scene|poster|card|sticker|"
    r"idea|ideas|suggestions?) (?:of|for|about|on)|"
    r"(?:design|draw|paint|make|create|illustrate)) (?P<what>[\w' -]+)",
    re.IGNORECASE,
)
_FESTIVAL = "a lively street at the {0} with red lanterns, paper decorations and happy people sharing food"
_SCENE = "a quiet scene about {0} with warm light, a winding path and a wide sky"
SUGGESTIONS = {
    "vehicle": (
        ("Classic {0}", "a classic {1} with a sleek metal body and glowing lights"),
        ("Retro {0}", "a retro {1} with a round body, fins, and silver and red colours"),
        ("Strange {0}", "a strange {1} with curved, plant-like shapes and vivid colours"),
    ),
    "other": (
        ("Cozy {0}", "a cozy {1} in a meadow at sunset"),
        ("Storybook {0}", "a watercolor painting of a cute {1} in the forest"),
        ("Bold {0}", "a flat illustration of a colorful {1} on a plain background"),
    ),
}
"""Name and description of each suggestion; {0} is the thing with capitals, {1} as it is."""

STORY = (
    (
        "A morning",
        "{name} wakes early and sets out to see what lies behind the hill.",
        "{thing} in a meadow in the morning",
    ),
    (
        "A find",
        "In the woods {name} meets somebody small who has lost the way, and stays close.",
        "{thing} in the forest",
    ),
    ("A return", "At night the two sit by the water, and home is not far.", "{thing} sitting by the river at night"),
)
"""Heading, sentence and picture of each part of the one tale the assistant knows."""


def subject_of(situation: Situation) -> str | None:
    """What the person wants ideas for: said in this message, or drawn already."""
    found = [match["what"] for match in _SUBJECT.finditer(situation.words)]
    for what in found:
        what = re.sub(
            r"^(?:an? |the |some |my )?(?:picture|image|drawing|illustration)s? (?:of|for|about) ", "", what, flags=re.I
        )
        if parse_noun(what).word not in ("article", "picture", "image", "it", "book", "me", "drawing", "illustration"):
            return what.strip()
    return situation.current.read.noun.render() if situation.current else None


def _idea(found: re.Match[str], situation: Situation) -> Move:
    """One idea, in quotes, for a theme."""
    subject = subject_of(situation)
    if not subject:
        return Say("Ideas I have only from templates, so give me a word to start from: an animal, a place, a feast.", 3)
    theme = re.sub(r"^(?:the|an?) ", "", subject)
    description = _FESTIVAL.format(theme) if _FESTIVE.search(theme) else _SCENE.format(subject)
    return Idea(
        description,
        f'How about this? "{description}"\n\n'
        f"(It comes from a template of mine. Say “draw it”, or tell me what you would have in it.)",
        True,
    )


def _suggestions(found: re.Match[str], situation: Situation) -> Move:
    """Three named suggestions to choose from."""
    subject = subject_of(situation)
    if not subject:
        return _idea(found, situation)
    if _FESTIVE.search(subject):
        return _idea(found, situation)
    noun = parse_noun(subject)
    thing = singular(noun.head)
    kind = "vehicle" if noun.word in _VEHICLES else "other"
    lines = (
        f"{i}. {name.format(thing.title())}: {text.format(thing, thing)}."
        for i, (name, text) in enumerate(SUGGESTIONS[kind], 1)
    )
    return Say("Three directions, from my templates:\n" + "\n".join(lines) + "\n\nTell me which one you like.", 4, True)


def hero(situation: Situation) -> tuple[str, str] | None:
    """The name to tell of and the thing to draw: the one that has a name, else the current picture's."""
    said = next(
        (name for name in situation.names or {} if re.search(rf"\b{re.escape(name)}\b", situation.words, re.I)), None
    )
    if said and situation.names:
        return said.capitalize(), situation.names[said]
    if found := re.search(
        r"\bstor(?:y|ies|ybook) (?:about|of|with) (?P<what>(?:an?|the|two|my) [\w -]+?)(?: with| and| in|[?.!,]|$)",
        situation.words,
        re.I,
    ):
        return f"the {parse_noun(found['what']).head}", with_determiner(re.sub(r"^(?:the|my) ", "a ", found["what"]))
    if not situation.current:
        return None
    thing = situation.current.read.noun
    name = next((name for name, named in (situation.names or {}).items() if parse(named).noun.word == thing.word), None)
    return (name.capitalize() if name else f"the {thing.word}"), thing.render()


def capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


def _story(found: re.Match[str], situation: Situation) -> Move:
    """A short tale from the template, without pictures unless they were asked for."""
    told = hero(situation)
    if not told:
        return Say(
            "Tell me who it is about, or let me draw somebody first: “draw a cute dog”, then “tell me a story”.", 3
        )
    name, thing = told
    if re.search(
        r"\b(?:with|and|in) (?:\w+ )?(?:pictures?|images?|drawings?)\b|\billustrat", situation.words, re.IGNORECASE
    ):
        parts = (f"{text.format(name=name)}\n<image>{scene.format(thing=thing)}</image>" for _, text, scene in STORY)
        return Say("A small tale from my template:\n\n" + "\n\n".join(capitalised(part) for part in parts), 9)
    lines = "\n".join(
        f"{i}. {head}: {capitalised(text.format(name=name))}" for i, (head, text, _) in enumerate(STORY, 1)
    )
    return Say(
        f"I only know one tale, and it is a template. For {name} it goes like this:\n{lines}\n\n"
        f"An LLM would invent a better one.",
        4,
    )


def why(found: re.Match[str], situation: Situation) -> Move | None:
    """As in "what makes it so super?": the words it was asked for with are all there is to know."""
    told = hero(situation)
    if not told:
        return None
    name, thing = told
    return Say(
        f"All I know of {name} is how it was asked for: {thing}. The rest is yours to make up, and I draw it.", 3
    )


IDEAS: tuple[Rule, ...] = (
    rule(r"\b(?:suggestions|ideas|proposals|some inspiration|options for)\b", _suggestions),
    rule(
        r"\b(?:any|an|some|your) (?:idea|suggestion|proposal|advice)\b|\bwhat (?:should|could|can|shall) "
        r"(?:i|we) draw\b|^(?:suggest|propose|inspire)\b",
        _idea,
    ),
    rule(
        r"\bstor(?:y|ies)\b(?! ?book)|\b(?:fairy ?)?tale\b|\btell me (?:more )?about it\b|^(?:could you "
        r")?tell me (?:some|more)$",
        _story,
    ),
    rule(r"^what makes it\b|^why is it (?:so|called)\b", why),
)


def _told(found: re.Match[str], situation: Situation) -> Move:
    """A thing that was dreamed or spoken of: not asked for yet, but what "it" means from here on."""
    if found["book"]:
        return Idea(f"a scene from the {found['book'].lower()} {found['title']}")
    return Idea(with_determiner(f"a {found['quoted'] or found['spoken']}"))


TOLD: tuple[Rule, ...] = (
    rule(
        r"^(?!.*\b(?:draw|make|show|call|name|named|called)\b).*?(?:\b(?P<book>novel|book|film|movie|song|"
        r"poem) (?:called |named |titled )?\"(?P<title>[^\"]+)\""
        r"|\ban? \"(?P<quoted>[^\"]+)\"|\b(?:dream(?:ed|t|s)?|talk(?:s|ing|ed)?|think(?:s|ing)?|thought) "
        r"(?:about |of )?an? (?P<spoken>[\w -]+?)(?: last night| today|$))",
        _told,
    ),
)
