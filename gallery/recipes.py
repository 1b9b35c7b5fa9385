"""The recipe: everything needed to draw a picture again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from typing_extensions import TypedDict


class Recipe(TypedDict):
    """Never holds a thread, a time, an id or the person's words: the same recipe is the same picture anywhere."""

    engine: str
    fingerprint: str
    prompt: str
    negative_prompt: str
    seed: int
    steps: int
    guidance: float
    scheduler: str
    width: int
    height: int
    tool: str
    parameters: dict[str, Any]
    parent: str | None
    """Digest of the picture it was made from, when its pixels or latents took part in the drawing."""
    batch_size: int
    batch_row: int
    versions: dict[str, str]


INCIDENTAL = ("batch_size", "batch_row", "versions")
"""Fields that move a pixel by rounding only: a picture drawn with others of these counts as the same picture."""


def recipe_key(recipe: Recipe) -> str:
    """Hex digest by which a picture is found again from its recipe."""
    essence = {name: value for name, value in recipe.items() if name not in INCIDENTAL}
    return hashlib.sha256(json.dumps(essence, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
