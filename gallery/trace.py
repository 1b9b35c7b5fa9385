"""The trace of a drawing: what the control tools start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Trace:
    """The latents of every denoising step of one picture.

    `latents` has shape (steps + 1, channels, height / f, width / f): x_T first, x_0 last, in the scheduler's own
    scale; `timesteps` has shape (steps,), descending.
    """

    latents: torch.Tensor
    timesteps: torch.Tensor
