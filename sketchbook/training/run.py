"""A training run: a folder that holds what each stage left, so that the next call goes on from there."""

import json
import shutil
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer, CLIPVisionModelWithProjection

from minidalle3.sketchbook.clip import EYE, PROJECTION
from minidalle3.sketchbook.training import adapter, clip, latents, pairs, shards, sketches, text, unet, upscaler, vae
from minidalle3.sketchbook.training.config import SEED, SHARES, Config
from minidalle3.sketchbook.training.export import WEIGHTS, export, export_look, export_upscaler, pipeline
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.upscaler import FOLDER, Upscaler
from minidalle3.sketchbook.world.learnt import LEARNT, everything


class Run:
    """One call's training; `minutes` is for everything together, rendering included.

    It teaches the words that it has taught so far, or those that the shipped weights know, or all if it starts from
    nothing or is to `widen`.
    """

    def __init__(
        self, folder: Path, minutes: float, config: Config, shipped: Path | None = WEIGHTS, widen: bool = False
    ) -> None:
        self.folder, self.minutes, self.config = folder, minutes, config
        own = (folder / "vae").exists()  # latents of its own, so the shipped parts would not understand them
        self.shipped = shipped if shipped and (shipped / "unet").exists() and not own else None
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._deadline = time.monotonic() + 60 * minutes
        folder.mkdir(parents=True, exist_ok=True)
        if widen:
            (folder / LEARNT.name).write_text(json.dumps(everything(), indent=1) + "\n", "utf-8")
            (folder / "sketches.pt").unlink(missing_ok=True)
        elif self.shipped and not (folder / LEARNT.name).exists():
            shutil.copy(self.shipped / LEARNT.name, folder)
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
        tokens = CLIPTokenizer.from_pretrained(words) if words else text.tokenizer(self.config.text)
        model = CLIPTextModel.from_pretrained(start) if start else text.build(self.config.text, tokens)
        model.to(self.device)
        if (self.folder / "text").exists() and (self.folder / "sketches.pt").exists():
            return model, tokens
        tokens.save_pretrained(self.folder / "tokenizer")
        known = sketches.table(autoencoder, self.folder, self.config.text.combinations)
        text.train(model, tokens, known, self.folder, self.config.text, Pace("text", SHARES["text"] * self.minutes))
        return model, tokens

    def drawer(self, tower: CLIPTextModel, channels: int) -> tuple[unet.Drawer, unet.Drawer, dict[str, Any]]:
        """The model, its running average, and the optimizer's state and step if this run has trained before."""
        head = text.heads(self.folder, self.config.text, 4 * channels + 4).sketch
        if self.shipped and not (self.folder / "unet.pt").exists():
            denoiser = UNet2DConditionModel.from_pretrained(self.shipped / "unet")
        else:
            denoiser = unet.build(self.config.unet, channels, self.config.text.width)
            unet.read_sketches(denoiser, head)
        drawer = unet.Drawer(denoiser, tower, head).to(self.device)
        average = deepcopy(drawer)
        state: dict[str, Any] = {}
        if (self.folder / "unet.pt").exists():
            state = torch.load(self.folder / "unet.pt", weights_only=True, map_location=self.device)
            drawer.load_state_dict(state["drawer"])
            average.load_state_dict(state["average"])
        return drawer, average, state

    def upscaler(self, autoencoder: AutoencoderKL) -> Upscaler:
        start = self._start(FOLDER)
        if start and start.exists():
            found: Upscaler = Upscaler.from_pretrained(start, low_cpu_mem_usage=False)
            return found
        upscaler.render_all(autoencoder, self.folder, self.config.upscaler, SHARES["larger"] * self.minutes)
        model = upscaler.build(self.config.upscaler)
        model.to(self.device)
        upscaler.begin(model, self.folder, self.config.upscaler)
        pace = Pace("upscaler", SHARES["upscaler"] * self.minutes)
        upscaler.train(model, self.folder, self.config.upscaler, pace)
        return model

    def look(self, autoencoder: AutoencoderKL, drawer: unet.Drawer, tokens: CLIPTokenizer) -> None:
        """The CLIP with the adapter's projection, then the adapter; they go on from this run's, or the shipped ones."""
        tower, chosen, own = drawer.tower.eval(), self.config.adapter, self.config.clip
        if self.shipped and not (self.folder / PROJECTION).exists() and (self.shipped / PROJECTION).exists():
            shutil.copy(self.shipped / PROJECTION, self.folder)
            shutil.copytree(self.shipped / adapter.FILE.parent, self.folder / adapter.FILE.parent, dirs_exist_ok=True)
        pairs.prepare(autoencoder, self.folder, self.config.scenes.shard, chosen)
        image, attention = adapter.start(self.folder, drawer.unet, own.width, self.config.text.width)
        model, pace = clip.start(self.folder, own, tower), Pace("clip", SHARES["clip"] * self.minutes)
        clip.train(model, image.to(self.device), tokens, self.folder, own, chosen.mimicked, pace)
        adapter.save(image, attention, self.folder)
        eye = CLIPVisionModelWithProjection.from_pretrained(self.folder / EYE).to(self.device).eval()
        pace = Pace("adapter", SHARES["adapter"] * self.minutes)
        adapter.train(drawer.unet, eye, tower, tokens, self.folder, chosen, self.config.unet, pace)

    def train(self, target: Path) -> None:
        """All stages that are still to do, the denoiser for most of the minutes that are left; writes `target`."""
        autoencoder = self.autoencoder()
        tower, tokens = self.tower(autoencoder.eval())
        upto = self.config.scenes.shards
        shards.render_all(self.folder, self.config.scenes, upto, SHARES["scenes"] * self.minutes)
        latents.encode_all(autoencoder, self.folder, minutes=SHARES["latents"] * self.minutes)
        enlarger = self.upscaler(autoencoder)
        drawer, average, state = self.drawer(tower, autoencoder.config.latent_channels)
        rest = self.left() - (SHARES["clip"] + SHARES["adapter"]) * self.minutes
        pace = Pace("unet", rest, done=int(state.get("step", 0)))
        unet.train(drawer, average, tokens, self.folder, self.config.unet, pace, state.get("optimizer"))
        export_upscaler(enlarger, target)
        export(pipeline(autoencoder, average.tower, tokens, average.unet), target, shards.taught(self.folder))
        self.look(autoencoder, average, tokens)
        export_look(self.folder, target)
