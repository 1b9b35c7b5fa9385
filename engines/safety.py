"""What a pipeline's own safety checker said; it is loaded wherever a model brings one."""

from __future__ import annotations

from typing import Any

from minidalle3.engines.contract import Drawn


def rows_of(result: Any) -> list[Drawn]:
    """The rows of a pipeline's output; those that the checker made black are marked."""
    flags = getattr(result, "nsfw_content_detected", None) or [False] * len(result.images)
    return [Drawn(image, None, unsafe=bool(flag)) for image, flag in zip(result.images, flags, strict=True)]
