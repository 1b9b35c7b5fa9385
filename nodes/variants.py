"""Several pictures of one description are candidates to choose from: each is drawn from words of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, Field

from minidalle3.engines.contract import Capabilities, Dialect
from minidalle3.graph.state import NO_USAGE, Usage
from minidalle3.nodes.dialects import in_dialect
from minidalle3.prompts import load

PROMPT = load("variants")
PATIENCE = 20.0
"""Seconds that a turn waits for an LLM's descriptions."""
LONGEST = 400
"""Characters of a description that an LLM may write."""
VIEWS = (
    "seen from close by", "in soft morning light", "from a low angle", "in warm evening light", "in a wide view",
    "seen from above", "in bright daylight",
)  # fmt: skip
ENDINGS: Mapping[Dialect, Sequence[str]] = MappingProxyType({
    "prose": VIEWS,
    "tags": VIEWS,
    "sketchbook": (
        "by day", "in a meadow", "at sunset", "on a plain background", "at night", "in a room", "in the snow"
    ),
})  # fmt: skip
"""What a description may leave open, in words that the engine knows."""


class Variants(BaseModel):
    """Different descriptions of one picture."""

    descriptions: list[str] = Field(description="Complete descriptions, each different, in English.")


async def variants(
    description: str, count: int, can: Capabilities, said: str = "", llm: BaseChatModel | None = None
) -> tuple[list[str], Usage]:
    """`count` descriptions, all with prompts of their own where there are enough, and what the LLM cost, if one helped.

    Where it does not answer, or too little, what a description leaves open is filled in by a list.
    """
    written, usage = await asked(llm, count, description, said) if llm else ([], NO_USAGE)
    candidates = [*written, description, *(f"{description}, {ending}" for ending in ENDINGS[can.dialect])]
    return distinct(candidates, description, count, can), usage


def distinct(candidates: Sequence[str], description: str, count: int, can: Capabilities) -> list[str]:
    """The first that have prompts of their own and lack nothing more than the description itself, filled up with it."""
    lacks = in_dialect(description, can).notes
    found: dict[str, str] = {}
    for candidate in candidates:
        dialected = in_dialect(candidate, can)
        if dialected.prompt and dialected.notes == lacks:
            found.setdefault(dialected.prompt, candidate)
    kept = list(found.values())[:count]
    return kept + [description] * (count - len(kept))


async def asked(llm: BaseChatModel, count: int, description: str, said: str) -> tuple[list[str], Usage]:
    """What the LLM writes in one call; nothing where it cannot, or not in time."""
    question = HumanMessage(PROMPT.format(count=count, said=said or "(not known)", description=description))
    try:
        writer = llm.with_structured_output(Variants, include_raw=True).with_config(tags=["nostream"])
        answer = await asyncio.wait_for(writer.ainvoke([question]), PATIENCE)
    except Exception:  # whatever a provider's client raises, there is the list
        return [], NO_USAGE
    assert isinstance(answer, dict)
    parsed, raw = answer["parsed"], answer["raw"].usage_metadata or NO_USAGE
    lines = parsed.descriptions if isinstance(parsed, Variants) else []
    usage: Usage = {"input_tokens": raw["input_tokens"], "output_tokens": raw["output_tokens"]}
    return [" ".join(line.split()) for line in lines if line.strip() and len(line) <= LONGEST], usage
