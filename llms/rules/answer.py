"""From a message to the reply: each clause becomes a move, and the moves become text with tags in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from minidalle3.llms.rules.chinese import OPENERS
from minidalle3.llms.rules.chinese_talk import talk
from minidalle3.llms.rules.choose import meant, named, strip_reference
from minidalle3.llms.rules.clauses import core, split
from minidalle3.llms.rules.conversation import Picture, Situation
from minidalle3.llms.rules.description import OWN_ENDING, parse
from minidalle3.llms.rules.draw_rules import BARE, DRAWS, MORE, MORE_OF, REFINE
from minidalle3.llms.rules.drawing import MOST
from minidalle3.llms.rules.edit_rules import EDITS, FRAGMENTS
from minidalle3.llms.rules.english import is_plural, number
from minidalle3.llms.rules.gist import CHANGES, MORE_OR_BETTER, points, spoken_of
from minidalle3.llms.rules.ideas import IDEAS, TOLD
from minidalle3.llms.rules.indirect import order
from minidalle3.llms.rules.mentions import resolve
from minidalle3.llms.rules.moves import Change, Draw, Idea, Move, Pick, Refine, Rule, Say, Unclear, Vary
from minidalle3.llms.rules.picking import PICKS, how_to_delete
from minidalle3.llms.rules.projects import project
from minidalle3.llms.rules.sizes import LARGER, SIZES
from minidalle3.llms.rules.talking import ABOUT_PICTURES, HELP, PRAISE, SMALL_TALK, WORLD, lost

RULES: tuple[Rule, ...] = (
    *PRAISE, *ABOUT_PICTURES, *IDEAS, *TOLD, *MORE, *REFINE, *MORE_OR_BETTER, *EDITS, *DRAWS, *FRAGMENTS, *CHANGES,
    *BARE, *SMALL_TALK, *WORLD,
)  # fmt: skip
"""In this order; picking comes before them all, while the clause still has its own words for the picture."""

DRAWN = ("Sure, here is {}:", "Of course, here is {}:", "Here is {}:")
LONG = "Certainly, here is the picture:"
SEVERAL = ("Sure, here are {} of them:", "Here are {}, each a little different:")
CHANGED = ("Sure, here it is:", "Of course, here is the new version:", "Done. Here it is:")
MORE_LIKE_IT = ("Sure, here is more like it:", "Here is another take on it:")
REFINED = "No problem, here it is with more care:"
PICKED = ("Of course, back to this one:", "All right, this one it is:")
ALREADY = "That is how it was asked for already, so here is another try:"
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
UNSURE = "One moment:"
NO_PICTURE = "There is no picture yet that I could change."


@dataclass
class Drawing:
    """One tag of the reply in the making."""

    kind: str
    description: str = ""
    source: str | None = None
    count: int = 1
    opener: str = ""

    def tag(self) -> str:
        """The markup; a count of one and a missing source are left out."""
        source = f' of="{self.source}"' if self.source else ""
        count = f' n="{self.count}"' if self.count > 1 else ""
        if self.kind == "select":
            return f"<select>{self.source}</select>"
        if self.kind in ("vary", "refine"):
            return f"<{self.kind}{source}{count}/>"
        return f"<{self.kind}{source}{count}>{self.description}</{self.kind}>"


def reply(situation: Situation) -> str:
    """The whole answer to the last message."""
    moves: list[tuple[Move, Picture | None]] = [(move, None) for move in project(situation)]
    moves = moves or list(in_chinese(situation) if situation.chinese else understand(situation))
    if any(isinstance(move, Idea | Say) and move.offers for move, _ in moves):
        moves = [(move, picture) for move, picture in moves if not isinstance(move, Draw)]
    drawings = fold(moves, situation)
    if situation.chinese:
        for drawing in drawings:
            drawing.opener = OPENERS[{LARGER: "larger", UNSURE: "unsure"}.get(drawing.opener, drawing.kind)]
    if drawings:
        return "\n\n".join(spoken(drawings))
    wanted = any(isinstance(move, Change | Vary | Refine) for move, _ in moves)
    if situation.chinese:
        return talk(situation, wanted)
    said = [move for move, _ in moves if isinstance(move, Say)]
    said += [Say(move.text, 4) for move, _ in moves if isinstance(move, Idea) and move.text]
    if wanted:
        said.append(Say(f"{NO_PICTURE} {HELP[False]}", 5))
    return max(said, key=lambda say: say.weight, default=lost(situation)).text


def spoken(drawings: Sequence[Drawing]) -> Iterator[str]:
    """Each with its opener; several pictures to which the same is done are opened once."""
    before = ""
    for drawing in drawings:
        opener = "" if drawing.kind == before == "edit" else f"{drawing.opener}\n"
        before = drawing.kind
        yield f"{opener}{drawing.tag()}"


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


def fold(moves: Sequence[tuple[Move, Picture | None]], situation: Situation) -> list[Drawing]:
    """Changes lean on what the same message drew or picked before; a pick that is then changed needs no tag."""
    drawings: list[Drawing] = []
    focus = situation.current
    turn = len(situation.past)
    for move, picture in moves:
        if isinstance(move, Pick):
            focus = situation.find(move.id)
            drawings = [
                *(d for d in drawings if d.kind != "select"),
                Drawing("select", source=move.id, opener=PICKED[turn % 2]),
            ]
        elif isinstance(move, Unclear):
            drawings.append(Drawing("select", source="#0", opener=UNSURE))
        elif isinstance(move, Draw):
            drawings.append(_drawn(move, turn))
        elif isinstance(move, Change | Vary | Refine):
            focus = picture if picture and picture.id else focus
            _onto(drawings, move, focus, turn)
    return drawings


def _drawn(move: Draw, turn: int) -> Drawing:
    opener = SEVERAL[turn % 2].format(move.count) if move.count > 1 else _introduced(move.description, turn)
    return Drawing("image", move.description, None, move.count, opener)


def _introduced(description: str, turn: int) -> str:
    """A long description is not said twice."""
    if len(description) >= 70:
        return LONG
    opener = DRAWN[turn % 3].format(description)
    noun = parse(description).noun
    many = not parse(description).style and not noun.determiner and is_plural(OWN_ENDING.sub("", noun.head))
    return opener.replace("ere is ", "ere are ") if many else opener


def _onto(drawings: list[Drawing], move: Change | Vary | Refine, focus: Picture | None, turn: int) -> None:
    """Add to what this message already draws, or begin from the picture in focus."""
    last = drawings[-1] if drawings else None
    if (
        isinstance(move, Change)
        and last
        and last.kind in ("image", "edit")
        and last.source in (None, focus and focus.id)
    ):
        last.description = move.to(parse(last.description)).render()
        last.opener = last.opener if last.kind == "edit" else _introduced(last.description, turn)
        return
    if not focus or not focus.id:
        return
    if last and last.kind == "select":
        drawings.pop()
    if isinstance(move, Vary) and last and last.kind == "vary" and last.source == focus.id:
        last.count = max(last.count, move.count)
        return
    drawings.append(_from(focus, move, turn))


def _from(focus: Picture, move: Change | Vary | Refine, turn: int) -> Drawing:
    if isinstance(move, Refine):
        return Drawing("refine", source=focus.id, opener=move.opener or REFINED)
    if isinstance(move, Vary):
        return Drawing("vary", source=focus.id, count=move.count, opener=MORE_LIKE_IT[turn % 2])
    new = move.to(focus.read).render()
    if new == focus.description:
        return Drawing("vary", source=focus.id, opener=ALREADY)
    return Drawing("edit", new, focus.id, 1, move.opener or CHANGED[turn % 3])
