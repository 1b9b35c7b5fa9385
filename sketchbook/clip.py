"""The sketchbook's own CLIP, put together from its parts: the text tower is the one that speaks to the denoiser."""

from pathlib import Path
from typing import cast

from safetensors.torch import load_file
from torch import nn
from transformers import CLIPConfig, CLIPModel, CLIPTextModel, CLIPVisionModelWithProjection

EYE = Path("ip_adapter") / "image_encoder"
"""In the folder of weights: the vision tower, which the IP-Adapter looks through too."""

PROJECTION = "clip.safetensors"
"""In the folder of weights: `text_projection.weight` (D, width) and `logit_scale` ()."""


def joined(tower: CLIPTextModel, eye: CLIPVisionModelWithProjection) -> CLIPModel:
    """A CLIP of these towers, weights shared with them; its text projection is new."""
    projected = eye.config.projection_dim
    config = CLIPConfig(
        text_config=tower.config.to_dict() | {"projection_dim": projected},
        vision_config=eye.config.to_dict(),
        projection_dim=projected,
    )
    model = CLIPModel(config)
    model.text_model = cast(nn.Module, tower)
    model.vision_model, model.visual_projection = eye.vision_model, eye.visual_projection
    return model


def load(folder: Path) -> CLIPModel:
    """For pictures of 128×128 and captions of at most 60 tokens. Raises `FileNotFoundError` without weights.

    `get_image_features` and `get_text_features` give the embeddings, (B, D).
    """
    if not (folder / PROJECTION).exists():
        raise FileNotFoundError(f"There is no CLIP in {folder.name}: train it with `make sketchbook`.")
    tower = CLIPTextModel.from_pretrained(folder / "text_encoder")
    model = joined(tower, CLIPVisionModelWithProjection.from_pretrained(folder / EYE))
    model.load_state_dict({name: one.float() for name, one in load_file(folder / PROJECTION).items()}, strict=False)
    return model.eval()
