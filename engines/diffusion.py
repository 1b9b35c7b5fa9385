"""Engines made of a diffusers pipeline in Stable Diffusion's shape: the sketchbook, SD 1.x and 2.x, SDXL."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import diffusers
import torch
import transformers
from diffusers import AutoPipelineForText2Image, DiffusionPipeline
from PIL import Image

from minidalle3.engines.adapter import REMEDY as NO_ADAPTER
from minidalle3.engines.adapter import Adapter, find, load_adapter
from minidalle3.engines.contract import (
    Capabilities,
    Dialect,
    Drawn,
    EngineError,
    Job,
    Sketch,
    Steering,
    Stopped,
    Watch,
    refuse_source,
)
from minidalle3.engines.device import best_device
from minidalle3.engines.embeds import asked
from minidalle3.engines.enlarging import Enlarger, load_enlarger
from minidalle3.engines.fingerprint import fingerprint
from minidalle3.engines.image_to_image import draw_on
from minidalle3.engines.inversion import invert
from minidalle3.engines.kinds import check, distilled, first_order
from minidalle3.engines.memory import plan_for, settle
from minidalle3.engines.preview import Previewer
from minidalle3.engines.safety import rows_of
from minidalle3.gallery.trace import Trace
from minidalle3.sketchbook.world.grammar import caption, understand

PREVIEWS = 5
"""Previews per drawing."""


class Habits(NamedTuple):
    """What a kind of model draws best with."""

    dialect: Dialect
    steps: int
    guidance: float
    guidance_rescale: float
    sketch: Sketch | None = None


def sketched(prompt: str) -> frozenset[str]:
    """The words of a sketchbook's prompt whose things its padding tokens picture: all but style, place and weather."""
    scene = understand(prompt).scene
    things = scene and caption(replace(scene, style=None, place=None, weather=None, time=None))
    return frozenset((things or "").split())


HABITS = {
    "sketchbook": Habits("sketchbook", 20, 2.0, 0.0, Sketch(24, sketched, "up_blocks.2.attentions.1")),
    "StableDiffusionPipeline": Habits("tags", 30, 7.5, 0.0),
    "StableDiffusionXLPipeline": Habits("tags", 30, 5.0, 0.0),
    "LatentConsistencyModelPipeline": Habits("tags", 4, 8.0, 0.0),
}


class DiffusionEngine:
    """A stock pipeline; every drawing leaves the trace of its latents."""

    def __init__(
        self,
        pipe: Any,
        name: str,
        fingerprint: str,
        adapter: Adapter | None = None,
        enlarger: Enlarger | None = None,
    ) -> None:
        kind = name if name in HABITS else type(pipe).__name__
        if kind not in HABITS:
            known = ", ".join(sorted(set(HABITS) - {"sketchbook"}))
            raise EngineError(
                f"{name} is a {kind}; Mini-DALLE3 draws with {known}. Set MINIDALLE3_T2I to one of those."
            )
        pipe.scheduler = first_order(pipe.scheduler)
        self._pipe = pipe
        self._adapter = adapter
        self._enlarger = enlarger
        self._previewer = Previewer(pipe)
        self._habits = HABITS[kind]
        quick = distilled(pipe)
        side = pipe.unet.config.sample_size * pipe.vae_scale_factor
        self.capabilities = Capabilities(
            engine=name,
            fingerprint=fingerprint,
            dialect=self._habits.dialect,
            token_budget=pipe.tokenizer.model_max_length,
            width=side,
            height=side,
            sizes=((side, side),) if name == "sketchbook" else (),
            steps=quick.steps if quick else self._habits.steps,
            guidance=quick.guidance if quick else self._habits.guidance,
            scheduler=type(pipe.scheduler).__name__,
            negative_prompt=quick is None,
            attention_control=True,
            image_to_image=True,
            adapters=adapter is not None,
            edit_endpoint=False,
            embeddings=True,
            adapter_fingerprint=adapter.fingerprint if adapter else None,
            upscaler=enlarger.fingerprint if enlarger else None,
        )

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        """Draw a batch of `len(job.prompts)` pictures, one generator a row, so a row's seed means the same anywhere."""
        refuse_source(self.capabilities, job)
        if job.width % 8 or job.height % 8:
            raise EngineError(f"A picture's sides must be multiples of 8, not {job.width}x{job.height}.")
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in job.seeds]
        with ExitStack() as stack:
            more: dict[str, Any] = {"guidance_rescale": self._habits.guidance_rescale}
            if job.look:
                if self._adapter is None:
                    raise EngineError(f"{self.capabilities.engine} has no IP-Adapter here. {NO_ADAPTER}")
                more |= stack.enter_context(self._adapter.shown(job.look))
            if job.start:
                return rows_of(draw_on(self._pipe, job, watch, generators, more))
            steering = None
            if job.control:
                steering = stack.enter_context(job.control.over(self._pipe, self._habits.sketch))
            return self._draw(job, watch, generators, steering, more)

    def _draw(
        self,
        job: Job,
        watch: Watch,
        generators: list[torch.Generator],
        steering: Steering | None,
        more: dict[str, Any],
    ) -> list[Drawn]:
        noise = self._noise(job, generators)
        if steering:
            noise = steering.start(job.steps)
        latents: list[torch.Tensor] = []

        def after_step(pipe: Any, step: int, timestep: torch.Tensor, tensors: dict[str, Any]) -> dict[str, Any]:
            if watch.stopped():
                raise Stopped
            now = steering.after_step(step, tensors["latents"]) if steering else tensors["latents"]
            latents.append(now.detach().to("cpu", torch.float16))
            watch.progress(step + 1, job.steps)
            if step + 1 < job.steps and (step + 1) % max(1, job.steps // PREVIEWS) == 0:
                before = latents[-2] if step else noise * pipe.scheduler.init_noise_sigma
                self._previewer.show(before, now, step, watch)
            return {"latents": now}

        result = self._pipe(
            **asked(self._pipe, job),
            negative_prompt=list(job.negative_prompts),
            num_inference_steps=job.steps,
            guidance_scale=job.guidance,
            width=job.width,
            height=job.height,
            latents=noise,
            generator=generators,
            callback_on_step_end=after_step,
            **more,
        )
        scheduler = self._pipe.scheduler
        start = (noise * scheduler.init_noise_sigma).to("cpu", torch.float16)
        path = torch.stack([start, *latents], dim=1)
        timesteps = scheduler.timesteps.to("cpu")
        return [replace(one, trace=Trace(path[row], timesteps)) for row, one in enumerate(rows_of(result))]

    def invert(self, image: Image.Image, prompt: str, steps: int, iterations: int, watch: Watch) -> Trace:
        """The trace of a photo; see `inversion.invert`."""
        return invert(self._pipe, image, prompt, steps, iterations, watch)

    def enlarge(self, image: Image.Image) -> Image.Image:
        """By the network in the model's folder, which knows nothing of words."""
        if self._enlarger is None:
            raise EngineError(f"{self.capabilities.engine} has no network of its own for larger pictures here.")
        return self._enlarger.enlarged(image)

    def _noise(self, job: Job, generators: list[torch.Generator]) -> torch.Tensor:
        """The rows' first latents, made here rather than in the pipeline so that the trace has them."""
        factor = self._pipe.vae_scale_factor
        shape = (self._pipe.unet.config.in_channels, job.height // factor, job.width // factor)
        rows = [torch.randn(shape, generator=generator) for generator in generators]
        return torch.stack(rows).to(self._pipe._execution_device, self._pipe.unet.dtype)


def load(model: str, device: str = "auto", adapter: str | None = None) -> DiffusionEngine:
    """Load the sketchbook, or a hub id or folder of safetensors; `adapter` as in `adapter.find`.

    Raises `EngineError` saying what is missing.
    """
    device = best_device() if device == "auto" else device
    diffusers.logging.disable_progress_bar()  # front ends show their own; the bars of a download stay
    transformers.logging.disable_progress_bar()
    if model != "sketchbook":
        check(model)
    try:
        folder = Path(str(files("minidalle3.sketchbook") / "weights")) if model == "sketchbook" else fetch(model)
        plan = plan_for(folder, device)
        pipe = AutoPipelineForText2Image.from_pretrained(str(folder), dtype=plan.dtype, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"The T2I model {model!r} cannot be loaded ({str(error).splitlines()[0]}). "
            "Set MINIDALLE3_T2I to sketchbook, or to a hub id or folder with safetensors weights."
        ) from error
    pipe.set_progress_bar_config(disable=True)
    name = model if model == "sketchbook" or not Path(model).is_dir() else Path(model).resolve().name
    weights = find(folder, adapter, pipe.unet.config.cross_attention_dim)
    look = load_adapter(pipe, weights) if weights else None
    settle(pipe, plan, device)
    if look:
        look.rest()
    return DiffusionEngine(pipe, name, fingerprint(folder), look, load_enlarger(folder))


def fetch(model: str) -> Path:
    """The local folder of a model, downloaded the first time: safetensors only, never its code."""
    return Path(model) if Path(model).is_dir() else Path(DiffusionPipeline.download(model, use_safetensors=True))
