"""Ask the LLM, with the tag parser inside, so that prose streams out and markup never does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.runnables import Runnable
from langgraph.runtime import Runtime

from minidalle3.graph.context import Context
from minidalle3.graph.state import NO_USAGE, ChatState, Draft, Segment
from minidalle3.graph.stop import stopped
from minidalle3.llms.errors import explain
from minidalle3.nodes.calls import SCHEMAS, items
from minidalle3.nodes.history import for_llm
from minidalle3.nodes.markup import Item, Text
from minidalle3.nodes.services import Services
from minidalle3.nodes.sight import cost, pixels_for, sees, with_pixels
from minidalle3.nodes.tags import TagParser
from minidalle3.nodes.thoughts import Thoughts
from minidalle3.nodes.window import window_of
from minidalle3.prompts import load

REPAIR = load("repair")


async def respond(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """Runs again after `route` refused a draft; then the refused draft is shown to the LLM, and kept nowhere else."""
    window, shown = window_of(services), []
    if sees(services):
        shown = await asyncio.to_thread(pixels_for, state, services.gallery, window)
    messages = with_pixels(for_llm(state, window - cost(shown)), shown)
    refused = state.get("draft") if state.get("attempts") else None
    if refused:
        runtime.stream_writer({"type": "reset"})
        messages += repair(refused)
    draft: Draft = {"segments": [], "usage": {**refused["usage"]} if refused else {**NO_USAGE}}
    notes = list(state.get("notes", []))
    parser, thoughts = TagParser(), Thoughts()
    whole: AIMessageChunk | None = None
    try:
        async for chunk in offered(services).astream(messages):
            assert isinstance(chunk, AIMessageChunk)
            whole = whole + chunk if whole and chunk.tool_call_chunks else whole or chunk
            said = thoughts.feed(chunk.text)
            if thoughts.spilled:
                parser, thoughts.spilled = TagParser(), False
                draft["segments"].clear()
                runtime.stream_writer({"type": "reset"})
            add(draft, parser.feed(said), runtime)
            if usage := getattr(chunk, "usage_metadata", None):
                draft["usage"]["input_tokens"] += usage["input_tokens"]
                draft["usage"]["output_tokens"] += usage["output_tokens"]
            if stopped():
                notes.append("Stopped.")
                break
    except Exception as error:  # whatever a provider's client raises, the conversation goes on
        strange = services.settings.hide(f"The LLM failed: {type(error).__name__}: {error}")
        notes.append(explain(error, services.settings) or strange)
    add(draft, [*parser.feed(thoughts.close()), *parser.close()], runtime)
    for call in whole.tool_calls if whole else ():
        add(draft, items({"name": call["name"], "arguments": call["args"]}), runtime)
    return {"draft": draft, "notes": notes}


def offered(services: Services) -> Runnable[LanguageModelInput, AIMessage]:
    """The LLM, with the kinds of request as native tools if the settings say so and its client knows tools."""
    llm: Runnable[LanguageModelInput, AIMessage] = services.llm
    if services.settings.llm_tools:
        with suppress(NotImplementedError):
            llm = services.llm.bind_tools(SCHEMAS)
    return llm.with_config(tags=["nostream"])


def add(draft: Draft, items: Iterable[Item], runtime: Runtime[Context]) -> None:
    """Append what the parser let through; prose is streamed under the index of its segment."""
    segments = draft["segments"]
    for item in items:
        if not isinstance(item, Text):
            segments.append(tag(item))
            continue
        if not segments or segments[-1]["kind"] != "text":
            segments.append({"kind": "text", "text": ""})
        segments[-1]["text"] += item.text
        runtime.stream_writer({"type": "text", "part": len(segments) - 1, "delta": item.text})


def tag(item: Item) -> Segment:
    """A tag as state: plain data."""
    assert not isinstance(item, Text)
    segment: Segment = {"kind": item.kind, "text": item.description, "count": item.count}
    if item.source:
        segment["source"] = item.source
    return segment


def repair(refused: Draft) -> list[BaseMessage]:
    """The refused draft and a pointed instruction about it."""
    said = "".join(segment["text"] for segment in refused["segments"])
    return [*([AIMessage(said)] if said.strip() else []), HumanMessage(REPAIR)]
