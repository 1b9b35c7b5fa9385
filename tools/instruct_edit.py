"""Change a picture, a photo above all, by saying what to do to it: a second model that is made for that."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from PIL import Image, ImageOps

from minidalle3.engines.contract import Capabilities, Drawn, Engine, EngineError
from minidalle3.engines.owner import Owner
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Prompt
from minidalle3.tools.edits import Desk
from minidalle3.tools.inversion import size_for
from minidalle3.tools.parameters import Instruction
from minidalle3.tools.shelf import Shelf
from minidalle3.tools.text_to_image import Nobody, Rows, batch, plain_recipe


def editor_for(settings: Settings, owner: Owner) -> Owner | None:
    """Who edits by instruction: the settings' editor, loaded at its first use behind an owner of its own; else the
    images API that draws anyway, behind `owner`; else nobody.
    """
    model = settings.editor
    if model is None:
        return owner if settings.t2i.startswith("openai:") else None

    def engine() -> Engine:
        if model.startswith("openai:"):
            from minidalle3.engines.images_api import ImagesAPI

            return ImagesAPI(settings.model_copy(update={"t2i": model}))
        from minidalle3.engines.editor import load_editor  # torch and diffusers: only when something is edited

        return load_editor(model, settings.device)

    return Owner(engine, settings.queue_limit)


def instruct_edit(owner: Owner, gallery: Gallery) -> BaseTool:
    """The tool bound to the owner of an engine with an edit endpoint (see `editor_for`) and to one gallery.

    Takes the digest of any picture and n prompts, and returns n digests. The prompts say what the pictures show
    afterwards; the engine is sent the instruction, or the prompts where there is none. The recipe has both; the
    `Watch` is as in `text_to_image`. Raises `EngineError`, `PictureError` or `Stopped`.
    """

    @tool("instruct_edit")
    async def draw(
        source: str,
        prompts: list[Prompt],
        config: RunnableConfig,
        instruction: Instruction = "",
        mask: str | None = None,
    ) -> list[str]:
        """Do to the picture `source` what `instruction` says, and return the digests of what came of it.

        `mask` is the digest of a picture that is white where the source may change and black where it must not.
        """
        can = await owner.capabilities()
        options: dict[str, Any] = config.get("configurable", {})
        size = await asyncio.to_thread(lambda: size_of(can, gallery.image(source)))
        recipes = [recipe_of(can, source, size, prompt, instruction, mask) for prompt in prompts]
        shelf = await Shelf.of(gallery, recipes)
        if rows := shelf.missing:
            watch = Rows(options.get("watch") or Nobody(), rows)
            desk = Desk(owner, gallery, watch, options.get("caller", ""))
            drawn = await redraw([recipes[row] for row in rows], desk)
            for row, one in zip(rows, drawn, strict=True):
                kept = await asyncio.to_thread(fitted, gallery, mask, one.image.size) if mask else None
                await shelf.put(row, one, kept)
        return shelf.digests()

    return draw


def size_of(can: Capabilities, source: Image.Image) -> tuple[int, int]:
    """Of what will be drawn: the source's shape at the engine's usual area, or what a server is asked for."""
    return size_for(source, can) if can.repeatable else (can.width, can.height)


def recipe_of(
    can: Capabilities, source: str, size: tuple[int, int], prompt: Prompt, instruction: str, mask: str | None
) -> Recipe:
    """The recipe of one edit."""
    return {
        **plain_recipe(can, prompt, None, None),
        "width": size[0],
        "height": size[1],
        "tool": "instruct_edit",
        "parameters": {"instruction": instruction, "mask": mask},
        "parent": source,
    }


async def redraw(recipes: list[Recipe], desk: Desk) -> list[Drawn]:
    """Draw recipes of this tool that differ in prompt and seed alone.

    Raises `EngineError` for an engine that cannot be shown a picture, `PictureError` where source or mask is gone.
    """
    can = await desk.owner.capabilities()
    if not can.edit_endpoint:
        raise EngineError(
            f"{can.engine} cannot be shown a picture to change: set MINIDALLE3_EDITOR to a model that can."
        )
    first = recipes[0]
    parent, instruction, mask = first["parent"], first["parameters"]["instruction"], first["parameters"]["mask"]
    if parent is None:
        raise EngineError("The recipe names no picture to change.")
    source = await asyncio.to_thread(desk.gallery.image, parent)
    if can.repeatable:
        source = ImageOps.fit(source, (first["width"], first["height"]), Image.Resampling.LANCZOS)
    job = replace(
        batch(recipes),
        prompts=tuple(str(instruction) or recipe["prompt"] for recipe in recipes),
        source=source,
        mask=await asyncio.to_thread(fitted, desk.gallery, str(mask), source.size) if mask else None,
    )
    return await desk.owner.draw(job, desk.watch, desk.caller)


def fitted(gallery: Gallery, mask: str, size: tuple[int, int]) -> Image.Image:
    """A mask, mode L, cut as its source is cut."""
    return ImageOps.fit(gallery.image(mask).convert("L"), size, Image.Resampling.BILINEAR)
