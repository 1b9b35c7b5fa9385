"""Draw a picture again from the recipe in its file, and compare."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from minidalle3.engines.contract import EngineError
from minidalle3.engines.owner import Owner
from minidalle3.gallery.compare import TOLERANCE, compare
from minidalle3.gallery.provenance import RecipeError, extract
from minidalle3.gallery.store import Gallery
from minidalle3.tools.edits import Desk, drawn_again
from minidalle3.tools.text_to_image import Nobody


@dataclass(frozen=True)
class Replayed:
    """How close a second drawing came."""

    identical: bool
    largest: int
    passed: bool
    note: str


async def replay(data: bytes, owner: Owner, gallery: Gallery, editor: Owner | None = None) -> Replayed:
    """Draw the recipe in the PNG `data` again with the engine at hand, or with the `editor` what one drew.

    The recipe is a stranger's: it never chooses the model, and one made by another model is refused. A change is drawn
    from its source, which must be in the gallery. Raises `RecipeError` when there is no usable recipe, `PictureError`
    when the source is missing, `EngineError` when this engine cannot draw it.
    """
    recipe = extract(data)
    if recipe is None:
        raise RecipeError("This picture carries no recipe: it was not drawn here, or its metadata was stripped.")
    if recipe["fingerprint"] is None:
        raise EngineError(
            f"It was drawn by {recipe['engine']}, out of our reach: its seed and weights are unknown, so that nobody "
            "can draw it again."
        )
    painter, setting = owner, "MINIDALLE3_T2I"
    if recipe["tool"] == "instruct_edit":
        painter, setting = editor or owner, "MINIDALLE3_EDITOR"
    can = await painter.capabilities()
    if recipe["fingerprint"] != can.fingerprint:
        raise EngineError(
            f"It was drawn by {recipe['engine']} ({recipe['fingerprint'][:10]}), and {can.engine} "
            f"({(can.fingerprint or 'unknown')[:10]}) is set up here. Set {setting} to the model that drew it."
        )
    drawn = await drawn_again(recipe, Desk(painter, gallery, Nobody(), ""))
    difference = compare(Image.open(io.BytesIO(data)), drawn.image)
    passed = difference.largest <= TOLERANCE
    note = "identical" if difference.identical else f"largest difference {difference.largest}/255"
    if not difference.identical and recipe["batch_size"] > 1:
        note += f" (it was drawn in a batch of {recipe['batch_size']})"
    return Replayed(difference.identical, difference.largest, passed, note)
