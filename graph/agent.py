"""The graph of a turn. `build()` gives it bare; front ends compile it with a saver of their own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import ChatInput, ChatOutput, ChatState
from minidalle3.nodes.control import control
from minidalle3.nodes.deliver import deliver
from minidalle3.nodes.draw import draw
from minidalle3.nodes.listen import listen
from minidalle3.nodes.refine import refine
from minidalle3.nodes.respond import respond
from minidalle3.nodes.route import route
from minidalle3.nodes.services import Services, make

Node = Callable[[ChatState, Runtime[Context], Services], Awaitable[Any]]


def build(services: Services | None = None) -> StateGraph[ChatState, Context, ChatInput, ChatOutput]:
    """The graph with its nodes bound to `services`; None: made from the settings when the first turn runs."""

    @cache
    def provide() -> Services:
        return make(Settings())

    def bound(node: Node) -> Any:
        async def run(state: ChatState, runtime: Runtime[Context]) -> Any:
            there = await asyncio.to_thread(provide) if services is None else services
            return await node(state, runtime, there)

        return run

    graph = StateGraph(ChatState, context_schema=Context, input_schema=ChatInput, output_schema=ChatOutput)
    for node in (listen, respond, control, refine, draw, deliver):
        graph.add_node(node.__name__, bound(node))
    graph.add_node("route", bound(route), destinations=("respond", "control", "deliver"))
    graph.add_edge(START, "listen")
    graph.add_conditional_edges("listen", after_listen, ["respond", "route", "deliver"])
    graph.add_edge("respond", "route")
    graph.add_edge("control", "refine")
    graph.add_edge("refine", "draw")
    graph.add_edge("draw", "deliver")
    graph.set_finish_point("deliver")
    return graph


def after_listen(state: ChatState) -> str:
    """A move along the version tree is done already, a tag needs no LLM to write it; words go to the LLM."""
    extra = state["messages"][-1].additional_kwargs
    if "command" in extra:
        return "deliver"
    return "route" if "tag" in extra else "respond"


graph = build().compile()
"""The bare graph that LangGraph Studio loads: no saver, services made at the first turn."""

if __name__ == "__main__":
    sys.stdout.write(graph.get_graph().draw_mermaid())
