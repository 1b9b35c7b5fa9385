"""Records of pictures that nobody has drawn."""

from __future__ import annotations

from collections.abc import Mapping

from minidalle3.graph.state import PictureRecord


def records(shown: Mapping[str, str]) -> dict[str, PictureRecord]:
    """By id, from id to description: new pictures without parents, their digests their ids."""
    return {
        id: {
            "id": id, "digest": id, "parent": None, "kind": "image", "words": "", "description": description,
            "level": "none", "reason": "",
        }
        for id, description in shown.items()
    }  # fmt: skip
