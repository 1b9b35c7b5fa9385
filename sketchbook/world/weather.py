"""Weather over a painted place; the subject in front stays dry and clear."""

from collections.abc import Callable

from minidalle3.sketchbook.world.brush import Brush, Rgb

_BANDS: tuple[Rgb, ...] = (
    (235, 60, 60), (250, 150, 50), (250, 225, 70), (80, 190, 90), (70, 130, 230), (140, 80, 200),
)  # fmt: skip


def rainbow(b: Brush) -> None:
    """Arcs in the sky; painted before the place, so that they end behind it."""
    x = 64 + b.random.uniform(-8, 8)
    for number, colour in enumerate(_BANDS):
        reach = 62 - 4 * number
        b.arc(x, 78, reach, 4.5, colour)


def _rain(b: Brush) -> None:
    b.veil((110, 125, 150), 0.45)
    for column in range(-1, 9):
        for row in range(6):
            x = column * 17 + 9 * (row % 2) + b.random.uniform(-3, 3)
            y = row * 23 + b.random.uniform(-4, 4)
            b.stroke([(x, y), (x - 4, y + 12)], 1.6, (215, 232, 250))


def _snowfall(b: Brush) -> None:
    b.veil((205, 215, 230), 0.35)
    for column in range(8):
        for row in range(7):
            x = column * 17 + 8 * (row % 2) + b.random.uniform(-4, 4)
            b.oval(x, row * 19 + b.random.uniform(-4, 4), 2.3, 2.3, (255, 255, 255), shines=True)


def _fog(b: Brush) -> None:
    b.veil((226, 230, 236), 0.62)
    for y in (34, 70, 106):
        b.oval(b.random.uniform(20, 108), y, 62, 7, (232, 235, 240))


VEILS: dict[str | None, Callable[[Brush], None]] = {
    "in the rain": _rain, "in falling snow": _snowfall, "in the fog": _fog,
}  # fmt: skip
