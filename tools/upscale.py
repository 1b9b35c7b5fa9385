"""Draw a picture at twice its size, from the picture itself: SDEdit on the enlarged picture's latents."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from PIL import Image

from minidalle3.engines.contract import Capabilities, Drawn, EngineError, Start
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
    The recipe and the `Watch` are as in `text_to_image`; no trace is kept, since the drawing starts half-way. Raises
    `EngineError`, `PictureError` or `Stopped`.
    """

    @tool("upscale")
    async def draw(
        source: str, config: RunnableConfig, prompts: Sequence[Prompt] = (), strength: Strength = 0.35
    ) -> list[str]:
        """Draw the picture `source` at twice its width and height, and return the digests of what came of it.

        Without `prompts` it is drawn once, with its own prompt and seed. `strength` is how much may be drawn anew: at
        0.2 hardly more than sharper edges, at 0.5 new details everywhere.
        """
        can = await owner.capabilities()
        if not can.image_to_image:
            raise EngineError(f"{can.engine} cannot draw on from a picture, and so not make one larger.")
        options: dict[str, Any] = config.get("configurable", {})
        watch = options.get("watch") or Nobody()
        image = await asyncio.to_thread(gallery.image, source)
        before = await asyncio.to_thread(gallery.recipe, source)
        recipes = [recipe_of(can, source, image, before, prompt, strength) for prompt in prompts or [own(before)]]
        shelf = await Shelf.of(gallery, recipes)
        for row in shelf.missing:
            desk = Desk(owner, gallery, Rows(watch, [row]), options.get("caller", ""))
            await shelf.put(row, await redraw(recipes[row], desk))
        return shelf.digests()

    return draw


def own(before: Recipe | None) -> Prompt:
    """What the picture was drawn with; raises `EngineError` for a photo."""
    if before is None:
        raise EngineError("This photo has no prompt of its own to be drawn larger with: say what it shows.")
    return {
        "prompt": words_of(before),
        "negative_prompt": before["negative_prompt"],
        "seed": before["seed"] or 0,
    }


def recipe_of(
    can: Capabilities, source: str, image: Image.Image, before: Recipe | None, prompt: Prompt, strength: float
) -> Recipe:
    """With the steps and guidance of the source where this engine drew it, and with one step at least."""
    width, height = (TIMES * (side // 8) * 8 for side in image.size)
    if max(width, height) > LARGEST * max(can.width, can.height):
        raise EngineError(
            f"It is {image.width}x{image.height} already, and {can.engine} draws at {can.width}x{can.height}: it will "
            f"not draw more than {LARGEST} times that."
        )
    ours = before is not None and before["fingerprint"] == can.fingerprint and before["tool"] != "inversion"
    plain = plain_recipe(can, prompt, *((before["steps"], before["guidance"]) if before and ours else (None, None)))
    return {
        **plain,
        "steps": max(plain["steps"] or 0, math.ceil(1 / strength)),
        "width": width,
        "height": height,
        "tool": "upscale",
        "parameters": {"strength": strength},
        "parent": source,
    }


async def redraw(recipe: Recipe, desk: Desk) -> Drawn:
    """Draw a recipe of this tool; raises `PictureError` where its source is not in the gallery."""
    parent, strength = recipe["parent"], recipe["parameters"]["strength"]
    if parent is None:
        raise EngineError("The recipe names no picture to make larger.")
    assert isinstance(strength, float)
    image = await asyncio.to_thread(desk.gallery.image, parent)
    large = image.resize((recipe["width"], recipe["height"]), Image.Resampling.LANCZOS)
    [drawn] = await desk.owner.draw(replace(batch([recipe]), start=Start(large, strength)), desk.watch, desk.caller)
    return drawn
