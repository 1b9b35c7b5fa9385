"""A first look: which subjects, in which styles and colours, a frame resembles in blocks of 8 pixels.

Every subject is drawn once in every style, as it is, and its blocks are coloured as the world would colour it, or
nearly so; what it does hides part of it and what it wears a little, so the nearest few go on to a closer look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

from minidalle3.sketchbook.world.sprites import INKS, frame
from minidalle3.sketchbook.world.words import STYLES, SUBJECTS

Floats = npt.NDArray[np.float32]
Key = tuple[str, str, str | None]
"""Style, subject, colour."""
BLOCK = 8
UPPER = 0.6
"""The share of a frame that no bed, water or cloud hides."""
_PAPER = 0.93
"""How light the paper of a line drawing and the rim of a sticker are, which no ink colours."""


@dataclass(frozen=True)
class _Bank:
    """What may be seen in frames of one size, in blocks: how much of each is covered, that squared, (N, blocks) both,
    the covered colours times their cover, (N, 3 * blocks), and these colours squared, (N, rows).
    """

    keys: tuple[Key, ...]
    cover: Floats
    squared: Floats
    colours: Floats
    bright: Floats


def blocks(pixels: Floats) -> Floats:
    """(H, W, C) to the means (H/8, W/8, C)."""
    rows = len(pixels) // BLOCK
    found: Floats = pixels.reshape(rows, BLOCK, rows, BLOCK, -1).mean((1, 3))
    return found


def _tinted(pixels: Floats, colour: str, style: str) -> Floats:
    """As `tint` does to the art, here done to the frame: (rows, columns, 3)."""
    ink = np.array(INKS[colour], np.float32)
    light = (pixels @ np.array([0.3, 0.59, 0.11], np.float32) / 255)[..., None]
    paper = (light > _PAPER) & (style in ("line drawing", "sticker"))
    if style == "line drawing":
        ink, light = ink * 0.85, light * 0.5
    told = ink * (0.25 + 1.5 * np.minimum(light, 0.5)) + (255 - ink) * np.maximum(light - 0.5, 0) * 1.1
    if style == "neon sign":
        told = told * (light > 0.15)
    found: Floats = np.where(paper, pixels, np.clip(told, 0, 255)).astype(np.float32)
    return found


@cache
def _bank(side: int) -> _Bank:
    keys: list[Key] = []
    colours, cover = [], []
    for style, subject in product(STYLES, SUBJECTS):
        drawn = np.asarray(frame(subject, style, None, None, None, side), np.float32)
        alpha: Floats = drawn[..., 3:] / np.float32(255)
        for colour in (None, *INKS):
            told: Floats = _tinted(drawn[..., :3], colour, style) if colour else drawn[..., :3]
            keys.append((style, subject, colour))
            colours.append(blocks(told * alpha))
            cover.append(blocks(alpha))
    shown, hidden = np.stack(colours), np.stack(cover)
    flat = (hidden.reshape(len(keys), -1), np.square(hidden).reshape(len(keys), -1))
    return _Bank(tuple(keys), *flat, (hidden * shown).reshape(len(keys), -1), np.square(shown).sum((2, 3)))


def _gain(bank: _Bank, seen: Sequence[Floats], bare: Sequence[Floats], lift: int, share: float) -> Floats:
    """How much each key explains beside the ground, if it stands so much higher and the rest of the rows is hidden.

    Squares of differences, multiplied out so that the bank is gone through by products of matrices alone.
    """
    gain = np.zeros(len(bank.keys), np.float32)
    every = bank.bright.shape[1]
    rows = round(share * every) - lift
    told = bank.bright[:, lift : lift + rows].sum(1)
    for pixels, cost in zip(seen, bare, strict=True):
        view, ground = (np.zeros((every, every, size), np.float32) for size in (3, 1))
        view[lift : lift + rows] = blocks(pixels)[:rows]
        ground[lift : lift + rows] = blocks(cost[..., None])[:rows]
        wrong = bank.squared @ np.square(view).sum(2).ravel() - 2 * (bank.colours @ view.ravel()) + told
        gain += bank.cover @ ground.ravel() - wrong / 3
    return gain


def nearest(seen: Sequence[Floats], bare: Sequence[Floats], number: int) -> list[Key]:
    """The `number` keys that explain most of what is seen in several frames (side, side, 3) of one subject, the first
    first, in turn one by its whole and one by its upper part; `bare` (side, side) is what each pixel costs, in squared
    levels, if there is only ground.
    """
    bank = _bank(len(seen[0]))
    whole = np.maximum(_gain(bank, seen, bare, 0, 1.0), _gain(bank, seen, bare, 1, 1.0))
    orders = (np.argsort(-gain)[:number] for gain in (whole, _gain(bank, seen, bare, 0, UPPER)))
    found = dict.fromkeys(bank.keys[at] for pair in zip(*orders, strict=True) for at in pair)
    return list(found)[:number]
