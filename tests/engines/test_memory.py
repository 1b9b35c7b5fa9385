"""Where weights go, and the reason that a person reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from support import tiny

from minidalle3.engines.diffusion import load
from minidalle3.engines.memory import parameters, plan, plan_for

SDXL = {"unet": 2_567_000_000, "text_encoder": 123_000_000, "text_encoder_2": 695_000_000, "vae": 84_000_000}
GIB = 2**30


@pytest.mark.parametrize(
    ("device", "free", "dtype", "offload", "said"),
    [
        ("cpu", 0, torch.float32, "none", "single precision, 12.9 GiB"),
        ("cuda", 24 * GIB, torch.float16, "none", "6.5 GiB; 24.0 GiB free on cuda: all of it"),
        ("cuda", 8 * GIB, torch.float16, "parts", "parts come and go"),
        ("cuda", 4 * GIB, torch.float16, "layers", "layers come and go"),
        ("mps", 16 * GIB, torch.float16, "none", "shared with everything else"),
    ],
)
def test_sdxl_fits_where_it_can(device: str, free: int, dtype: torch.dtype, offload: str, said: str) -> None:
    chosen = plan(SDXL, device, free)
    assert (chosen.dtype, chosen.offload) == (dtype, offload)
    assert said in chosen.reason


def test_parameters_are_counted_from_headers(tmp_path: Path) -> None:
    folder = tiny.sd1(tmp_path)
    unet = folder / "unet" / "diffusion_pytorch_model.safetensors"
    (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(unet.read_bytes())
    counted, pipe = parameters(folder), load(str(folder), "cpu")._pipe
    for part in ("unet", "vae", "text_encoder"):
        assert counted[part] == sum(one.numel() for one in getattr(pipe, part).parameters())
    assert plan_for(folder, "cpu").dtype == pipe.unet.dtype == torch.float32
    assert pipe.vae.use_slicing
