"""What is done to the attention of a drawing: in which layers, at which noise levels, with which rows of the source.

A noise level is the timestep as a share of the model's, from 1 (pure noise) to 0, so that one plan serves any number
of steps; a layer's share is its side over the side of the latents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import torch

from minidalle3.engines.contract import EngineError, Sketch

Half: TypeAlias = Literal["uncond", "cond"]

FINE = 0.5
"""Smallest share of the layers in which MasaCtrl's queries look into the source: the decoder's, above the lowest."""


class Window(NamedTuple):
    """Noise levels from `low` to `high`, both included."""

    low: float = 0.0
    high: float = 1.0

    def holds(self, level: float) -> bool:
        return self.low <= level <= self.high


class Layer(NamedTuple):
    """One attention layer of a transformer block."""

    name: str
    kind: Literal["self", "cross"]
    place: Literal["down", "mid", "up"]
    share: float


@dataclass(frozen=True)
class Cross:
    """Target token j attends as `from_source[:, j]` of the source's map plus `own[j]` of its own."""

    window: Window
    from_source: torch.Tensor
    own: torch.Tensor


@dataclass(frozen=True)
class Watched:
    """Tokens, of the source and of the target, whose maps say where something is, and in which layers they are read."""

    window: Window
    layers: frozenset[str]
    source: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """Every part may be left out; a plan without any leaves the drawing alone."""

    cross: Cross | None = None
    """Prompt-to-Prompt's edit of the cross-attention."""
    layout: Window | None = None
    """When coarse self-attention uses the source's maps."""
    coarse: float = 0.25
    """Largest share of the layers that `layout` is about."""
    mutual: Window | None = None
    """When fine self-attention on the way up looks into the source: MasaCtrl."""
    watched: Watched | None = None
    parted: bool = False
    """Mutual attention keeps to what is watched: subject looks into subject, the rest into the rest."""
    blend: Window | None = None
    """When the latents outside of what is watched are the source's."""
    by_difference: bool = False
    """What `blend` keeps is where source and target are predicted alike, whatever is watched: the mask of Couairon et
    al. 2022 (DiffEdit), for models whose blank cells look at the padding too."""

    def halves(self, level: float, guided: bool) -> tuple[Half, ...]:
        """Which rows of the source a step at this noise level needs."""
        if self.mutual and self.mutual.holds(level):
            return ("uncond", "cond") if guided else ("cond",)
        others = (self.cross and self.cross.window, self.layout, self.watched and self.watched.window)
        return ("cond",) if any(window and window.holds(level) for window in others) else ()


def layers(unet: Any) -> dict[str, Layer]:
    """The layers of a UNet that can be planned for, by the name of their processor; raises `EngineError` for none."""
    last = len(unet.config.down_block_types) - 1
    found = {}
    for name in unet.attn_processors:
        head, block, *_ = name.split(".")
        if "transformer_blocks" not in name:
            continue
        place: Any = head.removesuffix("_block").removesuffix("_blocks")
        depth = {"down": lambda at: int(at), "mid": lambda at: last, "up": lambda at: last - int(at)}[place](block)
        found[name] = Layer(name, "self" if ".attn1." in name else "cross", place, 0.5**depth)
    if not found:
        raise EngineError("This model has no attention that could be steered.")
    return found


def coarse_share(side: int) -> float:
    """The share of layers that hold the layout: a quarter of the latents' side, but at least 8 cells."""
    return min(1.0, max(0.25, 8 / side))


def watched_layers(known: dict[str, Layer], side: int, sketch: Sketch | None) -> frozenset[str]:
    """Where words are looked for: on the way up, where maps are sharpest, and of the shares that exist at the one
    nearest to a quarter of the latents' side, but to 16 cells at least; or in the one layer of a sketch."""
    names = {layer.name: layer.share for layer in known.values() if (layer.kind, layer.place) == ("cross", "up")}
    if sketch:
        return frozenset(name for name in names if name.startswith(sketch.layer))
    wanted = min(1.0, max(0.25, 16 / side))
    nearest = min(names.values(), key=lambda share: (max(share / wanted, wanted / share), -share))
    return frozenset(name for name, share in names.items() if share == nearest)
