"""The trace of a photo: the latents from which this pipeline would have drawn it.

One step of a deterministic first-order sampler is affine in the latents and in what the UNet says of them:
x_s = a * x_t + b * unet(x_t, t). Its inverse is the fixed point of x_t = (x_s - b * unet(x_t, t)) / a. Iterating once
from x_t = x_s is DDIM inversion (Song, Meng and Ermon 2021, section 4.3); iterating on makes it exact (Pan et al. 2023,
"Effective Real Image Editing with Accelerated Iterative Diffusion Inversion"; Meiri et al. 2023). `a` and `b` are read
from the sampler itself, so noise and v-prediction, zero terminal SNR and every spacing of timesteps need no case here.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler
from PIL import Image

from minidalle3.engines.contract import Stopped, Watch
from minidalle3.gallery.compare import compare
from minidalle3.gallery.trace import Fidelity, Trace

AFFINE = (DDIMScheduler, EulerDiscreteScheduler)
CLOSE = 2e-3
"""Root mean square move, relative to the latents, at which iterating ends early: the next one would be a tenth of it,
less than half precision keeps."""


class Step(NamedTuple):
    """One step of the sampler: x_next = a * x + b * unet(scale * x, timestep)."""

    timestep: torch.Tensor
    scale: float
    a: float
    b: float


@torch.no_grad()
def invert(pipe: Any, image: Image.Image, prompt: str, steps: int, iterations: int, watch: Watch) -> Trace:
    """The trace, without guidance, of an RGB picture whose sides are multiples of 8; the same every time.

    Samplers that add noise or look back at earlier steps have no inverse: their trace is the picture's latents under
    one noise, strong to weak, which the control tools force on the source row just as well (the "virtual inversion" of
    Xu et al. 2023); it has no fidelity. Raises `Stopped`.
    """
    scheduler = copy.deepcopy(pipe.scheduler)
    scheduler.set_timesteps(steps)
    clean = encode(pipe, image)
    if not isinstance(scheduler, AFFINE):
        return Trace(noised(scheduler, clean), scheduler.timesteps)
    given = conditions(pipe, prompt, image.width, image.height)
    path, latents = [clean], clean
    plan = affine(scheduler)
    for done, step in enumerate(reversed(plan), 1):
        if watch.stopped():
            raise Stopped
        latents = step_back(pipe, step, latents, given, iterations)
        path.append(latents)
        watch.progress(done, steps)
    again = path[-1].half().float()
    for step in plan:
        again = step.a * again + step.b * predicted(pipe, step, again, given)
    fidelity = Fidelity(*(compare(decode(pipe, latents), image).psnr for latents in (again, clean)))
    return Trace(torch.cat(path[::-1]).to("cpu", torch.float16), scheduler.timesteps, fidelity)


def affine(scheduler: Any) -> list[Step]:
    """The steps of a sampler whose timesteps are set, found out by letting it step from 1 with 0 and from 0 with 1."""
    plan = []
    ones, zeros = torch.tensor([[1.0], [0.0]]), torch.tensor([[0.0], [1.0]])
    for timestep in scheduler.timesteps:
        scale = float(scheduler.scale_model_input(torch.ones(1), timestep))
        a, b = scheduler.step(zeros, timestep, ones).prev_sample.flatten().tolist()
        plan.append(Step(timestep, scale, a, b))
    return plan


def step_back(pipe: Any, step: Step, later: torch.Tensor, given: dict[str, Any], iterations: int) -> torch.Tensor:
    """The latents that `step` takes to `later`, after at most `iterations` looks at the UNet."""
    guess = later
    for _ in range(iterations):
        better = (later - step.b * predicted(pipe, step, guess, given)) / step.a
        moved = float((better - guess).square().mean() / better.square().mean())
        guess = better
        if moved < CLOSE**2:
            break
    return guess


def predicted(pipe: Any, step: Step, latents: torch.Tensor, given: dict[str, Any]) -> torch.Tensor:
    """What the UNet says, in single precision."""
    said = pipe.unet((step.scale * latents).to(pipe.unet.dtype), step.timestep, **given, return_dict=False)[0]
    return said.float()  # type: ignore[no-any-return]


def noised(scheduler: Any, clean: torch.Tensor) -> torch.Tensor:
    """Latents of shape (steps + 1, channels, h, w) under one noise, as the sampler itself would add it."""
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(0)).to(clean)
    rows = [scheduler.add_noise(clean, noise, timestep[None]) for timestep in scheduler.timesteps]
    return torch.cat([*rows, clean]).to("cpu", torch.float16)


def conditions(pipe: Any, prompt: str, width: int, height: int) -> dict[str, Any]:
    """What the UNet wants to know beside latents and time: one row, without guidance."""
    device = pipe._execution_device
    embeds, _, *pooled = pipe.encode_prompt(
        prompt=prompt, device=device, num_images_per_prompt=1, do_classifier_free_guidance=False
    )
    if not pooled:
        return {"encoder_hidden_states": embeds}
    times = torch.tensor([[height, width, 0, 0, height, width]], dtype=embeds.dtype, device=device)
    return {"encoder_hidden_states": embeds, "added_cond_kwargs": {"text_embeds": pooled[0], "time_ids": times}}


def encode(pipe: Any, image: Image.Image) -> torch.Tensor:
    """The picture's latents at the scale the sampler works in, (1, channels, h, w), single precision."""
    with single_precision(pipe.vae):
        pixels = pipe.image_processor.preprocess(image).to(pipe._execution_device, pipe.vae.dtype)
        latents = pipe.vae.encode(pixels).latent_dist.mode()
    return latents.float() * pipe.vae.config.scaling_factor  # type: ignore[no-any-return]


def decode(pipe: Any, latents: torch.Tensor) -> Image.Image:
    """The picture of latents (1, channels, h, w)."""
    with single_precision(pipe.vae):
        pixels = pipe.vae.decode((latents / pipe.vae.config.scaling_factor).to(pipe.vae.dtype)).sample
    image: Image.Image = pipe.image_processor.postprocess(pixels)[0]
    return image


@contextmanager
def single_precision(vae: Any) -> Iterator[None]:
    """While it lasts, a VAE that overflows in half precision (SDXL's says so itself) computes in single."""
    if vae.dtype == torch.float32 or not vae.config.force_upcast:
        yield
        return
    usual = vae.dtype
    vae.to(torch.float32)
    try:
        yield
    finally:
        vae.to(usual)
