"""The brush that paints places: simple forms in units of the finished picture, dimmed by the hour."""

import math
from random import Random

import numpy as np
from PIL import Image, ImageDraw

SIZE = 128
_S = 2  # painted at twice the size, for smooth edges

Rgb = tuple[int, int, int]
SKIES: dict[str, tuple[Rgb, Rgb]] = {
    "by day": ((105, 180, 245), (215, 238, 255)),
    "at sunset": ((105, 75, 150), (255, 165, 85)),
    "at night": ((12, 16, 50), (50, 60, 115)),
}
_LIGHT: dict[str, Rgb] = {"by day": (255, 255, 255), "at sunset": (255, 205, 175), "at night": (105, 115, 175)}


def gradient(top: Rgb, bottom: Rgb, flat: bool, times: int = 1) -> Image.Image:
    """The whole canvas, for a picture `times` as wide as usual; flat, it is one colour, nearer to the bottom's."""
    wide = SIZE * times * _S
    mix = np.full((wide, 1, 1), 0.6, np.float32) if flat else np.linspace(0, 1, wide, dtype=np.float32)[:, None, None]
    rows = np.array(top, np.float32) * (1 - mix) + np.array(bottom, np.float32) * mix
    return Image.fromarray(np.broadcast_to(rows, (wide, wide, 3)).astype(np.uint8))


class Brush:
    """Draws in units of the picture at its usual size; colours dim with the hour unless they shine by themselves."""

    def __init__(self, image: Image.Image, time: str, random: Random) -> None:
        self.image, self.time, self.random = image, time, random
        self._draw = ImageDraw.Draw(image)
        self._scale = image.width / SIZE
        self._last = self._scale / _S - 1  # Pillow paints the last pixel too, which is finer on a larger canvas

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self._scale, y * self._scale

    def _until(self, x: float, y: float) -> tuple[float, float]:
        return x * self._scale + self._last, y * self._scale + self._last

    def lit(self, colour: Rgb) -> Rgb:
        r, g, b = (channel * light // 255 for channel, light in zip(colour, _LIGHT[self.time], strict=True))
        return r, g, b

    def shape(self, points: list[tuple[float, float]], colour: Rgb) -> None:
        self._draw.polygon([self._at(*point) for point in points], fill=self.lit(colour))

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Rgb, shines: bool = False) -> None:
        box = (*self._at(x - rx, y - ry), *self._until(x + rx, y + ry))
        self._draw.ellipse(box, fill=colour if shines else self.lit(colour))

    def box(self, x: float, y: float, x2: float, y2: float, colour: Rgb, shines: bool = False) -> None:
        self._draw.rectangle((*self._at(x, y), *self._until(x2, y2)), fill=colour if shines else self.lit(colour))

    def stroke(self, points: list[tuple[float, float]], wide: float, colour: Rgb) -> None:
        self._draw.line([self._at(*point) for point in points], fill=self.lit(colour), width=round(wide * self._scale))

    def arc(self, x: float, y: float, reach: float, wide: float, colour: Rgb) -> None:
        """The upper half of a ring."""
        box = (*self._at(x - reach, y - reach), *self._until(x + reach, y + reach))
        self._draw.arc(box, 180, 360, fill=self.lit(colour), width=round(wide * self._scale))

    def veil(self, colour: Rgb, share: float) -> None:
        """Mixes everything painted so far with one colour."""
        self.image.paste(Image.blend(self.image, Image.new("RGB", self.image.size, self.lit(colour)), share))

    def ridge(self, y: float, swing: float, waves: float, colour: Rgb) -> None:
        """Everything below a wavy line."""
        phase = self.random.random() * 6.28
        line = [(x, y + swing * math.sin(phase + x / 128 * 6.28 * waves)) for x in range(0, 133, 4)]
        self.shape([*line, (132, 130), (0, 130)], colour)

    def strewn(self, count: int, low: float, high: float) -> list[tuple[float, float]]:
        return [(self.random.uniform(0, 128), self.random.uniform(low, high)) for _ in range(count)]

    def cloud(self, x: float, y: float, r: float) -> None:
        for dx, dy, size in ((-1.1, 0.25, 0.7), (0, 0, 1.0), (1.1, 0.2, 0.75)):
            self.oval(x + dx * r, y + dy * r, size * r * 1.1, size * r * 0.75, (250, 252, 255))

    def heavens(self) -> None:
        """What the hour puts into the sky: clouds by day, a low sun, or stars."""
        if self.time == "at night":
            for x, y in self.strewn(14, 2, 60):
                self.oval(x, y, 1.2, 1.2, (255, 250, 215), shines=True)
        elif self.time == "at sunset":
            self.oval(self.random.choice((18, 110)), 50, 9, 9, (255, 232, 150), shines=True)
        else:
            self.cloud(self.random.uniform(10, 40), self.random.uniform(10, 24), 8)
            self.cloud(self.random.uniform(85, 120), self.random.uniform(8, 30), 7)
