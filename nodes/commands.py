"""A message that is nothing but a move along the version tree is obeyed by code, whichever LLM there is.

A message that asks for anything else as well ("undo the hat", "go back to #1 and make it red") is none.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from minidalle3.gallery.lexicon import CLASSIFIERS, is_chinese
from minidalle3.gallery.naming import mentions
from minidalle3.gallery.referring import Album, previous, resolve
from minidalle3.gallery.tree import top_of_branch, visible_children, visible_parent
from minidalle3.graph.state import ChatState, Command, CommandName
from minidalle3.nodes.references import album
from minidalle3.nodes.regrets import regretted

Pattern: TypeAlias = tuple[CommandName, re.Pattern[str]]
"""What a whole message must be, without manners; its groups name the pictures meant."""

PICTURE = r"(?:picture|image|drawing|version|one|photo|sketch|candidate)"
LAST = r"(?:the|that|this|my|your) (?:last |latest |previous )?(?:change|edit|step|move)"
STEP = r"(?: (?:one|a|1) (?:step|version))?"
THERE = (
    r"(?:,? (?:and )?(?:then )?(?:branch|continue|go on|start|work|carry on)(?: off| again)? from "
    r"(?:there|it|here|that(?: one)?))?"
)
DELETE = r"(?:delete|discard|throw away|(?:remove|erase|get rid of)(?! .*\bone\b))"
AFTER = r"(?:,? (?:and|with) (?:everything|all)(?: that)?(?: (?:was|is|came))?(?: made)? (?:from|of|out of|after) it)?"


def patterns(*named: tuple[CommandName, str]) -> tuple[Pattern, ...]:
    return tuple((name, re.compile(text, re.IGNORECASE)) for name, text in named)


ENGLISH = patterns(
    ("undo", rf"(?:undo|revert)(?: (?:it|that|this|{LAST}|the last one))?"),
    ("undo", rf"(?:(?:go|step|move) )?back{STEP}|(?:one|a|1) step back|take (?:it|that) back"),
    ("redo", rf"redo(?: {LAST})?|undo the undo|(?:go|step|move) forward{STEP}"),
    ("goto", rf"(?:take me )?(?:(?:go|jump|switch|return|revert)(?: all the way)?(?: back)?|back) to (.+?){THERE}"),
    ("goto", rf"(?:restore|bring back|(?:branch(?: off)?|continue|go on|start(?: again)?) (?:from|with)) (.+?){THERE}"),
    ("delete", rf"{DELETE} (?:the branch (?:of|at|from) )?(.+?){AFTER}|throw (.+) away"),
    ("compare", r"compare (.+?) (?:with|to|and|against) (.+)"),
    ("compare", r"(?:show me |tell me |what(?:'s| is| are) )the differences? between (.+?) and (.+)"),
    ("compare", r"how (?:do|does|are|is) (.+?) (?:and (.+?) (?:differ|different)|(?:differ|different) from (.+))"),
    ("compare", rf"compare (?:the (?:last )?two(?: {PICTURE}s?)?|both(?: of them)?|them|these two|those two)"),
)  # fmt: skip
MANNERS = re.compile(
    r"(?:please|ok(?:ay)?|no|nope|actually|hm+|well|sorry|oops|wait|hey|and|now|then|great|good|nice|let(?:'s| us)|"
    r"(?:can|could|would|will) (?:you|we)|i(?: want|'d like| would like) to)[\s,.!:]+",
    re.IGNORECASE,
)
ENDING = re.compile(
    r"[\s,]+(?:please|now|again|then|thanks|thank you|instead|for me|once more)$|\s*[.!?…]+$", re.IGNORECASE
)

SHEET = rf"[{CLASSIFIERS}]"
HAN_GO = r"(?:重新)?(?:开始|继续|分支)"
HAN_DELETE = r"(?:删除|删掉|删了|移除)"
CHINESE = patterns(
    ("undo", r"(?:撤销|撤回)(?:(?:上一步|上次|刚才)?的?(?:操作|修改|改动)?)|取消(?:上一步|刚才)的?(?:操作|修改|改动)?"),
    ("undo", r"(?:返回|退回|后退)(?:一步|到?上一步)?|回到上一步|上一步"),
    ("redo", r"重做(?:一次)?|恢复(?:刚才的?(?:修改|改动))?|前进(?:一步)?|取消撤销"),
    ("goto", rf"(?:(?:回|换回|跳|切换)到|(?:返回|退回|恢复)到?)(.+?)(?:那里)?(?:[，,]?从(?:那里|那儿){HAN_GO})?"),
    ("goto", rf"从(.+?)(?:那里)?{HAN_GO}"),
    ("delete", rf"{HAN_DELETE}(.+)|把(.+){HAN_DELETE}"),
    ("compare", rf"(?:比较|对比)(?:一下)?(?:[这那]?[两俩]{SHEET}图?片?|它们)"),
    ("compare", r"(?:比较|对比)(?:一下)?(.+?)[和与跟同](.+)"),
    ("compare", r"(.+?)[和与跟同](.+?)(?:之间)?(?:有什么|有何|有哪些|的)(?:不同|区别|差别)"),
)  # fmt: skip
HAN_MANNERS = re.compile(r"(?:请|麻烦|帮我|好的?|嗯|不|那|我想要?|我要|现在|你?能不能|你?可以|还是)+[，, ]*(?=.)")
HAN_ENDING = re.compile(r"(?:吧|吗|呢|啊|呀|好吗|可以吗|一下|谢谢|[。！!？?，,\s])+$")

SELF = re.compile(rf"it|this|(?:this|the current) {PICTURE}|它|(?:这|当前的?)一?{SHEET}图?片?", re.IGNORECASE)
BRANCH = re.compile(
    r"(?:(that|那)|this|the|这|该|当前的?)(?: whole| current|整)?[ 个条]?(?:branch|line|分支)", re.IGNORECASE
)
BESIDE = re.compile(rf"(?:the |that )?{PICTURE}?|那?{SHEET}?图?片?", re.IGNORECASE)
"""What may stand beside the naming of a picture."""
PLAINLY = re.compile(rf"[#图号{CLASSIFIERS}]|\b(?:number )?\d|\b{PICTURE}\b", re.IGNORECASE)
"""In the naming of a picture that is to be deleted: any other thing may be one seen in the picture."""


def commanded(said: str, state: ChatState) -> Command | None:
    """The command that a message is, its pictures found; None for any other message."""
    book, text = album(state), bare(said)
    if target := regretted(said, text, state, book):
        return {"name": "goto", "target": target}
    for name, expression in CHINESE if is_chinese(said) else ENGLISH:
        found = expression.fullmatch(text)
        if found and (command := command_of(name, [what for what in found.groups() if what], state, book)):
            return command
    return None


def bare(text: str) -> str:
    """A message without manners."""
    lead, ending = (HAN_MANNERS, HAN_ENDING) if is_chinese(text) else (MANNERS, ENDING)
    text, before = " ".join(text.translate({0x2019: "'"}).split()), ""
    while text != before:
        before = text
        text = ending.sub("", text) or text
        found = lead.match(text)
        text = (found and text[found.end() :]) or text
    return text


def command_of(name: CommandName, named: list[str], state: ChatState, book: Album) -> Command | None:
    """The command with its targets; None where a target is not one picture for certain."""
    if name in ("undo", "redo"):
        return back(state, book) if name == "undo" else {"name": "redo", "target": None}
    if name == "delete" and (found := BRANCH.fullmatch(named[0])):
        top = branch_meant(state, left=bool(found[1]))
        return {"name": "delete", "target": top} if top else None
    if name == "delete" and not PLAINLY.search(named[0]):
        return None
    targets = [one(what, book) for what in named] if named else two(book)
    if not targets or None in targets:
        return None
    if name == "compare":
        return {"name": name, "target": targets[0], "other": str(targets[1])}
    return {"name": name, "target": targets[0]}


def back(state: ChatState, book: Album) -> Command:
    """One step back: of a picture that was made from none, to the one drawn before it."""
    before, current = previous(book), state.get("current")
    if before and current and visible_parent(state["pictures"], current) is None:
        return {"name": "goto", "target": before.id}
    return {"name": "undo", "target": None}


def branch_meant(state: ChatState, left: bool) -> str | None:
    """Where "this branch" begins; "that branch" is the one that an undo has just left, if one has."""
    pictures, current = state.get("pictures", {}), state.get("current")
    if current is None:
        return None
    last = pictures[current].get("last_child")
    if left and last in visible_children(pictures).get(current, []):
        return last
    return top_of_branch(pictures, current)


def two(book: Album) -> list[str | None]:
    """The two pictures side by side, or the only two that there are."""
    both = book.side_by_side or book.entries
    return [entry.id for entry in both] if len(both) == 2 else []


def one(what: str, book: Album) -> str | None:
    """The picture that a phrase names and does nothing but name; a number is taken at its word."""
    if SELF.fullmatch(what):
        return book.current
    if number := re.fullmatch(r"#?\s?(\d{1,6})", what):
        return f"#{int(number[1])}"
    found = mentions(what)
    if len(found) != 1 or not BESIDE.fullmatch((what[: found[0].span[0]] + what[found[0].span[1] :]).strip()):
        return None
    said = resolve(found[0], what, book)
    if found[0].kind == "number":
        return f"#{found[0].at}"
    sure = said.sure or said.ids != (book.current,)
    return said.ids[0] if len(said.ids) == 1 and sure else None
