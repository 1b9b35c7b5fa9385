"""Which weights these are, by their bytes, whatever their files and folders are called."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

PARTS_APART = ("ip_adapter", "image_encoder", "upscaler", "clip.safetensors")
"""Folders and files of a model whose weights have no part in a plain drawing."""


def fingerprint(folder: Path) -> str:
    """Hex digest of a model's weights, those of an IP-Adapter and of a network for larger pictures aside."""
    names = {file.relative_to(folder): file for file in folder.rglob("*.safetensors")}
    return digest({name.as_posix(): file for name, file in names.items() if name.parts[0] not in PARTS_APART})


def digest(files: Mapping[str, Path]) -> str:
    """Hex digest of the contents of files under the names given to them."""
    total = hashlib.sha256()
    for name, file in sorted(files.items()):
        blob = file.resolve().name  # a hub's cache calls a large file by its digest
        if len(blob) != 64:
            with file.open("rb") as opened:
                blob = hashlib.file_digest(opened, "sha256").hexdigest()
        total.update(f"{name} {blob}\n".encode())
    return total.hexdigest()
