"""Engines over stock pipelines: seeds, traces, stops, fingerprints, on tiny weights in the shapes of SD 1 and SDXL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from support import tiny
from support.watching import Watching

from minidalle3.engines.contract import EngineError, Job, Stopped
from minidalle3.engines.diffusion import DiffusionEngine, load


@pytest.fixture(scope="module", params=["sd1", "sdxl"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DiffusionEngine:
    folder = getattr(tiny, request.param)(tmp_path_factory.mktemp("models"))
    return load(str(folder), "cpu")


def job(*seeds: int, prompt: str = "a dog", steps: int = 3) -> Job:
    return Job((prompt,) * len(seeds), ("",) * len(seeds), seeds, steps, 5.0, 64, 64)


def test_it_says_what_it_is(engine: DiffusionEngine) -> None:
    can = engine.capabilities
    assert (can.width, can.height, can.dialect, can.token_budget) == (64, 64, "tags", 77)
    assert len(can.fingerprint) == 64
    assert can.engine in ("sd1", "sdxl"), "a folder's name, never its path"


def test_a_seed_draws_the_same_picture_alone_and_in_a_batch(engine: DiffusionEngine) -> None:
    [alone] = engine.draw(job(2), Watching())
    again, row = engine.draw(job(2), Watching())[0], engine.draw(job(1, 2), Watching())[1]
    assert np.array_equal(alone.image, again.image)
    assert np.abs(np.asarray(alone.image, int) - np.asarray(row.image, int)).max() <= 2


def test_seeds_and_prompts_matter(engine: DiffusionEngine) -> None:
    one, two = (drawn.trace.latents for drawn in engine.draw(job(1, 2), Watching()))
    other = engine.draw(job(1, prompt="a castle"), Watching())[0].trace.latents
    assert not torch.equal(one[0], two[0])
    assert torch.equal(one[0], other[0])
    assert not torch.equal(one[-1], other[-1])


def test_the_trace_goes_from_the_first_noise_to_the_picture(engine: DiffusionEngine) -> None:
    [drawn] = engine.draw(job(1), Watching())
    assert drawn.trace.latents.shape == (4, 4, 8, 8)
    assert drawn.trace.timesteps.tolist() == sorted(drawn.trace.timesteps.tolist(), reverse=True)
    pipe = engine._pipe
    clean = drawn.trace.latents[-1:].to(pipe.vae.dtype) / pipe.vae.config.scaling_factor
    with torch.no_grad():
        [image] = pipe.image_processor.postprocess(pipe.vae.decode(clean).sample)
    assert np.abs(np.asarray(image, int) - np.asarray(drawn.image, int)).max() <= 2


def test_the_trace_starts_at_the_noise_that_the_pipeline_would_have_made(engine: DiffusionEngine) -> None:
    [drawn] = engine.draw(job(5), Watching())
    stock = engine._pipe(
        prompt="a dog",
        negative_prompt="",
        num_inference_steps=3,
        guidance_scale=5.0,
        width=64,
        height=64,
        generator=[torch.Generator().manual_seed(5)],
    )
    assert np.array_equal(stock.images[0], drawn.image)


def test_every_step_is_reported_and_a_stop_ends_the_drawing(engine: DiffusionEngine) -> None:
    watch = Watching()
    engine.draw(job(1), watch)
    assert watch.steps == [1, 2, 3]
    with pytest.raises(Stopped):
        engine.draw(job(1, steps=30), Watching(stop_after=2))
    assert len(engine.draw(job(1), Watching())) == 1


def test_odd_sizes_are_refused(engine: DiffusionEngine) -> None:
    with pytest.raises(EngineError, match="multiples of 8"):
        engine.draw(Job(("a dog",), ("",), (1,), 2, 5.0, 63, 64), Watching())


def test_other_weights_have_another_fingerprint(tmp_path: Path) -> None:
    folder = tiny.sd1(tmp_path)
    before = load(str(folder), "cpu").capabilities.fingerprint
    pipe = load(str(folder), "cpu")._pipe
    pipe.unet.conv_in.bias.data += 1
    pipe.save_pretrained(folder)
    assert load(str(folder), "cpu").capabilities.fingerprint != before


def test_a_model_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="Set MINIDALLE3_T2I"):
        load(str(tmp_path), "cpu")
