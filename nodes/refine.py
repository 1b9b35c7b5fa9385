"""Put each description into the dialect of the T2I model, with a seed for every picture."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from langgraph.runtime import Runtime

from minidalle3.engines.contract import Capabilities, EngineError
from minidalle3.gallery.lexicon import is_chinese
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.context import Context
from minidalle3.graph.state import ChatState, PictureRecord, Prompt, Request, Usage
from minidalle3.nodes.dialects import Dialected, in_dialect
from minidalle3.nodes.history import last_words, understood
from minidalle3.nodes.judgement import charged
from minidalle3.nodes.services import Services, thread_of
from minidalle3.nodes.variants import variants
from minidalle3.nodes.wording import in_both, reworded, weighted
from minidalle3.tools.attention.words import parse
from minidalle3.tools.text_to_image import sized

MOST_STEPS = 100
NEW = ("text_to_image", "ip_adapter")
"""The tools that draw all of a picture, in as many steps and as large as they are told."""


@dataclass(frozen=True)
class Source:
    """A picture that others may be made from: what it shows, and what it was drawn with; None: nobody knows."""

    description: str
    prompt: str
    negative_prompt: str
    seed: int | None
    steps: int | None
    size: str | None = None
    embedding: str | None = None


async def refine(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """Edits and refinements keep their source's seed; every other picture gets one that its thread and id decide."""
    context = runtime.context or Context()
    try:
        can = await services.owner.capabilities()
    except EngineError as error:
        return {"requests": [without_prompts(request, str(error)) for request in state["requests"]]}
    thread, chinese = thread_of(runtime), is_chinese(last_words(state["messages"]))
    sources = await asyncio.to_thread(sources_of, state.get("pictures", {}), services.gallery, can)
    refined: list[Request] = []
    draft = state.get("draft")
    for request in state["requests"]:
        if request["kind"] != "select":
            if request["kind"] in ("image", "vary") and len(request["ids"]) > 1 and not embedding_of(request, sources):
                request, cost = await with_variants(request, can, state, services)
                draft = charged(draft, cost)
            request = prompted(request, can, sources, context, thread, chinese)
            sources |= drawn_by(request)
        refined.append(request)
    return {"requests": refined, "draft": draft}


async def with_variants(
    request: Request, can: Capabilities, state: ChatState, services: Services
) -> tuple[Request, Usage]:
    """The request with a description for each picture; an LLM that can call tools is asked for them."""
    llm = services.llm if services.settings.llm_tools else None
    said, count = understood(state["messages"]), len(request["ids"])
    descriptions, cost = await variants(request["description"], count, can, said, llm)
    return {**request, "descriptions": descriptions}, cost


def seed_of(request: Request, row: int, id: str, sources: Mapping[str, Source], context: Context, thread: str) -> int:
    """31 bits; replaying a turn gives the same seeds, so that nothing is drawn twice."""
    if context.seed is not None:
        return (context.seed + row) % 2**31
    source = sources.get(request["source"] or "") if row == 0 and request["kind"] in ("edit", "refine") else None
    if source and source.seed is not None and request.get("level") != "none":
        return source.seed
    return int.from_bytes(hashlib.sha256(f"{thread} {id}".encode()).digest()[:4]) >> 1


def prompted(
    request: Request,
    can: Capabilities,
    sources: Mapping[str, Source],
    context: Context,
    thread: str,
    chinese: bool = False,
) -> Request:
    """The request with its prompts and the parameters that its tool will be called with; notes in Chinese if asked."""
    source = sources.get(request["source"] or "")
    embedding = embedding_of(request, sources)
    dialected = Dialected("") if embedding else in_dialect(request["description"], can, chinese)
    own = [in_dialect(description, can).prompt for description in request.get("descriptions", [])]
    if dialected.prompt is None:
        return without_prompts(request, *dialected.notes)
    if source and request.get("level") == "small":
        dialected = in_words_of(source, request["description"], dialected, can)
    sent = str(dialected.prompt)
    if request.get("tool") == "upscale":
        sent = parse(sent)[0]  # the weights of its source's words steered attention, which nothing does here
    prompt = weighted(sent, request.get("weights", {}))
    if prompt is None:
        words = ", ".join(request["weights"])
        lacking = f"模型的提示词里没有“{words}”。" if chinese else f"The model's prompt has no word for “{words}”."
        return without_prompts(request, lacking)
    prompts: list[Prompt] = [
        {
            "prompt": (own[row] if own else None) or prompt,
            "negative_prompt": dialected.negative_prompt,
            "seed": seed_of(request, row, id, sources, context, thread),
        }
        for row, id in enumerate(request["ids"])
    ]
    caption, parameters = source.prompt if source else "", given(request, source, prompt, context, can)
    if embedding:
        parameters["embedding"] = embedding
    return {
        **request, "caption": caption, "prompts": prompts, "parameters": parameters, "notes": list(dialected.notes)
    }  # fmt: skip


def embedding_of(request: Request, sources: Mapping[str, Source]) -> str | None:
    """Its own, or, of more like a picture that was drawn from one, and of the same with more steps, that one."""
    source = sources.get(request["source"] or "")
    again = request["kind"] in ("vary", "refine") and request.get("tool", "text_to_image") == "text_to_image"
    return request.get("embedding") or (source.embedding if source and again else None)


def given(request: Request, source: Source | None, prompt: str, context: Context, can: Capabilities) -> dict[str, Any]:
    """The tool's parameters; what is no new drawing takes steps, guidance and size from its source or its engine."""
    parameters: dict[str, Any] = dict(request.get("parameters", {}))
    if not (source and in_both(parameters.get("subject", ""), source.prompt, prompt)):
        parameters.pop("subject", None)
    if request.get("tool", "text_to_image") not in NEW:
        return parameters
    steps = context.steps
    if request["kind"] == "refine" and steps is None:
        before = (source and source.steps) or can.steps
        steps = before and min(2 * before, MOST_STEPS)
    size = context.size if source is None else source.size
    return {**parameters, "steps": steps, "guidance": context.guidance, "size": size}


def in_words_of(source: Source, description: str, fresh: Dialected, can: Capabilities) -> Dialected:
    """The source's own prompts with only the changed words changed; `fresh` where its prompt has other words.

    The sketchbook's captions are canonical: a fresh one differs from its source's in the changed words alone.
    """
    if can.dialect == "sketchbook":
        return fresh
    prompt = reworded(source.prompt, source.description, description)
    return fresh if prompt is None else replace(fresh, prompt=prompt, negative_prompt=source.negative_prompt)


def drawable(recipe: Recipe, can: Capabilities) -> str | None:
    """The size of a picture, for what is drawn from it; None where the engine has to draw at a size of its own."""
    size = f"{recipe['width']}x{recipe['height']}"
    try:
        sized(can, size)
    except EngineError:
        return None
    return size


def drawn_by(request: Request) -> dict[str, Source]:
    """The pictures of a request as sources of later requests of the same reply."""
    descriptions = request.get("descriptions") or [request["description"]] * len(request["ids"])
    return {
        id: Source(
            described, prompt["prompt"], prompt["negative_prompt"], prompt["seed"],
            *(request["parameters"].get(name) for name in ("steps", "size", "embedding")),
        )
        for id, described, prompt in zip(request["ids"], descriptions, request.get("prompts", []), strict=False)
    }  # fmt: skip


def without_prompts(request: Request, *notes: str) -> Request:
    """A request that cannot be drawn, with what the person must be told."""
    return request if request["kind"] == "select" else {**request, "prompts": [], "notes": list(notes)}


def sources_of(pictures: Mapping[str, PictureRecord], gallery: Gallery, can: Capabilities) -> dict[str, Source]:
    """The thread's pictures, as far as their files still read; a photo as if it were prompted for."""
    found: dict[str, Source] = {}
    for id, record in pictures.items():
        try:
            recipe = gallery.recipe(record["digest"])
        except PictureError:
            continue
        dialected = in_dialect(record["description"], can)
        if recipe is None:
            found[id] = Source(record["description"], dialected.prompt or "", dialected.negative_prompt, None, None)
        else:
            embedding: Any = recipe["parameters"].get("embedding")
            prompt = (dialected.prompt or "") if embedding else recipe["prompt"]
            fields = (prompt, recipe["negative_prompt"], recipe["seed"], recipe["steps"])
            found[id] = Source(record["description"], *fields, drawable(recipe, can), embedding)
    return found
