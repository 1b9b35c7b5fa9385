"""A person's photo on its way into the gallery."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_PIXELS = 40_000_000
MAX_SIDE = 2048


class PhotoError(ValueError):
    """The photo cannot be taken in; the message says what to do."""


def decode_photo(data: bytes) -> Image.Image:
    """The upright picture in `data` (its first frame if it moves), its longer side at most `MAX_SIDE`.

    Raises `PhotoError` for bytes that are no PNG, JPEG, WebP or GIF, and, before decoding, for too many pixels.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError(too_large()) from error
    except Exception as error:  # Pillow's parsers raise many kinds for hostile bytes
        raise PhotoError("This is not a picture I can read. Send it as PNG, JPEG, WebP or GIF.") from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise PhotoError(too_large())
        try:
            upright = ImageOps.exif_transpose(eight_bits(image))
        except Exception as error:  # and so do its decoders
            raise PhotoError("The photo is damaged or cut short. Save it again, and send it once more.") from error
    if max(upright.size) > MAX_SIDE:
        upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return upright


def eight_bits(image: Image.Image) -> Image.Image:
    """Loaded; a 16-bit grey photo is scaled, since Pillow's own conversion clips it to white."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    image.load()
    return image


def too_large() -> str:
    """What to do about it."""
    return f"The photo has more than {MAX_PIXELS // 1_000_000} megapixels. Scale it down, and send it again."
