"""Where a gallery in a folder keeps things, for tests that damage them."""

from __future__ import annotations

from pathlib import Path

from minidalle3.gallery.store import Gallery


def lies(gallery: Gallery, digest: str) -> Path:
    """The file of a picture."""
    return Path(gallery.address(digest))
