"""A second training of the autoencoder's decoder alone: pictures get crisper, and forgive a denoiser's leftovers."""

from dataclasses import replace
from pathlib import Path

import torch
from diffusers import AutoencoderKL

from minidalle3.sketchbook.training.config import VaeConfig
from minidalle3.sketchbook.training.descent import descend
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.vae import Crops, decoding_loss


def train(vae: AutoencoderKL, run: Path, config: VaeConfig, pace: Pace) -> None:
    """Whole pictures, latents with little to much noise; the encoder is not touched, so cached latents stay valid."""
    device = next(vae.parameters()).device
    parameters = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=config.rate, betas=(0.9, 0.98), weight_decay=1e-4)
    crops = Crops(run, config, seed=10_000 + pace.done)
    for step in pace:
        images, weights = (one.to(device) for one in crops.batch(config.batch // 3, 128))
        with torch.no_grad():
            latents = vae.encode(images).latent_dist.mean
        for group in optimizer.param_groups:
            group["lr"] = config.rate * 0.7 * pace.warm_cosine(50)
        noise = config.leftover * float(torch.rand(()))
        value, squared = decoding_loss(vae, latents, images, weights, replace(config, noise=noise))
        descend(optimizer, parameters, value)
        if step % 10 == 0:
            pace.say(loss=value.item(), psnr=10 * float(torch.log10(4 / squared)))
        if step % 200 == 199:
            vae.save_pretrained(run / "vae")
    vae.save_pretrained(run / "vae")
