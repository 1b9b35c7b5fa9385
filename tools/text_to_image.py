"""Draw new pictures from text: the tool behind every request that no control tool takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Annotated, Any, TypeAlias

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from PIL import Image
from pydantic import Field

from minidalle3.engines.contract import Capabilities, EngineError, Job, Watch
from minidalle3.engines.owner import Owner
from minidalle3.gallery.recipes import Digest, Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.graph.state import Prompt
from minidalle3.tools.shelf import Shelf

VERSIONS = {name: version(name) for name in ("minidalle3", "diffusers", "torch")}

SMALLEST, LARGEST = 64, 2048
"""Pixels of a side that may be asked for."""

Steps: TypeAlias = Annotated[int | None, Field(ge=1, le=150)]
Guidance: TypeAlias = Annotated[float | None, Field(ge=0, le=30)]


class Nobody:
    """A watch for a caller who only wants the result."""

    def queued(self, position: int) -> None: ...

    def progress(self, step: int, of: int) -> None: ...

    def wants_preview(self, row: int) -> bool:
        return False

    def preview(self, row: int, image: Image.Image) -> None: ...

    def stopped(self) -> bool:
        return False


@dataclass(frozen=True)
class Rows:
    """Passes a watch on under the caller's row numbers, where some rows needed no drawing."""

    watch: Watch
    rows: Sequence[int]

    def queued(self, position: int) -> None:
        self.watch.queued(position)

    def progress(self, step: int, of: int) -> None:
        self.watch.progress(step, of)

    def wants_preview(self, row: int) -> bool:
        return self.watch.wants_preview(self.rows[row])

    def preview(self, row: int, image: Image.Image) -> None:
        self.watch.preview(self.rows[row], image)

    def stopped(self) -> bool:
        return self.watch.stopped()


def text_to_image(owner: Owner, gallery: Gallery) -> BaseTool:
    """The tool bound to one engine and one gallery.

    Takes n prompts with their seeds and returns n digests in the gallery; a recipe drawn before costs nothing.
    A caller may put a `Watch` under `config["configurable"]["watch"]`. Raises `EngineError`
    (`Withheld`, where only some may not be had), `PictureError` for an embedding that is not there, or `Stopped`.
    """

    @tool("text_to_image")
    async def draw(
        prompts: list[Prompt],
        config: RunnableConfig,
        steps: Steps = None,
        guidance: Guidance = None,
        size: str | None = None,
        embedding: Digest | None = None,
    ) -> list[str]:
        """Draw one picture for each prompt, together in one batch, and return their digests.

        An `embedding` in the gallery stands in the place of the prompts' words.
        """
        can = await owner.capabilities()
        if embedding and not can.embeddings:
            raise EngineError(f"{can.engine} is told in words what to draw: it takes no embedding.")
        options: dict[str, Any] = config.get("configurable", {})
        recipes = [plain_recipe(can, prompt, steps, guidance, size) for prompt in prompts]
        if embedding:
            recipes = [{**recipe, "parameters": {"embedding": embedding}} for recipe in recipes]
        shelf = await Shelf.of(gallery, recipes)
        if rows := shelf.missing:
            watch = Rows(options.get("watch") or Nobody(), rows)
            job = await embedded(batch([recipes[row] for row in rows]), recipes[0], gallery)
            drawn = await owner.draw(job, watch, caller=options.get("caller", ""))
            for row, one in zip(rows, drawn, strict=True):
                await shelf.put(row, one)
        return shelf.digests()

    return draw


def sized(can: Capabilities, size: str | None) -> tuple[int, int]:
    """Width and height in pixels from `1024x768`, or the engine's own. Raises `EngineError` for what it cannot draw."""
    if size is None:
        return can.width, can.height
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise EngineError(f"{size[:20]!r} is no size: say it as in 1024x768.")
    wanted = (int(width), int(height))
    if can.sizes and wanted not in can.sizes:
        known = ", ".join(f"{width}x{height}" for width, height in can.sizes)
        raise EngineError(f"{can.engine} does not draw {size}: it draws {known}.")
    if any(side % 8 or not SMALLEST <= side <= LARGEST for side in wanted):
        raise EngineError(f"{size} cannot be drawn: sides are multiples of 8, from {SMALLEST} to {LARGEST}.")
    return wanted


def plain_recipe(
    can: Capabilities, prompt: Prompt, steps: int | None, guidance: float | None, size: str | None = None
) -> Recipe:
    """The recipe of one picture drawn alone, with what the engine does unless told otherwise filled in.

    Raises `EngineError` for a size (`1024x768`) that the engine cannot draw.
    """
    width, height = sized(can, size)
    return {
        "engine": can.engine,
        "fingerprint": can.fingerprint,
        "prompt": prompt["prompt"],
        "negative_prompt": prompt["negative_prompt"] if can.negative_prompt else "",
        "seed": prompt["seed"] if can.repeatable else None,
        "steps": can.steps and (steps or can.steps),
        "guidance": can.guidance if can.guidance is None or guidance is None else guidance,
        "scheduler": can.scheduler,
        "width": width,
        "height": height,
        "tool": "text_to_image",
        "parameters": {},
        "parent": None,
        "batch_size": 1,
        "batch_row": 0,
        "versions": {**VERSIONS},
    }


def batch(recipes: Sequence[Recipe]) -> Job:
    """One job from recipes that differ in prompt and seed alone."""
    first = recipes[0]
    return Job(
        prompts=tuple(recipe["prompt"] for recipe in recipes),
        negative_prompts=tuple(recipe["negative_prompt"] for recipe in recipes),
        seeds=tuple(recipe["seed"] or 0 for recipe in recipes),
        steps=first["steps"] or 0,
        guidance=first["guidance"] or 0.0,
        width=first["width"],
        height=first["height"],
    )


async def embedded(job: Job, recipe: Recipe, gallery: Gallery) -> Job:
    """The job with the embedding that its recipe names, if it does. Raises `PictureError` where that is gone."""
    digest = recipe["parameters"].get("embedding")
    return replace(job, embedding=await asyncio.to_thread(gallery.embedding, str(digest))) if digest else job
