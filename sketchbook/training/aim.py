"""Teaches cross-attention where a sketch belongs: each cell of a subject's frame should look at its own patch.

The frames' places are known, so the attention of one head in some layers is told its answer; without that, finding
the places takes most of the samples there are. On the finest grid a patch covers four cells, and a cell cannot tell by
itself which of them it is: there each of four heads serves one quarter, and looks at the first token elsewhere.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor

from minidalle3.sketchbook.training.sketches import slots
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.scenes import corners

_NOWHERE = -100
FINEST = 16  # cells a side; two to a patch


class Watched(AttnProcessor):  # type: ignore[misc]
    """The plain attention; keeps its maps, (B, heads, cells, tokens)."""

    seen: Tensor

    def __call__(
        self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Tensor, *args: Any, **kwargs: Any
    ) -> Tensor:
        query, key, value = (
            attn.head_to_batch_dim(part)
            for part in (
                attn.to_q(hidden_states),
                attn.to_k(encoder_hidden_states),
                attn.to_v(encoder_hidden_states),
            )
        )
        scores = attn.get_attention_scores(query, key)
        self.seen = scores.unflatten(0, (-1, attn.heads))
        found: Tensor = attn.to_out[0](attn.batch_to_head_dim(torch.bmm(scores, value)))
        return found


def watch(unet: UNet2DConditionModel) -> list[Watched]:
    """Watches the cross-attention on the way up, where cells know their place; the rest stays plain."""
    processors = {name: AttnProcessor() for name in unet.attn_processors}
    watched = [name for name in processors if name.startswith("up_blocks") and ".attn2." in name]
    watched.remove(next(name for name in watched if name.startswith("up_blocks.2.attentions.1")))
    processors.update({name: Watched() for name in watched})
    unet.set_attn_processor(processors)
    return [processor for processor in unet.attn_processors.values() if isinstance(processor, Watched)]


def targets(scene: Scene | None, cells: int, first: int) -> Tensor:
    """(cells * cells,) the token that each cell should look at; nowhere outside frames and for wordless captions."""
    grid = torch.full((cells, cells), _NOWHERE)
    size = 128 // cells
    frames = corners(scene) if scene else ()
    starts = slots(frames)
    for one, slot in reversed(list(zip(frames, starts, strict=True))):  # as they are painted: the nearest last
        count = one.side // 16
        patches = torch.arange(first + slot, first + slot + count**2).reshape(count, count)
        fine = patches.repeat_interleave(16 // size, 0).repeat_interleave(16 // size, 1)
        grid[one.y // size : (one.y + one.side) // size, one.x // size : (one.x + one.side) // size] = fine
    return grid.flatten()


def quartered(grid: Tensor) -> Tensor:
    """One target for each quarter, (4, cells * cells): the patch where the cell is that quarter of it."""
    side = math.isqrt(len(grid))
    rows, columns = torch.arange(len(grid)) // side % 2, torch.arange(len(grid)) % side % 2
    own = torch.stack([2 * rows + columns == quarter for quarter in range(4)])
    return torch.where(own | (grid == _NOWHERE), grid, 0)


def loss(watched: list[Watched], scenes: list[Scene | None], first: int) -> Tensor:
    """Mean cross-entropy of the watched maps against the frames' places; `first` is the token of the first patch."""
    parts = []
    for processor in watched:
        cells = math.isqrt(processor.seen.shape[2])
        truth = torch.stack([targets(scene, cells, first) for scene in scenes])[:, None]
        if cells == FINEST:
            truth = torch.stack([quartered(grid) for [grid] in truth])
        maps = processor.seen[:, : truth.shape[1]].clamp(min=1e-6).log()
        parts.append(F.nll_loss(maps.flatten(0, 2), truth.to(maps.device).flatten(), ignore_index=_NOWHERE))
    return torch.stack(parts).nan_to_num().mean()
