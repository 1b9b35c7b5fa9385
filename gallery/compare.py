"""How two pictures, or two recipes, differ."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.sentences import ENGLISH, Sentences
from minidalle3.gallery.store import Gallery
from minidalle3.gallery.tree import told

if TYPE_CHECKING:
    from minidalle3.graph.state import PictureRecord

TOLERANCE = 2
"""Largest difference, of 255, that another batch size may cause in the same picture."""


@dataclass(frozen=True)
class Difference:
    """Two pictures of one size, seen as RGB."""

    identical: bool
    largest: int
    """Largest difference in one channel of one pixel, 0..255."""
    psnr: float
    """Peak signal-to-noise ratio in dB; infinite when identical."""
    changed: float
    """Share of pixels that differ at all, 0..1."""


def compare(a: Image.Image, b: Image.Image) -> Difference:
    """Raises `ValueError` when their sizes differ."""
    if a.size != b.size:
        sizes = " and ".join(f"{one.width}x{one.height}" for one in (a, b))
        raise ValueError(f"The pictures are {sizes} pixels: only pictures of one size can be compared.")
    left, right = (np.asarray(one.convert("RGB"), dtype=np.int16) for one in (a, b))
    gap = np.abs(left - right)
    largest = int(gap.max(initial=0))
    if largest == 0:
        return Difference(identical=True, largest=0, psnr=math.inf, changed=0.0)
    error = float(np.square(gap, dtype=np.float64).mean())
    changed = float(gap.any(axis=-1).mean())
    return Difference(identical=False, largest=largest, psnr=10 * math.log10(255**2 / error), changed=changed)


def recipe_changes(a: Recipe, b: Recipe) -> dict[str, tuple[Any, Any]]:
    """Field by field, in the recipe's order: (in `a`, in `b`)."""
    ours, theirs = dict(a), dict(b)
    return {name: (ours[name], theirs[name]) for name in Recipe.__annotations__ if ours[name] != theirs[name]}


def comparison(a: PictureRecord, b: PictureRecord, gallery: Gallery, say: Sentences = ENGLISH) -> Iterator[str]:
    """What a person is told of two pictures, line by line: the fields of their recipes, and their pixels.

    Raises `PictureError` where one is missing from the gallery.
    """
    yield say.compared.format(told(a, say), told(b, say))
    before, after = gallery.recipe(a["digest"]), gallery.recipe(b["digest"])
    if before and after:
        for field, values in recipe_changes(before, after).items():
            yield f"{field}: {' → '.join(json.dumps(value, ensure_ascii=False) for value in values)}"
    left, right = gallery.image(a["digest"]), gallery.image(b["digest"])
    if left.size != right.size:
        yield say.sizes.format(*(f"{one.width}x{one.height}" for one in (left, right)))
        return
    found = compare(left, right)
    yield say.identical if found.identical else say.pixels.format(found.changed, found.largest, found.psnr)
