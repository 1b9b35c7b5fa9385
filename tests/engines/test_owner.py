"""The owner: one thread, fair turns, a bound, stops."""

import asyncio
import threading

import pytest
from support.swatch import Swatch
from support.watching import Watching, until

from minidalle3.engines.contract import Busy, EngineError, Job, Stopped
from minidalle3.engines.owner import Owner


def job(prompt: str, steps: int = 2) -> Job:
    return Job((prompt,), ("",), (1,), steps, 1.0, 64, 64)


async def test_only_one_thread_ever_touches_the_engine_and_it_is_not_the_callers() -> None:
    engine = Swatch()
    owner = Owner(lambda: engine)
    await asyncio.gather(*(owner.draw(job(f"picture {n}"), Watching(), caller=str(n % 3)) for n in range(9)))
    assert len(engine.threads) == 1
    assert threading.get_ident() not in engine.threads
    owner.close()


async def test_callers_take_turns_and_are_told_their_position() -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    owner = Owner(lambda: engine)
    await owner.capabilities()
    first = asyncio.create_task(owner.draw(job("first"), Watching(), caller="a"))
    await until(lambda: bool(engine.jobs))
    watches = {name: Watching() for name in ("a1", "a2", "b1")}
    waiting = [
        asyncio.create_task(owner.draw(job(name, steps=3 + number), watch, caller=name[0]))
        for number, (name, watch) in enumerate(watches.items())
    ]
    await asyncio.sleep(0)
    assert watches["a2"].positions[-1] == 3, "after what is being drawn; b's first picture comes before a's second"
    engine.gate.set()
    await asyncio.gather(first, *waiting)
    assert [done.prompts[0] for done in engine.jobs] == ["first", "a1", "b1", "a2"]
    owner.close()


async def test_one_more_than_the_limit_is_refused() -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    owner = Owner(lambda: engine, limit=1)
    drawing = asyncio.create_task(owner.draw(job("drawing"), Watching()))
    await until(lambda: bool(engine.jobs))
    waiting = asyncio.create_task(owner.draw(job("waiting"), Watching()))
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="1 drawings are waiting"):
        await owner.draw(job("too many"), Watching())
    engine.gate.set()
    await asyncio.gather(drawing, waiting)
    owner.close()


async def test_half_of_the_places_are_for_others() -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    owner = Owner(lambda: engine, limit=4)
    asked = [asyncio.create_task(owner.draw(job("drawing"), Watching(), caller="a"))]
    await until(lambda: bool(engine.jobs))
    asked += [asyncio.create_task(owner.draw(job(name), Watching(), caller="a")) for name in ("one", "two")]
    await until(lambda: owner.waiting() == 2)
    with pytest.raises(Busy, match="2 drawings of yours"):
        await owner.draw(job("too many"), Watching(), caller="a")
    asked += [asyncio.create_task(owner.draw(job(name), Watching(), caller=name)) for name in ("b", "c")]
    await until(lambda: owner.waiting() == 4)
    assert "4 drawings are waiting" in (owner.full("d") or "")
    engine.gate.set()
    await asyncio.gather(*asked)
    assert [owner.full(caller) for caller in ("", "a", "d")] == [None] * 3
    owner.close()


async def test_a_watch_stops_a_drawing_between_two_steps() -> None:
    watch = Watching(stop_after=2)
    owner = Owner(lambda: Swatch())
    with pytest.raises(Stopped):
        await owner.draw(job("a dog", steps=50), watch)
    assert watch.steps == [1, 2]
    owner.close()


async def test_who_stops_or_leaves_while_waiting_is_told_at_once_and_makes_room() -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    owner = Owner(lambda: engine, limit=2)
    drawing = asyncio.create_task(owner.draw(job("drawing"), Watching(), caller="a"))
    await until(lambda: bool(engine.jobs))
    leaving = asyncio.create_task(owner.draw(job("left behind", steps=3), Watching(), caller="b"))
    await until(lambda: owner.waiting() == 1)
    last = Watching()
    staying = asyncio.create_task(owner.draw(job("stays"), last, caller="c"))
    await until(lambda: last.positions == [2])
    leaving.cancel()
    await until(lambda: last.positions == [2, 1])
    with pytest.raises(Stopped):
        await owner.draw(job("never drawn"), Watching(stop_after=0), caller="d")
    assert owner.waiting() == 1, "nothing has been drawn meanwhile"
    engine.gate.set()
    await asyncio.gather(drawing, staying)
    assert [done.prompts[0] for done in engine.jobs] == ["drawing", "stays"]
    owner.close()


async def test_cancelling_the_caller_frees_the_owner() -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    owner = Owner(lambda: engine)
    leaving = asyncio.create_task(owner.draw(job("left behind"), Watching()))
    await until(lambda: bool(engine.jobs))
    leaving.cancel()
    staying = asyncio.create_task(owner.draw(job("next"), Watching()))
    await until(lambda: len(engine.jobs) == 2)
    engine.gate.set()
    assert len(await staying) == 1
    owner.close()


async def test_a_failure_reaches_its_caller_alone_and_in_words() -> None:
    owner = Owner(lambda: Swatch(fail_on="dragon"))
    with pytest.raises(EngineError, match="no dragon"):
        await owner.draw(job("a dragon"), Watching())
    assert len(await owner.draw(job("a dog"), Watching())) == 1
    owner.close()


async def test_an_engine_that_does_not_load_is_tried_again() -> None:
    tries: list[int] = []

    def load() -> Swatch:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("no memory")
        return Swatch()

    owner = Owner(load)
    with pytest.raises(EngineError, match="RuntimeError: no memory"):
        await owner.capabilities()
    assert (await owner.capabilities()).engine == "swatch"
    owner.close()


async def test_closing_stops_what_is_drawn_and_what_waits() -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    owner = Owner(lambda: engine)
    tasks = [asyncio.create_task(owner.draw(job(name), Watching())) for name in ("one", "two")]
    await until(lambda: bool(engine.jobs))
    await asyncio.to_thread(owner.close)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [Stopped, Stopped]
