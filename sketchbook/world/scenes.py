"""Scenes composed as pictures, and scenes drawn by lot."""

from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageFilter

from minidalle3.sketchbook.world.brush import SIZE
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.places import paint
from minidalle3.sketchbook.world.sprites import DEFAULT_STYLE, FRAME, frame, pixelated
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, STYLES, SUBJECTS, TIMES

HALF = 64
LIVELY = tuple(SUBJECTS)[: tuple(SUBJECTS).index("snowman") + 1]
_PAPER = {None: (255, 255, 255), "by day": (255, 255, 255), "at sunset": (255, 226, 200), "at night": (196, 204, 232)}


@dataclass(frozen=True)
class Rendered:
    """The picture, where its subjects are (L, 255 inside), and each frame's corner and side in pixels."""

    image: Image.Image
    mask: Image.Image
    frames: tuple[tuple[int, int, int], ...]


def ground(scene: Scene, seed: int) -> Image.Image:
    """The place as the style shows it."""
    image = paint(scene.place, scene.time, seed)
    if scene.style == "line drawing":
        edges = image.convert("L").filter(ImageFilter.CONTOUR).point(lambda v: 255 if v > 236 else 150 + v // 4)
        lines = edges.crop((1, 1, 127, 127)).resize((SIZE, SIZE))
        return ImageChops.multiply(lines.convert("RGB"), Image.new("RGB", image.size, _PAPER[scene.time]))
    return pixelated(image) if scene.style == "pixel art" else image


def corners(scene: Scene) -> tuple[tuple[int, int, int], ...]:
    """Where frames go: fixed, and on a 16-pixel grid, so that shapes come in the few samples that a CPU affords."""
    return ((0, 48, HALF), (HALF, 48, HALF)) if scene.companion else ((16, 16, FRAME),)


def render(scene: Scene, seed: int) -> Rendered:
    """Deterministic in scene and seed; 128 pixels square."""
    style = scene.style or DEFAULT_STYLE
    image = ground(scene, seed).convert("RGBA")
    mask = Image.new("L", image.size)
    places = corners(scene)
    casts = ((scene.subject, scene.colour, scene.action), (scene.companion, None, None))
    for (subject, colour, action), (x, y, side) in zip(casts, places, strict=False):
        sprite = frame(subject or "", style, colour, action, side)
        image.alpha_composite(sprite, (x, y))
        mask.paste(255, (x, y), sprite.getchannel("A"))
    return Rendered(image.convert("RGB"), mask, places)


def draw_lots(random: Random) -> Scene:
    """A scene as training meets them: every subject and style equally often, the rest by what people ask for."""
    subject = random.choice(tuple(SUBJECTS))
    lively = 0.45 if subject in LIVELY else 0.1
    pair = random.random() < 0.1
    place = random.choice(tuple(PLACES)) if random.random() < 0.72 else None
    return Scene(
        subject=subject,
        companion=random.choice([other for other in SUBJECTS if other != subject]) if pair else None,
        style=random.choice(tuple(STYLES)),
        place=place,
        time=random.choice(tuple(TIMES)) if random.random() < 0.4 else None,
        colour=random.choice(tuple(COLOURS)) if random.random() < 0.25 and not pair else None,
        action=random.choice(tuple(ACTIONS)) if random.random() < lively and not pair else None,
    )
