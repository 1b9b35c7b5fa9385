"""Puts on a subject's drawing what it wears or holds; the drawing grows where the thing stands out."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from minidalle3.sketchbook.world.heads import HEADS, Head

Art = Callable[[str], Image.Image]
_ROOM = 0.7  # added on every side, as a share of the longer side, and cut again to what is drawn
_ON_HEAD = {"hat": (0.85, 0.16), "crown": (0.72, 0.14)}  # width in heads, and how deep it sits


@dataclass
class _Stage:
    """A canvas with the subject's place in it: corner, size, and its head in pixels."""

    canvas: Image.Image
    left: int
    top: int
    width: int
    height: int
    head: Head
    line: bool

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.width, self.top + y * self.height

    @property
    def head_width(self) -> float:
        return max(self.head.width * self.width, 0.3 * max(self.width, self.height))

    def put(self, thing: Image.Image, x: float, y: float, wide: float) -> None:
        """`x`, `y`: where the middle of the thing's lower edge goes."""
        size = (max(1, round(wide)), max(1, round(thing.height * wide / thing.width)))
        scaled = thing.resize(size, Image.Resampling.LANCZOS)
        layer = Image.new("RGBA", self.canvas.size)
        layer.paste(scaled, (round(x - size[0] / 2), round(y - size[1])))
        self.canvas.alpha_composite(layer)

    def cloth(self, points: list[tuple[float, float]], fill: tuple[int, int, int]) -> None:
        draw = ImageDraw.Draw(self.canvas)
        draw.polygon(points, fill=(255, 255, 255) if self.line else fill)
        draw.line([*points, points[0]], fill=(34, 34, 34) if self.line else _darker(fill), width=7 if self.line else 3)


def _darker(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    return colour[0] * 3 // 5, colour[1] * 3 // 5, colour[2] * 3 // 5


def dressed(image: Image.Image, subject: str, worn: str, icon_set: str, line: bool, art: Art) -> Image.Image:
    """`image` is the subject's drawing, maybe tinted; `art` gives the drawings of things in the same style."""
    head = HEADS[subject][icon_set == "noto"]
    room = round(_ROOM * max(image.size))
    canvas = Image.new("RGBA", (image.width + 2 * room, image.height + 2 * room))
    stage = _Stage(canvas, room, room, image.width, image.height, head, line)
    if worn == "cape":
        _cape(stage)
    canvas.alpha_composite(image, (room, room))
    if worn in _ON_HEAD:
        wide, deep = _ON_HEAD[worn]
        x, y = stage.at(head.x, head.top)
        stage.put(art(worn), x, y + deep * stage.head_width, wide * stage.head_width)
    elif worn in _FITTINGS:
        _FITTINGS[worn](stage, art)
    return canvas.crop(canvas.getchannel("A").getbbox())


def _cape(stage: _Stage) -> None:
    x, y = stage.at(stage.head.x, stage.head.chin)
    low = stage.top + stage.height * 0.98
    y = min(y, low - 0.6 * stage.height)
    half, out = stage.head_width * 0.35, max(stage.width, stage.height) * 0.14
    left, right = stage.left - out, stage.left + stage.width + out
    hem = [(right, low - 6), (right - out, low), (left + out, low), (left, low - 6)]
    stage.cloth([(x - half, y), (x + half, y), *hem], (214, 30, 45))


def _scarf(stage: _Stage, art: Art) -> None:
    x, y = stage.at(stage.head.x, stage.head.chin + 0.06 * (stage.head.chin > 0.85))
    half, thick = stage.head_width * 0.42, stage.head_width * 0.17
    near, far, end = x + half * 0.2, x + half * 0.78, y + stage.head_width * 0.5
    stage.cloth([(near, y), (far, y), (far, end), (near, end)], (190, 30, 50))
    band = [(x - half, y - thick), (x + half, y - thick), (x + half * 0.9, y + thick), (x - half * 0.9, y + thick)]
    stage.cloth(band, (225, 50, 65))


def _sunglasses(stage: _Stage, art: Art) -> None:
    x, y = stage.at(stage.head.x, stage.head.eyes)
    draw, half, rim = ImageDraw.Draw(stage.canvas), stage.head_width * 0.46, (25, 25, 32)
    deep = half * 0.62
    draw.line([(x - half, y - deep * 0.4), (x + half, y - deep * 0.4)], fill=rim, width=max(4, round(half * 0.16)))
    for side in (-1, 1):
        low, high = sorted((x + side * half * 0.08, x + side * half))
        draw.rounded_rectangle((low, y - deep * 0.55, high, y + deep * 0.6), deep * 0.4, fill=rim)
        draw.line(
            [(low + half * 0.25, y + deep * 0.2), (low + half * 0.5, y - deep * 0.25)],
            fill=(150, 160, 185), width=max(2, round(half * 0.1)),
        )  # fmt: skip


def _held(thing: str, wide: float) -> Callable[[_Stage, Art], None]:
    """Something held up at the right side; its stem ends at two thirds of the subject's height."""

    def hold(stage: _Stage, art: Art) -> None:
        size = max(stage.width, stage.height)
        x, y = stage.at(1.0, 0.68)
        stage.put(art(thing), x + wide * size * 0.22, y, wide * size)

    return hold


_FITTINGS: dict[str, Callable[[_Stage, Art], None]] = {
    "scarf": _scarf, "sunglasses": _sunglasses,
    "balloon": _held("balloon", 0.42), "umbrella": _held("umbrella", 0.72), "flower": _held("rose", 0.34),
}  # fmt: skip
