"""The trained parts as a folder that `StableDiffusionPipeline.from_pretrained` loads; half precision on disk."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor2_0
from transformers import CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook.training.config import SCHEDULER

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


def export(pipe: StableDiffusionPipeline, folder: Path = WEIGHTS) -> None:
    """Says float32 in the tower's configuration, since transformers would else load what it finds, half precision."""
    pipe.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    pipe.to(torch.float32)
    config = folder / "text_encoder" / "config.json"
    config.write_text(config.read_text("utf-8").replace('"float16"', '"float32"'), "utf-8")
