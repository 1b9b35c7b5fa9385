"""How a model's weights are kept: in which precision and where, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

HEADROOM = 3 * 2**30
"""Bytes that drawing takes beside the weights: one SDXL picture at 1024x1024 in half precision, decoded in slices."""


@dataclass(frozen=True)
class Plan:
    """`reason` is one sentence for a person."""

    dtype: torch.dtype
    offload: Literal["none", "parts", "layers"]
    """`parts`: text tower, UNet and VAE come to the GPU in turn. `layers`: one layer at a time, many times slower."""
    sliced: bool
    """The VAE decodes the pictures of a batch one by one: the same pixels, less memory."""
    reason: str


def plan(parts: dict[str, int], device: str, free: int) -> Plan:
    """For a model whose parts have so many parameters, on a device with so many free bytes.

    Attention is never sliced: diffusers does that with processors of its own, which control tools and adapters replace.
    """
    if device == "cpu":
        return Plan(
            torch.float32, "none", True, f"single precision, {gib(4 * sum(parts.values()))}: processors want it"
        )
    size, largest = 2 * sum(parts.values()), 2 * max(parts.values())
    half = f"half precision, {gib(size)}; {gib(free)} free on {device}"
    if device != "cuda":
        return Plan(torch.float16, "none", True, f"{half}, shared with everything else: pictures decoded one by one")
    if size + HEADROOM <= free:
        return Plan(torch.float16, "none", free < size + 4 * HEADROOM, f"{half}: all of it stays there")
    if largest + HEADROOM <= free:
        return Plan(torch.float16, "parts", True, f"{half}: too little for all, so its parts come and go (slower)")
    return Plan(torch.float16, "layers", True, f"{half}: too little for its largest part, so layers come and go (slow)")


def plan_for(folder: Path, device: str) -> Plan:
    """The plan for the weights in a folder on this machine as it is now."""
    return plan(parameters(folder), device, free_bytes(device))


def settle(pipe: Any, chosen: Plan, device: str) -> Any:
    """The pipeline where the plan wants it."""
    if chosen.sliced:
        pipe.vae.enable_slicing()
    if chosen.offload == "parts":
        pipe.enable_model_cpu_offload(device=device)
    elif chosen.offload == "layers":
        pipe.enable_sequential_cpu_offload(device=device)
    else:
        pipe.to(device)
    return pipe


def free_bytes(device: str) -> int:
    """What the device could still take; 0 where nobody counts (a processor)."""
    if device == "cuda":
        return int(torch.cuda.mem_get_info()[0])
    if device == "mps":
        return int(torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    return 0


def parameters(folder: Path) -> dict[str, int]:
    """Parameters in each part's safetensors, from their headers alone; variants (`model.fp16.safetensors`) aside."""
    counted: dict[str, int] = {}
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        plain = [file for file in part.glob("*.safetensors") if file.name.count(".") == 1]
        if plain:
            counted[part.name] = sum(map(count, plain))
    return counted or {"nothing": 0}


def count(file: Path) -> int:
    """The numbers in a safetensors file: 8 bytes of length, then a JSON header with every tensor's shape."""
    with file.open("rb") as opened:
        header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
    return sum(numbers(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")


def numbers(shape: list[int]) -> int:
    """How many of them a tensor of this shape holds."""
    return int(torch.Size(shape).numel())


def gib(size: int) -> str:
    """For people."""
    return f"{size / 2**30:.1f} GiB"
