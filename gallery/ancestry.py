"""What pictures were made from, by their recipes: more than the version tree names, such as a photo's inversion."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from minidalle3.gallery.recipes import RecipeError
from minidalle3.gallery.store import Gallery, Lost


def ancestry(gallery: Gallery, digests: Iterable[str]) -> set[str]:
    """These pictures and all that took part in their drawing; passes over those that are lost.

    Raises `StorageError`.
    """
    found: set[str] = set()
    waiting = list(digests)
    while waiting:
        digest = waiting.pop()
        if digest in found:
            continue
        found.add(digest)
        with suppress(Lost, RecipeError):
            waiting += gallery.makers(digest)
    return found
