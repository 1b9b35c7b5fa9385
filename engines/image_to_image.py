"""Draw on from a picture: SDEdit (Meng et al. 2022), by diffusers' own pipelines over the weights that are there."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from diffusers import AutoPipelineForImage2Image

from minidalle3.engines.contract import EngineError, Job, Stopped, Watch


def draw_on(pipe: Any, job: Job, watch: Watch, generators: list[torch.Generator], more: dict[str, Any]) -> Any:
    """The pipeline's output for a job with a `start`: rows of the start's size; `more` goes to the pipeline as it is.

    The latents are those of the start, encoded; noise of the strength's level is added, and taken away in
    `int(steps * strength)` steps, which must be one at least (latent consistency models spread all their steps over
    it). Raises `EngineError` or `Stopped`.
    """
    assert job.start is not None
    if int(job.steps * job.start.strength) < 1:
        raise EngineError(f"Of {job.steps} steps none is left at strength {job.start.strength:g}: take more of either.")
    scheduler = copy.deepcopy(pipe.scheduler)  # it keeps where it began, which is nobody else's business
    continued = AutoPipelineForImage2Image.from_pipe(pipe, scheduler=scheduler)
    continued.set_progress_bar_config(disable=True)
    return continued(
        prompt=list(job.prompts),
        negative_prompt=list(job.negative_prompts),
        image=[job.start.image.convert("RGB")] * len(job.prompts),
        strength=job.start.strength,
        num_inference_steps=job.steps,
        guidance_scale=job.guidance,
        generator=generators,
        callback_on_step_end=reporting(watch),
        **more,
    )


def reporting(watch: Watch) -> Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]:
    """A pipeline's callback that tells the watch of every step and obeys its stop."""

    def after_step(pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if watch.stopped():
            raise Stopped
        watch.progress(step + 1, pipe.num_timesteps)
        return tensors

    return after_step
