"""The places by name, painted by code: large simple forms, a few strewn details, the light of the hour."""

import math
from collections.abc import Callable
from functools import lru_cache
from random import Random

from PIL import Image

from minidalle3.sketchbook.world import more_places as more
from minidalle3.sketchbook.world.brush import SIZE, SKIES, Brush, Rgb, gradient
from minidalle3.sketchbook.world.weather import VEILS, rainbow

PLAIN = "on a plain background"

_PASTELS: tuple[Rgb, ...] = (
    (248, 248, 250), (226, 239, 250), (250, 230, 232), (230, 245, 228), (252, 243, 216), (238, 230, 248),
)  # fmt: skip


def _river(b: Brush) -> None:
    b.ridge(62, 5, 1.0, (110, 170, 95))
    b.box(0, 74, 128, 128, (95, 185, 85))
    b.shape([(0, 80), (128, 76), (128, 104), (0, 108)], (60, 145, 225))
    for x, y in b.strewn(7, 82, 100):
        b.box(x, y, x + 12, y + 1.2, (190, 225, 250))
    b.ridge(107, 2, 1.5, (85, 170, 75))


def _forest(b: Brush) -> None:
    b.box(0, 40, 128, 128, (50, 105, 60))
    for x in range(-4, 140, 22):
        at = x + b.random.uniform(-4, 4)
        b.box(at - 4, 36, at + 4, 94, (95, 62, 40))
        b.oval(at, 26, 17, 22, b.random.choice([(40, 120, 55), (55, 140, 65), (35, 100, 55)]))
    b.ridge(92, 2, 2, (75, 120, 55))


def _beach(b: Brush) -> None:
    b.box(0, 56, 128, 84, (45, 155, 205))
    for x, y in b.strewn(6, 60, 76):
        b.box(x, y, x + 10, y + 1.2, (200, 235, 245))
    b.ridge(82, 2.5, 1.2, (250, 250, 245))
    b.ridge(86, 2.5, 1.2, (243, 218, 160))


def _mountains(b: Brush) -> None:
    for x, peak, half in ((12.0, 34.0, 44), (108.0, 24.0, 50), (60.0, 44.0, 40)):
        x, peak = x + b.random.uniform(-8, 8), peak + b.random.uniform(-5, 5)
        b.shape([(x - half, 96), (x, peak), (x + half, 96)], (125, 130, 150))
        b.shape(
            [(x - half * 0.25, peak + 16), (x, peak), (x + half * 0.25, peak + 16), (x, peak + 11)], (250, 250, 255)
        )
    b.ridge(92, 3, 1, (105, 150, 90))


def _meadow(b: Brush) -> None:
    b.ridge(70, 4, 1, (140, 205, 95))
    b.ridge(82, 3, 0.7, (115, 190, 75))
    for x, y in b.strewn(12, 88, 126):
        b.oval(x, y, 2.4, 2.4, b.random.choice([(255, 240, 120), (250, 140, 170), (255, 255, 255)]))


def _city(b: Brush) -> None:
    window = (255, 225, 130) if b.time == "at night" else (215, 232, 245)
    x = -4.0
    while x < 128:
        wide, top = b.random.choice((18, 22, 26)), b.random.uniform(18, 56)
        b.box(x, top, x + wide, 102, b.random.choice([(150, 155, 175), (180, 150, 140), (120, 140, 170)]))
        for wx in range(4, wide - 5, 9):
            for wy in range(int(top) + 6, 88, 13):
                b.box(x + wx, wy, x + wx + 4.5, wy + 6, window, shines=True)
        x += wide + 1
    b.box(0, 98, 128, 128, (95, 97, 105))
    for x in (4, 44, 84, 124):
        b.box(x, 111, x + 18, 113.5, (240, 240, 230))


def _snow(b: Brush) -> None:
    b.ridge(68, 6, 0.8, (215, 228, 242))
    b.ridge(84, 3, 1.1, (240, 246, 252))
    for x in (12.0, 112.0):
        x += b.random.uniform(-6, 6)
        b.shape([(x - 12, 84), (x, 44), (x + 12, 84)], (70, 120, 110))
        b.shape([(x - 7, 66), (x, 44), (x + 7, 66), (x, 62)], (250, 252, 255))


def _desert(b: Brush) -> None:
    b.ridge(68, 8, 0.8, (222, 170, 100))
    b.ridge(82, 6, 1.0, (236, 190, 115))
    b.ridge(100, 4, 0.8, (245, 205, 135))


def _undersea(b: Brush) -> None:
    for x in (8.0, 118.0, 100.0, 24.0):
        top = b.random.uniform(70, 96)
        for step in range(int(top), 116, 6):
            b.oval(x + 3 * math.sin(step / 5), step, 3, 5, (40, 150, 105))
    for x, y in b.strewn(12, 6, 90):
        b.oval(x, y, 2.6, 2.6, (205, 238, 250))
        b.oval(x + 0.4, y + 0.5, 1.7, 1.7, (90, 175, 220))
    b.ridge(112, 2, 1.3, (225, 205, 150))


def _sky(b: Brush) -> None:
    for y in (16, 44, 72, 100, 120):
        b.cloud(b.random.uniform(0, 60), y + b.random.uniform(-6, 6), b.random.uniform(9, 13))
        b.cloud(b.random.uniform(70, 130), y + b.random.uniform(-6, 6), b.random.uniform(9, 13))


def _space(b: Brush) -> None:
    for x, y in b.strewn(26, 0, 128):
        size = b.random.choice((0.9, 1.2, 1.6))
        b.oval(x, y, size, size, (255, 252, 230), shines=True)
    x, colour = b.random.choice((18, 108)), b.random.choice([(220, 130, 90), (120, 170, 220), (190, 140, 210)])
    b.oval(x, 22, 22, 4.5, (225, 215, 180), shines=True)
    b.oval(x, 22, 12, 12, colour, shines=True)


def _room(b: Brush) -> None:
    wall = b.random.choice([(245, 225, 195), (205, 225, 230), (235, 210, 215)])
    b.box(0, 0, 128, 96, wall)
    b.box(0, 92, 128, 96, (250, 245, 235))
    b.box(0, 96, 128, 128, (185, 130, 85))
    for y in (104, 114):
        b.box(0, y, 128, y + 1, (150, 100, 65))
    x = b.random.choice((6, 92))
    b.box(x, 14, x + 30, 52, (255, 255, 255))
    b.box(x + 3, 17, x + 27, 49, SKIES[b.time][0], shines=True)
    b.box(x + 14, 17, x + 16, 49, (255, 255, 255))
    b.box(x + 3, 32, x + 27, 34, (255, 255, 255))


OUTDOORS: dict[str, Callable[[Brush], None]] = {
    "by the river": _river, "in the forest": _forest, "on the beach": _beach, "in the mountains": _mountains,
    "in a meadow": _meadow, "in the city": _city, "in the snow": _snow, "in the desert": _desert, **more.OUTDOORS,
}  # fmt: skip
INDOORS: dict[str, Callable[[Brush], None]] = {
    "under the sea": _undersea, "in space": _space, "in a room": _room, **more.INDOORS,
}  # fmt: skip
SKY: dict[str, Callable[[Brush], None]] = {"in the sky": _sky}


def _backdrop(place: str, time: str, flat: bool, random: Random, times: int) -> Image.Image:
    if place == "under the sea":
        return gradient(*{"by day": ((90, 190, 235), (15, 85, 165)), "at sunset": ((190, 150, 165), (50, 70, 140)),
                           "at night": ((25, 55, 115), (6, 18, 60))}[time], flat, times)  # fmt: skip
    if place == "in space":
        return gradient((14, 10, 40), (38, 22, 72), flat, times)
    if place == PLAIN and time == "by day":
        colour = random.choice(_PASTELS)
        return gradient(colour, colour, flat, times)
    return gradient(*SKIES[time], flat, times)


@lru_cache(512)
def paint(
    place: str | None, time: str | None, weather: str | None, seed: int, flat: bool = False, times: int = 1
) -> Image.Image:
    """RGB, `times` 128 square; no place is the plain ground, no time is day; `flat` skies have no gradient.

    Do not write to it, it is cached.
    """
    place, time, random = place or PLAIN, time or "by day", Random(seed)
    brush = Brush(_backdrop(place, time, flat, random, times), time, random)
    if place in OUTDOORS:
        brush.heavens()
    if weather == "under a rainbow":
        rainbow(brush)
    for table in (OUTDOORS, INDOORS, SKY):
        if place in table:
            table[place](brush)
    if weather in VEILS:
        VEILS[weather](brush)
    return brush.image.resize((SIZE * times, SIZE * times), Image.Resampling.LANCZOS)
