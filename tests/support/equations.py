"""The control methods written down as in their papers: every attention map is made, and edited, for four joint rows.

Source and target are drawn together, [uncond s, uncond t, cond s, cond t] or without guidance [s, t].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from support.steered import run

Maps = torch.Tensor
Edit = Callable[[Maps, Maps], Maps]
"""From the maps (heads, cells, tokens) of source and target to those with which the target attends."""


class Reference:
    """One joint drawing; `active` says of each step whether the edit is on."""

    def __init__(self, pipe: Any, active: list[bool], guided: bool) -> None:
        self.pipe, self.active, self.guided = pipe, active, guided
        self.step = 0
        self.cross: Edit | None = None
        self.self_replace = False
        self.mutual = False
        self.parted = False
        self.watched: tuple[list[int], list[int]] | None = None
        self.watched_layers: Callable[[str], bool] = lambda name: False
        self.blended: list[bool] | None = None
        self.seen: list[torch.Tensor] = []

    def draw(self, source: str, target: str, steps: int, guidance: float) -> torch.Tensor:
        """The target's latents, (steps + 1, channels, h, w)."""
        before = dict(self.pipe.unet.attn_processors)
        self.pipe.unet.set_attn_processor({name: Slow(name, self) for name in before})
        try:
            return run(self.pipe, [source, target], steps, guidance, after=self.after)[:, 1]
        finally:
            self.pipe.unet.set_attn_processor(before)

    def after(self, step: int, latents: torch.Tensor) -> torch.Tensor:
        self.step = step + 1
        if self.blended is None or not self.blended[step]:
            return latents
        mask = self.mask(0, latents.shape[-2:]) | self.mask(1, latents.shape[-2:])
        return torch.stack([latents[0], latents[0] + mask * (latents[1] - latents[0])])

    def mask(self, row: int, size: Any) -> torch.Tensor:
        """Threshold of the pooled sum of the maps of the watched words."""
        total = torch.stack([pair[row] for pair in self.seen]).sum(0)
        side = round(total.numel() ** 0.5)
        grown = F.max_pool2d(total.reshape(1, 1, side, side), 3, 1, 1)
        whole = F.interpolate(grown, tuple(size), mode="bilinear")[0, 0]
        return whole / whole.max() > 0.3


class Slow:
    """Attention with its maps."""

    def __init__(self, name: str, reference: Reference) -> None:
        self.name, self.reference = name, reference

    def __call__(self, attn: Any, hidden_states: Any, encoder_hidden_states: Any = None, **_: Any) -> torch.Tensor:
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        q, k, v = (
            layer(x).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            for layer, x in ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context))
        )
        maps = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1)
        out = self.cross(maps, v) if encoder_hidden_states is not None else self.itself(maps, q, k, v)
        found: torch.Tensor = attn.to_out[0](out.transpose(1, 2).flatten(2))
        return found

    def cross(self, maps: Maps, v: torch.Tensor) -> torch.Tensor:
        ref = self.reference
        source, target = (2, 3) if ref.guided else (0, 1)
        on = ref.active[ref.step]
        if on and ref.cross:
            maps[target] = ref.cross(maps[source], maps[target])
        if ref.watched and (on or ref.mutual) and ref.watched_layers(self.name):
            pair = zip((source, target), ref.watched, strict=True)
            ref.seen.append(torch.stack([maps[row][:, :, words].sum(-1).mean(0) for row, words in pair]))
        return maps @ v

    def itself(self, maps: Maps, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        ref = self.reference
        source, target = (2, 3) if ref.guided else (0, 1)
        out = maps @ v
        if not ref.active[ref.step]:
            return out
        if ref.self_replace:
            out[target] = maps[source] @ v[target]
        if ref.mutual and self.name.startswith("up"):
            for here, there in ((1, 0), (3, 2)) if ref.guided else ((1, 0),):
                scores = q[here] @ k[there].transpose(-1, -2) / q.shape[-1] ** 0.5
                out[here] = self.parted(scores, v[there]) if ref.parted and ref.seen else scores.softmax(-1) @ v[there]
        return out

    def parted(self, scores: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """Two softmaxes over the source's subject and background, put together by the target's mask."""
        side, latents = round(v.shape[1] ** 0.5), self.reference.pipe.unet.config.sample_size
        there, here = (
            F.interpolate(self.reference.mask(row, (latents, latents))[None, None].float(), (side, side), mode="area")
            .flatten() >= 0.5
            for row in (0, 1)
        )  # fmt: skip
        if there.all() or not there.any():
            return scores.softmax(-1) @ v
        subject = scores.masked_fill(~there, float("-inf")).softmax(-1) @ v
        rest = scores.masked_fill(there, float("-inf")).softmax(-1) @ v
        return here[:, None] * subject + ~here[:, None] * rest
