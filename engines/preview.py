"""What a half-drawn picture is heading for, as pixels, at next to no cost.

Two points of a deterministic first-order sampler's line, (signal, noise) apart, give the clean latents it aims at. A
small VAE decodes them; for a large one a linear map from latents to RGB stands in, fitted by least squares on pictures
of smooth random colours that the VAE itself encodes, one pixel for each cell of the latents.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, EulerDiscreteScheduler
from PIL import Image

from minidalle3.engines.contract import Watch
from minidalle3.engines.inversion import single_precision

SMALL = 128
"""Channels at the bottom of a VAE that is cheap to run at every preview."""

SHEET = 256
COLOURS = 12
"""Sides of the sheet that is encoded once, in pixels, and of the grid of random colours on it."""


class Previewer:
    """Previews of one pipeline."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._map: torch.Tensor | None = None

    def show(self, before: torch.Tensor, after: torch.Tensor, step: int, watch: Watch) -> None:
        """Give `watch` the rows it wants, arguments as in `images`; none of a model whose safety checker looks at
        finished pictures alone.
        """
        if getattr(self._pipe, "safety_checker", None) is not None:
            return
        rows = [row for row in range(len(after)) if watch.wants_preview(row)]
        if rows:
            for row, image in zip(rows, self.images(before[rows], after[rows], step), strict=True):
                watch.preview(row, image)

    @torch.no_grad()
    def images(self, before: torch.Tensor, after: torch.Tensor, step: int) -> list[Image.Image]:
        """What the rows look like after `step`, from their latents (n, channels, h, w) around it."""
        clean = heading(self._pipe.scheduler, before, after, step)
        vae = self._pipe.vae
        if vae.config.block_out_channels[-1] <= SMALL:
            pixels = vae.decode(clean.to(self._pipe._execution_device, vae.dtype) / vae.config.scaling_factor).sample
        else:
            pixels = painted(clean.cpu(), self._fitted())
        rows: list[Image.Image] = self._pipe.image_processor.postprocess(pixels)
        return rows

    def _fitted(self) -> torch.Tensor:
        if self._map is None:
            self._map = fit(self._pipe)
        return self._map


def heading(scheduler: Any, before: torch.Tensor, after: torch.Tensor, step: int) -> torch.Tensor:
    """The clean latents on the line through both; where noise is added anew, the latter without its fading."""
    signal, noise = level(scheduler, step)
    signal_next, noise_next = level(scheduler, step + 1)
    before, after = before.to(after.device).double(), after.double()
    if not isinstance(scheduler, (DDIMScheduler, EulerDiscreteScheduler)):
        return after / signal_next
    return (noise_next * before - noise * after) / (noise_next * signal - noise * signal_next)


def level(scheduler: Any, step: int) -> tuple[float, float]:
    """How much of picture and of noise the latents hold before `step`, in the scheduler's own scale."""
    if hasattr(scheduler, "sigmas") and scheduler.init_noise_sigma > 1:
        return 1.0, float(scheduler.sigmas[step])
    kept = float(scheduler.alphas_cumprod[int(scheduler.timesteps[step])])
    return kept**0.5, (1 - kept) ** 0.5


def fit(pipe: Any) -> torch.Tensor:
    """The map of shape (channels + 1, 3), its last row a constant; no chance in it."""
    vae = pipe.vae
    grid = torch.rand(1, 3, COLOURS, COLOURS, generator=torch.Generator().manual_seed(0)) * 2 - 1
    sheet = F.interpolate(grid, size=(SHEET, SHEET), mode="bilinear")
    with torch.no_grad(), single_precision(vae):
        latents = vae.encode(sheet.to(pipe._execution_device, vae.dtype)).latent_dist.mode().float().cpu()
    small = F.interpolate(sheet, size=latents.shape[-2:], mode="area")
    known = columns(latents * vae.config.scaling_factor)
    solution: torch.Tensor = torch.linalg.lstsq(known, small[0].flatten(1).T).solution
    return solution


def painted(latents: torch.Tensor, colours: torch.Tensor) -> torch.Tensor:
    """Pixels (n, 3, h, w), -1 to 1, one for each cell of latents (n, channels, h, w)."""
    pixels = [(columns(row[None]) @ colours).T.reshape(3, *row.shape[-2:]) for row in latents.float()]
    return torch.stack(pixels).clamp(-1, 1)


def columns(latents: torch.Tensor) -> torch.Tensor:
    """One line for each cell of (1, channels, h, w): its channels and a 1."""
    cells = latents[0].flatten(1).T
    return torch.cat([cells, torch.ones(len(cells), 1)], dim=1)
