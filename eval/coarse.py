"""A first look: which subjects, in which styles and colours, a frame resembles in 8 by 8 blocks.

`coarse.npz` holds every subject in every style as it is; its blocks are coloured here as the world would colour it, or
nearly so. What it does and wears hides part of it, so the nearest few go on to a closer look.
`python -m minidalle3.eval.coarse` writes the file again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from minidalle3.sketchbook.world.sprites import INKS, LIFT, frame, inked, light
from minidalle3.sketchbook.world.words import STYLES, SUBJECTS

FILE = Path(__file__).parent / "coarse.npz"
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Key = tuple[str, str, str | None]
"""Style, subject, colour."""
BLOCKS = 8
"""In a row and in a column, whatever the size of the frame."""
UPPER = 0.5
"""The share of a frame that no bed, water or cloud hides."""
_PAPER = 0.93
"""How light the paper of a line drawing and the rim of a sticker are, which no ink colours."""
_DARK = 0.15
"""How light a neon sign's unlit parts are at most."""
_LEVELS = 63
"""Of colour and cover in the file."""


@dataclass(frozen=True)
class _Bank:
    """What may be seen, in blocks: how much of each is covered, that squared, (N, blocks) both, the covered colours
    times their cover, (N, 3 * blocks), and these colours squared, (N, rows).
    """

    keys: tuple[Key, ...]
    cover: Floats
    squared: Floats
    colours: Floats
    bright: Floats


def blocks(pixels: Floats) -> Floats:
    """(side, side, C) to the means (8, 8, C)."""
    size = len(pixels) // BLOCKS
    found: Floats = pixels.reshape(BLOCKS, size, BLOCKS, size, -1).mean((1, 3))
    return found


def seen(subject: str, style: str) -> Bytes:
    """A frame in blocks: colours times cover, and cover, (8, 8, 4), 0 to 63."""
    drawn = np.asarray(frame(subject, style), np.float32)
    drawn = np.dstack([drawn[..., :3] * (drawn[..., 3:] / 255), drawn[..., 3]])
    return (blocks(drawn) * (_LEVELS / 255)).round().astype(np.uint8)


def _tinted(colours: Floats, colour: str, style: str) -> Floats:
    """(..., 3) blocks of frames, nearly as if the art in them had been tinted."""
    told, bright = inked(colours, colour, style == "line drawing"), light(colours)
    if style == "neon sign":
        return told * (bright > _DARK)
    paper = (bright > _PAPER) & (style in ("line drawing", "sticker"))
    found: Floats = np.where(paper, colours, told)
    return found


@cache
def _bank() -> _Bank:
    with np.load(FILE) as file:
        every = file["frames"].astype(np.float32) * np.float32(255 / _LEVELS)  # (styles, subjects, 8, 8, 4)
    cover: Floats = every[..., 3:] / 255
    plain: Floats = every[..., :3] / np.maximum(cover, 0.02)
    keys = [(style, subject, ink) for style in STYLES for ink in (None, *INKS) for subject in SUBJECTS]
    several = (len(INKS) + 1, 1, 1, 1, 1)
    hidden = np.concatenate([np.tile(one, several).reshape(-1, BLOCKS, BLOCKS, 1) for one in cover[:, None]])
    told = [
        (_tinted(colours, ink, style) if ink else colours) * mine
        for style, colours, mine in zip(STYLES, plain, cover, strict=True)
        for ink in (None, *INKS)
    ]
    shown = np.concatenate(told)
    number = len(keys)
    flat = (hidden.reshape(number, -1), np.square(hidden).reshape(number, -1), (hidden * shown).reshape(number, -1))
    return _Bank(tuple(keys), *flat, np.square(shown).sum((2, 3)))


def _gain(bank: _Bank, seen: Sequence[Floats], bare: Sequence[Floats], share: float) -> Floats:
    """How much each key explains beside the ground by this share of its rows: squares of differences, multiplied out
    so that the bank is gone through by products of matrices alone.
    """
    gain = np.zeros(len(bank.keys), np.float32)
    rows = round(share * BLOCKS)
    told = bank.bright[:, :rows].sum(1)
    for pixels, cost in zip(seen, bare, strict=True):
        view, ground = blocks(pixels), blocks(cost[..., None])
        view[rows:], ground[rows:] = 0, 0
        wrong = bank.squared @ np.square(view).sum(2).ravel() - 2 * (bank.colours @ view.ravel()) + told
        gain += bank.cover @ ground.ravel() - wrong / 3
    return gain


def _landed(pixels: Floats) -> Floats:
    """As if who is in the air stood on the ground: nothing is drawn in a frame's uppermost rows."""
    lift = round(LIFT * len(pixels))
    return np.concatenate([np.zeros_like(pixels[:lift]), pixels[:-lift]])


def nearest(seen: Sequence[Floats], bare: Sequence[Floats], number: int) -> list[Key]:
    """The `number` keys that explain most of what is seen in several frames (side, side, 3) of one subject, the first
    first, in turn one by its whole and one by its upper part; `bare` (side, side) is what each pixel costs, in squared
    levels, if there is only ground.
    """
    bank = _bank()
    both = (seen, bare), ([_landed(one) for one in seen], [_landed(one) for one in bare])
    gains = (np.maximum(*(_gain(bank, *views, share) for views in both)) for share in (1.0, UPPER))
    orders = (np.argsort(-gain)[:number] for gain in gains)
    found = dict.fromkeys(bank.keys[at] for pair in zip(*orders, strict=True) for at in pair)
    return list(found)[:number]


def main() -> None:
    every = [seen(subject, style) for style, subject in tqdm(list(product(STYLES, SUBJECTS)), desc="frames")]
    frames = np.stack(every).reshape(len(STYLES), len(SUBJECTS), BLOCKS, BLOCKS, 4)
    np.savez_compressed(FILE, frames=frames)
    print(FILE)


if __name__ == "__main__":
    main()
