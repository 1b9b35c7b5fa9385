"""A picture's recipe inside its PNG, for this house and for the readers that other tools ship."""

from __future__ import annotations

import io
import json
import re
import struct
from collections.abc import Iterator

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from minidalle3.gallery.recipes import Recipe, RecipeError, recipe_from_json, recipe_to_json

__all__ = ["RecipeError", "embed", "encode", "extract", "parameters_line"]

CHUNK = "minidalle3"


def embed(image: Image.Image, recipe: Recipe) -> bytes:
    """The PNG of `image` with its recipe; the same pixels and recipe give the same bytes. Raises `RecipeError`."""
    info = PngInfo()
    info.add_itxt(CHUNK, recipe_to_json(recipe))
    info.add_text("parameters", parameters_line(recipe))
    return encode(image, info)


def extract(data: bytes) -> Recipe | None:
    """The recipe in a PNG from anywhere, without decoding a pixel; `None` when it carries none.

    Raises `RecipeError` when `data` is no PNG or its recipe is malformed or out of range.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            text = image.info.get(CHUNK)
    except Exception as error:  # Pillow's parsers raise many kinds for hostile bytes
        raise RecipeError("This is not a PNG picture that can be read.") from error
    return recipe_from_json(text) if isinstance(text, str) else None


def plain(data: bytes) -> bool:
    """Whether a PNG that can be read holds what `embed` writes and nothing else: no place, no time, no thumbnail."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        image.load()
        known = image.mode == "RGB" and set(image.info) == {CHUNK, "parameters"}
    kinds = [kind for kind in chunks(data) if kind != b"IDAT"]
    return known and sorted(kinds) == [b"IEND", b"IHDR", b"iTXt", b"tEXt"]


def chunks(data: bytes) -> Iterator[bytes]:
    """The kinds of chunk in a PNG, in order; bytes after its end count as chunks too."""
    at = len(b"\x89PNG\r\n\x1a\n")
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8].ljust(8, b"?"))
        yield kind
        at += 12 + length


def encode(image: Image.Image, info: PngInfo | None = None) -> bytes:
    """A PNG of the pixels as RGB, transparency on white, with no metadata but `info`."""
    flat = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        flat.paste(image, mask=image)
    else:
        flat.paste(image.convert("RGB"))
    buffer = io.BytesIO()
    flat.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def parameters_line(recipe: Recipe) -> str:
    """The recipe as AUTOMATIC1111's web UI writes it, which most readers of picture metadata understand."""
    settings = {
        "Steps": recipe["steps"],
        "Sampler": recipe["scheduler"],
        "CFG scale": None if recipe["guidance"] is None else f"{recipe['guidance']:g}",
        "Seed": recipe["seed"],
        "Size": f"{recipe['width']}x{recipe['height']}",
        "Model hash": recipe["fingerprint"][:10] if recipe["fingerprint"] else None,
        "Model": recipe["engine"],
    }
    lines = [one_line(recipe["prompt"])]
    if recipe["negative_prompt"]:
        lines.append(f"Negative prompt: {one_line(recipe['negative_prompt'])}")
    lines.append(", ".join(f"{name}: {quoted(str(value))}" for name, value in settings.items() if value is not None))
    return "\n".join(lines)


def one_line(text: str) -> str:
    """Without the control characters that would end the line, or the chunk."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()


def quoted(value: str) -> str:
    """As the format wants it: in quotes when it holds one of the format's own signs."""
    return json.dumps(value, ensure_ascii=False) if re.search(r'[,:"\x00-\x1f]', value) else value
