"""Clauses by their gist, however they are worded: all but a few of their words would fit anything."""

from __future__ import annotations

import re

from minidalle3.gallery.referring import Meant
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.description import put
from minidalle3.llms.rules.english import NUMBERS, words
from minidalle3.llms.rules.moves import Change, Move, Pick, Refine, Rule, Vary, rule
from minidalle3.llms.rules.removal import names
from minidalle3.llms.rules.tables import VERBS

MOST = 8
_ANY = words("""
i we you me us he she can could would will may might shall let like want need to see have get show draw do give make
generate create try come up with got any there be is are for of in at the this that these those them it its one ones
picture pictures image images version versions option options try take takes go a an few some couple bunch more now also
just but slightly bit little different differently new second third round set as well too so please what
compare on idea kind sort way time once same i'd we'd i'll let's design designs result results candidate candidates
""") | frozenset(word for phrase in NUMBERS for word in phrase.split())
_MORE = words("another other others else alternative alternatives variation variations variant variants similar again")
_MORE |= {
    "more of", "more like", "more please", "once more", "one more", "more version", "more of those",
    "different version",
    "different take", "different one", "second version", "new version", "other version", "second take", "another go",
}  # fmt: skip
_WORD = re.compile(r"[\w'#-]+")


def _more(found: re.Match[str], situation: Situation) -> Move | None:
    """More of the picture in question, where nothing else is said."""
    said = [word.lower() for word in _WORD.findall(found.string)]
    plain = [re.sub(r"s$", "", word) if word.endswith("versions") else word for word in said]
    text = " ".join(plain)
    if not situation.current or not any(re.search(rf"\b{one}\b", text) for one in _MORE):
        return None
    if not all(word in _ANY or word in _MORE or word.isdecimal() for word in said) or re.search(
        r"\belse (?:can|could|do|would) you (?:do|draw|make|show|have)\b|^(?:what|anything) else$|\btime\b", text
    ):
        return None
    counts = [int(word) if word.isdecimal() else NUMBERS.get(word, 0) for word in said]
    many = 2 if re.search(r"\b(?:others|few|some|couple|alternatives|variations|variants|versions)\b", text) else 1
    return Vary(min(max(*counts, many, 1), MOST) if counts else many)


_WELL = re.compile(
    r"\b(?:good|sharp|crisp|clear|fine|nice|clean|detailed|professional|big|large) enough\b"
    r"|\b(?:gallery|print|printing|museum|studio|exhibition|magazine|publication|commercial|professional)[ -]"
    r"(?:standards?|quality|level|ready|grade)\b|\bnext level\b"
    r"|\b(?:final|last|finishing) (?:pass|polish|touch(?:es)?)\b|\bready (?:for|to) (?:the )?(?:be )?(?:print|fram|"
    r"publi)"
    r"|\bfor (?:the )?print(?:ing|er|s)?\b|\b(?:best|better|higher|highest|top|great|improved) (?:quality|resolution)\b"
    r"|\b(?:more|finer|better|extra|sharper|richer|crisper) (?:\w+ )?(?:details?|definition|resolution|quality)\b"
    r"|^(?:it|its \w+|the \w+)(?:'s|'re| is| are| looks?| seems?| feels?| came out)\b.*\b(?:blurry|blurred|fuzzy|"
    r"grainy|"
    r"rough|unsharp|sloppy|low[- ]res\w*|not sharp|unfinished)\b"
    r"|^(?:can|could|should|must|let|make|get|i'd like|i want|i need) (?:it|its \w+|the lines) (?:be |look |to be |"
    r"a bit |"
    r"a little |even |much )*(?:sharper|crisper|clearer|cleaner|smoother|neater|finer)\b"
    r"|\b(?:like|as if) (?:an? |by )?(?:\w+ )?(?:professional|pro|master|expert|artist)s? (?:did|made|drew|painted)\b"
    r"|\b(?:more|really|very|super|extra|properly|nice and) (?:polished|crisp|sharp|refined|finished|professional)\b"
    r"|\bfinest details?\b|\bdo it justice\b|\bprofessional (?:treatment|touch|finish)\b|\bwork out the details?\b"
    r"|\b(?:up )?to (?:that|[\w-]+) (?:standard|quality)\b"
    r"|\bfinish (?:it|the [\w ]+) properly\b"
    r"|^(?:improve|spruce|tidy|clean|touch|brush|smarten|fix|beautify|optimi[sz]e|fine-?tune|finish)(?: up| off)? "
    r"(?:it|the (?:lines?|edges?|details?|whole thing))\b",
    re.IGNORECASE,
)
"""How well something is done, not what it shows."""
_NO_WISH = re.compile(
    r"^(?:what|why|how|who|which|when|where|is|are|was|were|do (?:you|i|we|they)|does|did|has|have you|tell|explain|"
    r"describe|write|name|"
    r"thanks?)\b|\b(?:draw|show me|generate|create|design|paint) (?:an?|some|\d)\b|\b(?:was|were) (?:so |"
    r"very )?good enough",
    re.IGNORECASE,
)


def _better(found: re.Match[str], situation: Situation) -> Move | None:
    wanted = situation.current and _WELL.search(found.string) and not _NO_WISH.search(found.string)
    return Refine() if wanted else None


_ALTERS = VERBS | words("""
freeze melt cheer brighten darken lighten widen shrink enlarge flip rotate mirror crop zoom blur tilt bend fill empty
cover surround decorate dress undress shave feed wake light break wet dry flood age cut trim straighten soften thin
thicken shorten lengthen warm cool tone raise lower lift scatter sprinkle frame crowd wrap paint tint dim shade
""")
_KEEPS = words("call type listen look stare watch play work talk dream think celebrate relax share read write draw hug")


def _altered(found: re.Match[str], situation: Situation) -> Move | None:
    """Something else is to be done to what the picture shows: the description says so in the same words."""
    verb, thing, now = found["verb"].lower(), found["thing"], situation.current
    if not now or verb not in _ALTERS - _KEEPS or (thing and not names(now.description, thing)):
        return None
    noun = f"the {now.read.noun.word}"
    said = re.sub(r"\bit\b", noun, found.group(), flags=re.IGNORECASE)
    return Change(lambda old: put(old, "note", said.lower()))


def _compared(found: re.Match[str], situation: Situation) -> Move | None:
    """As in "thicker scarf", of something that is there."""
    now = situation.current
    there = now and names(now.description, found["thing"])
    return Change(lambda old: put(old, "extra", f"with {found.group().lower()}")) if there else None


MORE_OR_BETTER: tuple[Rule, ...] = (rule(r"^.{2,90}$", _more), rule(r"^.+$", _better))
CHANGES: tuple[Rule, ...] = (
    rule(r"^(?:[^,]+, )?(?P<verb>[a-z]+)(?: (?:up|down|out|away|off|in))? (?:it|(?:the|its) (?P<thing>[\w-]+))\b.*$",
         _altered),
    rule(r"^(?P<verb>zoom) (?:in|out|closer)\b(?P<thing>)?.*$", _altered),
    rule(r"^(?:an? |some )?(?:a bit |a little |much |even )?(?:\w{3,}er|more|fewer|"
         r"less) (?:[\w-]+ )?(?P<thing>[\w-]+)$",
         _compared),
)  # fmt: skip

_NOT_CHOSEN = re.compile(
    r"^(?:what|why|how|who|which|when|where|is|are|was|were|do|does|did|has|have|tell|explain|describe|write|name|"
    r"compare|delete|remove)\b|\b(?:not|hate|dislike|less|worse|worst|bad|ugly|prompt|story|neither|nor)\b|n't\b",
    re.IGNORECASE,
)
_RETURNS = re.compile(
    r"\b(?:back|return|revert|once more|again|after all|better|favou?rite|prefer|preferred|rather|instead|"
    r"second thought|"
    r"use (?:it|that)|keep|stay|stick|look at|work on|continue|carry on|was nice|changed my mind)\b",
    re.IGNORECASE,
)


def points(clause: str, said: Meant, situation: Situation) -> Move | None:
    """A picture that is named where nothing is asked of it: the person chooses it, or goes back to it."""
    if len(said.ids) != 1 or said.every or _NOT_CHOSEN.search(clause):
        return None
    other = not situation.current or said.ids[0] != situation.current.id
    return Pick(said.ids[0]) if said.sure or (other and _RETURNS.search(clause)) else None


_PHRASE = re.compile(r"\b(?:an?|two|three|some) (?!(?:bit|lot|few|idea|minute|while|good|nice)\b)[\w-]+\b.*$", re.I)


def spoken_of(clause: str, situation: Situation) -> str | None:
    """What a clause that asks for nothing puts before the eyes, so that "draw that" has something to mean."""
    if situation.current:
        asked = re.match(r"(?:what|who|where|how)\b.*", clause, re.IGNORECASE)
        thing = situation.current.read.noun.render()
        return re.sub(r"\b(?:it|he|she|him|her)\b", thing, clause, flags=re.IGNORECASE) if asked else None
    found = _PHRASE.search(clause)
    return found.group() if found else None
