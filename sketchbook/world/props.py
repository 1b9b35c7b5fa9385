"""What shows an action: wings, a blanket, an armchair; drawn on the subject's frame, `s` pixels square.

`times`: how much wider than usual the frame is, and so its outlines.
"""

from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

Prop = Callable[[ImageDraw.ImageDraw, int, bool, int], None]


def _pen(line: bool, fill: tuple[int, int, int], times: int) -> dict[str, Any]:
    return {"fill": (255, 255, 255), "outline": (34, 34, 34), "width": 5 * times} if line else {"fill": fill}


def ground_shadow(side: int, share: float) -> Image.Image:
    layer = Image.new("RGBA", (side, side))
    box = (side * (0.5 - share / 2), side * 0.89, side * (0.5 + share / 2), side * 0.985)
    ImageDraw.Draw(layer).ellipse(box, fill=(20, 20, 40, 95))
    return layer.filter(ImageFilter.GaussianBlur(side / 90))


def _running(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    grey = (34, 34, 34) if line else (245, 245, 250)
    for y, x in ((0.35, 0.84), (0.5, 0.88), (0.65, 0.86)):
        draw.rounded_rectangle(
            (s * x, s * y, s * 0.99, s * (y + 0.035)), s * 0.02, fill=grey, outline=(90, 95, 120), width=2 * times
        )
    for x, y, r in ((0.8, 0.9, 0.06), (0.89, 0.87, 0.075), (0.95, 0.92, 0.05)):
        draw.ellipse((s * (x - r), s * (y - r), s * (x + r), s * (y + r)), **_pen(line, (215, 205, 190), times))


def _jumping(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    for lift in (0.80, 0.86):
        box = (s * 0.3, s * (lift - 0.08), s * 0.7, s * (lift + 0.02))
        draw.arc(box, 20, 160, fill=(34, 34, 34) if line else (250, 250, 255), width=max(2, s // 60))


def _wings(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    for side in (-1, 1):
        for turn, reach in ((0.22, 0.44), (0.36, 0.47), (0.5, 0.42)):
            x = 0.5 + side * reach
            low, high = sorted((x, 0.5 + side * 0.1))
            draw.ellipse(
                (s * low, s * turn, s * high, s * (turn + 0.2)),
                fill=(250, 252, 255),
                outline=(120, 130, 160),
                width=4 * times,
            )


def _cloud(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    for rim, ink in ((0.014, (34, 34, 34) if line else (205, 216, 234)), (0.0, (255, 255, 255))):
        draw.rounded_rectangle(
            (s * (0.16 - rim), s * (0.88 - rim), s * (0.84 + rim), s * (0.97 + rim)), s * 0.05, fill=ink
        )
        for x, y, r in ((0.3, 0.89, 0.07), (0.46, 0.87, 0.09), (0.63, 0.88, 0.08), (0.75, 0.9, 0.05)):
            draw.ellipse((s * (x - r - rim), s * (y - r - rim), s * (x + r + rim), s * (y + r + rim)), fill=ink)


def _sleeping(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    draw.rounded_rectangle((s * 0.06, s * 0.6, s * 0.94, s * 0.96), s * 0.08, **_pen(line, (90, 120, 205), times))
    draw.rounded_rectangle((s * 0.06, s * 0.57, s * 0.94, s * 0.67), s * 0.05, **_pen(line, (240, 244, 255), times))
    for x, y, r in ((0.72, 0.15, 0.06), (0.84, 0.01, 0.085)):
        zed = [(x, y), (x + 1.4 * r, y), (x, y + 1.7 * r), (x + 1.4 * r, y + 1.7 * r)]
        draw.line(
            [(s * a, s * (b + 0.02)) for a, b in zed],
            fill=(34, 34, 34) if line else (70, 80, 170),
            width=s // 32,
            joint="curve",
        )


def _back(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    draw.rounded_rectangle((s * 0.08, s * 0.28, s * 0.92, s * 0.94), s * 0.16, **_pen(line, (170, 50, 62), times))


def _seat(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    draw.rounded_rectangle((s * 0.1, s * 0.8, s * 0.9, s * 0.95), s * 0.05, **_pen(line, (205, 72, 80), times))
    for x in (0.02, 0.82):
        draw.rounded_rectangle((s * x, s * 0.6, s * (x + 0.16), s * 0.96), s * 0.07, **_pen(line, (205, 72, 80), times))


def _swimming(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    draw.rounded_rectangle((s * 0.02, s * 0.68, s * 0.98, s * 0.96), s * 0.1, **_pen(line, (60, 150, 225), times))
    for y in (0.68, 0.82):
        for x in (0.08, 0.36, 0.64):
            box = (s * x, s * (y - 0.05), s * (x + 0.28), s * (y + 0.05))
            draw.arc(box, 20, 160, fill=(34, 34, 34) if line else (235, 248, 255), width=s // 40)


def _dancing(draw: ImageDraw.ImageDraw, s: int, line: bool, times: int) -> None:
    for x, y in ((0.1, 0.25), (0.86, 0.12), (0.88, 0.5)):
        ink = (34, 34, 34) if line else (215, 50, 130)
        draw.ellipse((s * (x - 0.06), s * (y + 0.1), s * (x + 0.03), s * (y + 0.17)), fill=ink)
        draw.line(
            [(s * (x + 0.02), s * (y + 0.13)), (s * (x + 0.02), s * (y - 0.06)), (s * (x + 0.09), s * y)],
            fill=ink,
            width=s // 36,
        )


BEHIND: dict[str, Prop] = {"flying": _wings, "sitting": _back}
BEFORE: dict[str, Prop] = {
    "running": _running, "jumping": _jumping, "sleeping": _sleeping, "sitting": _seat, "swimming": _swimming,
    "dancing": _dancing, "flying": _cloud,
}  # fmt: skip
