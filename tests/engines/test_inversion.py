"""Inversion finds the latents from which the stock pipeline draws a picture again."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import EulerDiscreteScheduler, LCMScheduler
from PIL import Image
from support import tiny
from support.watching import Watching

from minidalle3.engines.contract import Stopped
from minidalle3.engines.diffusion import DiffusionEngine, load
from minidalle3.engines.inversion import encode
from minidalle3.gallery.trace import Trace, trace_from_bytes, trace_to_bytes

PHOTO = Image.linear_gradient("L").resize((64, 64)).convert("RGB")


def tame(folder: Path) -> DiffusionEngine:
    """An engine with two traits of trained ones: latents of unit variance, and a UNet that answers smoothly.

    SDXL's shape predicts v here: untrained noise prediction walks off to where nothing is smooth.
    """
    engine = load(str(folder), "cpu")
    vae, unet = engine._pipe.vae, engine._pipe.unet
    with torch.no_grad():
        unit = vae.config.scaling_factor / float(encode(engine._pipe, PHOTO).std())
        unet.conv_out.weight *= 0.1
    vae.register_to_config(scaling_factor=unit)
    if isinstance(engine._pipe.scheduler, EulerDiscreteScheduler):
        foreseen(engine, prediction_type="v_prediction")
    return engine


def foreseen(engine: DiffusionEngine, **more: object) -> None:
    """The same sampler, set otherwise."""
    scheduler = engine._pipe.scheduler
    engine._pipe.scheduler = type(scheduler).from_config(scheduler.config, **more)


@pytest.fixture(scope="module", params=["sd1", "sdxl"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DiffusionEngine:
    return tame(getattr(tiny, request.param)(tmp_path_factory.mktemp("models")))


def drawn_again(engine: DiffusionEngine, trace: Trace, prompt: str) -> torch.Tensor:
    """The last latents of the stock pipeline, started where the trace starts."""
    pipe, steps = engine._pipe, len(trace.timesteps)
    pipe.scheduler.set_timesteps(steps)
    start = trace.latents[:1].float() / pipe.scheduler.init_noise_sigma
    size = {"width": PHOTO.width, "height": PHOTO.height}
    drawn: torch.Tensor = pipe(
        prompt, num_inference_steps=steps, guidance_scale=1.0, latents=start, output_type="latent", **size
    ).images
    return drawn


def error(engine: DiffusionEngine, trace: Trace, prompt: str) -> float:
    """Root mean square of what the pipeline misses, relative to the picture's latents."""
    clean = trace.latents[-1:].float()
    missed = drawn_again(engine, trace, prompt) - clean
    return float((missed.square().mean() / clean.square().mean()).sqrt())


@pytest.mark.parametrize("prompt", ["", "a dog"])
def test_the_stock_pipeline_draws_the_picture_again(engine: DiffusionEngine, prompt: str) -> None:
    once, often = (engine.invert(PHOTO, prompt, 20, iterations, Watching()) for iterations in (1, 5))
    assert often.latents.shape == (21, 4, 8, 8)
    assert error(engine, often, prompt) < 0.03, "half precision, magnified by untrained noise prediction"
    assert error(engine, often, prompt) < error(engine, once, prompt) / 5
    with torch.no_grad():
        assert torch.equal(often.latents[-1:], encode(engine._pipe, PHOTO).half())


@pytest.mark.parametrize("spacing", ["leading", "trailing"])
def test_v_prediction_at_zero_terminal_snr(spacing: str, tmp_path: Path) -> None:
    engine = tame(tiny.sd1(tmp_path))
    foreseen(engine, prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing=spacing)
    trace = engine.invert(PHOTO, "a dog", 10, 5, Watching())
    assert error(engine, trace, "a dog") < 1e-3


def test_the_same_every_time_and_kept_as_it_is(engine: DiffusionEngine) -> None:
    one, two = (engine.invert(PHOTO, "", 4, 2, Watching()) for _ in range(2))
    assert torch.equal(one.latents, two.latents)
    kept = trace_from_bytes(trace_to_bytes(one))
    assert kept is not None and kept.fidelity == pytest.approx(one.fidelity)


def test_a_stop_ends_it_between_steps(engine: DiffusionEngine) -> None:
    watch = Watching(stop_after=2)
    with pytest.raises(Stopped):
        engine.invert(PHOTO, "", 10, 1, watch)
    assert watch.steps == [1, 2]


def test_a_sampler_without_an_inverse_gets_the_picture_under_one_noise(tmp_path: Path) -> None:
    engine = tame(tiny.sd1(tmp_path))
    engine._pipe.scheduler = LCMScheduler.from_config(engine._pipe.scheduler.config)
    trace = engine.invert(PHOTO, "", 4, 5, Watching())
    with torch.no_grad():
        clean = encode(engine._pipe, PHOTO)
    signal = engine._pipe.scheduler.alphas_cumprod[trace.timesteps].sqrt().view(-1, 1, 1, 1)
    noise = (trace.latents[:-1].float() - signal * clean) / (1 - signal.square()).sqrt()
    assert torch.allclose(noise, noise[:1].expand_as(noise), atol=0.02)
    assert 0.8 < float(noise.std()) < 1.2
    assert trace.fidelity is None


def test_the_sketchbook_comes_close_to_what_its_vae_allows() -> None:
    engine = load("sketchbook", "cpu")
    sheet = Image.open(Path(__file__).parents[2] / "docs" / "sketchbook.png").convert("RGB")
    photo = sheet.crop((0, 0, 128, 128)).rotate(5, Image.Resampling.BICUBIC)
    trace = engine.invert(photo, "", 20, 5, Watching())
    assert trace.fidelity is not None
    assert trace.fidelity.ceiling > 15
    assert trace.fidelity.reconstruction > trace.fidelity.ceiling - 0.5
    assert trace.latents[0].float().std() < 1.3
