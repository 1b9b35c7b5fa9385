"""The trained parts as a folder that `StableDiffusionPipeline.from_pretrained` loads; half precision on disk."""

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor2_0
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook.clip import EYE, PROJECTION
from minidalle3.sketchbook.training.adapter import FILE
from minidalle3.sketchbook.training.config import SCHEDULER
from minidalle3.sketchbook.upscaler import FOLDER, Upscaler
from minidalle3.sketchbook.world.learnt import LEARNT
from minidalle3.sketchbook.world.lots import Words

WEIGHTS = Path(__file__).parent.parent / "weights"


def pipeline(
    vae: AutoencoderKL, tower: CLIPTextModel, tokens: CLIPTokenizer, unet: UNet2DConditionModel
) -> StableDiffusionPipeline:
    unet.set_attn_processor(AttnProcessor2_0())
    return StableDiffusionPipeline(
        vae=vae,
        text_encoder=tower,
        tokenizer=tokens,
        unet=unet,
        scheduler=DDIMScheduler(**SCHEDULER),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def export_upscaler(model: Upscaler, folder: Path) -> None:
    """Goes beside the parts of the pipeline, which knows nothing of it; half precision on disk."""
    model.half().save_pretrained(folder / FOLDER)
    model.float()


def export_look(run: Path, folder: Path) -> None:
    """The CLIP's parts and the adapter of a run; the vision tower is the adapter's image encoder."""
    for file in (Path(PROJECTION), FILE, EYE / "model.safetensors"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        save_file({name: one.half() for name, one in load_file(run / file).items()}, folder / file)
    shutil.copy(run / EYE / "config.json", folder / EYE)


def export(pipe: StableDiffusionPipeline, folder: Path, words: Words) -> None:
    """Beside the parts goes the list of the `words` that they were taught.

    Says float32 in the tower's configuration, since transformers would else load what it finds, half precision.

    Where the parts were read from stays behind: it is a path of this machine.
    """
    pipe.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    pipe.to(torch.float32)
    for file in folder.glob("*/config.json"):
        config = json.loads(file.read_text("utf-8").replace('"float16"', '"float32"'))
        config.pop("_name_or_path", None)
        file.write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    (folder / LEARNT.name).write_text(json.dumps(words, indent=1) + "\n", "utf-8")
