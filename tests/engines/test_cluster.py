"""Two replicas in a Ray of the test's own: shared work, progress, previews and stops across processes, and a death."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from support.cluster import cluster, required
from support.held import Held
from support.house import say, shape
from support.scripted import ScriptedChatModel
from support.swatch import colour
from support.watching import Watching, until

from minidalle3.engines.contract import Busy, EngineError, Job, Stopped
from minidalle3.eval.swatch import Swatch
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.nodes.services import Services

if not required():
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'minidalle3[ray]'")

from minidalle3.engines.cluster import ClusterOwner, deploy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("held")


@pytest.fixture(scope="module", autouse=True)
def two_replicas(folder: Path) -> Iterator[None]:
    with cluster(cpus=2):
        deploy("pictures", partial(Held, folder), replicas=2, together=4)
        yield


@pytest.fixture
def hold(folder: Path) -> Iterator[Path]:
    """Drawings stand still while this file is there."""
    for old in folder.iterdir():
        old.unlink()
    file = folder / "hold"
    file.touch()
    yield file
    file.unlink(missing_ok=True)


def job(prompt: str = "a dog", seed: int = 1, steps: int = 4) -> Job:
    return Job((prompt,), ("",), (seed,), steps, 1.0, 16, 16)


def release(hold: Path) -> None:
    hold.unlink()


def drawing(folder: Path) -> list[int]:
    """The processes that draw."""
    return [int(file.stem) for file in folder.glob("*.drawing")]


async def test_what_it_can_do_is_asked_of_a_replica() -> None:
    assert await ClusterOwner("pictures").capabilities() == Swatch().capabilities


async def test_a_picture_comes_with_its_progress_and_previews_from_another_process() -> None:
    owner, watch = ClusterOwner("pictures"), Watching()
    [drawn] = await owner.draw(job(seed=3), watch)
    assert drawn.image.getpixel((0, 0)) == colour("a dog", 3)
    assert drawn.trace is not None and drawn.trace.latents.shape == (5, 4, 8, 8)
    assert watch.steps == [1, 2, 3, 4]
    assert len(watch.previews) == 4 and watch.positions == [0]
    unwatched = Watching(rows=())
    await owner.draw(job(), unwatched)
    assert unwatched.previews == []


async def test_work_goes_where_the_engine_is() -> None:
    name = "somebody"

    def work(engine: object, watch: object) -> tuple[str, str, int]:
        return name, type(engine).__name__, os.getpid()

    told, engine, process = await ClusterOwner("pictures").run(work, Watching())
    assert (told, engine) == ("somebody", "Held")
    assert process != os.getpid()


async def test_what_the_engine_refuses_is_told_as_by_an_engine_here() -> None:
    from dataclasses import replace

    from PIL import Image

    with pytest.raises(EngineError, match="swatch cannot be shown a picture"):
        await ClusterOwner("pictures").draw(replace(job(), source=Image.new("RGB", (8, 8))), Watching())


async def test_both_replicas_draw_and_what_waits_alike_is_drawn_together(folder: Path, hold: Path) -> None:
    owners = [ClusterOwner("pictures"), ClusterOwner("pictures")]
    works = [asyncio.create_task(owners[n % 2].draw(job(seed=n), Watching(), str(n))) for n in range(2)]
    await until(lambda: len(drawing(folder)) == 2)
    watches = [Watching() for _ in range(4)]
    works += [
        asyncio.create_task(owners[n % 2].draw(job(seed=n + 2), watch, str(n))) for n, watch in enumerate(watches)
    ]
    await until(lambda: all(watch.positions for watch in watches))
    assert [watch.positions[0] > 0 for watch in watches] == [True] * 4
    release(hold)
    drawn = [rows[0] for rows in await asyncio.gather(*works)]
    assert [one.image.getpixel((0, 0)) for one in drawn] == [colour("a dog", seed) for seed in range(6)]
    assert max(one.batch_size for one in drawn) > 1


async def test_who_stops_is_answered_at_once_and_the_replica_stops_too(folder: Path, hold: Path) -> None:
    owner, watch = ClusterOwner("pictures"), Watching(stop_after=1)
    with pytest.raises(Stopped):
        await owner.draw(job(), watch)
    await until(lambda: list(folder.glob("*.stopped")))
    assert owner.waiting() == 0


async def test_closing_stops_what_is_drawn_for_this_server_and_no_more_is_taken_than_may_wait(hold: Path) -> None:
    owner = ClusterOwner("pictures", limit=1)
    await owner.capabilities()
    work = asyncio.create_task(owner.draw(job(), Watching()))
    await until(lambda: owner.waiting() == 1)
    with pytest.raises(Busy, match="1 drawings are waiting"):
        await owner.draw(job(), Watching())
    owner.close()
    with pytest.raises(Stopped):
        await work


async def test_a_turn_whose_replica_is_killed_mid_picture_is_finished_by_another(
    tmp_path: Path, folder: Path, hold: Path
) -> None:
    llm = ScriptedChatModel(script=[AIMessage("Here you are: <image>a cute dog</image>")])
    settings = Settings(home=tmp_path, t2i="ray:pictures")
    turns = await Turns.open(settings, Services.of(settings, llm, ClusterOwner("pictures")))
    try:
        turn = asyncio.create_task(say(turns, "a cute dog", context=Context(seed=7, steps=4)))
        await until(lambda: drawing(folder))
        [process] = drawing(folder)
        os.kill(process, signal.SIGKILL)
        await until(lambda: len(drawing(folder)) == 2)
        release(hold)
        assert shape(await turn) == ["text", "#1"]
        digest = (await turns.history("t"))["pictures"]["#1"]["digest"]
        recipe = turns.gallery.recipe(digest)
        assert recipe is not None and recipe["seed"] == 7
        assert turns.gallery.image(digest).getpixel((0, 0)) == colour(recipe["prompt"], 7)
    finally:
        await turns.close()


async def test_an_app_that_is_not_there_is_told_with_how_to_start_it() -> None:
    with pytest.raises(EngineError, match=r"ray:paintings cannot be had .* --app paintings"):
        await ClusterOwner("paintings").capabilities()
