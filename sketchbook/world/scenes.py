"""Scenes composed as pictures."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from minidalle3.sketchbook.world.lots import draw_lots, draw_unseen, held_out
from minidalle3.sketchbook.world.places import paint
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.sprites import DEFAULT_STYLE, FRAME, blown_up, frame
from minidalle3.sketchbook.world.styles import FLAT, GROUNDS

__all__ = ["HALF", "Placed", "Rendered", "corners", "draw_lots", "draw_unseen", "ground", "held_out", "render"]

HALF = 64
_ALONE = ((16, 16, FRAME),)
_TWO = ((0, 48, HALF), (64, 48, HALF))
_THREE = ((0, 64, HALF), (64, 64, HALF), (32, 16, HALF))
_TOGETHER = {"next to": _TWO, "on": ((32, 16, HALF), (32, 64, HALF)), "in front of": ((16, 64, HALF), (48, 16, HALF))}


@dataclass(frozen=True)
class Placed:
    """A frame: its upper left corner and side in pixels, and the words that it shows."""

    x: int
    y: int
    side: int
    subject: str
    colour: str | None = None
    action: str | None = None
    worn: str | None = None


@dataclass(frozen=True)
class Rendered:
    """The picture, where its subjects are (L, 255 inside), and its frames as `corners` gives them."""

    image: Image.Image
    mask: Image.Image
    frames: tuple[Placed, ...]


@lru_cache(512)
def ground(
    place: str | None, time: str | None, weather: str | None, style: str | None, seed: int, times: int = 1
) -> Image.Image:
    """RGB, `times` 128 pixels square; the place as the style shows it. Do not write to it, it is cached."""
    style = style or DEFAULT_STYLE
    if style == "pixel art" and times > 1:
        return blown_up(ground(place, time, weather, style, seed), times)
    return GROUNDS[style](paint(place, time, weather, seed, style in FLAT, times), times)


def corners(scene: Scene) -> tuple[Placed, ...]:
    """The frames, nearest first, the subject's before its companion's; paint them in reverse.

    Corners are fixed and on a 16-pixel grid, so that shapes come in the few samples that a CPU affords.
    """
    if scene.companion:
        near, far = _TOGETHER[scene.relation or "next to"]
        return Placed(*near, scene.subject, scene.colour, scene.action), Placed(*far, scene.companion)
    spots = (_ALONE, _TWO, _THREE)[scene.count - 1]
    return tuple(Placed(*spot, scene.subject, scene.colour, scene.action, scene.worn) for spot in spots)


def render(scene: Scene, seed: int, times: int = 1) -> Rendered:
    """Deterministic in scene and seed; `times` 128 pixels square, its frames as they are in 128."""
    style = scene.style or DEFAULT_STYLE
    image = ground(scene.place, scene.time, scene.weather, style, seed, times).convert("RGBA")
    mask = Image.new("L", image.size)
    frames = corners(scene)
    for one in reversed(frames):
        sprite = frame(one.subject, style, one.colour, one.action, one.worn, one.side, times)
        corner = (one.x * times, one.y * times)
        image.alpha_composite(sprite, corner)
        mask.paste(255, corner, sprite.getchannel("A"))
    return Rendered(image.convert("RGB"), mask, frames)
