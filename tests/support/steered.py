"""Stock pipelines drawn plainly and under control in double precision: what differs then is no rounding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoPipelineForText2Image
from support import tiny

import minidalle3.sketchbook
from minidalle3.gallery.trace import Trace
from minidalle3.tools.attention.plan import Plan
from minidalle3.tools.attention.session import Session, Source, steered

SKETCHBOOK = Path(minidalle3.sketchbook.__path__[0]) / "weights"
SEED = 3


def pipeline(name: str, folder: Path) -> Any:
    """`sketchbook` as shipped, or a tiny one whose attention is sharp enough for words to matter."""
    path = SKETCHBOOK if name == "sketchbook" else getattr(tiny, name)(folder)
    pipe = AutoPipelineForText2Image.from_pretrained(str(path), dtype=torch.float64)
    pipe.set_progress_bar_config(disable=True)
    if name != "sketchbook":
        for module_name, module in pipe.unet.named_modules():
            if module_name.endswith(("attn1", "attn2")):
                module.to_q.weight.data *= 12
                module.to_v.weight.data *= 4
                module.to_out[0].weight.data *= 4
    return pipe


def run(pipe: Any, prompts: list[str], steps: int, guidance: float, after: Any = None, **more: Any) -> torch.Tensor:
    """Latents of shape (steps + 1, rows, channels, h, w) without the decoded picture; every row has the same seed."""
    side = pipe.unet.config.sample_size
    shape = (1, pipe.unet.config.in_channels, side, side)
    first = more.pop("latents", None)
    if first is None:
        first = torch.randn(shape, generator=torch.Generator().manual_seed(SEED)).to(pipe.unet.dtype)
    path: list[torch.Tensor] = []

    def after_step(_: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        now = after(step, tensors["latents"]) if after else tensors["latents"]
        path.append(now.clone())
        return {"latents": now}

    pipe(
        prompt=prompts,
        negative_prompt=[""] * len(prompts),
        num_inference_steps=steps,
        guidance_scale=guidance,
        latents=first.repeat(len(prompts), 1, 1, 1),
        generator=[torch.Generator().manual_seed(SEED) for _ in prompts],
        callback_on_step_end=after_step,
        output_type="latent",
        width=side * pipe.vae_scale_factor,
        height=side * pipe.vae_scale_factor,
        **more,
    )
    return torch.stack([first.repeat(len(prompts), 1, 1, 1) * pipe.scheduler.init_noise_sigma, *path])


def source_of(pipe: Any, prompt: str, steps: int, guidance: float, **more: Any) -> Source:
    """A picture to be changed; its trace has full precision."""
    latents = run(pipe, [prompt], steps, guidance, **more)[:, 0]
    return Source(prompt, "", Trace(latents, pipe.scheduler.timesteps.clone()))


def changed(
    pipe: Any, plan: Plan, source: Source, prompt: str, guidance: float, steps: int, **more: Any
) -> tuple[torch.Tensor, Session]:
    """The latents of `prompt` drawn from `source` under `plan`, (steps + 1, channels, h, w)."""
    with steered(pipe, plan, source) as session:
        path = run(pipe, [prompt], steps, guidance, after=session.after_step, latents=session.start(steps), **more)
    return path[:, 0], session
