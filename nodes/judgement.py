"""Ask the LLM, in one short call, how a change is meant that the table cannot tell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, Field

from minidalle3.graph.state import NO_USAGE, Draft, Usage
from minidalle3.nodes.choices import MOVE, REFINE, SCENE, Row, row
from minidalle3.prompts import load

PROMPT = load("control")
LONGEST = 20.0
"""Seconds that a turn waits for the answer."""


class Judgement(BaseModel):
    """How the second picture follows from the first."""

    change: Literal["detail", "pose", "scene", "other picture"] = Field(
        description="detail: same layout, something in it differs. pose: same subject and place, it moves."
        " scene: same subject drawn in a new scene. other picture: nothing of the first is wanted."
    )


ROWS: Mapping[str, Row] = MappingProxyType({
    "detail": row("", "small", "prompt_to_prompt", "the LLM says that a detail changes", REFINE),
    "pose": row("", "small", "masactrl", "the LLM says that it moves", MOVE),
    "scene": row("", "large", "ip_adapter", "the LLM says that it is in a new scene", SCENE),
    "other picture": row("", "none", "text_to_image", "the LLM says that nothing of it is wanted"),
})  # fmt: skip


async def judge(llm: BaseChatModel, patience: float, said: str, before: str, after: str) -> tuple[Row | None, Usage]:
    """The row that the LLM's answer stands for, and what it cost; no row where it cannot answer so, or not in time."""
    question = HumanMessage(PROMPT.format(said=said or "(not known)", before=before, after=after))
    try:
        asked = llm.with_structured_output(Judgement, include_raw=True).with_config(tags=["nostream"])
        answer = await asyncio.wait_for(asked.ainvoke([question]), min(patience, LONGEST))
    except Exception:  # whatever a provider's client raises, the table has an answer too
        return None, NO_USAGE
    assert isinstance(answer, dict)
    parsed, raw = answer["parsed"], answer["raw"].usage_metadata or NO_USAGE
    usage: Usage = {"input_tokens": raw["input_tokens"], "output_tokens": raw["output_tokens"]}
    return ROWS[parsed.change] if isinstance(parsed, Judgement) else None, usage


def charged(draft: Draft | None, cost: Usage) -> Draft | None:
    """The draft with what one more call of the LLM cost."""
    if draft is None:
        return None
    spent = draft["usage"]
    return {**draft, "usage": {
        "input_tokens": spent["input_tokens"] + cost["input_tokens"],
        "output_tokens": spent["output_tokens"] + cost["output_tokens"],
    }}  # fmt: skip
