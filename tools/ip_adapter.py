"""Draw something new that looks like earlier pictures: IP-Adapter (Ye et al. 2023)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from pydantic import JsonValue

from minidalle3.engines.contract import Drawn, Engine, EngineError, Look, Watch
from minidalle3.engines.owner import Owner
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.graph.state import Prompt
from minidalle3.tools.attention.words import parse
from minidalle3.tools.edits import Desk, recipe_for, recipe_of, trace_of, words_of
from minidalle3.tools.parameters import References, Share
from minidalle3.tools.shelf import Shelf
from minidalle3.tools.text_to_image import Guidance, Nobody, Rows, Steps, batch, plain_recipe


def ip_adapter(owner: Owner, gallery: Gallery) -> BaseTool:
    """The tool bound to one engine and one gallery.

    Takes the digest of any picture and n prompts with their seeds, and returns n digests, drawn in one batch unless
    attention is steered as well; the recipe and the `Watch` are as in `text_to_image`. Raises `EngineError`,
    `PictureError` or `Stopped`.
    """

    @tool("ip_adapter")
    async def draw(
        source: str,
        prompts: list[Prompt],
        config: RunnableConfig,
        scale: Share = 0.6,
        references: References = (),
        cross: Share = 0.0,
        layout: Share = 0.0,
        steps: Steps = None,
        guidance: Guidance = None,
        size: str | None = None,
    ) -> list[str]:
        """Draw a new picture for each prompt that looks like the picture `source`, and return their digests.

        `scale` is how much it looks like it: 0 not at all, 0.5 evenly with the words, 1 whatever the words say.
        `references` are up to seven more pictures whose looks are taken in. With `cross` or `layout` above 0, words
        and shapes of the source stay in their place as well, as in `prompt_to_prompt`: this model must have drawn it,
        and it is drawn with the source's steps, guidance and size.
        """
        can = await owner.capabilities()
        if not can.adapters:
            raise EngineError(
                f"{can.engine} has no IP-Adapter, by which a new picture looks like an earlier one: set "
                "MINIDALLE3_IP_ADAPTER to one made for this kind of model."
            )
        options: dict[str, Any] = config.get("configurable", {})
        desk = Desk(owner, gallery, options.get("watch") or Nobody(), options.get("caller", ""))
        parameters: dict[str, JsonValue] = {
            "scale": scale,
            "references": list(references),
            "cross": cross,
            "layout": layout,
            "adapter": can.adapter_fingerprint,
        }
        plain = [plain_recipe(can, prompt, steps, guidance, size) for prompt in prompts]
        recipes = [
            await recipe_of_look(desk, recipe, source, prompt, parameters)
            for recipe, prompt in zip(plain, prompts, strict=True)
        ]
        return await drawn_or_found(recipes, desk, together=not steered(recipes))

    return draw


async def recipe_of_look(
    desk: Desk, plain: Recipe, source: str, prompt: Prompt, parameters: dict[str, JsonValue]
) -> Recipe:
    """From that of a new picture; where attention is steered, with the steps and the size of the source."""
    recipe: Recipe = {**plain, "tool": "ip_adapter", "parameters": parameters, "parent": source}
    if not steered([recipe]):
        return recipe
    kept = await recipe_of(source, desk.owner, desk.gallery)
    return await recipe_for(desk, kept, source, "ip_adapter", prompt, parameters)


def steered(recipes: Sequence[Recipe]) -> bool:
    """Whether attention is steered too."""
    return any(recipe["parameters"][name] for recipe in recipes for name in ("cross", "layout"))


async def drawn_or_found(recipes: Sequence[Recipe], desk: Desk, together: bool) -> list[str]:
    """The digests of recipes that differ in prompt and seed alone; what is in the gallery costs nothing."""
    shelf = await Shelf.of(desk.gallery, recipes)
    rows = shelf.missing
    for group in [rows] if together else [[row] for row in rows]:
        watched = replace(desk, watch=Rows(desk.watch, group))
        drawn = await redraw([recipes[row] for row in group], watched) if group else []
        for row, one in zip(group, drawn, strict=True):
            await shelf.put(row, one)
    return shelf.digests()


async def redraw(recipes: Sequence[Recipe], desk: Desk) -> list[Drawn]:
    """Draw a batch of this tool's recipes, which share everything but prompt and seed; one alone where it is steered.

    Raises `EngineError` also where another adapter drew them, `PictureError` where one of their pictures is gone.
    """
    recipe, can = recipes[0], await desk.owner.capabilities()
    parent, parameters = recipe["parent"], recipe["parameters"]
    if parent is None:
        raise EngineError("The recipe names no picture to look like.")
    if parameters["adapter"] != can.adapter_fingerprint:
        raise EngineError(f"It was drawn with another IP-Adapter than the one that is set up for {can.engine} here.")
    more, scale = parameters["references"], parameters["scale"]
    assert isinstance(more, list) and isinstance(scale, float | int)
    digests = [parent, *map(str, more)]
    images = await asyncio.to_thread(lambda: tuple(desk.gallery.image(digest) for digest in digests))
    job = replace(batch(recipes), look=Look(images, scale))
    if not steered(recipes):
        return await desk.owner.draw(job, desk.watch, desk.caller)
    before = await recipe_of(parent, desk.owner, desk.gallery)
    trace = await trace_of(parent, before, desk)
    words: dict[str, JsonValue] = {name: parameters[name] for name in ("cross", "layout")}
    plan: Recipe = {**recipe, "tool": "prompt_to_prompt", "parameters": {"mode": "refine", "local": False, **words}}

    def work(engine: Engine, watch: Watch) -> list[Drawn]:
        from minidalle3.tools.attention.controls import Control  # torch: only where something is drawn
        from minidalle3.tools.attention.session import Source

        control = Control(plan, Source(words_of(before), before["negative_prompt"], trace))
        return engine.draw(replace(job, prompts=(parse(recipe["prompt"])[0],), control=control), watch)

    return await desk.owner.run(work, desk.watch, desk.caller)
