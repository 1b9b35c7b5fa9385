"""Masks of any shape, soft at the edge and exact outside."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from minidalle3.tools.attention.masks import Sightings, feathered, grid


@pytest.mark.parametrize(
    ("size", "cells", "found"), [((16, 16), 64, (8, 8)), ((9, 8), 20, (5, 4)), ((96, 64), 384, (24, 16))]
)
def test_cells_are_put_back_into_rows(size: tuple[int, int], cells: int, found: tuple[int, int]) -> None:
    assert grid(size, cells) == found


def test_what_is_seen_in_one_corner_is_there_and_nowhere_else() -> None:
    sightings = Sightings((16, 24))
    assert sightings.either() is None
    seen = torch.full((8, 12), 0.05)
    seen[0, 0] = 1.0
    sightings.add(seen.reshape(-1, 1), torch.zeros(96, 0))
    mask = sightings.either()
    assert mask is not None
    assert mask.shape == (16, 24)
    assert mask[:3, :3].all()
    assert not mask[6:].any() and not mask[:, 6:].any()
    target = sightings.target()
    assert target is not None and not target.any(), "no words, no place"


def test_a_feather_covers_the_mask_and_ends() -> None:
    mask = torch.zeros(16, 16, dtype=torch.bool)
    mask[4:8, 4:8] = True
    edge = np.asarray(feathered(mask, (128, 128)))
    assert (edge[32:64, 32:64] == 255).all()
    assert (edge[:20] == 0).all() and (edge[76:] == 0).all()
    assert ((edge > 0) & (edge < 255)).any()
