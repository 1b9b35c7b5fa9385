"""Where to draw."""

from __future__ import annotations

import torch


def best_device() -> str:
    """The fastest device that torch sees."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
