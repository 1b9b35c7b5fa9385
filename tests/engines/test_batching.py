"""Waiting jobs that are alike are drawn together, and nobody can tell but by the clock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from support.swatch import Swatch, colour
from support.watching import Watching, until

from minidalle3.engines.contract import Drawn, EngineError, Job, Stopped, Watch
from minidalle3.engines.diffusion import DiffusionEngine, load
from minidalle3.engines.owner import Owner
from minidalle3.gallery.compare import TOLERANCE, compare
from minidalle3.graph.stop import STOP


@pytest.fixture(scope="module")
def sketchbook() -> DiffusionEngine:
    return load("sketchbook", "cpu")


class Counted:
    """An engine that keeps the size of every batch it draws."""

    def __init__(self, engine: DiffusionEngine) -> None:
        self._engine = engine
        self.capabilities = engine.capabilities
        self.sizes: list[int] = []

    def draw(self, one: Job, watch: Watch) -> list[Drawn]:
        self.sizes.append(len(one.prompts))
        return self._engine.draw(one, watch)


def job(*prompts: str, steps: int = 2, guidance: float = 1.0, seed: int = 1) -> Job:
    return Job(prompts, ("",) * len(prompts), tuple(seed + row for row in range(len(prompts))), steps, guidance, 64, 64)


def prompts_of(engine: Swatch) -> list[tuple[str, ...]]:
    return [drawn.prompts for drawn in engine.jobs]


@asynccontextmanager
async def busy(engine: Swatch, **more: int) -> AsyncIterator[Owner]:
    """An owner that draws something else until `engine.gate` opens."""
    engine.gate = threading.Event()
    owner = Owner(lambda: engine, **more)
    await owner.capabilities()
    first = asyncio.create_task(owner.draw(job("first"), Watching(), caller="first"))
    await until(lambda: engine.jobs)
    yield owner
    engine.gate.set()
    await first
    owner.close()


async def asked(owner: Owner, jobs: Sequence[Job], watches: Sequence[Watch]) -> list[asyncio.Task[list[Drawn]]]:
    """Jobs of one caller each, all of them waiting."""
    tasks = [
        asyncio.create_task(owner.draw(one, watch, caller=str(number)))
        for number, (one, watch) in enumerate(zip(jobs, watches, strict=True))
    ]
    await until(lambda: owner.waiting() == len(tasks))
    return tasks


async def test_rows_of_a_joint_batch_are_what_they_are_alone(sketchbook: DiffusionEngine) -> None:
    texts = ("a sticker of a red dog", "a watercolour of a cat on the beach at night", "two owls")
    jobs = [
        Job((text,) * rows, ("",) * rows, tuple(range(9, 9 + rows)), 3, 2.0, 128, 128)
        for text, rows in zip(texts, (1, 2, 1), strict=True)
    ]
    alone = [one.image for each in jobs for one in sketchbook.draw(each, Watching())]
    engine, watches = Counted(sketchbook), [Watching() for _ in jobs]
    owner, entered, gate = Owner(lambda: engine), threading.Event(), threading.Event()
    await owner.capabilities()
    before = asyncio.create_task(owner.run(lambda engine, watch: (entered.set(), gate.wait()), Watching(), "other"))
    await until(entered.is_set)
    tasks = await asked(owner, jobs, watches)
    gate.set()
    drawn = [one for rows in await asyncio.gather(*tasks) for one in rows]
    await before
    owner.close()
    assert engine.sizes == [4]
    assert [(one.batch_size, one.batch_row) for one in drawn] == [(4, row) for row in range(4)]
    assert max(compare(one, other.image).largest for one, other in zip(alone, drawn, strict=True)) <= TOLERANCE
    assert len({one.image.tobytes() for one in drawn}) == 4
    assert [watch.steps for watch in watches] == [[1, 2, 3]] * 3
    assert [sorted({row for row, _ in watch.previews}) for watch in watches] == [[0], [0, 1], [0]]
    assert all(one.trace is not None and one.trace.latents.shape[0] == 4 for one in drawn)


async def test_only_jobs_that_are_alike_join_and_only_so_many() -> None:
    engine = Swatch()
    jobs = [job("a"), job("b", steps=3), job("c"), job("d", guidance=2.0), job("e", "f"), job("g"), job("h")]
    jobs.append(replace(job("i"), width=128))
    async with busy(engine, together=4) as owner:
        tasks = await asked(owner, jobs, [Watching() for _ in jobs])
        engine.gate.set()
        drawn = await asyncio.gather(*tasks)
    assert prompts_of(engine) == [("first",), ("a", "c", "e", "f"), ("b",), ("d",), ("g", "h"), ("i",)]
    for one, rows in zip(jobs, drawn, strict=True):
        wanted = [colour(*row) for row in zip(one.prompts, one.seeds, strict=True)]
        assert [row.image.getpixel((0, 0)) for row in rows] == wanted


async def test_jobs_with_pictures_and_of_engines_that_cannot_repeat_are_drawn_alone() -> None:
    engine = Swatch()
    engine.capabilities = replace(engine.capabilities, fingerprint=None)
    async with busy(engine) as owner:
        tasks = await asked(owner, [job("a"), job("b")], [Watching(), Watching()])
        engine.gate.set()
        await asyncio.gather(*tasks)
    assert prompts_of(engine) == [("first",), ("a",), ("b",)]
    engine = Swatch()
    async with busy(engine) as owner:
        shown = replace(job("b"), source=Image.new("RGB", (64, 64)))
        tasks = await asked(owner, [job("a"), shown], [Watching(), Watching()])
        engine.gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert prompts_of(engine) == [("first",), ("a",), ("b",)]


async def test_a_stop_is_for_one_caller_and_told_at_once() -> None:
    engine = Swatch()
    async with busy(engine) as owner:
        watches = [Watching(stop_after=1), Watching(), Watching()]
        tasks = await asked(owner, [job(name, steps=50) for name in "abc"], watches)
        tasks[2].cancel()
        await asyncio.wait([tasks[2]])
        engine.gate.set()
        with pytest.raises(Stopped):
            await tasks[0]
        [drawn] = await tasks[1]
    assert drawn.image.getpixel((0, 0)) == colour("b", 1)
    assert [len(watch.steps) for watch in watches] == [1, 50, 0]
    assert all(row == 0 for watch in watches for row, _ in watch.previews)


async def test_when_all_have_left_the_drawing_ends() -> None:
    engine = Swatch()
    async with busy(engine) as owner:
        watches = [Watching(stop_after=2), Watching(stop_after=3)]
        tasks = await asked(owner, [job(name, steps=10**6) for name in "ab"], watches)
        engine.gate.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [Stopped, Stopped]
    assert [len(watch.steps) for watch in watches] == [2, 3]


async def test_a_failure_is_its_callers_alone(caplog: pytest.LogCaptureFixture) -> None:
    engine = Swatch(fail_on="dragon")
    async with busy(engine) as owner:
        jobs = [job("a dog"), job("a dragon"), job("a cat")]
        tasks = await asked(owner, jobs, [Watching() for _ in jobs])
        engine.gate.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[1], EngineError)
    assert "no dragon" in str(results[1])
    assert [row.image.getpixel((0, 0)) for row in (*results[0], *results[2])] == [
        colour("a dog", 1),
        colour("a cat", 1),
    ]
    assert "dragon" not in caplog.text


async def test_whoever_had_a_picture_in_the_batch_goes_to_the_back() -> None:
    engine = Swatch()
    async with busy(engine, together=2) as owner:
        asks = [("a", 2), ("a", 2), ("b", 5), ("c", 2), ("c", 2)]
        tasks = [
            asyncio.create_task(owner.draw(job(f"{caller}{number}", steps=steps), Watching(), caller))
            for number, (caller, steps) in enumerate(asks)
        ]
        await until(lambda: owner.waiting() == len(asks))
        engine.gate.set()
        await asyncio.gather(*tasks)
    assert prompts_of(engine) == [("first",), ("a0", "c3"), ("b2",), ("a1", "c4")]


async def test_a_batch_with_room_waits_for_what_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minidalle3.engines.owner.LINGER", 60.0)
    monkeypatch.setattr("minidalle3.engines.owner.SHARE", 1e9)
    engine = Swatch()
    owner = Owner(lambda: engine, together=2)
    await owner.draw(job("first", steps=50), Watching(), "first")
    turns = [threading.Event() for _ in "bcde"]
    for turn in turns:
        owner.expect(turn)
    one = asyncio.create_task(owner.draw(job("a"), Watching(), "a"))
    await until(lambda: owner.waiting() == 1)
    two = asyncio.create_task(coming(turns[0], owner.draw(job("b"), Watching(), "b")))
    await asyncio.gather(one, two)
    assert prompts_of(engine)[1:] == [("a", "b")], "and no longer than until it is full"
    three = asyncio.create_task(owner.draw(job("c"), Watching(), "c"))
    for turn in turns[1:]:
        await until(lambda: owner.waiting() == 1)
        owner.came(turn)
    await three
    await owner.draw(job("d"), Watching(), "d")
    assert prompts_of(engine)[2:] == [("c",), ("d",)], "nor than something is on its way"
    owner.close()


async def test_an_owner_that_waits_for_a_batch_to_fill_can_be_left_and_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minidalle3.engines.owner.LINGER", 60.0)
    monkeypatch.setattr("minidalle3.engines.owner.SHARE", 1e9)
    engine = Swatch()
    owner = Owner(lambda: engine, together=2)
    await owner.draw(job("first", steps=50), Watching(), "first")
    turn = threading.Event()
    owner.expect(turn)
    leaving = asyncio.create_task(owner.draw(job("a"), Watching(), "a"))
    await until(lambda: owner.waiting() == 1)
    leaving.cancel()
    await asyncio.wait([leaving])
    owner.came(turn)
    await owner.draw(job("b"), Watching(), "b")
    owner.expect(turn)
    waiting = asyncio.create_task(owner.draw(job("c"), Watching(), "c"))
    await until(lambda: owner.waiting() == 1)
    owner.close()
    with pytest.raises(Stopped):
        await waiting
    assert prompts_of(engine)[1:] == [("b",)]


async def coming(turn: threading.Event, drawing: Coroutine[Any, Any, list[Drawn]]) -> list[Drawn]:
    """As the turn whose stop flag this is."""
    STOP.set(turn)
    return await drawing
