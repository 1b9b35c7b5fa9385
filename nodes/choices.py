"""The table from what changed to level, tool and parameters, read from the top: the first row that fits decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from minidalle3.graph.state import Level
from minidalle3.nodes.differences import Difference
from minidalle3.nodes.wishes import Wish

Tool: TypeAlias = Literal["prompt_to_prompt", "masactrl", "ip_adapter", "instruct_edit", "upscale", "text_to_image"]
Fact: TypeAlias = Literal[
    "start over",
    "keep layout",
    "new scene",
    "weights",
    "photo",
    "order",
    "editor",
    "new subject",
    "new deed",
    "new place",
    "nothing kept",
    "named anew",
    "little kept",
    "style only",
    "weather only",
    "thing beside",
    "replaced only",
]
"""What a row may ask for; "editor": an instruction editor is there; "named anew": the person named what is new; "thing
beside": a thing came or went, and no other gave it room or took it."""

LITTLE, NOTHING = 0.34, 0.15
"""Shares of the source's words: with fewer kept than these, the pictures have little, or nothing, in common."""


@dataclass(frozen=True)
class Row:
    """`because` completes "#1 is changed like this: "; `sure` is False where an LLM that can should be asked first."""

    facts: frozenset[Fact]
    level: Level
    tool: Tool
    because: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sure: bool = True


def row(
    facts: str, level: Level, tool: Tool, because: str, parameters: Mapping[str, Any] | None = None, sure: bool = True
) -> Row:
    """`facts` are separated by commas; all must hold."""
    named: Any = frozenset(fact.strip() for fact in facts.split(",") if fact.strip())
    return Row(named, level, tool, because, MappingProxyType(dict(parameters or {})), sure)


REPLACE = {"mode": "replace", "cross": 0.8, "layout": 0.4}
REFINE = {"mode": "refine", "cross": 0.8, "layout": 0.4}
MAKE_ROOM = {"mode": "refine", "cross": 0.2, "layout": 0.0}
"""Nothing can come into a layout that is full, nor leave one that is held; outside of the spot all stays anyway."""
REWEIGHT = {"mode": "refine", "cross": 1.0, "layout": 0.4}
RESTYLE = {"cross": 0.5, "layout": 0.2, "local": False}
"""A style is everywhere: looser, and no pixel is left alone."""
EVERYWHERE = {"local": False}
SCENE = {"scale": 0.6}
LIKE = {"scale": 0.5}
MOVE = {"until": 0.91}

TABLE: tuple[Row, ...] = (
    row("start over", "none", "text_to_image", "you asked to begin again"),
    row("photo, order, editor", "small", "instruct_edit", "a photo, and you said what to do to it"),
    row("keep layout, replaced only", "small", "prompt_to_prompt", "you asked to keep the layout", REPLACE),
    row("keep layout", "small", "prompt_to_prompt", "you asked to keep the layout", REFINE),
    row("weights", "small", "prompt_to_prompt", "the same words, some stronger or weaker", REWEIGHT),
    row("new scene", "large", "ip_adapter", "you asked for it in another picture", SCENE),
    row("new subject, nothing kept, named anew", "none", "text_to_image", "nothing of it is left", sure=False),
    row("new deed, new place", "large", "ip_adapter", "it stays, what it does and where is new", SCENE),
    row("new deed, little kept", "large", "ip_adapter", "little but the subject stays", SCENE, sure=False),
    row("new deed", "small", "masactrl", "it moves, and everything keeps its look", MOVE),
    row("little kept, new subject", "large", "ip_adapter", "little of it stays", LIKE, sure=False),
    row("style only, replaced only", "small", "prompt_to_prompt", "another style", REPLACE | RESTYLE),
    row("style only", "small", "prompt_to_prompt", "a style", REFINE | RESTYLE),
    row(
        "photo, weather only",
        "small",
        "prompt_to_prompt",
        "another light or season around what the photo shows",
        REFINE,
    ),
    row("weather only, replaced only", "small", "prompt_to_prompt", "another light or season", REPLACE | EVERYWHERE),
    row("weather only", "small", "prompt_to_prompt", "a light or season", REFINE | EVERYWHERE),
    row("thing beside", "small", "prompt_to_prompt", "something comes or goes, and the rest stays", MAKE_ROOM),
    row("replaced only", "small", "prompt_to_prompt", "words for words, so its layout stays", REPLACE),
    row("", "small", "prompt_to_prompt", "more or fewer words, so its layout stays", REFINE),
)

OVERRIDES: Mapping[Level, Row] = MappingProxyType({
    "none": row("", "none", "text_to_image", "a new picture"),
    "small": row("", "small", "prompt_to_prompt", "its layout stays", REFINE),
    "large": row("", "large", "ip_adapter", "the subject stays", SCENE),
})  # fmt: skip
"""For a level that was set, where the table would have chosen another."""


def facts(change: Difference, wish: Wish, photo: bool, editor: bool) -> frozenset[Fact]:
    """What is true of this change, in the table's words; of a photo nobody knows what a description has kept."""
    replaced = change.only_replaced and not wish.adds and not wish.removes
    unasked = wish.description is None
    true: dict[Fact, bool] = {
        "start over": wish.start_over,
        "keep layout": wish.keep_layout,
        "new scene": wish.new_scene,
        "weights": bool(wish.weights) and not change.changes,
        "photo": photo,
        "order": bool(wish.said),
        "editor": editor,
        "new subject": "subject" in change.aspects,
        "new deed": "deed" in change.aspects,
        "new place": "place" in change.aspects,
        "nothing kept": unasked and change.kept <= NOTHING and not photo,
        "little kept": unasked and change.kept <= LITTLE,
        "named anew": wish.names(change.new),
        "style only": set(change.kinds) == {"style"},
        "weather only": bool(change.kinds) and set(change.kinds) <= {"weather", "season"},
        "thing beside": change.beside and "place" not in change.aspects,
        "replaced only": replaced,
    }
    return frozenset(fact for fact, holds in true.items() if holds)


def choose(true: frozenset[Fact], override: Level | None = None) -> Row:
    """The first row whose facts all hold; of a level that was set, the first such row, or else the level's own."""
    fitting = [row for row in TABLE if row.facts <= true]
    if override is None:
        return fitting[0]
    first = fitting[0]
    return first if first.level == override else OVERRIDES[override]
