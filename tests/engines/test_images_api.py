"""An images API over real HTTP: what is asked, what comes back, and what a person is told when it does not."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.images_server import ImagesServer
from support.swatch import colour
from support.watching import Watching

from minidalle3.engines.contract import EngineError, Job, Stopped
from minidalle3.engines.images_api import ImagesAPI
from minidalle3.engines.owner import Owner
from minidalle3.gallery.provenance import parameters_line
from minidalle3.gallery.store import Gallery
from minidalle3.graph.settings import Settings
from minidalle3.tools.replay import replay
from minidalle3.tools.text_to_image import text_to_image


def engine(server: ImagesServer, **more: object) -> ImagesAPI:
    given = {"t2i": "openai:gpt-image-2", "t2i_size": "64x48", "t2i_retries": 0, "t2i_timeout": 20, **more}
    return ImagesAPI(Settings(_env_file=None, t2i_base_url=server.url, t2i_api_key="our-key", **given))


def job(*prompts: str, **more: object) -> Job:
    return Job(prompts, ("",) * len(prompts), (0,) * len(prompts), 0, 0.0, 64, 48, **more)


def first_pixel(image: Image.Image) -> tuple[int, ...]:
    return tuple(np.asarray(image)[0, 0])


@pytest.mark.parametrize("by_address", [False, True])
def test_neighbours_of_one_prompt_are_asked_for_together(images_server: ImagesServer, by_address: bool) -> None:
    images_server.by_address = by_address
    watch = Watching()
    drawn = engine(images_server).draw(job("a dog", "a dog", "a cat"), watch)
    assert [first_pixel(one.image) for one in drawn] == [colour("a dog", 0), colour("a dog", 1), colour("a cat", 0)]
    assert {one.image.size for one in drawn} == {(64, 48)}
    assert [one.trace for one in drawn] == [None] * 3
    asked = {"kind": "generations", "model": "gpt-image-2", "size": "64x48"}
    assert images_server.requests == [{**asked, "prompt": "a dog", "n": 2}, {**asked, "prompt": "a cat", "n": 1}]
    assert images_server.keys == ["our-key"] * 2
    assert watch.steps == [2, 3]


def test_a_server_that_gives_one_at_a_time_is_asked_again(images_server: ImagesServer) -> None:
    images_server.most = 1
    assert len(engine(images_server).draw(job("a dog", "a dog", "a dog"), Watching())) == 3
    assert [request["n"] for request in images_server.requests] == [3, 2, 1]


def test_an_edit_changes_what_the_mask_leaves_open_and_nothing_else(images_server: ImagesServer) -> None:
    source, mask = Image.new("RGB", (64, 48), "teal"), Image.new("L", (64, 48), 0)
    mask.paste(255, (0, 0, 32, 48))
    [drawn] = engine(images_server).draw(job("a red door", source=source, mask=mask), Watching())
    pixels = np.asarray(drawn.image)
    assert tuple(pixels[0, 0]) == colour("a red door", 0)
    assert (pixels[:, 32:] == np.asarray(source)[:, 32:]).all()
    assert images_server.requests[0]["kind"] == "edits"
    engine(images_server).draw(job("a red door", source=source), Watching())
    assert "mask" not in images_server.requests[1]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (401, "MINIDALLE3_T2I_API_KEY"),
        (402, "no credit"),
        (404, "MINIDALLE3_T2I, and"),
        (400, "refused the request: as the test wished. (MINIDALLE3_T2I_SIZE"),
        (429, "wait a little"),
        (503, "HTTP 503"),
        ("bad_json", "MINIDALLE3_T2I_BASE_URL"),
        ("hang", "silent for 0.3 seconds"),
    ],
)
def test_faults_are_told_plainly(images_server: ImagesServer, fault: object, said: str) -> None:
    images_server.fault = fault
    with pytest.raises(EngineError) as caught:
        engine(images_server, t2i_timeout=0.3 if fault == "hang" else 20).draw(job("a dog"), Watching())
    assert said in str(caught.value)
    assert "our-key" not in str(caught.value)


def test_a_refusal_is_told_in_the_servers_words(images_server: ImagesServer) -> None:
    images_server.refuses = "a duel"
    with pytest.raises(EngineError, match="will not draw this: Your request was rejected by the safety system"):
        engine(images_server).draw(job("a duel"), Watching())


def test_nobody_there_and_nothing_at_the_address(images_server: ImagesServer) -> None:
    with pytest.raises(EngineError, match="cannot be reached"):
        ImagesAPI(Settings(t2i="openai:x", t2i_base_url="http://127.0.0.1:9/v1", t2i_retries=0)).draw(
            job("a dog"), Watching()
        )
    images_server.by_address = images_server.lost = True
    with pytest.raises(EngineError, match="could not be fetched"):
        engine(images_server).draw(job("a dog"), Watching())


def test_a_stop_does_not_wait_for_the_server(images_server: ImagesServer) -> None:
    images_server.fault = "hang"
    begun = time.monotonic()
    with pytest.raises(Stopped):
        engine(images_server).draw(job("a dog"), Watching(stop_after=0))
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"t2i": "openai:"}, "lacks the model's name"),
        ({"t2i": "openai:x"}, "MINIDALLE3_T2I_API_KEY"),
        ({"t2i": "openai:x", "t2i_base_url": "localhost:1"}, "must begin with http"),
    ],
)
def test_what_is_missing_in_the_settings_is_named(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EngineError, match=said):
        ImagesAPI(Settings(_env_file=None, **given))


async def test_its_recipe_says_what_is_unknown_and_replay_says_so(images_server: ImagesServer, tmp_path: Path) -> None:
    owner, gallery = Owner(lambda: engine(images_server)), Gallery(tmp_path)
    tool = text_to_image(owner, gallery)
    asked = {"prompts": [{"prompt": "a dog", "negative_prompt": "blurry", "seed": 7}], "steps": 9, "guidance": 3.0}
    [digest] = await tool.ainvoke(asked)
    recipe = gallery.recipe(digest)
    assert recipe is not None
    unknown = ("fingerprint", "seed", "steps", "guidance", "scheduler")
    assert [recipe[name] for name in unknown] == [None] * 5
    assert (recipe["engine"], recipe["width"], recipe["height"]) == ("openai:gpt-image-2", 64, 48)
    assert recipe["negative_prompt"] == ""
    assert parameters_line(recipe) == 'a dog\nSize: 64x48, Model: "openai:gpt-image-2"'
    with pytest.raises(EngineError, match="nobody can draw it again"):
        await replay(gallery.read(digest), owner, gallery)
    await tool.ainvoke(asked)
    assert len(images_server.requests) == 2, "the same words mean another picture"
    await asyncio.to_thread(owner.close)
