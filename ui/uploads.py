"""Photos that a person sends."""

from __future__ import annotations

from collections.abc import Sequence

from streamlit.runtime.uploaded_file_manager import UploadedFile

PHOTOS = ["png", "jpg", "jpeg", "webp", "gif"]
"""Kinds of file that the composer takes."""


def photos(files: Sequence[UploadedFile]) -> list[bytes]:
    """What was sent along with the words."""
    return [file.getvalue() for file in files]
