"""A person's photo on its way into the gallery, past the deployer's policy."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Collection

from PIL import Image

from minidalle3.gallery.provenance import extract
from minidalle3.gallery.recipes import RecipeError, makers
from minidalle3.gallery.store import Gallery, PhotoError, cleaned
from minidalle3.graph.policy import Policy, refusal


async def taken_in(data: bytes, gallery: Gallery, known: Collection[str] | None = None) -> str:
    """Its digest, `known` as in `Gallery.put_photo`. Raises `PhotoError`, also for one that the policy refuses, which
    is not stored then.
    """
    if why := await refused(data, gallery.policy):
        raise PhotoError(f"Your photo was not taken in. {why}")
    return await asyncio.to_thread(gallery.put_photo, data, known)


def names_others(data: bytes) -> bool:
    """Whether an upload says which other pictures it was made from."""
    try:
        recipe = extract(data)
    except RecipeError:
        return False
    return recipe is not None and any(makers(recipe))


async def refused(data: bytes, policy: Policy | None) -> str | None:
    """Why the policy will not have an upload: asked as of a finished picture, its prompt that of the recipe inside it,
    or empty. Raises `PhotoError` for what is no picture.
    """
    return await refusal(policy, *await asyncio.to_thread(seen, data)) if policy else None


def seen(data: bytes) -> tuple[str, Image.Image]:
    """The prompt and the pixels that would be kept."""
    clean = cleaned(data)
    recipe = extract(clean)
    with Image.open(io.BytesIO(clean)) as image:
        image.load()
    return recipe["prompt"] if recipe else "", image
