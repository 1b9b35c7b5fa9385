"""Puts on a subject what it wears or holds; the subject stays as large as it was, and the thing goes where room is."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from minidalle3.sketchbook.world.heads import Head
from minidalle3.sketchbook.world.styles import silhouette

Art = Callable[[str], Image.Image]
_MARGIN = 0.03  # of the layer's side, kept free for what a style draws around a thing
_ON_HEAD = {"hat": (0.85, 0.16), "crown": (0.72, 0.14)}  # width in heads, and how deep it sits
_LEAST = 0.6  # of that width, however little room there is


@dataclass
class _Stage:
    """A layer with the subject's place in it: corner, size, and its head in pixels."""

    layer: Image.Image
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

    @property
    def margin(self) -> float:
        return _MARGIN * self.layer.width

    def inside(self, x: float, wide: float = 0) -> float:
        """The nearest middle at which something so wide keeps to the layer."""
        return min(max(x, self.margin + wide / 2), self.layer.width - self.margin - wide / 2)

    def put(self, thing: Image.Image, x: float, y: float, wide: float) -> None:
        """`x`, `y`: where the middle of the thing's lower edge goes, or as near as there is room."""
        size = (max(1, round(wide)), max(1, round(thing.height * wide / thing.width)))
        corner = (round(self.inside(x, size[0]) - size[0] / 2), round(max(y - size[1], self.margin)))
        over = Image.new("RGBA", self.layer.size)
        over.paste(thing.resize(size, Image.Resampling.LANCZOS), corner)
        if self.line:  # black on black would not be seen
            self.layer.alpha_composite(silhouette(over, round(self.margin / 2), (255, 255, 255)))
        self.layer.alpha_composite(over)

    def cloth(self, points: list[tuple[float, float]], fill: tuple[int, int, int]) -> None:
        draw = ImageDraw.Draw(self.layer)
        draw.polygon(points, fill=(255, 255, 255) if self.line else fill)
        seam = max(1, round(self.layer.width * (0.02 if self.line else 0.01)))
        draw.line([*points, points[0]], fill=(34, 34, 34) if self.line else _darker(fill), width=seam)


def _darker(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    return colour[0] * 3 // 5, colour[1] * 3 // 5, colour[2] * 3 // 5


def dress(
    layer: Image.Image, image: Image.Image, corner: tuple[int, int], head: Head, worn: str, line: bool, art: Art
) -> None:
    """Draws the subject's `image`, maybe tinted, on the layer, and what it wears; `art` gives the drawings of things in
    the same style."""
    stage = _Stage(layer, *corner, *image.size, head, line)
    if worn == "cape":
        _cape(stage)
    layer.alpha_composite(image, corner)
    if worn in _ON_HEAD:
        _on_head(stage, art(worn), *_ON_HEAD[worn])
    elif worn in _FITTINGS:
        _FITTINGS[worn](stage, art)


def _on_head(stage: _Stage, thing: Image.Image, wide: float, deep: float) -> None:
    """Smaller, and at last lower, where the head reaches up to where the layer ends."""
    x, top = stage.at(stage.head.x, stage.head.top)
    low, wide = top + deep * stage.head_width, wide * stage.head_width
    room = (low - stage.margin) / (thing.height * wide / thing.width)
    stage.put(thing, x, low, wide * min(1, max(_LEAST, room)))


def _cape(stage: _Stage) -> None:
    x, y = stage.at(stage.head.x, stage.head.chin)
    low = stage.top + stage.height * 0.98
    y = min(y, low - 0.6 * stage.height)
    half, out = stage.head_width * 0.35, max(stage.width, stage.height) * 0.14
    left, right = stage.inside(stage.left - out), stage.inside(stage.left + stage.width + out)
    hem = [(right, low - 6), (right - out, low), (left + out, low), (left, low - 6)]
    stage.cloth([(x - half, y), (x + half, y), *hem], (214, 30, 45))


def _scarf(stage: _Stage, art: Art) -> None:
    x, y = stage.at(stage.head.x, stage.head.chin + 0.06 * (stage.head.chin > 0.85))
    half, thick, low = stage.head_width * 0.42, stage.head_width * 0.17, stage.layer.height - stage.margin
    y = min(y, low - 1.4 * thick)
    near, far, end = x + half * 0.2, x + half * 0.78, min(low, y + stage.head_width * 0.5)
    stage.cloth([(near, y), (far, y), (far, end), (near, end)], (190, 30, 50))
    band = [(x - half, y - thick), (x + half, y - thick), (x + half * 0.9, y + thick), (x - half * 0.9, y + thick)]
    stage.cloth(band, (225, 50, 65))


def _sunglasses(stage: _Stage, art: Art) -> None:
    x, y = stage.at(stage.head.x, stage.head.eyes)
    draw, half, rim = ImageDraw.Draw(stage.layer), stage.head_width * 0.46, (25, 25, 32)
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
    "balloon": _held("balloon", 0.36), "umbrella": _held("umbrella", 0.56), "flower": _held("rose", 0.34),
}  # fmt: skip
