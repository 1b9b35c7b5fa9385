"""A subject in a style, a colour and an action, as an RGBA frame; a frame is always the same for the same words."""

from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from minidalle3.sketchbook.world.art import drawing

FRAME = 96
DEFAULT_STYLE = "3D render"

_SETS = {
    "3D render": "fluent-emoji",
    "flat illustration": "fluent-emoji-flat",
    "line drawing": "fluent-emoji-high-contrast",
    "cartoon": "noto",
    "sticker": "fluent-emoji-flat",
    "pixel art": "fluent-emoji-flat",
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


def _pen(line: bool, fill: tuple[int, int, int]) -> dict[str, object]:
    return {"fill": (255, 255, 255), "outline": (34, 34, 34), "width": 5} if line else {"fill": fill}


def _ground_shadow(side: int, share: float, line: bool) -> Image.Image:
    layer = Image.new("RGBA", (side, side))
    box = (side * (0.5 - share / 2), side * 0.89, side * (0.5 + share / 2), side * 0.985)
    ImageDraw.Draw(layer).ellipse(box, fill=(20, 20, 40, 40 if line else 95))
    return layer.filter(ImageFilter.GaussianBlur(side / 90))


def _running(draw: ImageDraw.ImageDraw, s: int, line: bool) -> None:
    grey = (34, 34, 34) if line else (245, 245, 250)
    for y, x in ((0.35, 0.84), (0.5, 0.88), (0.65, 0.86)):
        draw.rounded_rectangle(
            (s * x, s * y, s * 0.99, s * (y + 0.035)), s * 0.02, fill=grey, outline=(90, 95, 120), width=2
        )
    for x, y, r in ((0.8, 0.9, 0.06), (0.89, 0.87, 0.075), (0.95, 0.92, 0.05)):
        draw.ellipse((s * (x - r), s * (y - r), s * (x + r), s * (y + r)), **_pen(line, (215, 205, 190)))  # type: ignore[arg-type]


def _jumping(draw: ImageDraw.ImageDraw, s: int, line: bool) -> None:
    for lift in (0.80, 0.86):
        box = (s * 0.3, s * (lift - 0.08), s * 0.7, s * (lift + 0.02))
        draw.arc(box, 20, 160, fill=(34, 34, 34) if line else (250, 250, 255), width=max(2, s // 60))


def _wings(draw: ImageDraw.ImageDraw, s: int, line: bool) -> None:
    for side in (-1, 1):
        for turn, reach in ((0.22, 0.44), (0.36, 0.47), (0.5, 0.42)):
            x = 0.5 + side * reach
            low, high = sorted((x, 0.5 + side * 0.1))
            draw.ellipse(
                (s * low, s * turn, s * high, s * (turn + 0.2)), fill=(250, 252, 255), outline=(120, 130, 160), width=4
            )


def _sleeping(draw: ImageDraw.ImageDraw, s: int, line: bool) -> None:
    draw.rounded_rectangle((s * 0.06, s * 0.6, s * 0.94, s * 0.96), s * 0.08, **_pen(line, (90, 120, 205)))  # type: ignore[arg-type]
    draw.rounded_rectangle((s * 0.06, s * 0.57, s * 0.94, s * 0.67), s * 0.05, **_pen(line, (240, 244, 255)))  # type: ignore[arg-type]
    for x, y, r in ((0.72, 0.15, 0.06), (0.84, 0.01, 0.085)):
        zed = [(x, y), (x + 1.4 * r, y), (x, y + 1.7 * r), (x + 1.4 * r, y + 1.7 * r)]
        draw.line(
            [(s * a, s * (b + 0.02)) for a, b in zed],
            fill=(34, 34, 34) if line else (70, 80, 170),
            width=s // 32,
            joint="curve",
        )


def _sitting(draw: ImageDraw.ImageDraw, s: int, line: bool) -> None:
    for x in (0.26, 0.68):
        draw.rectangle((s * x, s * 0.84, s * (x + 0.06), s * 0.97), **_pen(line, (120, 75, 45)))  # type: ignore[arg-type]
    draw.rounded_rectangle((s * 0.18, s * 0.74, s * 0.82, s * 0.87), s * 0.06, **_pen(line, (200, 60, 70)))  # type: ignore[arg-type]


def _swimming(draw: ImageDraw.ImageDraw, s: int, line: bool) -> None:
    draw.rounded_rectangle((s * 0.02, s * 0.68, s * 0.98, s * 0.96), s * 0.1, **_pen(line, (60, 150, 225)))  # type: ignore[arg-type]
    for y in (0.68, 0.82):
        for x in (0.08, 0.36, 0.64):
            box = (s * x, s * (y - 0.05), s * (x + 0.28), s * (y + 0.05))
            draw.arc(box, 20, 160, fill=(34, 34, 34) if line else (235, 248, 255), width=s // 40)


def _dancing(draw: ImageDraw.ImageDraw, s: int, line: bool) -> None:
    for x, y in ((0.1, 0.25), (0.86, 0.12), (0.88, 0.5)):
        ink = (34, 34, 34) if line else (215, 50, 130)
        draw.ellipse((s * (x - 0.06), s * (y + 0.1), s * (x + 0.03), s * (y + 0.17)), fill=ink)
        draw.line(
            [(s * (x + 0.02), s * (y + 0.13)), (s * (x + 0.02), s * (y - 0.06)), (s * (x + 0.09), s * y)],
            fill=ink,
            width=s // 36,
        )


_BEHIND: dict[str, Callable[[ImageDraw.ImageDraw, int, bool], None]] = {"flying": _wings}
_BEFORE: dict[str, Callable[[ImageDraw.ImageDraw, int, bool], None]] = {
    "running": _running, "jumping": _jumping, "sleeping": _sleeping, "sitting": _sitting, "swimming": _swimming,
    "dancing": _dancing,
}  # fmt: skip


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


@cache
def frame(subject: str, style: str, colour: str | None, action: str | None, pixels: int = FRAME) -> Image.Image:
    """RGBA, `pixels` square, the subject near its floor; do not write to it, it is cached."""
    side, line = pixels * _SCALE, style == "line drawing"
    layers = [Image.new("RGBA", (side, side))]
    if style not in ("sticker",) and action not in ("flying", "swimming", "sleeping"):
        layers.append(_ground_shadow(side, 0.4 if action == "jumping" else 0.66, line))
    for table, subject_after in ((_BEHIND, True), (_BEFORE, False)):
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
