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


def trace_to_bytes(trace: Trace) -> bytes:
    """As safetensors, latents in half precision."""
    import torch
    from safetensors.torch import save

    latents = trace.latents.detach().to("cpu", torch.float16).contiguous()
    data: bytes = save({"latents": latents, "timesteps": trace.timesteps.detach().cpu().contiguous()})
    return data


def trace_from_bytes(data: bytes) -> Trace | None:
    """Latents as float16; `None` for bytes that are no whole trace."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors = load(data)
        trace = Trace(tensors["latents"], tensors["timesteps"])
    except (SafetensorError, KeyError):
        return None
    sound = trace.latents.ndim == 4 and trace.timesteps.shape == (len(trace.latents) - 1,)
    return trace if sound else None
