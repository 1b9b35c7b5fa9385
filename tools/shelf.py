"""Where a tool's pictures come to lie: found in the gallery or put there, unless they may not be had."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from minidalle3.engines.contract import Drawn, EngineError
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.graph.policy import refusal

UNSAFE = "The model's own safety checker took it for something that must not be shown. Ask in other words."


class Withheld(EngineError):
    """Some pictures of a call may not be had: `whys` by row; `digests` has the others."""

    def __init__(self, whys: dict[int, str], digests: list[str | None]) -> None:
        super().__init__(" ".join(dict.fromkeys(whys.values())))
        self.whys, self.digests = whys, digests


@dataclass
class Shelf:
    """The pictures of one call, a row for each recipe."""

    gallery: Gallery
    recipes: Sequence[Recipe]
    _digests: list[str | None]
    _whys: dict[int, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, gallery: Gallery, recipes: Sequence[Recipe]) -> Shelf:
        """With what was drawn before: it costs nothing, but it may be older than the policy."""
        found = await asyncio.to_thread(lambda: [gallery.find(recipe) for recipe in recipes])
        shelf = cls(gallery, recipes, found)
        for row, digest in enumerate(found):
            if digest and gallery.policy:
                image = await asyncio.to_thread(gallery.image, digest)
                shelf._refuse(row, await refusal(gallery.policy, recipes[row]["prompt"], image))
        return shelf

    @property
    def missing(self) -> list[int]:
        """The rows that are to be drawn."""
        return [row for row, digest in enumerate(self._digests) if digest is None and row not in self._whys]

    async def put(self, row: int, drawn: Drawn, mask: Image.Image | None = None) -> None:
        """Take in what was drawn, if it may be had; the recipe learns its batch, and the size that a server chose."""
        why = UNSAFE if drawn.unsafe else await refusal(self.gallery.policy, self.recipes[row]["prompt"], drawn.image)
        if why:
            return self._refuse(row, why)
        width, height = drawn.image.size
        recipe: Recipe = {**self.recipes[row], "width": width, "height": height}
        recipe["batch_size"], recipe["batch_row"] = drawn.batch_size, drawn.batch_row
        self._digests[row] = await asyncio.to_thread(self.gallery.put, drawn.image, recipe, drawn.trace, mask)
        return None

    def digests(self) -> list[str]:
        """All of them, in order. Raises `Withheld`."""
        whole = [digest for digest in self._digests if digest is not None]
        if self._whys:
            raise Withheld(self._whys, self._digests)
        return whole

    def _refuse(self, row: int, why: str | None) -> None:
        if why:
            self._digests[row], self._whys[row] = None, why
