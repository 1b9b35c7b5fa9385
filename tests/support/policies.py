"""Policies as a deployer writes them."""

from __future__ import annotations

from PIL import Image

from minidalle3.engines.contract import EngineError


async def no_dragons(prompt: str, picture: Image.Image | None) -> str | None:
    """Refuses by the prompt alone."""
    return "no dragons here." if "dragon" in prompt else None


async def no_dark(prompt: str, picture: Image.Image | None) -> str | None:
    """Refuses by the picture alone."""
    return "too dark." if picture and picture.convert("L").getpixel((0, 0)) < 128 else None


async def nothing(prompt: str, picture: Image.Image | None) -> str | None:
    """Lets prompts pass and no picture."""
    return "not today." if picture else None


async def broken(prompt: str, picture: Image.Image | None) -> str | None:
    """Cannot reach whom it would ask."""
    raise EngineError("the classifier is down: secret words")


def forgetful(prompt: str, picture: Image.Image | None) -> str | None:
    """Is no async function."""
    return None
