"""Every number of the training, in one place."""

from dataclasses import dataclass, field
from typing import Any

SEED = 20240

# What share of the minutes each stage gets when all start from nothing; the UNet gets the rest.
SHARES = {
    "scenes": 0.08, "vae": 0.2, "text": 0.2, "latents": 0.05, "larger": 0.02, "upscaler": 0.05,
    "clip": 0.08, "adapter": 0.1,
}  # fmt: skip


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
    batch: int = 96
    slots: int = 18  # of those in use, how many a batch asks for until the last fifth
    rate: float = 1.2e-3
    meeting: int = 100  # steps in which new heads get to know the tower, which is held still
    combinations: int = 20000  # scenes whose frames the sketches are learnt from, besides the plain ones


@dataclass(frozen=True)
class UnetConfig:
    channels: tuple[int, ...] = (64, 128, 256)  # shapes are remembered where the grid is smallest and width is cheap
    layers: int = 1
    heads: tuple[int, ...] = (4, 2, 4)  # on the finest grid one for each quarter of a patch
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
    noisy: float = -0.3  # how far timesteps lean towards noise; 0 draws them evenly, less than 0 prefers details
    timesteps: int = 1000


@dataclass(frozen=True)
class UpscalerConfig:
    width: int = 32
    blocks: int = 3
    shard: int = 20
    shards: int = 40
    noise: float = 0.12  # at most, of each latent channel's spread: generated pictures are softer than rendered ones
    solved: int = 200  # crops from which the linear filter is solved
    batch: int = 4
    crop: int = 48
    rate: float = 1e-3
    edges: float = 1.0  # weight of the steps between neighbours beside that of the pixels
    steep: float = 3.0  # weight of how steep these are


@dataclass(frozen=True)
class ClipConfig:
    width: int = 192
    layers: int = 6
    heads: int = 3
    projected: int = 256
    batch: int = 64
    rate: float = 1e-3


@dataclass(frozen=True)
class AdapterConfig:
    shards: int = 8  # of pairs, as large as those of scenes
    mimicked: int = 20  # pictures in a batch of the vision tower's from which the subject's sketch is to be read
    batch: int = 10
    rate: float = 1e-3
    scales: tuple[float, float] = (0.6, 1.0)  # between which each batch's scale lies


@dataclass(frozen=True)
class Config:
    scenes: SceneConfig = field(default_factory=SceneConfig)
    vae: VaeConfig = field(default_factory=VaeConfig)
    text: TextConfig = field(default_factory=TextConfig)
    unet: UnetConfig = field(default_factory=UnetConfig)
    clip: ClipConfig = field(default_factory=ClipConfig)
    adapter: AdapterConfig = field(default_factory=AdapterConfig)
    upscaler: UpscalerConfig = field(default_factory=UpscalerConfig)


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
