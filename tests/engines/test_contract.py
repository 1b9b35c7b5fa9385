"""What every engine promises, asked of every engine there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import tiny
from support.images_server import ImagesServer
from support.openai_server import running
from support.swatch import Swatch
from support.watching import Watching

from minidalle3.engines.contract import Capabilities, Engine, EngineError, Enlarges, Inverter, Job, Stopped
from minidalle3.engines.diffusion import load
from minidalle3.engines.images_api import ImagesAPI
from minidalle3.gallery.recipes import recipe_from_json, recipe_to_json
from minidalle3.graph.settings import Settings
from minidalle3.tools.text_to_image import batch, plain_recipe


def folder_engine(make: Callable[[Path], Path], folder: Path) -> Engine:
    return load(str(make(folder)), "cpu")


LOCAL: dict[str, Callable[[Path], Engine]] = {
    "sketchbook": lambda folder: load("sketchbook", "cpu"),
    "swatch": lambda folder: Swatch(),
    **{kind: partial(folder_engine, getattr(tiny, kind)) for kind in ("sd1", "sdxl", "turbo", "lcm")},
}


@pytest.fixture(scope="module", params=[*LOCAL, "images_api"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param != "images_api":
        yield LOCAL[request.param](tmp_path_factory.mktemp("models"))
        return
    with running(ImagesServer) as server:
        yield ImagesAPI(Settings(_env_file=None, t2i="openai:painter", t2i_base_url=server.url, t2i_size="64x64"))


def job(can: Capabilities, *prompts: str, **more: object) -> Job:
    """What a tool would ask for: few steps, else what the engine does unless told otherwise."""
    asked = [{"prompt": prompt, "negative_prompt": "", "seed": 3} for prompt in prompts]
    made = batch([plain_recipe(can, one, 2, None) for one in asked])
    return Job(**{**vars(made), **more})


def test_what_it_says_of_itself_fits_together(engine: Engine) -> None:
    can = engine.capabilities
    assert can.token_budget > 0
    assert not can.sizes or (can.width, can.height) in can.sizes
    known = [can.steps, can.guidance, can.scheduler]
    assert can.repeatable == all(value is not None for value in known) == any(value is not None for value in known)
    assert can.attention_control == isinstance(engine, Inverter)
    assert not (can.attention_control and can.edit_endpoint)
    assert can.adapters == (can.adapter_fingerprint is not None)
    assert can.upscaler is None or isinstance(engine, Enlarges)
    assert can.guidance is None or can.negative_prompt <= (can.guidance >= 1.0)
    recipe = plain_recipe(can, {"prompt": "a dog", "negative_prompt": "", "seed": 1}, None, None)
    assert recipe_from_json(recipe_to_json(recipe)) == recipe


def test_a_batch_has_a_picture_for_every_prompt_at_the_size_asked(engine: Engine) -> None:
    can = engine.capabilities
    drawn = engine.draw(job(can, "a dog", "a cat"), Watching())
    assert [one.image.size for one in drawn] == [(can.width, can.height)] * 2
    assert [one.image.mode for one in drawn] == ["RGB"] * 2
    assert not np.array_equal(drawn[0].image, drawn[1].image)


def test_an_engine_with_a_fingerprint_draws_the_same_again(engine: Engine) -> None:
    can = engine.capabilities
    if can.repeatable:
        one, two = (engine.draw(job(can, "a dog"), Watching())[0].image for _ in range(2))
        assert np.array_equal(one, two)
        [other] = engine.draw(job(can, "a dog", seeds=(4,)), Watching())
        assert not np.array_equal(one, other.image)


def test_steps_are_reported_and_leave_a_trace(engine: Engine) -> None:
    can, watch = engine.capabilities, Watching()
    [drawn] = engine.draw(job(can, "a dog", steps=4 if can.steps else 0), watch)
    assert watch.steps == sorted(watch.steps) and watch.steps
    if can.steps:
        assert watch.steps == [1, 2, 3, 4]
        assert {row for row, _ in watch.previews} == {0}
        assert drawn.trace is not None
        assert drawn.trace.latents.shape[0] == len(drawn.trace.timesteps) + 1 == 5
    else:
        assert drawn.trace is None


def test_a_stop_ends_the_drawing(engine: Engine) -> None:
    with pytest.raises(Stopped):
        engine.draw(job(engine.capabilities, "a dog"), Watching(stop_after=0))
    assert len(engine.draw(job(engine.capabilities, "a dog"), Watching())) == 1


def test_a_photo_is_inverted_where_attention_can_be_steered(engine: Engine) -> None:
    if isinstance(engine, Inverter):
        can = engine.capabilities
        photo = Image.linear_gradient("L").resize((can.width, can.height)).convert("RGB")
        trace = engine.invert(photo, "", 2, 1, Watching())
        assert trace.latents.shape == engine.draw(job(can, "a dog"), Watching())[0].trace.latents.shape


def test_only_an_edit_endpoint_takes_a_picture(engine: Engine) -> None:
    can, source = engine.capabilities, Image.new("RGB", (64, 64), "teal")
    asked = job(can, "a dog", source=source, mask=Image.new("L", (64, 64)))
    if can.edit_endpoint:
        [drawn] = engine.draw(asked, Watching())
        assert np.array_equal(drawn.image, source), "an empty mask leaves everything as it is"
    else:
        with pytest.raises(EngineError, match="cannot be shown"):
            engine.draw(asked, Watching())
