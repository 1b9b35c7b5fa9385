"""From a message to the reply: what was understood becomes text with tags in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from minidalle3.llms.rules.chinese import OPENERS
from minidalle3.llms.rules.chinese_talk import talk
from minidalle3.llms.rules.conversation import Picture, Situation
from minidalle3.llms.rules.description import OWN_ENDING, parse
from minidalle3.llms.rules.english import is_plural
from minidalle3.llms.rules.moves import Change, Draw, Idea, Move, Pick, Refine, Say, Unclear, Vary
from minidalle3.llms.rules.projects import project
from minidalle3.llms.rules.sizes import LARGER
from minidalle3.llms.rules.talking import HELP, lost
from minidalle3.llms.rules.understanding import in_chinese, understand

DRAWN = ("Sure, here is {}:", "Of course, here is {}:", "Here is {}:")
LONG = "Certainly, here is the picture:"
SEVERAL = ("Sure, here are {} of them:", "Here are {}, each a little different:")
CHANGED = ("Sure, here it is:", "Of course, here is the new version:", "Done. Here it is:")
MORE_LIKE_IT = ("Sure, here is more like it:", "Here is another take on it:")
REFINED = "No problem, here it is with more care:"
PICKED = ("Of course, back to this one:", "All right, this one it is:")
ALREADY = "That is how it was asked for already, so here is another try:"
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
