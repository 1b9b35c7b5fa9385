"""Draw a change from the trace of its source: what the control tools have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from PIL import Image
from pydantic import JsonValue

from minidalle3.engines.contract import Drawn, Engine, EngineError, Watch
from minidalle3.engines.owner import Owner
from minidalle3.gallery.compare import TOLERANCE, compare
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.gallery.trace import Trace
from minidalle3.graph.state import Prompt
from minidalle3.tools.attention.words import parse
from minidalle3.tools.inversion import invert
from minidalle3.tools.parameters import check
from minidalle3.tools.shelf import Shelf
from minidalle3.tools.text_to_image import VERSIONS, Nobody, Rows, batch, embedded

CHANGES = ("prompt_to_prompt", "masactrl")
TRACED = (*CHANGES, "ip_adapter", "inversion", "text_to_image")
"""The tools whose pictures have a trace again once they are drawn again."""


@dataclass(frozen=True)
class Desk:
    """Who draws, what is stored, and who asks."""

    owner: Owner
    gallery: Gallery
    watch: Watch
    caller: str


@dataclass(frozen=True)
class Changed:
    """A change as drawn, with its trace; `mask` (mode L) is 0 where the picture is its source, pixel by pixel."""

    drawn: Drawn
    mask: Image.Image | None


async def change(
    owner: Owner,
    gallery: Gallery,
    config: RunnableConfig,
    tool: str,
    source: str,
    prompts: Sequence[Prompt],
    parameters: Mapping[str, JsonValue],
) -> list[str]:
    """The digests of the source changed to each prompt. Raises `EngineError`, `PictureError` or `Stopped`."""
    options: dict[str, Any] = config.get("configurable", {})
    watch: Watch = options.get("watch") or Nobody()
    kept = await recipe_of(source, owner, gallery)
    desk = Desk(owner, gallery, watch, options.get("caller", ""))
    recipes = [await recipe_for(desk, kept, source, tool, prompt, parameters) for prompt in prompts]
    shelf = await Shelf.of(gallery, recipes)
    for row in shelf.missing:
        changed = await redraw(recipes[row], replace(desk, watch=Rows(watch, [row])))
        await shelf.put(row, changed.drawn, changed.mask)
    return shelf.digests()


async def changeable(
    owner: Owner, gallery: Gallery, digest: str, caption: str, steps: int | None, watch: Watch, caller: str
) -> str:
    """The digest of a picture that `change` can start from: the given one if this engine drew it and can tell how,
    else the inversion of a photo, or of what another model drew, by a `caption` and in so many steps.

    Raises as `invert` does.
    """
    can = await owner.capabilities()
    recipe = await asyncio.to_thread(gallery.recipe, digest)
    ours = recipe is not None and (recipe["fingerprint"], recipe["scheduler"]) == (can.fingerprint, can.scheduler)
    if recipe and ours and "embedding" not in recipe["parameters"]:  # a change starts from words
        trace = await asyncio.to_thread(gallery.trace, digest)
        if trace is not None or recipe["tool"] in TRACED:
            return digest
    return await invert(owner, gallery, digest, parse(caption)[0], steps, watch=watch, caller=caller)


async def recipe_of(digest: str, owner: Owner, gallery: Gallery) -> Recipe:
    """The recipe of a picture that this engine can go on from."""
    can = await owner.capabilities()
    if not can.attention_control:
        raise EngineError(f"{can.engine} does not let its attention be steered; a change is a new picture to it.")
    recipe = await asyncio.to_thread(gallery.recipe, digest)
    if recipe is None:
        raise EngineError("This picture has no recipe, and so no trace to start from: a photo is inverted first.")
    if (recipe["fingerprint"], recipe["scheduler"]) != (can.fingerprint, can.scheduler):
        raise EngineError(
            f"It was drawn by {recipe['engine']} with {recipe['scheduler']}, and {can.engine} with {can.scheduler} is "
            "set up here: only the model that drew a picture can change it."
        )
    if "embedding" in recipe["parameters"]:
        raise EngineError("It was drawn from an embedding, not from words that could be changed: it is inverted first.")
    return recipe


def words_of(recipe: Recipe) -> str:
    """The prompt as it was sent, without the weights that steered attention."""
    steered = recipe["tool"] == "ip_adapter" and (recipe["parameters"]["cross"] or recipe["parameters"]["layout"])
    return parse(recipe["prompt"])[0] if recipe["tool"] in CHANGES or steered else recipe["prompt"]


async def recipe_for(
    desk: Desk, kept: Recipe, source: str, tool: str, prompt: Prompt, parameters: Mapping[str, JsonValue]
) -> Recipe:
    """A change has its source's steps, size and scheduler, and its guidance unless the source is a photo."""
    can = await desk.owner.capabilities()
    return {
        **kept,
        **prompt,
        "guidance": can.guidance if kept["tool"] == "inversion" else kept["guidance"],
        "tool": tool,
        "parameters": dict(parameters),
        "parent": source,
        "batch_size": 1,
        "batch_row": 0,
        "versions": {**VERSIONS},
    }


async def redraw(recipe: Recipe, desk: Desk) -> Changed:
    """Draw a change from its recipe alone; its source must be in the gallery."""
    parent = recipe["parent"]
    if parent is None:
        raise EngineError("The recipe of a change names no source.")
    before = await recipe_of(parent, desk.owner, desk.gallery)
    trace = await trace_of(parent, before, desk)
    job = batch([{**recipe, "prompt": parse(recipe["prompt"])[0]}])

    def work(engine: Engine, watch: Watch) -> Changed:
        from minidalle3.tools.attention.controls import Control  # torch: only where something is drawn
        from minidalle3.tools.attention.masks import feathered
        from minidalle3.tools.attention.session import Source

        control = Control(recipe, Source(words_of(before), before["negative_prompt"], trace))
        [drawn] = engine.draw(replace(job, control=control), watch)
        assert drawn.trace is not None
        if control.mask is None:
            return Changed(drawn, None)
        mask = feathered(control.mask, drawn.image.size)
        return Changed(replace(drawn, image=Image.composite(drawn.image, original, mask)), mask)

    original = await asyncio.to_thread(desk.gallery.image, parent)
    return await desk.owner.run(work, desk.watch, desk.caller)


async def trace_of(digest: str, recipe: Recipe, desk: Desk) -> Trace:
    """The stored trace, or that of the picture drawn again; raises `EngineError` if it then is another picture."""
    trace = await asyncio.to_thread(desk.gallery.trace, digest)
    if trace is not None:
        return trace
    again = await drawn_again(recipe, desk)
    largest = compare(await asyncio.to_thread(desk.gallery.image, digest), again.image).largest
    if again.trace is None or largest > TOLERANCE:
        raise EngineError(
            f"The picture's trace is gone, and drawn again it differs by {largest}/255: a change would start from "
            "another picture."
        )
    await asyncio.to_thread(desk.gallery.put_trace, digest, again.trace)
    return again.trace


async def drawn_again(recipe: Recipe, desk: Desk) -> Drawn:
    """A picture of a tool that `parameters.check` knows, from its recipe alone; the recipe may be a stranger's.

    Raises `EngineError` for other tools and for parameters that are not the tool's, `PictureError` for a change whose
    source is not in the gallery.
    """
    from minidalle3.tools import instruct_edit, ip_adapter, upscale  # they start from what stands here

    check(recipe)
    if recipe["tool"] in CHANGES:
        return (await redraw(recipe, desk)).drawn
    if recipe["tool"] == "inversion":
        if recipe["parent"] is None:
            raise EngineError("The recipe of an inversion names no photo.")
        iterations: Any = recipe["parameters"]["iterations"]
        found = await invert(
            desk.owner, desk.gallery, recipe["parent"], recipe["prompt"], recipe["steps"], iterations,
            watch=desk.watch, caller=desk.caller,
        )  # fmt: skip
        return Drawn(desk.gallery.image(found), desk.gallery.trace(found))
    if recipe["tool"] == "upscale":
        return await upscale.redraw(recipe, desk)
    if recipe["tool"] == "ip_adapter":
        return (await ip_adapter.redraw([recipe], desk))[0]
    if recipe["tool"] == "instruct_edit":
        return (await instruct_edit.redraw([recipe], desk))[0]
    job = await embedded(batch([recipe]), recipe, desk.gallery)
    [drawn] = await desk.owner.draw(job, desk.watch, desk.caller)
    return drawn
