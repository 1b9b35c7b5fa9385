"""What pictures were made from, by their recipes: more than the version tree names, such as a photo's inversion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from minidalle3.gallery.recipes import Recipe, RecipeError
from minidalle3.gallery.store import Gallery, Lost


def ancestry(gallery: Gallery, digests: Iterable[str]) -> set[str]:
    """These pictures and all that took part in their drawing; reads every file, and passes over those that are lost.

    Raises `StorageError`.
    """
    found: set[str] = set()
    waiting = list(digests)
    while waiting:
        digest = waiting.pop()
        if digest in found:
            continue
        found.add(digest)
        try:
            recipe = gallery.recipe(digest)
        except (Lost, RecipeError):
            continue
        if recipe is not None:
            waiting += makers(recipe)
    return found


def makers(recipe: Recipe) -> Iterator[str]:
    """The digests that a recipe names: its source, pictures whose look it takes in, a person's mask, an embedding."""
    named = recipe["parameters"]
    more = named.get("references")
    for one in (recipe["parent"], named.get("mask"), named.get("embedding"), *(more if isinstance(more, list) else [])):
        if isinstance(one, str):
            yield one
