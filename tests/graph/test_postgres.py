"""Several processes over one PostgreSQL: shared threads, one turn at a time, and what a killed process leaves."""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import Timeout
from support.database import postgres
from support.house import done, opened, say, shape
from support.lying import lies
from support.swatch import Swatch

from minidalle3.graph.memory import DatabaseError, open_memory
from minidalle3.graph.settings import Settings
from minidalle3.serve.doors import Doors

DOG = "Sure, here is a cute dog for you: <image>a cute dog</image>"
RUN = "Sure: <edit>a cute dog running near the river</edit>"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres() as url:
        yield url


async def test_two_houses_share_threads_titles_and_pictures(tmp_path, database: str) -> None:
    async with opened(tmp_path, DOG, database=database) as one, opened(tmp_path, RUN, database=database) as two:
        await say(one, "a cute\0 dog", "shared")
        assert shape(await say(two, "make it run", "shared")) == ["text", "#2"]
        assert await one.history("shared") == await two.history("shared")
        await two.rename("shared", "Rex")
        assert [(info["thread"], info["title"]) for info in await one.threads()] == [("shared", "Rex")]
        assert len(await one.digests()) == 2
        await one.delete("shared")
        assert await two.threads() == []
        assert (await two.history("shared"))["turns"] == []
    assert not (tmp_path / "threads.sqlite").exists()


async def test_deleting_a_thread_spares_what_another_houses_thread_names(tmp_path, database: str) -> None:
    async with opened(tmp_path, DOG, database=database) as one, opened(tmp_path, DOG, database=database) as two:
        await say(one, "a dog", "mine")
        photo = one.gallery.read((await one.history("mine"))["pictures"]["#1"]["digest"])
        await two.take_in("theirs", await one.export("mine"))
        await one.delete("mine")
        [kept] = await two.digests()
        assert two.gallery.read(kept) == photo
        await two.delete("theirs")
        assert not lies(one.gallery, kept).exists()


async def test_a_lock_holds_across_houses_and_goes_with_its_session(tmp_path, database: str) -> None:
    settings = Settings(home=tmp_path, database=database)
    one, two = await open_memory(settings), await open_memory(settings)
    held = one.lock("t")
    await held.acquire()
    for house in (one, two):
        with pytest.raises(Timeout):
            await house.lock("t", timeout=0).acquire()
    async with two.lock("another", timeout=0):
        pass
    await one.close()
    async with two.lock("t", timeout=5) as taken:
        assert taken.is_locked
    await two.close()


async def test_a_killed_process_loses_no_finished_turn_and_the_thread_goes_on(tmp_path, database: str) -> None:
    engine = Swatch()
    async with opened(tmp_path, DOG, RUN, engine=engine, database=database) as turns:
        await say(turns, "a dog")
        before = await turns.history("t")
        command = [sys.executable, "-m", "support.drawing", str(tmp_path), database, "t"]
        tests = Path(__file__).parents[1]
        other = await asyncio.create_subprocess_exec(*command, cwd=tests, stdout=asyncio.subprocess.PIPE)
        try:
            assert await other.stdout.readline() == b"drawing\n"
            turn = await turns.start("t", "make it run again")
            await asyncio.sleep(0.6)
            assert len(engine.jobs) == 1, "it waits for the other process"
        finally:
            other.kill()
            await other.wait()
        assert shape([event async for event in turns.events(turn)]) == ["text", "#2"]
        after = await turns.history("t")
        assert after["turns"][0] == before["turns"][0]
        assert [told["words"] for told in after["turns"]] == ["a dog", "make it run", "make it run again"]
        assert "cut off" in after["turns"][1]["reply"][0]["text"]


async def test_a_turn_that_waits_for_another_house_can_be_stopped(tmp_path, database: str) -> None:
    other = await open_memory(Settings(home=tmp_path, database=database))
    async with opened(tmp_path, DOG, database=database) as turns, other.lock("busy"):
        turn = await turns.start("busy", "a dog")
        turns.stop(turn)
        assert "was not sent" in done([event async for event in turns.events(turn)])["reply"][0]["text"]
    await other.close()


async def test_a_key_made_at_one_server_opens_another_whose_home_is_elsewhere(tmp_path, database: str) -> None:
    one, two = [await Doors.open(Settings(home=tmp_path / name, database=database)) for name in ("one", "two")]
    key = await one.add("ann")
    ann = await two.caller(key)
    assert ann is not None and [caller.name for caller in await two.callers()] == ["ann"]
    until = int(time.time()) + 60
    seal = one.link(ann, "dogs", 1, 60).rpartition("=")[2]
    assert await two.opener(ann.id, "dogs", 1, until, seal) == ann
    await two.remember(ann, "said", "dogs")
    await two.remember(ann, "said", "cats")
    assert await one.thread_of(ann, "said") == "cats"
    await one.forget(ann, "cats")
    assert await two.thread_of(ann, "said") is None
    assert await one.remove(ann.id) and not await two.remove(ann.id)
    assert await two.caller(key) is None
    await one.close()
    await two.close()


@pytest.mark.parametrize("url", ["postgresql:///postgres?host=/nowhere", "nonsense"])
async def test_a_database_that_cannot_be_reached_is_told(tmp_path, url: str) -> None:
    with pytest.raises(DatabaseError, match="MINIDALLE3_DATABASE"):
        await open_memory(Settings(home=tmp_path, database=url))
