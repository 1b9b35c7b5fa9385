"""A request's decision: its row of the table, the description that is meant, and one line that says why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from minidalle3.gallery.lexicon import is_chinese
from minidalle3.graph.state import Level, Request
from minidalle3.nodes.choices import LITTLE, Row, choose, facts, row
from minidalle3.nodes.differences import difference
from minidalle3.nodes.reasons import in_language, phrases_in_language, reasons_for
from minidalle3.nodes.vocabulary import is_concrete
from minidalle3.nodes.wishes import Wish, wish

STRAY = 3
"""Words that an LLM may change beside those asked for before its description counts as rewritten."""
PLAIN = ("image", "vary")
LARGE = re.compile(
    r"\b(?:bigger|larger|upscale|upsize|enlarge|magnify|resolution|hi-?res|twice (?:(?:the|its) size|as (?:big|large))|"
    r"(?:blow|scale) (?:up|(?:\w+ ){1,3}up)|(?:increase|double) (?:the|its) size|[248]k)\b|"
    r"放大|分辨率|更大|大图|大一?[点些]",
    re.IGNORECASE,
)
"""Said of a picture to be drawn more finely: its size is meant."""
NAMES = {
    "prompt_to_prompt": "Prompt-to-Prompt",
    "masactrl": "MasaCtrl",
    "ip_adapter": "IP-Adapter",
    "instruct_edit": "instruction editor",
}


@dataclass(frozen=True)
class Desk:
    """What the decisions of one turn rest on."""

    tools: frozenset[str]
    """Those that are there and that the engine can be used with."""
    seeds: bool = True
    """The engine draws the same from the same seed."""
    said: str = ""
    alone: bool = True
    """Whether the person's words can only be about one change."""
    override: Level | None = None
    default: Level | None = None
    photos: frozenset[str] = frozenset()
    plain: set[str] = field(default_factory=set)
    """Those drawn from words alone, which drawn again are the same pictures."""
    described: dict[str, str] = field(default_factory=dict)
    """What every picture shows: those of the thread, and those of this reply as they are decided."""


@dataclass(frozen=True)
class Decision:
    """A row of the table for a request; `what` says what the request is about."""

    request: Request
    row: Row
    what: tuple[str, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    subject: tuple[str, ...] = ()


NEW = row("", "none", "text_to_image", "A new picture.")
MORE = row("", "large", "text_to_image", "More like {}, from another seed.")
FINER = row("", "small", "text_to_image", "{} drawn again from its seed with twice the steps.")
LARGER = row("", "small", "upscale", "{} enlarged from its own pixels, to twice its size.")


def decide(request: Request, desk: Desk) -> Decision:
    """Only changes of a picture are looked up; everything else is what it says it is."""
    source = request["source"]
    if source is None or request["kind"] == "select":
        return Decision(request, NEW)
    if request["kind"] == "refine":
        larger = source not in desk.plain or LARGE.search(desk.said)
        return Decision(request, LARGER if larger and "upscale" in desk.tools else FINER)
    asked = wish(desk.said, desk.described[source], source)
    if not desk.alone:
        asked = replace(asked, description=None, weights=())
    if request["kind"] == "vary":
        changes = asked.description or (asked.weights and "prompt_to_prompt" in desk.tools)
        if not changes or len(request["ids"]) > 1:
            return Decision(request, MORE)
    return changed(request, asked, desk)


def changed(request: Request, asked: Wish, desk: Desk) -> Decision:
    """The row for a change, and the request with the description that is meant."""
    source = request["source"]
    assert source is not None
    before = desk.described[source]
    after = meant(before, request["description"], asked)
    change = difference(before, after)
    true = facts(change, asked, source in desk.photos, "instruct_edit" in desk.tools)
    ordered = asked.start_over or asked.keep_layout or asked.new_scene
    chosen = choose(true, desk.override or (None if ordered else desk.default))
    request = {**request, "kind": "edit", "description": after}
    return Decision(request, chosen, change.phrases, asked.weights, change.subject)


def meant(before: str, after: str, asked: Wish) -> str:
    """The LLM's description, or, where it rewrote more than was asked for, the source's with only that changed.

    Somebody who sends the subject elsewhere leaves the rest to the LLM, as long as it keeps something; so does
    somebody who asks for what no single word of a prompt draws ("make it scary").
    """
    if asked.description is None or asked.start_over or asked.new_scene:
        return after
    written, wanted = difference(before, after), difference(before, asked.description)
    if not written.changes:
        return asked.description
    stray = (written.new | written.lost) - (wanted.new | wanted.lost)
    vague = not (asked.adds or asked.removes or all(map(is_concrete, wanted.new)))
    moved = bool(wanted.aspects & {"deed", "place"}) and written.kept > LITTLE
    close = len(stray) <= STRAY and written.aspects <= wanted.aspects
    return after if vague or moved or close else asked.description


def settled(decision: Decision, desk: Desk) -> Request:
    """The request with level, tool, parameters and reason; a tool that is not there is replaced, and that is said."""
    row = decision.row
    if decision.request["kind"] == "select":
        return decision.request
    tool = next((name for name in (row.tool, "instruct_edit") if name in desk.tools), "text_to_image")
    parameters = given(decision, tool, desk.said) if tool != "text_to_image" else {}
    settled: Request = {
        **decision.request,
        "level": row.level,
        "tool": tool,
        "parameters": parameters,
        "reason": reason(decision, tool, desk),
    }
    if tool == "prompt_to_prompt" and "weights" in row.facts:
        settled["weights"] = dict(decision.weights)
    return settled


def given(decision: Decision, tool: str, said: str) -> dict[str, Any]:
    """The parameters that the tool is called with."""
    if tool == "instruct_edit":
        return {"instruction": said or decision.request["description"]}
    parameters = dict(decision.row.parameters)
    if tool == "masactrl" and decision.subject:
        parameters["subject"] = " ".join(decision.subject)
    return parameters


def reason(decision: Decision, tool: str, desk: Desk) -> str:
    """One line: how large a change, of what, why this tool, and what stands in for a tool that is not there."""
    row, source, chinese = decision.row, decision.request["source"], is_chinese(desk.said)
    say, because = reasons_for(chinese), in_language(row.because, chinese)
    if row in (NEW, MORE, FINER, LARGER):
        return because.format(source)
    size = {"none": say.new, "small": say.small, "large": say.large}[row.level].format(source)
    if decision.what and row.level != "none":
        size += say.what.format(phrases_in_language(decision.what, chinese))
    as_set = say.as_set if row.level == (desk.override or desk.default) else ""
    text = say.because.format(size, because + as_set) + say.end
    names = {name: in_language(said, chinese) for name, said in NAMES.items()}
    if tool == row.tool:
        return text + say.by.format(names[tool]) if tool in names else text
    again = (say.again if desk.seeds else say.anew).format(source)
    instead = again if tool == "text_to_image" else say.instead.format(names[tool])
    return text + say.lacking.format(names[row.tool], instead)
