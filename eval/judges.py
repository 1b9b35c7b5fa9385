"""Judges of the embedded model: small classifiers of what a picture shows, taught on rendered scenes alone.

One looks at the whole picture (place, hour, weather, layout), one at each frame where the prompt's layout puts a
subject (who, in which style and colour, doing and wearing what); what the latter holds likely is drawn again and
compared (`closer.py`). They measure; nothing is trained against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from minidalle3.eval.closer import Floats, Likely, View, around, closer, sprite
from minidalle3.eval.visible import visible
from minidalle3.sketchbook.world.places import PLAIN
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.scenes import Placed, corners
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, STYLES, SUBJECTS, TIMES, WEATHERS, WORN

FILE = Path(__file__).parent / "judges.safetensors"
TRUSTED = 0.97
"""The least share of rendered scenes on which a judge must be right to be asked about drawn ones."""


Words = tuple[str | None, ...]
WHOLE: dict[str, Words] = {
    "place": tuple(PLACES), "time": tuple(TIMES), "weather": (None, *WEATHERS),
    "layout": ("1", "2", "3", "on", "in front of"),
}  # fmt: skip
FRAMED: dict[str, Words] = {
    "subject": tuple(SUBJECTS), "style": tuple(STYLES), "colour": tuple(COLOURS), "action": (None, *ACTIONS),
    "worn": (None, *WORN),
}  # fmt: skip
VERDICTS = (
    "subject", "style", "place", "colour", "action", "count", "companion", "relation", "worn", "weather", "time",
)  # fmt: skip


def _layer(before: int, wide: int, kernel: int, stride: int) -> tuple[nn.Module, ...]:
    padding = (kernel - stride + 1) // 2
    return nn.Conv2d(before, wide, kernel, stride, padding, bias=False), nn.BatchNorm2d(wide), nn.ReLU(inplace=True)


class Judge(nn.Module):
    """Patches of 4 pixels, convolutions whose every pair halves the grid, and a linear head for each kind of word."""

    def __init__(self, side: int, widths: Sequence[int], heads: dict[str, Words]) -> None:
        super().__init__()
        self.side, self.words = side, heads
        layers = [*_layer(3, widths[0], 4, 4), *_layer(widths[0], widths[0], 3, 1)]
        for narrow, wide in pairwise(widths):
            layers += [*_layer(narrow, wide, 3, 2), *_layer(wide, wide, 3, 1)]
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        size = widths[-1] * (side >> len(widths) + 1) ** 2
        self.heads = nn.ModuleDict({name: nn.Linear(size, len(words)) for name, words in heads.items()})

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """Pixels (B, 3, side, side) in [0, 1] to the scores of each head's words, (B, words)."""
        seen = self.trunk(pixels)
        return {name: head(seen) for name, head in self.heads.items()}


class Judges(nn.Module):
    """Both of them."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = Judge(64, (48, 96, 128), WHOLE)
        self.framed = Judge(48, (64, 128, 256), FRAMED)

    def save(self, file: Path = FILE) -> None:
        state = self.state_dict().items()
        save_file({name: (one.half() if one.is_floating_point() else one).contiguous() for name, one in state}, file)

    @classmethod
    def load(cls, file: Path = FILE) -> Judges:
        judges = cls()
        judges.load_state_dict(load_file(file))
        return judges.eval()


def pixels(images: Sequence[Image.Image]) -> Tensor:
    """(B, 3, 128, 128) in [0, 1]."""
    return torch.from_numpy(np.stack([np.asarray(image) for image in images])).permute(0, 3, 1, 2).float() / 255


def scaled(picture: Tensor, side: int) -> Tensor:
    return F.interpolate(picture, (side, side), mode="bilinear", antialias=True)


def cut(picture: Tensor, one: Placed, side: int) -> Tensor:
    """(3, 128, 128) to the frame as its judge sees it, (1, 3, side, side)."""
    return scaled(picture[None, :, one.y : one.y + one.side, one.x : one.x + one.side], side)


def layout(scene: Scene) -> str:
    """How its things stand; two of a kind stand as two next to each other."""
    if scene.companion:
        return "2" if scene.relation == "next to" else str(scene.relation)
    return str(scene.count)


def truth(scene: Scene, head: str) -> str | None:
    """What a head should find; what is not said of the ground shows as a plain one by day."""
    if head == "layout":
        return layout(scene)
    said: str | None = getattr(scene, head)
    return said or {"place": PLAIN, "time": "by day"}.get(head)


@torch.no_grad()
def features(judges: Judges, images: Sequence[Image.Image]) -> Tensor:
    """(B, size) of length 1; pictures that look alike to the judge of whole pictures are near."""
    return F.normalize(judges.whole.trunk(scaled(pixels(images), judges.whole.side)), dim=1)


def ranked(words: Words, scores: Tensor) -> list[tuple[str | None, float]]:
    """The words, likeliest first, with the logarithms of their likelihood in all of several views (views, words)."""
    likely, order = scores.log_softmax(1).mean(0).sort(descending=True)
    return [(words[int(at)], float(value)) for at, value in zip(order, likely, strict=True)]


def likeliest(scores: Tensor, words: Words) -> str | None:
    return ranked(words, scores)[0][0]


def likely(scores: dict[str, Tensor]) -> Likely:
    """What one subject's frames may show; that it has the colours of its kind is held as likely as the likeliest."""
    found = {name: ranked(FRAMED[name], scores[name]) for name in ("action", "subject", "colour", "style", "worn")}
    return found | {"colour": [(None, found["colour"][0][1]), *found["colour"]]}


@torch.no_grad()
def found(judges: Judges, image: Image.Image, scene: Scene) -> dict[str, str | None]:
    """The word that each head finds, where the scene would have it; a kind's several frames are judged together."""
    [picture], levels = pixels([image]), np.asarray(image, np.float32)
    frames = corners(scene)
    framed = judges.framed(torch.cat([cut(picture, one, judges.framed.side) for one in frames]))
    whole = judges.whole(scaled(picture[None], judges.whole.side))
    own = len(frames) - bool(scene.companion)
    shown: list[tuple[Placed, Floats]] = []
    casts: list[dict[str, str | None]] = []
    for part in filter(bool, (range(own), range(own, len(frames)))):
        scores = {name: several[part] for name, several in framed.items()}
        cast = closer([View.of(levels, frames[at]) for at in part], likely(scores))
        shown += [(frames[at], sprite(cast, frames[at].side)) for at in part]
        casts.append({**cast, "colour": cast["colour"] or likeliest(scores["colour"], FRAMED["colour"])})
    ground = {name: ranked(WHOLE[name], whole[name]) for name in ("place", "time", "weather")}
    words = casts[0] | around(levels, shown, str(casts[0]["style"]), ground)
    words["layout"] = likeliest(whole["layout"], WHOLE["layout"])
    return {**words, "companion": casts[1]["subject"]} if scene.companion else words


def asked(scene: Scene) -> tuple[str, ...]:
    """The verdicts that a scene's words call for: what is said and can be seen."""
    said = [name for name in VERDICTS if name != "count" and getattr(scene, name) is not None]
    if scene.count > 1:
        said.append("count")
    return tuple(name for name in said if visible(scene, name))


def verdicts(judges: Judges, image: Image.Image, scene: Scene) -> dict[str, bool]:
    """Whether each thing that the scene says is seen."""
    words = found(judges, image, scene)
    said = asked(scene)
    seen = {name: words[name] == getattr(scene, name) for name in said if name in words}
    arranged = words["layout"] == layout(scene)
    return seen | {name: arranged for name in ("count", "relation") if name in said}
