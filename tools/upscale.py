"""Make a picture twice as large from the picture itself: by the engine's own network, which finds the details that the
model's training pictures have at that size; without one by SDEdit on the enlarged picture's latents.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from PIL import Image
from pydantic import JsonValue

from minidalle3.engines.contract import Capabilities, Drawn, Engine, EngineError, Enlarges, Start, Stopped, Watch
from minidalle3.engines.owner import Owner
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.graph.state import Prompt
from minidalle3.tools.edits import Desk, words_of
from minidalle3.tools.parameters import Strength
from minidalle3.tools.shelf import Shelf
from minidalle3.tools.text_to_image import Nobody, Rows, batch, plain_recipe

TIMES = 2
LARGEST = 4
"""Times an engine's own size: beyond it memory runs out before anything is gained."""


def upscale(owner: Owner, gallery: Gallery) -> BaseTool:
    """The tool bound to one engine and one gallery.

    Takes the digest of any picture with a recipe, or of a photo and its prompts, and returns a digest for each prompt.
    The recipe and the `Watch` are as in `text_to_image`; no trace is kept, since the drawing starts half-way. An
    engine's own network looks at no prompt and needs none. Raises `EngineError`, `PictureError` or `Stopped`.
    """

    @tool("upscale")
    async def draw(
        source: str, config: RunnableConfig, prompts: Sequence[Prompt] = (), strength: Strength = 0.35
    ) -> list[str]:
        """Draw the picture `source` at twice its width and height, and return the digests of what came of it.

        Without `prompts` it is drawn once, with its own prompt and seed. `strength` is how much may be drawn anew by
        an engine that does it by drawing on: at 0.2 hardly more than sharper edges, at 0.5 new details everywhere.
        """
        can = await owner.capabilities()
        if not (can.image_to_image or can.upscaler):
            raise EngineError(f"{can.engine} cannot draw on from a picture, and so not make one larger.")
        parameters: dict[str, JsonValue] = {"upscaler": can.upscaler} if can.upscaler else {"strength": strength}
        options: dict[str, Any] = config.get("configurable", {})
        watch = options.get("watch") or Nobody()
        image = await asyncio.to_thread(gallery.image, source)
        before = await asyncio.to_thread(gallery.recipe, source)
        recipes = [
            recipe_of(can, source, image, before, prompt, parameters) for prompt in prompts or [own(can, before)]
        ]
        shelf = await Shelf.of(gallery, recipes)
        for row in shelf.missing:
            desk = Desk(owner, gallery, Rows(watch, [row]), options.get("caller", ""))
            await shelf.put(row, await redraw(recipes[row], desk))
        return shelf.digests()

    return draw


def own(can: Capabilities, before: Recipe | None) -> Prompt:
    """What the picture was drawn with; raises `EngineError` for a photo where a prompt is needed."""
    if before is None and can.upscaler:
        return {"prompt": "", "negative_prompt": "", "seed": 0}
    if before is None:
        raise EngineError("This photo has no prompt of its own to be drawn larger with: say what it shows.")
    return {
        "prompt": words_of(before),
        "negative_prompt": before["negative_prompt"],
        "seed": before["seed"] or 0,
    }


def recipe_of(
    can: Capabilities,
    source: str,
    image: Image.Image,
    before: Recipe | None,
    prompt: Prompt,
    parameters: dict[str, JsonValue],
) -> Recipe:
    """With the steps and guidance of the source where this engine drew it; drawn on with one step at least."""
    strength = parameters.get("strength")
    grain = 8 if strength else 1
    width, height = (TIMES * (side // grain) * grain for side in image.size)
    if max(width, height) > LARGEST * max(can.width, can.height):
        raise EngineError(
            f"It is {image.width}x{image.height} already, and {can.engine} draws at {can.width}x{can.height}: it will "
            f"not draw more than {LARGEST} times that."
        )
    ours = before is not None and before["fingerprint"] == can.fingerprint and before["tool"] != "inversion"
    plain = plain_recipe(can, prompt, *((before["steps"], before["guidance"]) if before and ours else (None, None)))
    least = math.ceil(1 / strength) if isinstance(strength, float) else 0
    return {
        **plain,
        "steps": max(plain["steps"] or 0, least),
        "width": width,
        "height": height,
        "tool": "upscale",
        "parameters": parameters,
        "parent": source,
    }


async def redraw(recipe: Recipe, desk: Desk) -> Drawn:
    """Draw a recipe of this tool; raises `PictureError` where its source is not in the gallery, and `EngineError` also
    where another network made it.
    """
    parent, strength = recipe["parent"], recipe["parameters"].get("strength")
    if parent is None:
        raise EngineError("The recipe names no picture to make larger.")
    if "upscaler" in recipe["parameters"]:
        return await enlarge(parent, recipe, desk)
    assert isinstance(strength, float)
    image = await asyncio.to_thread(desk.gallery.image, parent)
    large = image.resize((recipe["width"], recipe["height"]), Image.Resampling.LANCZOS)
    [drawn] = await desk.owner.draw(replace(batch([recipe]), start=Start(large, strength)), desk.watch, desk.caller)
    return drawn


async def enlarge(source: str, recipe: Recipe, desk: Desk) -> Drawn:
    """By the engine's own network, if it is the recipe's."""
    can = await desk.owner.capabilities()
    if recipe["parameters"]["upscaler"] != can.upscaler:
        raise EngineError(f"It was made larger by another network than the one that {can.engine} has here.")
    image = await asyncio.to_thread(desk.gallery.image, source)

    def work(engine: Engine, watch: Watch) -> Drawn:
        if watch.stopped():
            raise Stopped
        assert isinstance(engine, Enlarges)
        large = engine.enlarge(image)
        watch.progress(1, 1)
        return Drawn(large, None)

    return await desk.owner.run(work, desk.watch, desk.caller)


async def before_enlarging(owner: Owner, gallery: Gallery, digest: str) -> tuple[str, list[dict[str, Any]]]:
    """The picture of which this one is an enlargement made here, and with what the tool would do each step again.

    A change starts from that one, which has a trace, and what comes of it is enlarged as often.
    """
    can, again = await owner.capabilities(), list[dict[str, Any]]()
    while (recipe := await asyncio.to_thread(gallery.recipe, digest)) and made_here(recipe, can) and recipe["parent"]:
        digest = recipe["parent"]
        again.insert(0, {name: value for name, value in recipe["parameters"].items() if name == "strength"})
    return digest, again


def made_here(recipe: Recipe, can: Capabilities) -> bool:
    """Whether this engine would enlarge just so."""
    if can.upscaler or recipe["tool"] != "upscale":
        return bool(can.upscaler) and recipe["parameters"].get("upscaler") == can.upscaler
    return "strength" in recipe["parameters"] and recipe["fingerprint"] == can.fingerprint
