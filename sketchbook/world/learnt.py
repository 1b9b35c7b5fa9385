"""What the shipped weights have learnt of the world: it may grow before they do."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from minidalle3.sketchbook.world import words
from minidalle3.sketchbook.world.scene import Scene

LEARNT = Path(__file__).parent.parent / "weights" / "words.json"
_FIELDS = ("companion", "relation", "count", "style", "place", "time", "weather", "colour", "action", "worn")


@cache
def everything() -> dict[str, list[Any]]:
    """Field of a scene -> the values that the world has: what export leaves beside weights trained on all of it."""
    return {
        "subject": list(words.SUBJECTS), "companion": list(words.SUBJECTS), "relation": list(words.RELATIONS),
        "count": [1, 2, 3], "style": list(words.STYLES), "place": list(words.PLACES), "time": list(words.TIMES),
        "weather": list(words.WEATHERS), "colour": list(words.COLOURS), "action": list(words.ACTIONS),
        "worn": list(words.WORN),
    }  # fmt: skip


@cache
def learnt() -> Mapping[str, frozenset[Any]]:
    return {field: frozenset(known) for field, known in json.loads(LEARNT.read_text("utf-8")).items()}


def within(scene: Scene) -> tuple[Scene | None, tuple[str, ...]]:
    """The scene without what the weights have not learnt, none if that is its subject; and what that was, in words."""
    if scene.subject not in learnt()["subject"]:
        return None, (scene.subject,)
    lost = {field: getattr(scene, field) for field in _FIELDS if getattr(scene, field) not in (None, *learnt()[field])}
    if "relation" in lost and scene.companion in learnt()["companion"]:
        lost["companion"] = scene.companion
    blank: dict[str, Any] = {field: 1 if field == "count" else None for field in lost}
    if "companion" in lost:
        blank["relation"] = None
    told = tuple(_told(field, value) for field, value in lost.items() if field != "relation")
    return replace(scene, **blank), told


def _told(field: str, value: Any) -> str:
    return "more than one" if field == "count" else str(value)
