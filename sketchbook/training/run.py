"""A training run: a folder that holds what each stage left, so that the next call goes on from there."""

import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook.training import latents, shards, sketches, text, unet, vae
from minidalle3.sketchbook.training.config import SEED, SHARES, Config
from minidalle3.sketchbook.training.export import WEIGHTS, export, pipeline
from minidalle3.sketchbook.training.pace import Pace


class Run:
    """One call's training; `minutes` is for everything together, rendering included."""

    def __init__(self, folder: Path, minutes: float, config: Config, shipped: Path | None = WEIGHTS) -> None:
        self.folder, self.minutes, self.config = folder, minutes, config
        own = (folder / "vae").exists()  # latents of its own, so the shipped parts would not understand them
        self.shipped = shipped if shipped and (shipped / "unet").exists() and not own else None
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._deadline = time.monotonic() + 60 * minutes
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(SEED)

    def left(self) -> float:
        return max(0.0, (self._deadline - time.monotonic()) / 60)

    def _start(self, name: str) -> Path | None:
        """What a part starts from: this run's own, else the shipped one, else nothing."""
        own = self.folder / name
        shipped = self.shipped and self.shipped / {"text": "text_encoder"}.get(name, name)
        return own if own.exists() else shipped

    def autoencoder(self) -> AutoencoderKL:
        start = self._start("vae")
        if start:
            return AutoencoderKL.from_pretrained(start).to(self.device)
        shards.render_all(self.folder, self.config.scenes, self.config.scenes.first)
        model = vae.build(self.config.vae).to(self.device)
        vae.begin(model, self.folder, self.config.vae)
        vae.train(model, self.folder, self.config.vae, Pace("vae", SHARES["vae"] * self.minutes))
        vae.settle(model, self.folder)
        return model

    def tower(self, autoencoder: AutoencoderKL) -> tuple[CLIPTextModel, CLIPTokenizer]:
        start, words = self._start("text"), self._start("tokenizer")
        if start and words:
            return CLIPTextModel.from_pretrained(start).to(self.device), CLIPTokenizer.from_pretrained(words)
        tokens = text.tokenizer(self.config.text)
        tokens.save_pretrained(self.folder / "tokenizer")
        model = text.build(self.config.text, tokens).to(self.device)
        known = sketches.table(autoencoder, self.folder, self.config.text.combinations)
        text.train(model, tokens, known, self.folder, self.config.text, Pace("text", SHARES["text"] * self.minutes))
        return model, tokens

    def drawer(self, tower: CLIPTextModel, channels: int) -> tuple[unet.Drawer, unet.Drawer, dict[str, Any]]:
        """The model, its running average, and the optimizer's state and step if this run has trained before."""
        if self.shipped and not (self.folder / "unet.pt").exists():
            denoiser = UNet2DConditionModel.from_pretrained(self.shipped / "unet")
        else:
            denoiser = unet.build(self.config.unet, channels, self.config.text.width)
        head = text.heads(self.folder, self.config.text, 4 * channels + 4).sketch
        drawer = unet.Drawer(denoiser, tower, head).to(self.device)
        average = deepcopy(drawer)
        state: dict[str, Any] = {}
        if (self.folder / "unet.pt").exists():
            state = torch.load(self.folder / "unet.pt", weights_only=True, map_location=self.device)
            drawer.load_state_dict(state["drawer"])
            average.load_state_dict(state["average"])
        return drawer, average, state

    def train(self, target: Path) -> None:
        """All stages that are still to do, then the denoiser for the minutes that are left; writes `target`."""
        autoencoder = self.autoencoder()
        tower, tokens = self.tower(autoencoder.eval())
        upto = self.config.scenes.shards
        shards.render_all(self.folder, self.config.scenes, upto, SHARES["scenes"] * self.minutes)
        latents.encode_all(autoencoder, self.folder, minutes=SHARES["latents"] * self.minutes)
        drawer, average, state = self.drawer(tower, autoencoder.config.latent_channels)
        pace = Pace("unet", self.left(), done=int(state.get("step", 0)))
        unet.train(drawer, average, tokens, self.folder, self.config.unet, pace, state.get("optimizer"))
        export(pipeline(autoencoder, average.tower, tokens, average.unet), target, shards.taught(self.folder))
