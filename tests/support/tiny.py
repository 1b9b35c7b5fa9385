"""Pipelines in the shape of SD 1 and SDXL with tiny random weights, saved as folders of safetensors."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.-'"


def tokenizer(folder: Path) -> CLIPTokenizer:
    """A byte-pair tokenizer that knows single letters."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", "utf-8")
    return CLIPTokenizer.from_pretrained(folder, model_max_length=77)


def text_config(vocabulary: int, **more: object) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=2,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        pad_token_id=vocabulary - 1,
        **more,
    )


def vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        sample_size=64,
    )


def unet(in_channels: int = 4, **more: object) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=(16, 32),
        layers_per_block=1,
        sample_size=8,
        in_channels=in_channels,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=8,
        **more,
    )


def sd1(folder: Path) -> Path:
    """Save a pipeline in the shape of SD 1."""
    torch.manual_seed(0)
    tokens = tokenizer(folder / "words")
    pipe = StableDiffusionPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config(len(tokens))),
        tokenizer=tokens,
        unet=unet(attention_head_dim=4, cross_attention_dim=32),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder / "sd1")
    return folder / "sd1"


def sdxl(folder: Path) -> Path:
    """Save a pipeline in the shape of SDXL: two text encoders, pooled embeddings, added conditions, Euler."""
    torch.manual_seed(0)
    tokens = tokenizer(folder / "words")
    pipe = StableDiffusionXLPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config(len(tokens))),
        text_encoder_2=CLIPTextModelWithProjection(text_config(len(tokens), projection_dim=32)),
        tokenizer=tokens,
        tokenizer_2=tokens,
        unet=unet(
            attention_head_dim=(2, 4),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 32,
            cross_attention_dim=64,
        ),
        scheduler=EulerDiscreteScheduler(),
    )
    pipe.save_pretrained(folder / "sdxl")
    return folder / "sdxl"


def sd2(folder: Path) -> Path:
    """Save a pipeline in the shape of SD 2: three levels of attention, heads by width, linear projections, velocity."""
    torch.manual_seed(0)
    tokens = tokenizer(folder / "words")
    pipe = StableDiffusionPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config(len(tokens))),
        tokenizer=tokens,
        unet=UNet2DConditionModel(
            block_out_channels=(8, 16, 16),
            layers_per_block=1,
            sample_size=16,
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
            norm_num_groups=8,
            attention_head_dim=(1, 2, 2),
            use_linear_projection=True,
            cross_attention_dim=32,
        ),
        scheduler=DDIMScheduler(
            clip_sample=False, prediction_type="v_prediction", timestep_spacing="trailing", steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder / "sd2")
    return folder / "sd2"


def turbo(folder: Path) -> Path:
    """Save a pipeline in the shape of SDXL that says what an adversarially distilled one says of its sampler."""
    pipe = StableDiffusionXLPipeline.from_pretrained(sdxl(folder))
    pipe.scheduler = EulerAncestralDiscreteScheduler(timestep_spacing="trailing", beta_schedule="scaled_linear")
    pipe.save_pretrained(folder / "turbo")
    return folder / "turbo"


def lcm(folder: Path) -> Path:
    """Save a latent consistency model: SD 1's shape, guidance as one more input of the UNet, LCM's sampler."""
    pipe = StableDiffusionPipeline.from_pretrained(sd1(folder))
    torch.manual_seed(0)
    consistent = LatentConsistencyModelPipeline(
        vae=pipe.vae,
        text_encoder=pipe.text_encoder,
        tokenizer=pipe.tokenizer,
        unet=unet(attention_head_dim=4, cross_attention_dim=32, time_cond_proj_dim=8),
        scheduler=LCMScheduler(beta_schedule="scaled_linear"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    consistent.save_pretrained(folder / "lcm")
    return folder / "lcm"
