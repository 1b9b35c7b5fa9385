"""Make a photo a picture like any other: at the engine's size, with a recipe and a trace to start changes from."""

from __future__ import annotations

import asyncio

from PIL import Image, ImageOps

from minidalle3.engines.contract import Capabilities, Drawn, Engine, EngineError, Inverter, Watch
from minidalle3.engines.owner import Owner
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.tools.text_to_image import Nobody, plain_recipe

ITERATIONS = 5
"""Looks at the UNet for each step: with these the sketchbook comes within 0.1 dB of its VAE's ceiling in 20 steps."""

GRAIN = 64
"""Multiple of pixels that every level of a UNet can halve."""


async def invert(
    owner: Owner,
    gallery: Gallery,
    photo: str,
    caption: str = "",
    steps: int | None = None,
    iterations: int = ITERATIONS,
    watch: Watch | None = None,
    caller: str = "",
) -> str:
    """The digest of the photo as this engine would have drawn it: its pixels fitted to the engine's size, untouched
    otherwise, with `photo` as the recipe's parent. `gallery.trace` of that digest has the latents and their fidelity.

    `caption` may be empty; with the photo's own words, words can be replaced later. `iterations` is 1..5. What was
    inverted before is found again and costs nothing. Raises `PictureError` for an unknown photo, `Stopped`, and
    `EngineError` for an engine whose latents are out of reach.
    """
    can = await owner.capabilities()
    if not can.attention_control:
        raise EngineError(f"{can.engine} does not let a photo be taken apart into latents; it draws it anew instead.")
    image = fitted(await asyncio.to_thread(gallery.image, photo), can)
    recipe = recipe_of(can, photo, caption, image, steps, iterations)
    known = await asyncio.to_thread(gallery.find, recipe)
    trace = await asyncio.to_thread(gallery.trace, known) if known else None
    if known and trace:
        return known

    def work(engine: Engine, watched: Watch) -> Drawn:
        if not isinstance(engine, Inverter):
            raise EngineError(f"{can.engine} cannot invert a photo.")
        return Drawn(image, engine.invert(image, caption, recipe["steps"] or 0, iterations, watched))

    found = await owner.run(work, watch or Nobody(), caller)
    return await asyncio.to_thread(gallery.put, found.image, recipe, found.trace)


def recipe_of(
    can: Capabilities, photo: str, caption: str, image: Image.Image, steps: int | None, iterations: int
) -> Recipe:
    """How the trace is made: without guidance, and without chance."""
    plain = plain_recipe(can, {"prompt": caption, "negative_prompt": "", "seed": 0}, steps, 1.0)
    return {
        **plain,
        "width": image.width,
        "height": image.height,
        "tool": "inversion",
        "parameters": {"iterations": iterations},
        "parent": photo,
    }


def fitted(photo: Image.Image, can: Capabilities) -> Image.Image:
    """The photo, RGB, cut at the centre as little as the engine's sizes ask for, and scaled."""
    return ImageOps.fit(photo.convert("RGB"), size_for(photo, can), Image.Resampling.LANCZOS)


def size_for(photo: Image.Image, can: Capabilities) -> tuple[int, int]:
    """The engine's size nearest in shape; where any will do, the photo's shape at the engine's usual area."""
    shape = photo.width / photo.height
    if can.sizes:
        return min(can.sizes, key=lambda size: abs(size[0] / size[1] - shape))
    area = can.width * can.height
    width, height = ((area * shape) ** 0.5, (area / shape) ** 0.5)
    return max(GRAIN, round(width / GRAIN) * GRAIN), max(GRAIN, round(height / GRAIN) * GRAIN)
