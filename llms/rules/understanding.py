"""What a message asks for: the move of each clause, and the picture that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from minidalle3.llms.rules.choose import meant, named, strip_reference
from minidalle3.llms.rules.clauses import core, split
from minidalle3.llms.rules.conversation import Picture, Situation
from minidalle3.llms.rules.draw_rules import BARE, DRAWS, MORE, MORE_OF, REFINE
from minidalle3.llms.rules.drawing import MOST
from minidalle3.llms.rules.edit_rules import EDITS, FRAGMENTS
from minidalle3.llms.rules.english import number
from minidalle3.llms.rules.gist import CHANGES, MORE_OR_BETTER, points, spoken_of
from minidalle3.llms.rules.ideas import IDEAS, TOLD
from minidalle3.llms.rules.indirect import order
from minidalle3.llms.rules.mentions import resolve
from minidalle3.llms.rules.moves import Change, Draw, Idea, Move, Pick, Refine, Rule, Say, Unclear, Vary
from minidalle3.llms.rules.picking import PICKS, how_to_delete
from minidalle3.llms.rules.sizes import SIZES
from minidalle3.llms.rules.talking import ABOUT_PICTURES, PRAISE, SMALL_TALK, WORLD

RULES: tuple[Rule, ...] = (
    *PRAISE, *ABOUT_PICTURES, *IDEAS, *TOLD, *MORE, *REFINE, *MORE_OR_BETTER, *EDITS, *DRAWS, *FRAGMENTS, *CHANGES,
    *BARE, *SMALL_TALK, *WORLD,
)  # fmt: skip
"""In this order; picking comes before them all, while the clause still has its own words for the picture."""

CHOOSES = re.compile(r"喜欢|还是|回到|选|用|更好|要")
DRAWS_ANEW = re.compile(r"画|生成|做|设计|想要|来一?[张个只]|看看|给我")
ASKS = re.compile(r"^(?:why is that|what is the prompt|how many|who are you|what can you do)", re.MULTILINE)
"""A Chinese question, in its English: a picture that it names is not picked."""
DISCARD = re.compile(
    r"(?:delete|remove|erase|discard|drop|throw|throw away|get rid of) it(?: away| out)?"
    r"(?: (?:in|on|at|with|near) .+)?",
    re.IGNORECASE,
)
"""Of something that is no part of a picture, but all of it."""


def understand(situation: Situation) -> Iterator[tuple[Move, Picture | None]]:
    """The move of each clause, with the picture it is about; a clause may lean on the ones before it."""
    for clause in split(situation.words):
        moves = list(read_clause(clause, situation))
        if all(isinstance(move, Say) for move, _ in moves):
            situation = replace(situation, idea=spoken_of(clause, situation) or situation.idea)
        for move, picture in moves:
            if isinstance(move, Idea):
                situation = replace(situation, idea=move.description)
            if isinstance(move, Draw) and not situation.current:
                situation = replace(situation, current=Picture("", "image", None, move.description))
            if isinstance(move, Pick):
                situation = replace(situation, current=situation.find(move.id))
            yield move, picture


def in_chinese(situation: Situation) -> Iterator[tuple[Move, Picture | None]]:
    """What the English of the message asks for, of the pictures that its Chinese names."""
    said = named(situation.chinese, situation)
    pictures = [situation.find(id) for id in said.ids] or [situation.current]
    for picture in pictures:
        about = replace(situation, current=picture)
        moves = [move for move, _ in understand(about)]
        wanted = [move for move in moves if isinstance(move, Change | Vary | Refine | Unclear)]
        drawn = any(isinstance(move, Draw) for move in moves)
        if wanted and not drawn and (said.missing or said.equal):
            yield Unclear(), None
        elif said.sure and said.ids and drawn and not wanted and not DRAWS_ANEW.search(situation.chinese):
            yield Pick(said.ids[0]), None
        elif (
            (said.sure or CHOOSES.search(situation.chinese))
            and not ASKS.search(situation.words)
            and not (wanted or drawn)
            and not any(isinstance(move, Pick) for move in moves)
        ):
            yield (Pick(said.ids[0]) if said.ids else Unclear() if said.missing else Say("")), None
        else:
            yield from ((move, picture) for move in moves)


def read_clause(clause: str, situation: Situation) -> Iterator[tuple[Move, Picture | None]]:
    """First what is picked, while ordinals and numbers stand; then everything else, said of "it"."""
    text = core(clause)
    if move := first(PICKS, text, situation):
        yield move, None
        return
    said = named(text, situation)
    if said.ids and (found := MORE_OF.match(text)):
        count = number((found["n"] or "").strip()) if found["n"] else 1 if "another" in found.group() else 2
        yield from ((Vary(min(count, MOST)), situation.find(id)) for id in said.ids)
        return
    explicit = (said.sure and (said.ids or said.missing)) or re.search(r"\bthe [\w-]+ one\b|\bone with\b", text)
    text = strip_reference(text, situation) if explicit else text
    text = re.sub(r"\bit(?:(?:,| and|, and| &) it)+\b", "it", text)
    sheet = text
    text, by_name = resolve(text, situation)
    together = said.every or (explicit and len(said.ids) > 1)
    pictures = [situation.find(id) for id in said.ids] if together else [meant(clause, situation) or by_name]
    for picture in pictures:
        about = replace(situation, current=picture) if picture else situation
        move = first(SIZES, core(sheet), about) or first(RULES, order(core(text), about), about)
        move = move or first(SMALL_TALK, clause, about)
        discards = DISCARD.fullmatch(core(text))
        if (discards or isinstance(move, Change | Vary | Refine)) and (said.missing or said.equal):
            yield Unclear(), None
            return
        if discards and picture and not move:
            move = how_to_delete(picture.id)
        if not move or isinstance(move, Say):
            move = points(clause, said, situation) or move
        if move:
            yield move, picture


def first(rules: Sequence[Rule], text: str, situation: Situation) -> Move | None:
    """The move of the first rule that matches and makes something of it."""
    for pattern, act in rules:
        found = pattern.search(text)
        if found and (move := act(found, situation)):
            return move
    return None
