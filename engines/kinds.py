"""What kind of model lies in a folder or on a hub, read from its own files before any weight is loaded."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from diffusers import DDIMScheduler
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

from minidalle3.engines.contract import EngineError

PIPELINES = ("StableDiffusionPipeline", "StableDiffusionXLPipeline", "LatentConsistencyModelPipeline")
LIBRARIES = ("diffusers", "transformers", "stable_diffusion")
"""Where a pipeline's parts may come from; the last is how SD 1 names its safety checker's place in diffusers."""

REMEDY = "Set MINIDALLE3_T2I to sketchbook, or to a hub id or folder of a Stable Diffusion 1, 2 or XL kind."


class Distilled(NamedTuple):
    """How a model draws that was taught to need few steps and no guidance."""

    steps: int
    guidance: float


def distilled(pipe: Any) -> Distilled | None:
    """`None` for a model that takes its time.

    Told by what its makers ship: a consistency sampler (LCM, TCD), which takes its guidance as one more input where the
    UNet has a place for it; or Euler's from the very last timestep on, predicting noise, as the adversarially distilled
    (SD-Turbo, SDXL-Turbo) are sampled.
    """
    scheduler, config = type(pipe.scheduler).__name__, pipe.scheduler.config
    if scheduler in ("LCMScheduler", "TCDScheduler"):
        return Distilled(4, 8.0 if pipe.unet.config.time_cond_proj_dim else 1.0)
    from_the_end = config.get("timestep_spacing") == "trailing" and config.get("prediction_type") == "epsilon"
    if scheduler.startswith("Euler") and from_the_end:
        return Distilled(4, 0.0)
    return None


def first_order(scheduler: Any) -> Any:
    """DDIM in place of PNDM, which looks at the UNet once more than it has steps and cannot be inverted."""
    if type(scheduler).__name__ != "PNDMScheduler":
        return scheduler
    return DDIMScheduler.from_config(scheduler.config, clip_sample=False)


def check(model: str, known: Collection[str] = PIPELINES, remedy: str = REMEDY) -> None:
    """Raises `EngineError` for what is no folder, no model, no pipeline that is known, or wants its own code run."""
    index = index_of(model, remedy)
    kind = index.get("_class_name")
    if kind not in known:
        what = f"is a {kind}" if isinstance(kind, str) else "brings code of its own, which is never run"
        raise EngineError(f"{model} {what}; Mini-DALLE3 draws with {', '.join(known)}. {remedy}")
    parts = {name: part[0] for name, part in index.items() if isinstance(part, list) and part[0] is not None}
    for name, library in parts.items():
        if library not in LIBRARIES:
            raise EngineError(f"{model}: its {name} brings code of its own ({library}), which is never run. {remedy}")


def index_of(model: str, remedy: str = REMEDY) -> dict[str, Any]:
    """The model's `model_index.json`, from its folder or (that file alone) from the hub."""
    folder = Path(model)
    if folder.is_dir():
        path = folder / "model_index.json"
        if not path.exists():
            raise EngineError(f"The folder {model} holds no model in diffusers' format: no model_index.json. {remedy}")
    elif model.count("/") != 1 or model.startswith((".", "/", "~")):
        raise EngineError(f"There is no folder {model}. {remedy}")
    else:
        path = fetched(model, "model_index.json", remedy)
    try:
        index = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise EngineError(f"The model_index.json of {model} is damaged. {remedy}") from error
    return index if isinstance(index, dict) else {}


def fetched(model: str, file: str, remedy: str) -> Path:
    """Where a file of the hub's lies now; raises `EngineError`, with the remedy where one can be named."""
    try:
        return Path(hf_hub_download(model, file))
    except GatedRepoError as error:
        how = "accept its terms on its page there, then log in with: hf auth login"
        raise EngineError(f"The hub gives {model} only to those who {how}.") from error
    except RepositoryNotFoundError as error:
        raise EngineError(f"There is neither a folder here nor a model on the hub called {model}. {remedy}") from error
    except LocalEntryNotFoundError as error:
        raise EngineError(
            f"{model} is not on this machine, and the hub cannot be reached: connect to the network, or name a folder."
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise EngineError(f"{model} cannot be had from the hub ({str(error).splitlines()[0]}). {remedy}") from error
