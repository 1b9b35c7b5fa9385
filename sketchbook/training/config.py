"""Every number of the training, in one place."""

from dataclasses import dataclass, field
from typing import Any

SEED = 20240

# What share of the minutes each stage gets when all start from nothing.
SHARES = {"scenes": 0.08, "vae": 0.2, "text": 0.2, "latents": 0.05}  # and the rest for the UNet


@dataclass(frozen=True)
class SceneConfig:
    shard: int = 500
    first: int = 4  # shards that must exist before the autoencoder starts
    shards: int = 24


@dataclass(frozen=True)
class VaeConfig:
    channels: tuple[int, ...] = (16, 32, 64, 96)
    latent_channels: int = 16
    groups: int = 4
    solved: int = 100  # pictures from which the linear start is solved
    batch: int = 9
    crop: int = 64
    rate: float = 1e-3
    noise: float = 0.05  # of each channel's spread, added before decoding
    sharp: float = 0.3  # weight of the absolute error beside twice the squared one
    mask: float = 3.0  # how much more a subject's pixel counts than a background's


@dataclass(frozen=True)
class TextConfig:
    vocabulary: int = 3000
    width: int = 256
    layers: int = 4
    heads: int = 4
    words: int = 24  # tokens for the caption; the padding after them sketches the subject, patch by patch
    batch: int = 64
    rate: float = 2e-3
    combinations: int = 9000  # scenes whose frames the sketches are learnt from, besides the plain ones


@dataclass(frozen=True)
class UnetConfig:
    channels: tuple[int, ...] = (64, 128, 256)  # shapes are remembered where the grid is smallest and width is cheap
    layers: int = 1
    heads: tuple[int, ...] = (1, 2, 4)
    groups: int = 16
    batch: int = 10
    rate: float = 1.2e-3
    late: float = 5e-4  # for the tower, which goes on learning
    warmup: int = 100
    ema: float = 0.998
    drop: float = 0.1
    mask: float = 4.0
    aim: float = 0.05
    sketch: float = 0.5
    noisy: float = 1.0  # how far timesteps lean towards noise; 0 draws them evenly
    timesteps: int = 1000


@dataclass(frozen=True)
class Config:
    scenes: SceneConfig = field(default_factory=SceneConfig)
    vae: VaeConfig = field(default_factory=VaeConfig)
    text: TextConfig = field(default_factory=TextConfig)
    unet: UnetConfig = field(default_factory=UnetConfig)


SCHEDULER: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
    "clip_sample": False,
    "set_alpha_to_one": True,
    "steps_offset": 1,  # unused with trailing steps; diffusers warns of anything else
}
