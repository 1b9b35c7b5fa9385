"""A subject in a style, a colour, an action and a dress, as an RGBA frame; always the same for the same words."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from minidalle3.sketchbook.world.art import drawing
from minidalle3.sketchbook.world.dress import dress
from minidalle3.sketchbook.world.heads import HEADS
from minidalle3.sketchbook.world.props import BEFORE, BEHIND, Prop, ground_shadow
from minidalle3.sketchbook.world.styles import FRAMES, pixelated

FRAME = 96
DEFAULT_STYLE = "3D render"

_SETS = {
    "3D render": "fluent-emoji",
    "flat illustration": "fluent-emoji-flat",
    "line drawing": "fluent-emoji-high-contrast",
    "cartoon": "noto",
    "sticker": "fluent-emoji-flat",
    "pixel art": "fluent-emoji-flat",
    "watercolour": "fluent-emoji",
    "neon sign": "fluent-emoji-flat",
}
_SHADED = frozenset({"3D render", "cartoon", "pixel art"})
INKS = {
    "red": (225, 40, 45),
    "orange": (245, 135, 25),
    "yellow": (250, 205, 40),
    "green": (55, 165, 70),
    "blue": (45, 105, 225),
    "purple": (135, 65, 195),
    "pink": (245, 115, 180),
    "brown": (135, 85, 50),
    "black": (60, 60, 66),
    "white": (222, 224, 230),
}
# Shares of the frame: how large the subject is drawn, how far above the frame's floor it stands, and how much farther
# when in the air. What it does shows by what is around it, so that its shape is learnt once and not deed by deed.
_SHARE, _FLOOR, LIFT = 0.84, 0.06, 1 / 12
_IN_THE_AIR = frozenset({"jumping", "flying"})
_SCALE = 2
Pixels = npt.NDArray[np.float32]


def light(colours: Pixels) -> Pixels:
    """(..., 3) levels of 255 to how light they are, (..., 1) in 0 to 1."""
    found: Pixels = (colours @ np.array([0.3, 0.59, 0.11], np.float32) / np.float32(255))[..., None]
    return found


def inked(colours: Pixels, colour: str, line: bool) -> Pixels:
    """(..., 3) levels of 255, with their light and shade and another hue; a line drawing gets an ink of that colour."""
    ink, bright = np.array(INKS[colour], np.float32), light(colours)
    if line:
        ink, bright = ink * 0.85, bright * 0.5
    shade = ink * (0.25 + 1.5 * np.minimum(bright, 0.5))
    shine = (255 - ink) * np.maximum(bright - 0.5, 0) * 1.1
    found: Pixels = np.clip(shade + shine, 0, 255)
    return found


def tint(image: Image.Image, colour: str, line: bool) -> Image.Image:
    """The picture in another colour, as transparent as before."""
    pixels = np.asarray(image, np.float32)
    return Image.fromarray(np.dstack([inked(pixels[..., :3], colour, line), pixels[..., 3:]]).astype(np.uint8), "RGBA")


def _filled(image: Image.Image) -> Image.Image:
    """A line drawing on white paper of its own shape, so that the place does not show through it."""
    small = image.getchannel("A").resize((max(8, image.width // 2), max(8, image.height // 2)))
    room = Image.new("L", (small.width + 4, small.height + 4))
    room.paste(small.point(lambda a: 255 * (a > 60)), (2, 2))
    ImageDraw.floodfill(room, (0, 0), 128)
    inside = room.point(lambda v: 255 * (v != 128)).crop((2, 2, small.width + 2, small.height + 2)).resize(image.size)
    paper = Image.new("RGBA", image.size, "white")
    paper.putalpha(inside)
    return Image.alpha_composite(paper, image)


@lru_cache(256)
def _art(subject: str, style: str, colour: str | None = None) -> Image.Image:
    """In a style's own drawing and a colour; do not write to it, it is cached."""
    image, line = drawing(subject, _SETS[style]), style == "line drawing"
    if colour:
        image = tint(image, colour, line)
    return _filled(image) if line else image


def _posed(
    subject: str, style: str, colour: str | None, action: str | None, worn: str | None, side: int, times: int
) -> Image.Image:
    """The subject on a layer `times` the side; its size and place are the same whatever it does and wears."""
    image = _art(subject, style, colour)
    scale = side * _SHARE / max(image.size)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    image = image.resize((width * times, height * times), Image.Resampling.LANCZOS)
    layer = Image.new("RGBA", (side * times, side * times))
    floor = _FLOOR + (LIFT if action in _IN_THE_AIR else 0)
    corner = ((side - width) // 2 * times, round(side * (1 - floor) - height) * times)
    if worn:
        head = HEADS[subject][_SETS[style] == "noto"]
        dress(layer, image, corner, head, worn, style == "line drawing", lambda thing: _art(thing, style))
    else:
        layer.paste(image, corner)
    return layer


def _prop(table: dict[str, Prop], action: str | None, side: int, line: bool, times: int) -> Image.Image:
    layer = Image.new("RGBA", (side * times, side * times))
    if action in table:
        table[action](ImageDraw.Draw(layer), side * times, line, times)
    return layer


def blown_up(image: Image.Image, times: int) -> Image.Image:
    """Pixel art made larger: its very blocks."""
    return image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)


@lru_cache(4096)
def frame(
    subject: str,
    style: str,
    colour: str | None = None,
    action: str | None = None,
    worn: str | None = None,
    pixels: int = FRAME,
    times: int = 1,
) -> Image.Image:
    """RGBA, `times` the `pixels` square, the subject near its floor; do not write to it, it is cached."""
    if style == "pixel art" and times > 1:
        return blown_up(frame(subject, style, colour, action, worn, pixels), times)
    side, line = pixels * _SCALE, style == "line drawing"
    image = _prop(BEHIND, action, side, line, times)
    image.alpha_composite(_posed(subject, style, colour, action, worn, side, times))
    image.alpha_composite(_prop(BEFORE, action, side, line, times))
    if style in FRAMES:
        image = FRAMES[style](image, times)
    if style in _SHADED and action not in ("flying", "swimming", "sleeping"):
        image = Image.alpha_composite(ground_shadow(side * times, 0.4 if action == "jumping" else 0.66), image)
    image = image.resize((pixels * times, pixels * times), Image.Resampling.LANCZOS)
    return pixelated(image, times) if style == "pixel art" else image
