"""Attention between rows: the maths of Prompt-to-Prompt and MasaCtrl as a routing of queries, keys and values.

Prompt-to-Prompt (Hertz et al. 2022) gives the target the source's maps: in self-attention softmax(Qs Ks) Vt, and in
cross-attention softmax(Qs Ks) Ws Vt + softmax(Qt Kt) Wt Vt. MasaCtrl (Cao et al. 2023) lets the target's queries look
into the source: softmax(Qt Ks) Vs. No map is made unless words are watched. Tensors are (rows, heads, cells or
tokens, width).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from minidalle3.tools.attention.masks import Sightings, grid
from minidalle3.tools.attention.plan import FINE, Cross, Half, Layer, Plan, Watched


@dataclass(frozen=True)
class Call:
    """One pass of the UNet: which of its rows is what."""

    level: float
    targets: int
    """The first rows; those of the source come after them."""
    target: dict[Half, int]
    source: dict[Half, int]
    size: tuple[int, int]
    sightings: Sightings


def attend(plan: Plan, layer: Layer, call: Call, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """What every row attends to in this layer, as the plan says."""
    if layer.kind == "cross":
        return attend_to_words(plan, layer, call, q, k, v)
    if plan.mutual and plan.mutual.holds(call.level) and layer.place == "up" and layer.share >= FINE:
        return attend_to_source(plan, call, q, k, v)
    if plan.layout and plan.layout.holds(call.level) and layer.share <= plan.coarse:
        order = list(range(len(q)))
        order[call.target["cond"]] = call.source["cond"]
        q, k = q[order], k[order]
    return F.scaled_dot_product_attention(q, k, v)


def attend_to_words(
    plan: Plan, layer: Layer, call: Call, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> torch.Tensor:
    """Cross-attention; the source's maps come in as a second attention with mixed values."""
    source, target = call.source["cond"], call.target["cond"]
    cross = plan.cross if plan.cross and plan.cross.window.holds(call.level) else None
    watched = plan.watched
    if watched and watched.window.holds(call.level) and layer.name in watched.layers:
        look(watched, cross, call, q, k)
    if cross is None:
        return F.scaled_dot_product_attention(q, k, v)
    own = torch.ones(len(v), 1, v.shape[2], 1, dtype=v.dtype, device=v.device)
    own[target, 0, :, 0] = cross.own.to(own)
    attended = F.scaled_dot_product_attention(q, k, v * own)
    mixed = cross.from_source.to(v) @ v[target]
    attended[target] += F.scaled_dot_product_attention(q[source][None], k[source][None], mixed[None])[0]
    return attended


def look(watched: Watched, cross: Cross | None, call: Call, q: torch.Tensor, k: torch.Tensor) -> None:
    """Note where the watched words are, by the maps that this layer uses."""
    rows = [call.source["cond"], call.target["cond"]]
    scores = q[rows].float() @ k[rows].float().transpose(-1, -2) / q.shape[-1] ** 0.5
    source, target = scores.softmax(-1).mean(1)
    if cross is not None:
        target = source @ cross.from_source.to(source) + target * cross.own.to(target)
    call.sightings.add(source[:, list(watched.source)], target[:, list(watched.target)])


def attend_to_source(plan: Plan, call: Call, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Mutual self-attention; with masks, subject and background each look into their own."""
    order = list(range(len(q)))
    for half, row in call.source.items():
        order[call.target[half]] = row
    attended = F.scaled_dot_product_attention(q, k[order], v[order])
    masks = parts(call, q.shape[2]) if plan.parted else None
    if masks is None:
        return attended
    there, here = masks
    mine = list(call.target[half] for half in call.source)
    theirs = list(call.source.values())
    inside, outside = (
        F.scaled_dot_product_attention(q[mine], k[theirs][:, :, keys], v[theirs][:, :, keys])
        for keys in (there, ~there)
    )
    attended[mine] = torch.where(here[:, None], inside, outside)
    return attended


def parts(call: Call, cells: int) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Where the subject is in the source and in the target, for so many cells; `None` while it is nowhere known, or
    everywhere in the source: an empty set of keys is no place to look."""
    source, target = call.sightings.source(), call.sightings.target()
    if source is None or target is None:
        return None
    size = grid(call.size, cells)
    there, here = (F.adaptive_avg_pool2d(mask[None].float(), size)[0].flatten() >= 0.5 for mask in (source, target))
    return None if there.all() or not there.any() else (there, here)
