"""Editing pipelines with tiny random weights, saved as folders of safetensors."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLFlux2,
    EulerAncestralDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinPipeline,
    Flux2Transformer2DModel,
    FluxKontextPipeline,
    FluxTransformer2DModel,
    StableDiffusionInstructPix2PixPipeline,
)
from support.tiny import LETTERS, text_config, tokenizer, unet, vae
from transformers import (
    CLIPTextModel,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3ForCausalLM,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

CHAT = "{% for message in messages %}{{ message.content }}{% endfor %}"
LAYERS = 28
"""The pipeline listens to the text model's layers 9, 18 and 27."""


def pix2pix(folder: Path) -> Path:
    """Save an InstructPix2Pix: SD 1's shape, whose UNet sees the picture's latents beside its own."""
    torch.manual_seed(0)
    tokens = tokenizer(folder / "words")
    pipe = StableDiffusionInstructPix2PixPipeline(
        vae=vae(),
        text_encoder=CLIPTextModel(text_config(len(tokens))),
        tokenizer=tokens,
        unet=unet(attention_head_dim=4, cross_attention_dim=32, in_channels=8),
        scheduler=EulerAncestralDiscreteScheduler(beta_schedule="scaled_linear"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder / "pix2pix")
    return folder / "pix2pix"


def klein(folder: Path) -> Path:
    """Save a distilled FLUX.2 [klein]: a transformer over patches, words from a chat model."""
    torch.manual_seed(0)
    tokens = chat_tokenizer(folder / "chat")
    pipe = Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=AutoencoderKLFlux2(
            block_out_channels=(8, 8, 8, 8),
            layers_per_block=1,
            latent_channels=4,
            norm_num_groups=4,
            sample_size=64,
        ),
        text_encoder=Qwen3ForCausalLM(
            Qwen3Config(
                vocab_size=len(tokens),
                hidden_size=16,
                intermediate_size=16,
                num_hidden_layers=LAYERS,
                num_attention_heads=2,
                num_key_value_heads=1,
                head_dim=8,
            )
        ),
        tokenizer=tokens,
        transformer=Flux2Transformer2DModel(
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=3 * 16,
            timestep_guidance_channels=16,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        ),
        is_distilled=True,
    )
    pipe.save_pretrained(folder / "klein")
    return folder / "klein"


def kontext(folder: Path) -> Path:
    """Save a FLUX.1 Kontext: a transformer over patches, words from CLIP and T5."""
    torch.manual_seed(0)
    tokens, letters, autoencoder = tokenizer(folder / "words"), t5_tokenizer(), vae()
    autoencoder.register_to_config(shift_factor=0.1)
    pipe = FluxKontextPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=autoencoder,
        text_encoder=CLIPTextModel(text_config(len(tokens))),
        tokenizer=tokens,
        text_encoder_2=T5EncoderModel(
            T5Config(vocab_size=len(letters), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
        ),
        tokenizer_2=letters,
        transformer=FluxTransformer2DModel(
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=32,
            guidance_embeds=True,
            axes_dims_rope=(4, 4, 8),
        ),
    )
    pipe.save_pretrained(folder / "kontext")
    return folder / "kontext"


def t5_tokenizer() -> T5Tokenizer:
    """A unigram tokenizer that knows single letters and spaces."""
    words = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in LETTERS)]
    return T5Tokenizer(vocab=words, extra_ids=0, model_max_length=512)


def chat_tokenizer(folder: Path) -> Qwen2Tokenizer:
    """A byte-pair tokenizer that knows single letters and spaces, and how to quote a message."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [*LETTERS, "Ġ", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", "utf-8")
    made = Qwen2Tokenizer.from_pretrained(folder, pad_token="<|endoftext|>", model_max_length=512)
    made.chat_template = CHAT
    return made
