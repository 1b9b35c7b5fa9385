"""What a picture may be drawn from instead of words: the text tower's output, made by whatever can make one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Embedding:
    """`prompt_embeds` has shape (tokens, width); SDXL also takes `pooled`, of shape (width,). Any float type."""

    prompt_embeds: torch.Tensor
    pooled: torch.Tensor | None = None


def embedding_to_bytes(embedding: Embedding) -> bytes:
    """As safetensors, under diffusers' names."""
    from safetensors.torch import save

    tensors = {"prompt_embeds": embedding.prompt_embeds, "pooled_prompt_embeds": embedding.pooled}
    data: bytes = save({name: one.detach().cpu().contiguous() for name, one in tensors.items() if one is not None})
    return data


def embedding_from_bytes(data: bytes) -> Embedding | None:
    """`None` for bytes that are no embedding; a batch of one is taken for the one."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors = load(data)
        embeds, pooled = tensors["prompt_embeds"], tensors.get("pooled_prompt_embeds")
    except (SafetensorError, KeyError):
        return None
    embeds = embeds[0] if embeds.ndim == 3 and len(embeds) == 1 else embeds
    pooled = pooled[0] if pooled is not None and pooled.ndim == 2 and len(pooled) == 1 else pooled
    sound = embeds.ndim == 2 and embeds.is_floating_point() and bool(embeds.isfinite().all())
    sound = sound and (pooled is None or (pooled.ndim == 1 and bool(pooled.isfinite().all())))
    return Embedding(embeds, pooled) if sound else None
