"""Pictures for elements of the page that take an address instead of a file."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

from PIL import Image

from minidalle3.gallery.store import Gallery


@lru_cache(maxsize=256)
def data_url(gallery: Gallery, digest: str, side: int) -> str:
    """The picture as WebP, at most `side` pixels high and wide; raises `PictureError` when it is lost."""
    return encoded(gallery.image(digest), side)


def encoded(image: Image.Image, side: int) -> str:
    """An image as a data URL, at most `side` pixels high and wide; a small one, which is enlarged, loses nothing."""
    small = image.copy()
    small.thumbnail((side, side))
    file = io.BytesIO()
    small.save(file, "WEBP", quality=90, lossless=max(small.size) <= 256)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
