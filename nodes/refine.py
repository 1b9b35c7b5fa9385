"""Put each description into the dialect of the T2I model, with a seed for every picture."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from minidalle3.engines.contract import Capabilities, EngineError
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.context import Context
from minidalle3.graph.state import ChatState, PictureRecord, Prompt, Request
from minidalle3.nodes.services import Services, thread_of
from minidalle3.sketchbook.world.grammar import caption, understand

QUALITY = "highly detailed, sharp focus, coherent lighting"
NEGATIVE = "blurry, low quality, deformed, extra limbs, text, watermark"
MOST_STEPS = 100


@dataclass(frozen=True)
class Dialected:
    """A prompt in the engine's dialect, or none where the engine could only have drawn something else."""

    prompt: str | None
    negative_prompt: str = ""
    notes: tuple[str, ...] = ()


async def refine(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """Edits and refinements keep their source's seed; every other picture gets one that its thread and id decide."""
    context = runtime.context or Context()
    try:
        can = await services.owner.capabilities()
    except EngineError as error:
        return {"requests": [without_prompts(request, str(error)) for request in state["requests"]]}
    thread = thread_of(runtime)
    kept = await asyncio.to_thread(recipes, state.get("pictures", {}), services.gallery)
    seeds: dict[str | None, int] = {id: recipe["seed"] for id, recipe in kept.items() if recipe["seed"] is not None}
    refined: list[Request] = []
    for request in state["requests"]:
        if request["kind"] != "select":
            for row, id in enumerate(request["ids"]):
                seeds[id] = seed_of(request, row, id, seeds, context, thread)
            request = prompted(request, can, seeds, kept, context)
        refined.append(request)
    return {"requests": refined}


def seed_of(request: Request, row: int, id: str, seeds: Mapping[str | None, int], context: Context, thread: str) -> int:
    """31 bits; replaying a turn gives the same seeds, so that nothing is drawn twice."""
    if context.seed is not None:
        return (context.seed + row) % 2**31
    source = request["source"] if row == 0 and request["kind"] in ("edit", "refine") else None
    if source in seeds:
        return seeds[source]
    return int.from_bytes(hashlib.sha256(f"{thread} {id}".encode()).digest()[:4]) >> 1


def prompted(
    request: Request, can: Capabilities, seeds: Mapping[str | None, int], kept: Mapping[str, Recipe], context: Context
) -> Request:
    """The request with its prompts and the parameters that its tool will be called with."""
    dialected = in_dialect(request["description"], can)
    if dialected.prompt is None:
        return without_prompts(request, *dialected.notes)
    prompts: list[Prompt] = [
        {"prompt": dialected.prompt, "negative_prompt": dialected.negative_prompt, "seed": seeds[id]}
        for id in request["ids"]
    ]
    parameters: dict[str, Any] = {"steps": context.steps, "guidance": context.guidance}
    source = kept.get(request["source"] or "")
    if request["kind"] == "refine" and context.steps is None:
        steps = (source and source["steps"]) or can.steps
        parameters["steps"] = steps and min(2 * steps, MOST_STEPS)
    return {**request, "prompts": prompts, "parameters": parameters, "notes": list(dialected.notes)}


def without_prompts(request: Request, *notes: str) -> Request:
    """A request that cannot be drawn, with what the person must be told."""
    return request if request["kind"] == "select" else {**request, "prompts": [], "notes": list(notes)}


def recipes(pictures: Mapping[str, PictureRecord], gallery: Gallery) -> dict[str, Recipe]:
    """The recipes of the thread's pictures, as far as they have one that still reads."""
    found: dict[str, Recipe] = {}
    for id, record in pictures.items():
        try:
            recipe = gallery.recipe(record["digest"])
        except PictureError:
            continue
        if recipe is not None:
            found[id] = recipe
    return found


def in_dialect(description: str, can: Capabilities) -> Dialected:
    """Deterministic; a description of a picture without a subject that the engine knows gives no prompt."""
    if can.dialect == "sketchbook":
        return in_sketchbook(description)
    if can.dialect == "tags":
        return Dialected(f"{description}, {QUALITY}", NEGATIVE if can.negative_prompt else "")
    return Dialected(description)


def in_sketchbook(description: str) -> Dialected:
    """The world's canonical caption; words outside the world are named, never replaced in silence."""
    understood = understand(description)
    missing = ", ".join(f"“{word}”" for word in understood.unknown)
    bigger = "a bigger model does (set MINIDALLE3_T2I, for example to stabilityai/stable-diffusion-xl-base-1.0)"
    if understood.scene is None:
        wanted = missing or f"“{description}”"
        return Dialected(None, notes=(f"The sketchbook cannot draw {wanted}; {bigger}.",))
    notes = (f"The sketchbook left out {missing}, which it does not know; {bigger}.",) if missing else ()
    return Dialected(caption(understood.scene), notes=notes)
