"""Decide how much of the source survives each request, with which tool, and say why in words a person can read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from langgraph.runtime import Runtime

from minidalle3.engines.contract import Capabilities, EngineError
from minidalle3.graph.context import Context
from minidalle3.graph.state import ChatState, Request
from minidalle3.nodes.decision import PLAIN, Desk, decide, settled
from minidalle3.nodes.history import understood
from minidalle3.nodes.judgement import charged, judge
from minidalle3.nodes.services import Services


async def control(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """Compares *descriptions*, and where the LLM rewrote one beyond what was asked for, believes the person."""
    pictures = state.get("pictures", {})
    can = await capabilities(services)
    desk = Desk(
        tools=usable(services.tools, can, own_editor=services.editor is not services.owner),
        seeds=can is None or can.repeatable,
        said=understood(state["messages"]),
        alone=sum(request["source"] is not None and request["kind"] != "select" for request in state["requests"]) < 2,
        override=(runtime.context or Context()).level,
        default=services.settings.level,
        photos=frozenset(id for id, record in pictures.items() if record["kind"] == "photo"),
        plain={id for id, record in pictures.items() if record["kind"] in PLAIN},
        described={id: record["description"] for id, record in pictures.items()},
    )
    draft = state.get("draft")
    decided: list[Request] = []
    for request in state["requests"]:
        decision = await asyncio.to_thread(decide, request, desk)
        if not decision.row.sure and request["source"]:
            before, after = desk.described[request["source"]], decision.request["description"]
            row, cost = await judge(services.llm, services.settings.llm_timeout, desk.said, before, after)
            decision, draft = replace(decision, row=row or decision.row), charged(draft, cost)
        decided.append(settled(decision, desk))
        desk.described.update(dict.fromkeys(request["ids"], decided[-1]["description"]))
        desk.plain.update(request["ids"] if decided[-1]["kind"] in PLAIN else ())
    return {"requests": decided, "draft": draft}


async def capabilities(services: Services) -> Capabilities | None:
    """What the engine can do; None where it cannot be loaded, which refine will tell."""
    try:
        return await services.owner.capabilities()
    except EngineError:
        return None


def usable(tools: Iterable[str], can: Capabilities | None, own_editor: bool = True) -> frozenset[str]:
    """Those that would work with the engine there is; `own_editor`: `instruct_edit` has another."""
    return frozenset(name for name in tools if name == "text_to_image" or (can and works(name, can, own_editor)))


def works(tool: str, can: Capabilities, own_editor: bool = True) -> bool:
    """Whether an engine that can this much is enough for the tool."""
    needs = {
        "prompt_to_prompt": can.attention_control,
        "masactrl": can.attention_control,
        "ip_adapter": can.adapters,
        "upscale": can.image_to_image,
        "instruct_edit": own_editor or can.edit_endpoint,
    }
    return needs.get(tool, True)
