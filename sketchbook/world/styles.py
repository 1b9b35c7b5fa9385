"""What makes a style visible: the last touch on a frame and on the ground it stands on."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

Array = npt.NDArray[np.float32]
Touch = Callable[[Image.Image, int], Image.Image]
"""Of a picture that many times as wide as usual, so that it looks the same at any size."""
_NIGHT = (16, 12, 34)
_BLOCK = 4


def silhouette(image: Image.Image, wide: int, colour: tuple[int, int, int]) -> Image.Image:
    """What is drawn, grown by `wide` pixels and filled with one colour."""
    alpha = image.getchannel("A").point(lambda a: 255 * (a > 90))
    grown = alpha.filter(ImageFilter.GaussianBlur(wide * 0.8)).point(lambda a: min(255, max(0, (a - 22) * 9)))
    filled = Image.new("RGBA", image.size, colour)
    filled.putalpha(grown)
    return filled


def _cartoon(image: Image.Image, times: int) -> Image.Image:
    bold = ImageEnhance.Color(image).enhance(1.2)
    return Image.alpha_composite(silhouette(image, image.width // 48, (38, 26, 34)), bold)


def _sticker(image: Image.Image, times: int) -> Image.Image:
    """A white rim cut around what is drawn, and the shadow that a peeled edge throws."""
    rim = silhouette(image, image.width // 22, (255, 255, 255))
    fallen = Image.new("RGBA", image.size, (30, 30, 55))
    fallen.putalpha(rim.getchannel("A").filter(ImageFilter.GaussianBlur(image.width / 60)).point(lambda a: a * 5 // 9))
    base = Image.new("RGBA", image.size)
    base.paste(fallen, (image.width // 50, image.width // 32))
    return Image.alpha_composite(Image.alpha_composite(base, rim), image)


def _washed(image: Image.Image, times: int) -> Image.Image:
    """Thin paint: pale in the middle, gathered at the rim, with soft patches inside."""
    alpha = image.getchannel("A")
    soft = image.filter(ImageFilter.MedianFilter(6 * times + 1)).filter(ImageFilter.GaussianBlur(image.width / 110))
    soft.putalpha(alpha)
    pixels = np.asarray(ImageEnhance.Color(soft).enhance(1.25), np.float32)
    inside = np.asarray(alpha.filter(ImageFilter.GaussianBlur(image.width / 24)), np.float32)[..., None] / 255
    water = np.clip((inside - 0.45) * 0.9, 0, 0.42)
    washed = pixels[..., :3] * (1 - water) + 255 * water
    return Image.fromarray(np.dstack([washed, pixels[..., 3:] * 0.94]).astype(np.uint8), "RGBA")


def edges(image: Image.Image, wide: int, low: int) -> Image.Image:
    """L; where any channel changes within `wide` pixels (odd) by more than `low` levels."""
    high, deep = image.filter(ImageFilter.MaxFilter(wide)), image.filter(ImageFilter.MinFilter(wide))
    change = np.asarray(ImageChops.difference(high, deep)).max(2).astype(np.float32)
    return Image.fromarray(np.clip((change - low) * 6, 0, 255).astype(np.uint8), "L")


def _lamplight(image: Image.Image, reach: float) -> Image.Image:
    """Its colours spread over their neighbourhood, as bright as light can be."""
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(reach)), np.float32)
    pixels = pixels - 0.55 * pixels.min(2, keepdims=True)
    return Image.fromarray((pixels / np.maximum(pixels.max(2, keepdims=True), 24) * 255).astype(np.uint8))


def _glowing(image: Image.Image, back: Image.Image, wide: int, low: int, share: float) -> Image.Image:
    """Tubes of light along the edges of `image` (RGB), on `back`."""
    tubes = edges(image, wide - 1 | 1, low).filter(ImageFilter.GaussianBlur(wide / 6))
    light = _lamplight(image, wide / 2)
    glow = tubes.filter(ImageFilter.GaussianBlur(wide * 0.9)).point(lambda a: round(min(255, a * 1.1) * share))
    lit = Image.composite(light, back, glow)
    core = Image.blend(light, Image.new("RGB", image.size, "white"), 0.25)
    return Image.composite(core, lit, tubes.point(lambda a: round(a * share)))


def _neon(image: Image.Image, times: int) -> Image.Image:
    alpha = image.getchannel("A").point(lambda a: 255 * (a > 90))
    wide = times * max(3, image.width // times // 40 | 1)
    solid = Image.new("RGB", image.size, (0, 0, 0))
    solid.paste(image.convert("RGB"), (0, 0), alpha)
    lit = _glowing(solid, Image.new("RGB", image.size, _NIGHT), wide, 40, 1.0)
    lit.putalpha(silhouette(image, image.width // 26, _NIGHT).getchannel("A"))
    return lit


def pixelated(image: Image.Image, times: int = 1) -> Image.Image:
    """Blocks of 4 pixels in a few colours; larger blocks in a larger picture."""
    small = image.resize((image.width // (_BLOCK * times), image.height // (_BLOCK * times)), Image.Resampling.BOX)
    few = small.convert("RGB").point(lambda v: round(round(v / 25.5) * 25.5))
    if small.mode == "RGBA":
        few.putalpha(small.getchannel("A").point(lambda a: 255 * (a > 100)))
    return few.resize(image.size, Image.Resampling.NEAREST)


def _unchanged(image: Image.Image, times: int) -> Image.Image:
    return image


FRAMES: dict[str, Touch] = {
    "cartoon": _cartoon, "sticker": _sticker, "watercolour": _washed, "neon sign": _neon,
}  # fmt: skip


def _pale(image: Image.Image, times: int) -> Image.Image:
    return Image.blend(image, Image.new("RGB", image.size, "white"), 0.3)


def _bold(image: Image.Image, times: int) -> Image.Image:
    inked = edges(image.filter(ImageFilter.GaussianBlur(0.6 * times)), 2 * times + 1, 34).point(lambda a: a * 3 // 5)
    return Image.composite(Image.new("RGB", image.size, (38, 30, 44)), ImageEnhance.Color(image).enhance(1.3), inked)


def _drawn(image: Image.Image, times: int) -> Image.Image:
    """Bold ink on paper; the paper keeps a breath of the hour's light."""
    mean = np.asarray(image, np.float32)[: 48 * times].mean((0, 1))
    paper = tuple(int(246 + (level - 246) * share) for level, share in zip(mean, (0.16,) * 3, strict=True))
    inked = edges(image.filter(ImageFilter.GaussianBlur(0.8 * times)), 2 * times + 1, 26)
    return Image.composite(Image.new("RGB", image.size, (60, 60, 66)), Image.new("RGB", image.size, paper), inked)


def _margin(size: int, times: int) -> Image.Image:
    """L; how far the paint reaches towards the paper's border."""
    ramp = np.minimum(np.arange(size), np.arange(size)[::-1]).astype(np.float32) / times
    wave = 3 * np.sin(np.arange(size, dtype=np.float32) / size * 12.6)
    reach = np.minimum(ramp[:, None] + wave[None, :], ramp[None, :] + wave[:, None])
    return Image.fromarray((np.clip((reach - 2) / 8, 0, 1) * 255).astype(np.uint8), "L")


def _wet(image: Image.Image, times: int) -> Image.Image:
    paper = Image.new("RGB", image.size, (252, 250, 244))
    soft = ImageEnhance.Color(image.filter(ImageFilter.GaussianBlur(1.6 * times))).enhance(1.15)
    return Image.composite(Image.blend(soft, paper, 0.42), paper, _margin(image.width, times))


def _lamplit(image: Image.Image, times: int) -> Image.Image:
    dark = Image.blend(image, Image.new("RGB", image.size, _NIGHT), 0.8)
    return _glowing(image.filter(ImageFilter.GaussianBlur(0.8 * times)), dark, 3 * times, 34, 0.55)


GROUNDS: dict[str, Touch] = {
    "3D render": _unchanged, "flat illustration": _unchanged, "cartoon": _bold, "sticker": _pale,
    "pixel art": pixelated, "line drawing": _drawn, "watercolour": _wet, "neon sign": _lamplit,
}  # fmt: skip
FLAT = frozenset({"flat illustration", "line drawing", "pixel art", "neon sign", "cartoon"})
"""Styles whose grounds have no gradients."""
