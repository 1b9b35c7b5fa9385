"""More places: tended ground, rooms, and wonders of nature."""

from collections.abc import Callable

from minidalle3.sketchbook.world.brush import Brush


def _farm(b: Brush) -> None:
    b.ridge(72, 3, 0.8, (150, 195, 85))
    x = b.random.choice((4.0, 84.0))
    b.box(x, 44, x + 40, 82, (190, 50, 45))
    b.shape([(x - 4, 46), (x + 20, 24), (x + 44, 46)], (120, 45, 45))
    b.box(x + 12, 58, x + 28, 82, (245, 240, 230))
    b.box(0, 82, 128, 128, (205, 165, 75))
    for y in (92, 106, 120):
        b.box(0, y, 128, y + 5, (165, 120, 55))


def _garden(b: Brush) -> None:
    b.box(0, 52, 128, 128, (120, 195, 85))
    for x in range(-2, 130, 16):
        b.box(x, 44, x + 10, 78, (250, 250, 245))
        b.shape([(x, 44), (x + 5, 37), (x + 10, 44)], (250, 250, 245))
    b.box(0, 54, 128, 59, (250, 250, 245))
    for x in range(6, 128, 20):
        colour = b.random.choice([(235, 70, 90), (250, 200, 50), (190, 90, 210)])
        b.box(x - 1, 80, x + 1, 94, (50, 130, 55))
        b.oval(x, 80, 5.5, 5.5, colour)
        b.oval(x, 80, 2.2, 2.2, (255, 240, 170))


def _castle(b: Brush) -> None:
    b.box(0, 0, 128, 96, (150, 145, 160))
    for y in (18, 42, 66):
        b.box(0, y, 128, y + 2, (118, 114, 130))
    for x in (8, 98):
        b.box(x, 0, x + 22, 58, (170, 35, 55))
        b.shape([(x, 58), (x + 22, 58), (x + 11, 70)], (170, 35, 55))
        b.oval(x + 11, 28, 6, 6, (250, 210, 80))
    b.box(0, 96, 128, 128, (95, 90, 110))
    b.shape([(46, 96), (82, 96), (108, 128), (20, 128)], (185, 40, 60))


def _road(b: Brush) -> None:
    b.ridge(60, 5, 0.9, (120, 185, 90))
    b.shape([(54, 62), (74, 62), (132, 130), (-4, 130)], (92, 94, 104))
    for top, low in ((66, 74), (82, 94), (104, 122)):
        half = (top - 56) / 16
        b.shape([(64 - half, top), (64 + half, top), (64 + half * 1.5, low), (64 - half * 1.5, low)], (250, 235, 130))


def _volcano(b: Brush) -> None:
    x = 64 + b.random.uniform(-14, 14)
    b.oval(x, 14, 20, 11, (120, 110, 120))
    b.oval(x + 14, 6, 16, 9, (140, 130, 140))
    b.shape([(x - 62, 100), (x - 13, 28), (x + 13, 28), (x + 62, 100)], (95, 65, 60))
    b.shape([(x - 13, 28), (x + 13, 28), (x + 18, 62), (x + 6, 46), (x, 78), (x - 7, 48), (x - 17, 58)], (255, 105, 35))
    b.ridge(94, 3, 1.2, (70, 52, 52))


def _waterfall(b: Brush) -> None:
    b.box(0, 26, 128, 100, (105, 110, 120))
    b.ridge(24, 3, 1.5, (85, 160, 85))
    b.box(0, 34, 128, 100, (110, 112, 122))
    x = 64 + b.random.uniform(-16, 16)
    b.box(x - 22, 28, x + 22, 102, (120, 195, 240))
    for lift in (-13, 0, 13):
        b.box(x + lift - 2, 32, x + lift + 2, 98, (225, 243, 255))
    b.box(0, 96, 128, 128, (60, 150, 215))
    b.oval(x, 98, 32, 6, (235, 247, 255))


def _kitchen(b: Brush) -> None:
    b.box(0, 0, 128, 100, (250, 238, 205))
    for x in (0, 44, 88):
        b.box(x, 0, x + 40, 32, (110, 175, 170))
        b.box(x + 18, 24, x + 22, 28, (250, 250, 245))
    b.box(0, 72, 128, 78, (240, 240, 240))
    b.box(0, 78, 128, 102, (110, 175, 170))
    b.box(0, 102, 128, 128, (225, 215, 200))
    for x in range(0, 128, 32):
        b.box(x, 102, x + 16, 128, (190, 110, 90))


def _library(b: Brush) -> None:
    b.box(0, 0, 128, 100, (95, 58, 38))
    inks = ((200, 60, 55), (60, 120, 180), (235, 185, 70), (80, 150, 90), (150, 90, 160))
    for y in (6, 38, 70):
        b.box(4, y, 124, y + 26, (60, 36, 26))
        for x in range(6, 120, 10):
            b.box(x, y + b.random.choice((4, 7)), x + 8, y + 26, b.random.choice(inks))
    b.box(0, 100, 128, 128, (165, 105, 65))


def _cave(b: Brush) -> None:
    b.box(0, 0, 128, 128, (62, 54, 66))
    b.oval(64, 62, 46, 48, (120, 105, 110))
    b.oval(64, 66, 32, 36, (190, 215, 235))
    for x in (8, 26, 46, 82, 102, 120):
        b.shape([(x - 9, 0), (x + 9, 0), (x, 20 + b.random.uniform(0, 12))], (48, 42, 54))
    b.ridge(94, 3, 1.3, (84, 74, 82))


OUTDOORS: dict[str, Callable[[Brush], None]] = {
    "on a farm": _farm, "in a garden": _garden, "on the road": _road, "by a volcano": _volcano,
    "by a waterfall": _waterfall,
}  # fmt: skip
INDOORS: dict[str, Callable[[Brush], None]] = {
    "in a castle": _castle, "in a kitchen": _kitchen, "in a library": _library, "in a cave": _cave,
}  # fmt: skip
