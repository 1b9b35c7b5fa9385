"""The trace of a drawing: what the control tools start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import torch


class Fidelity(NamedTuple):
    """How close the trace of a photo comes to it when drawn again, in dB of PSNR."""

    reconstruction: float
    ceiling: float
    """What the VAE alone reaches: no trace draws it better."""


@dataclass(frozen=True)
class Trace:
    """The latents of every denoising step of one picture.

    `latents` has shape (steps + 1, channels, height / f, width / f): x_T first, x_0 last, in the scheduler's own
    scale; `timesteps` has shape (steps,), descending.
    """

    latents: torch.Tensor
    timesteps: torch.Tensor
    fidelity: Fidelity | None = None
    """Where the trace was found by inversion."""


def trace_to_bytes(trace: Trace) -> bytes:
    """As safetensors, latents in half precision."""
    import torch
    from safetensors.torch import save

    latents = trace.latents.detach().to("cpu", torch.float16).contiguous()
    tensors = {"latents": latents, "timesteps": trace.timesteps.detach().cpu().contiguous()}
    if trace.fidelity is not None:
        tensors["fidelity"] = torch.tensor(trace.fidelity)
    data: bytes = save(tensors)
    return data


def trace_from_bytes(data: bytes) -> Trace | None:
    """Latents as float16; `None` for bytes that are no whole trace."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors = load(data)
        fidelity = Fidelity(*tensors["fidelity"].tolist()) if "fidelity" in tensors else None
        trace = Trace(tensors["latents"], tensors["timesteps"], fidelity)
    except (SafetensorError, KeyError, TypeError):
        return None
    sound = trace.latents.ndim == 4 and trace.timesteps.shape == (len(trace.latents) - 1,)
    return trace if sound else None
