"""Engines that change a picture by an instruction in words: diffusers' own editing pipelines.

InstructPix2Pix (Brooks et al. 2023), FLUX.1 Kontext (Black Forest Labs 2025), FLUX.2 [klein] (2026) and Qwen-Image-Edit
(Wu et al. 2025).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import diffusers
import torch
import transformers
from diffusers import DiffusionPipeline
from PIL import Image

from minidalle3.engines.contract import Capabilities, Drawn, EngineError, Job, Stopped, Watch
from minidalle3.engines.device import best_device
from minidalle3.engines.diffusion import fetch
from minidalle3.engines.fingerprint import fingerprint
from minidalle3.engines.kinds import check, first_order
from minidalle3.engines.memory import plan_for, settle
from minidalle3.engines.safety import rows_of

GRAIN = 16
"""Sides of a picture are multiples of it: two cells of the latents."""


class Habits(NamedTuple):
    """What a kind of editor edits best with."""

    steps: int
    guidance: float
    half: torch.dtype
    """The half precision that its numbers fit into."""
    more: Callable[[Job], dict[str, Any]] = lambda job: {}
    """What it is called with beside the rest."""
    guided_by: str = "guidance_scale"


QWEN = Habits(50, 4.0, torch.bfloat16, lambda job: {"negative_prompt": " "}, "true_cfg_scale")
HABITS = {
    "StableDiffusionInstructPix2PixPipeline": Habits(20, 7.5, torch.float16, lambda job: {"image_guidance_scale": 1.5}),
    "Flux2KleinPipeline": Habits(50, 4.0, torch.bfloat16),
    "FluxKontextPipeline": Habits(
        28, 2.5, torch.bfloat16, lambda job: {"max_area": job.width * job.height, "_auto_resize": False}
    ),
    "QwenImageEditPipeline": QWEN,
    "QwenImageEditPlusPipeline": QWEN,
}
DISTILLED = {"Flux2KleinPipeline": Habits(4, 1.0, torch.bfloat16)}
"""For models that say of themselves that they need few steps and no guidance."""

REMEDY = f"Set MINIDALLE3_EDITOR to a hub id or folder of one of these: {', '.join(HABITS)}."


class Editor:
    """A stock pipeline that is shown a picture; it leaves no trace, for its latents are nobody else's."""

    def __init__(self, pipe: Any, name: str, fingerprint: str) -> None:
        kind = type(pipe).__name__
        pipe.scheduler = first_order(pipe.scheduler)
        self._pipe = pipe
        self._habits = DISTILLED[kind] if pipe.config.get("is_distilled") else HABITS[kind]
        cells = pipe.unet.config.sample_size if hasattr(pipe, "unet") else pipe.default_sample_size
        side = cells * pipe.vae_scale_factor
        self.capabilities = Capabilities(
            engine=name,
            fingerprint=fingerprint,
            dialect="prose",
            token_budget=tokens_of(pipe),
            width=side,
            height=side,
            sizes=(),
            steps=self._habits.steps,
            guidance=self._habits.guidance,
            scheduler=type(pipe.scheduler).__name__,
            negative_prompt=False,
            attention_control=False,
            image_to_image=False,
            adapters=False,
            edit_endpoint=True,
        )

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        """The source changed by each instruction, one after the other; under a mask the rest of it stays as it is."""
        if job.source is None:
            raise EngineError(f"{self.capabilities.engine} changes pictures, and was shown none.")
        if job.width % GRAIN or job.height % GRAIN:
            raise EngineError(f"A picture's sides must be multiples of {GRAIN}, not {job.width}x{job.height}.")
        source = job.source.convert("RGB").resize((job.width, job.height), Image.Resampling.LANCZOS)
        drawn = []
        for row in range(len(job.prompts)):
            one = self._edited(job, row, source, watch)
            if job.mask is not None:
                image = Image.composite(one.image, source, job.mask.convert("L").resize(one.image.size))
                one = replace(one, image=image)
            drawn.append(one)
        return drawn

    def _edited(self, job: Job, row: int, source: Image.Image, watch: Watch) -> Drawn:
        def after_step(pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            if watch.stopped():
                raise Stopped
            watch.progress(row * job.steps + step + 1, len(job.prompts) * job.steps)
            return tensors

        result = self._pipe(
            prompt=job.prompts[row],
            image=source,
            width=job.width,
            height=job.height,
            num_inference_steps=job.steps,
            generator=torch.Generator("cpu").manual_seed(job.seeds[row]),
            callback_on_step_end=after_step,
            **{self._habits.guided_by: job.guidance},
            **self._habits.more(job),
        )
        return rows_of(result)[0]


def tokens_of(pipe: Any) -> int:
    """Tokens of an instruction that the editor listens to; where there are two text models, the one with more room."""
    if hasattr(pipe, "tokenizer_2"):
        return int(pipe.tokenizer_2.model_max_length)
    return int(getattr(pipe, "tokenizer_max_length", pipe.tokenizer.model_max_length))


def load_editor(model: str, device: str = "auto") -> Editor:
    """Load an editor from a hub id or a folder of safetensors. Raises `EngineError` saying what is missing."""
    device = best_device() if device == "auto" else device
    diffusers.logging.disable_progress_bar()
    transformers.logging.disable_progress_bar()
    check(model, HABITS, REMEDY)
    try:
        folder = fetch(model)
        plan = plan_for(folder, device)
        dtype = plan.dtype if plan.dtype == torch.float32 else half_of(folder)
        pipe = DiffusionPipeline.from_pretrained(str(folder), dtype=dtype, use_safetensors=True)
    except (ImportError, OSError, ValueError) as error:  # Qwen's picture processor wants torchvision
        raise EngineError(
            f"The editor {model!r} cannot be loaded ({str(error).strip().splitlines()[0]}). {REMEDY}"
        ) from error
    pipe.set_progress_bar_config(disable=True)
    name = Path(model).resolve().name if Path(model).is_dir() else model
    return Editor(settle(pipe, plan, device), name, fingerprint(folder))


def half_of(folder: Path) -> torch.dtype:
    """The half precision for the pipeline in a folder."""
    kind: str = DiffusionPipeline.load_config(str(folder))["_class_name"]
    return HABITS[kind].half
