"""A closer look: of the words that the judges hold likely, those whose own render is nearest to what is seen.

A subject's frame is always the same for the same words, and a place nearly so, so what a picture shows can be told by
drawing it again. The search goes from word to word, one kind at a time, as long as the whole gets likelier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import product

import numpy as np
import numpy.typing as npt

from minidalle3.eval.coarse import nearest
from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.lots import OPEN_AIR
from minidalle3.sketchbook.world.scenes import Placed, ground
from minidalle3.sketchbook.world.sprites import frame

FIRST = 24
"""How many of a first look's findings are drawn again."""
LIKELY, COMBINED, GROUNDS = 5, 16, 12
"""How many of the judges' likeliest words of a kind are combined; how many of these combinations are drawn too, of
subjects and of grounds.
"""
SUBJECTS = 24
"""How many of its subjects, and of those that the judges hold likeliest, are tried beside the best other words."""
RIVALS = 3
"""How many words of a kind are tried beside those of a render that leaves nothing to explain."""
NEAR, FAR = 5.0, 50.0
"""Levels of 255 (root mean square) within which a render leaves nothing to explain, and at which a pixel is another."""
FAINT = 0.02
"""The share of a frame's pixels that is taken for something else than ground where there is nothing."""
ENOUGH = 0.4
"""The share of a frame's pixels beside the ground that must be explained for the search to end early."""
WEIGHT = 200.0
"""How much a frame that is all explained counts beside the judges' logarithms of likelihood."""
GRAINS, NOISE = (8, 32, 128), 20.0
"""Sides in pixels of the blocks by which grounds are compared, and the squared levels that count as much as 1 there."""
SEEDS = range(3)

Floats = npt.NDArray[np.float32]
Words = dict[str, str | None]
Likely = Mapping[str, Sequence[tuple[str | None, float]]]
"""Head -> its words, likeliest first, with the logarithms of their likelihood."""


class _Search:
    """Climbs word by word; `near` says how much nearness counts for, and whether none could be greater."""

    def __init__(self, likely: Likely, near: Callable[[Words], tuple[float, bool]]) -> None:
        self._likely, self._near = likely, near
        self._priors = {head: dict(words) for head, words in likely.items()}
        self._known: dict[tuple[str | None, ...], tuple[float, bool]] = {}

    def value(self, words: Words) -> tuple[float, bool]:
        key = tuple(words[head] for head in self._likely)
        if key not in self._known:
            nearness, enough = self._near(words)
            self._known[key] = nearness + sum(self._priors[head][word] for head, word in words.items()), enough
        return self._known[key]

    def best(self, starts: Sequence[Words], **only: Sequence[str | None]) -> Words:
        """From the nearest of the starts, of which those behind one that leaves nothing to explain are passed over;
        of some heads only those words are tried.
        """
        enough = (number for number, words in enumerate(starts, 1) if self.value(words)[1])
        words = max(starts[: next(enough, len(starts))], key=lambda one: self.value(one)[0])
        most = RIVALS if self.value(words)[1] else None
        for _ in range(3):
            before = words
            for head, likely in self._likely.items():
                every = only.get(head) or [word for word, _ in likely]
                tried = [{**words, head: word} for word in every[:most]]
                words = max([words, *tried], key=lambda one: self.value(one)[0])
            if words == before:
                break
        return words


def _wrong(seen: Floats, told: Floats) -> Floats:
    """Squared levels, pixel by pixel, of no more than `FAR`."""
    found: Floats = np.minimum(np.square(seen - told).mean(2), FAR**2)
    return found


def sprite(words: Words, side: int) -> Floats:
    """The frame of a subject, (side, side, 4); who has no head wears nothing."""
    worn = words["worn"] if words["subject"] in WEARERS else None
    image = frame(str(words["subject"]), str(words["style"]), words["colour"], words["action"], worn, side)
    return np.asarray(image, np.float32)


@dataclass(frozen=True)
class View:
    """A frame of a picture (side, side, 3), and how wrong each pixel is as a piece of the ground at its sides."""

    seen: Floats
    bare: Floats

    @classmethod
    def of(cls, picture: Floats, one: Placed) -> View:
        rows, right = picture[one.y : one.y + one.side], one.x + one.side
        rim = max(2, one.side // 24)
        beside = np.r_[max(0, one.x - 8) : one.x + rim, right - rim : min(right + 8, picture.shape[1])]
        seen = rows[:, one.x : right]
        return cls(seen, _wrong(seen, np.median(rows[:, beside], axis=1)[:, None]))


def _combined(likely: Likely, number: int) -> list[Words]:
    """The likeliest combinations of the likeliest words, since word by word not every one of them is reached."""
    combinations = product(*(several[:LIKELY] for several in likely.values()))
    likeliest = nlargest(number, combinations, key=lambda one: sum(likelihood for _, likelihood in one))
    return [dict(zip(likely, (word for word, _ in one), strict=True)) for one in likeliest]


def closer(views: Sequence[View], likely: Likely) -> Words:
    """What one subject, seen several times, is nearest to; with no colour where it has those of its kind."""
    side = len(views[0].seen)
    most = sum(float(view.bare.sum()) + FAINT * (FAR * side) ** 2 for view in views)

    def near(words: Words) -> tuple[float, bool]:
        told = sprite(words, side)
        alpha = told[..., 3] / 255
        left = [_wrong(view.seen, told[..., :3]) for view in views]
        gain = sum(float((alpha * (view.bare - wrong)).sum()) for view, wrong in zip(views, left, strict=True))
        rest = min(float(wrong[alpha > 0.9].mean()) for wrong in left)
        return WEIGHT * gain / most, rest < NEAR**2 and gain > ENOUGH * most

    found = nearest([view.seen for view in views], [view.bare for view in views], 4 * FIRST)
    beside = {head: likely[head][0][0] for head in ("action", "worn")}
    starts = [{"style": style, "colour": colour, "subject": subject, **beside} for style, subject, colour in found]
    alike = list(dict.fromkeys(subject for _, subject, _ in found))[:SUBJECTS]
    subjects = list(dict.fromkeys([*alike, *(subject for subject, _ in likely["subject"][:SUBJECTS])]))
    return _Search(likely, near).best([*starts[:FIRST], *_combined(likely, COMBINED)], subject=subjects)


def _coarse(picture: Floats) -> list[Floats]:
    """The picture's mean colours by blocks; in larger ones what is strewn elsewhere counts for less."""
    side = len(picture)
    return [picture.reshape(side // grain, grain, -1, grain, 3).mean((1, 3)) for grain in GRAINS]


def around(picture: Floats, shown: Sequence[tuple[Placed, Floats]], style: str, likely: Likely) -> Words:
    """The place, hour and weather that the ground behind what is shown, nearest first, is nearest to."""
    seen = _coarse(picture)

    def apart(words: Words, seed: int) -> float:
        weather = words["weather"] if words["place"] in OPEN_AIR else None
        told = np.array(ground(words["place"], words["time"], weather, style, seed), np.float32)
        for one, pixels in reversed(shown):
            part = told[one.y : one.y + one.side, one.x : one.x + one.side]
            part += (pixels[..., :3] - part) * (pixels[..., 3:] / 255)
        return sum(float(np.square(one - other).mean()) for one, other in zip(_coarse(told), seen, strict=True))

    def near(words: Words) -> tuple[float, bool]:
        return -min(apart(words, seed) for seed in SEEDS) / NOISE, False

    search, starts = _Search(likely, near), _combined(likely, GROUNDS)
    return max(search.best(starts[:1]), search.best(starts), key=lambda words: search.value(words)[0])
