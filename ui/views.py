"""Pictures and replies as plain data for everything outside: `say --json`, captions, pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from typing_extensions import TypedDict

from minidalle3.gallery.recipes import Recipe, RecipeError
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.state import Part, PictureRecord

WIDTH = 384
"""CSS pixels across that a conversation gives a picture."""
CHANGES = {"none": "new picture", "small": "small change", "large": "large change"}
PLAIN = ("A new picture.", "新画的图。")
"""Reasons that say no more than `provenance`."""


class PictureView(TypedDict):
    """A record joined with its recipe; a photo, or a picture whose file is lost, has no recipe to tell of."""

    type: Literal["picture"]
    id: str
    path: str
    """Or its URL in an object storage."""
    kind: str
    words: str
    description: str
    prompt: str | None
    negative_prompt: str | None
    seed: int | None
    tool: str | None
    parameters: dict[str, Any] | None
    mask: str | None
    """Path or URL of a PNG that is black where a change left its source untouched, if it did anywhere."""
    level: str
    reason: str
    parent: str | None


def picture_view(record: PictureRecord, gallery: Gallery) -> PictureView:
    """Never fails for want of a file: the path says where it should be."""
    recipe: Recipe | None = None
    mask: str | None = None
    with suppress(PictureError, RecipeError):
        mask = gallery.mask_address(record["digest"])
        recipe = gallery.recipe(record["digest"])
    return {
        "type": "picture",
        "id": record["id"],
        "path": gallery.address(record["digest"]),
        "kind": record["kind"],
        "words": record["words"],
        "description": record["description"],
        "prompt": recipe["prompt"] if recipe else None,
        "negative_prompt": recipe["negative_prompt"] if recipe else None,
        "seed": recipe["seed"] if recipe else None,
        "tool": recipe["tool"] if recipe else None,
        "parameters": {**recipe["parameters"]} if recipe else None,
        "mask": mask,
        "level": record["level"],
        "reason": record["reason"],
        "parent": record["parent"],
    }


def reply_view(
    reply: Sequence[Part], pictures: Mapping[str, PictureRecord], gallery: Gallery
) -> list[dict[str, Any] | PictureView]:
    """The parts of a reply in order, pictures with all that is known of them."""
    return [picture_view(pictures[part["id"]], gallery) if part["type"] == "picture" else {**part} for part in reply]


def provenance(view: PictureView, tell: Callable[..., str] = str.format) -> str:
    """Where a picture came from, in a few words: `small change of #1 · text_to_image · seed 7`.

    `tell` puts a pattern into words, in another language if it likes.
    """
    if view["kind"] == "photo":
        return tell("your photo")
    change = tell(view["kind"] if view["kind"] in ("vary", "refine") else CHANGES[view["level"]])
    if view["parent"]:
        change = tell("{change} of {id}", change=change, id=view["parent"])
    seed = tell("seed {seed}", seed=view["seed"]) if view["seed"] is not None else None
    return " · ".join(filter(None, (change, view["tool"], seed)))


def remark(view: PictureView) -> str:
    """Why it was drawn as it was, where that is more than where it came from."""
    return "" if view["reason"] in PLAIN else view["reason"]
