"""Decide how much of the source survives each request, with which tool, and say why in words a person can read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from langgraph.runtime import Runtime

from minidalle3.graph.context import Context
from minidalle3.graph.state import ChatState, Level, Request
from minidalle3.nodes.services import Services

SMALL = 0.5
"""Share of the words of two descriptions that they must have in common for a change to count as small."""


async def control(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """Compares *descriptions*: a prompt may be rewritten beyond recognition, a description says what is meant."""
    override = (runtime.context or Context()).level
    described = {id: record["description"] for id, record in state.get("pictures", {}).items()}
    decided: list[Request] = []
    for request in state["requests"]:
        decided.append(decide(request, described, override))
        described.update(dict.fromkeys(request["ids"], request["description"]))
    return {"requests": decided}


def decide(request: Request, described: Mapping[str, str], override: Level | None) -> Request:
    """The request with level, tool and reason."""
    source = request["source"]
    if request["kind"] == "select":
        return request
    if source is None:
        return settle(request, "none", "A new picture.")
    if request["kind"] == "vary":
        return settle(request, "large", f"More like {source}: the same description from another seed.")
    if request["kind"] == "refine":
        return settle(request, "small", f"{source} drawn again from its seed with twice the steps.")
    changed, share = changes(described[source], request["description"])
    level = override or ("small" if share >= SMALL else "large")
    chosen = " (as you set)" if override else ""
    if level == "none":
        return settle(request, level, f"A new picture{chosen}.")
    return settle(request, level, f"A {level} change{chosen}: {changed}. Drawn again from {source}'s seed.")


def settle(request: Request, level: Level, reason: str) -> Request:
    """Every request is drawn by the one tool there is."""
    return {**request, "level": level, "reason": reason, "tool": "text_to_image"}


def changes(before: str, after: str) -> tuple[str, float]:
    """What changed, as `-old +new` phrases, and which share of both descriptions' words is common to them."""
    old, new = words(before), words(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    phrases: list[str] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            phrases += [f"-{' '.join(old[i:j])}"] * (i < j) + [f"+{' '.join(new[k:m])}"] * (k < m)
    return ", ".join(phrases) or "the same words", matcher.ratio()


def words(text: str) -> list[str]:
    """Words without case and punctuation; each Chinese character counts as one."""
    return re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+(?:['-]\w+)*", text.casefold())
