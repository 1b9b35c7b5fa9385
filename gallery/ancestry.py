"""What pictures were made from, by their recipes: more than the version tree names, such as a photo's inversion."""

from __future__ import annotations

from collections.abc import Iterable

from minidalle3.gallery.recipes import RecipeError
from minidalle3.gallery.store import Gallery, PictureError


def ancestry(gallery: Gallery, digests: Iterable[str]) -> set[str]:
    """These pictures and all that took part in their drawing; reads every file, and passes over those that are lost."""
    found: set[str] = set()
    waiting = list(digests)
    while waiting:
        digest = waiting.pop()
        if digest in found:
            continue
        found.add(digest)
        try:
            recipe = gallery.recipe(digest)
        except (PictureError, RecipeError):
            continue
        if recipe is not None and recipe["parent"] is not None:
            waiting.append(recipe["parent"])
    return found
