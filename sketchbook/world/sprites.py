"""A subject in a style, a colour and an action, as an RGBA frame; a frame is always the same for the same words."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from minidalle3.sketchbook.world.art import drawing
from minidalle3.sketchbook.world.props import BEFORE, BEHIND, ground_shadow

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
    "neon sign": "fluent-emoji-high-contrast",
}
_INKS = {
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
# How large the subject is drawn and how far above the frame's floor it stands, as shares of the frame.
_POSES = {
    None: (0.82, 0.06, 0),
    "running": (0.74, 0.09, 12),
    "jumping": (0.68, 0.24, 0),
    "flying": (0.66, 0.16, 0),
    "sleeping": (0.78, 0.06, 0),
    "sitting": (0.68, 0.24, 0),
    "swimming": (0.76, 0.10, 0),
    "dancing": (0.70, 0.06, 0),
}
_SCALE = 3


def tint(image: Image.Image, colour: str, line: bool) -> Image.Image:
    """Keeps light and shade, replaces the hue; a line drawing gets an ink of that colour."""
    pixels = np.asarray(image, np.float32)
    ink = np.array(_INKS[colour], np.float32)
    light = (pixels[..., :3] @ np.array([0.3, 0.59, 0.11], np.float32) / 255)[..., None]
    if line:
        ink, light = ink * 0.85, light * 0.5
    shade = ink * (0.25 + 1.5 * np.minimum(light, 0.5))
    shine = (255 - ink) * np.maximum(light - 0.5, 0) * 1.1
    return Image.fromarray(np.dstack([np.clip(shade + shine, 0, 255), pixels[..., 3:]]).astype(np.uint8), "RGBA")


def _filled(image: Image.Image) -> Image.Image:
    """A line drawing on white paper of its own shape, so that the place does not show through it."""
    small = image.getchannel("A").resize((max(8, image.width // 4), max(8, image.height // 4)))
    room = Image.new("L", (small.width + 4, small.height + 4))
    room.paste(small.point(lambda a: 255 * (a > 60)), (2, 2))
    ImageDraw.floodfill(room, (0, 0), 128)
    inside = room.point(lambda v: 255 * (v != 128)).crop((2, 2, small.width + 2, small.height + 2)).resize(image.size)
    paper = Image.new("RGBA", image.size, "white")
    paper.putalpha(inside)
    return Image.alpha_composite(paper, image)


def _subject_layer(subject: str, style: str, colour: str | None, action: str | None, side: int) -> Image.Image:
    share, floor, lean = _POSES[action]
    image = drawing(subject, _SETS[style])
    if colour:
        image = tint(image, colour, style == "line drawing")
    if style == "line drawing":
        image = _filled(image)
    if lean:
        image = image.rotate(lean, Image.Resampling.BICUBIC, expand=True)
        image = image.crop(image.getchannel("A").getbbox())
    scale = side * share / max(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    layer = Image.new("RGBA", (side, side))
    lift = (side * share - image.height) / 2 if action in ("flying", "dancing") else 0
    layer.paste(image, ((side - image.width) // 2, round(side * (1 - floor) - image.height - lift)))
    return layer


def _outlined(image: Image.Image, side: int) -> Image.Image:
    """A sticker: a white rim cut around what is drawn, and the shadow that a peeled edge throws."""
    alpha = image.getchannel("A").point(lambda a: 255 * (a > 110))
    rim = alpha.filter(ImageFilter.GaussianBlur(side / 34)).point(lambda a: min(255, max(0, (a - 14) * 12)))
    shadow = Image.new("RGBA", image.size, (30, 30, 50, 0))
    shadow.putalpha(Image.eval(rim.filter(ImageFilter.GaussianBlur(side / 40)), lambda a: a // 2))
    base = Image.new("RGBA", image.size)
    base.paste(shadow, (side // 50, side // 36))
    white = Image.new("RGBA", image.size, "white")
    white.putalpha(rim)
    return Image.alpha_composite(Image.alpha_composite(base, white), image)


def pixelated(image: Image.Image, block: int = 4) -> Image.Image:
    small = image.resize((image.width // block, image.height // block), Image.Resampling.BOX)
    if small.mode == "RGBA":
        small.putalpha(small.getchannel("A").point(lambda a: 255 * (a > 100)))
    return small.resize(image.size, Image.Resampling.NEAREST)


@lru_cache(4096)
def frame(
    subject: str,
    style: str,
    colour: str | None = None,
    action: str | None = None,
    worn: str | None = None,
    pixels: int = FRAME,
) -> Image.Image:
    """RGBA, `pixels` square, the subject near its floor; do not write to it, it is cached."""
    side, line = pixels * _SCALE, style == "line drawing"
    layers = [Image.new("RGBA", (side, side))]
    if style not in ("sticker",) and action not in ("flying", "swimming", "sleeping"):
        layers.append(ground_shadow(side, 0.4 if action == "jumping" else 0.66, line))
    for table, subject_after in ((BEHIND, True), (BEFORE, False)):
        extra = Image.new("RGBA", (side, side))
        if action in table:
            table[action](ImageDraw.Draw(extra), side, line)
        layers.append(extra)
        if subject_after:
            layers.append(_subject_layer(subject, style, colour, action, side))
    image = layers[0]
    for layer in layers[1:]:
        image = Image.alpha_composite(image, layer)
    if style == "sticker":
        image = _outlined(image, side)
    image = image.resize((pixels, pixels), Image.Resampling.LANCZOS)
    return pixelated(image) if style == "pixel art" else image
