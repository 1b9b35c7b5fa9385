"""`RemoteTurns` over real HTTP: a page in another process has the same front door."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image
from support.house import done, say, shape
from support.swatch import Swatch
from support.watching import until

from minidalle3.engines.contract import Busy, EngineError
from minidalle3.gallery.store import PhotoError, PictureError
from minidalle3.graph.archive import ArchiveError
from minidalle3.graph.context import Context
from minidalle3.graph.remote import RemoteTurns
from minidalle3.graph.settings import Settings

DOG = "Here you are: <image>a cute dog</image> Like it?"
RUN = "Off it goes: <edit>a cute dog running</edit>"


@asynccontextmanager
async def remote(server, home, name: str = "ann") -> AsyncIterator[RemoteTurns]:
    """The front door from afar, for a caller of its own."""
    key = await server.house.doors.add(name)
    async with server.live() as url:
        turns = await RemoteTurns.open(Settings(server=f"{url}/", server_key=key, home=home / name))
        try:
            yield turns
        finally:
            await turns.close()


def png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "PNG")
    return file.getvalue()


async def test_a_conversation_is_what_it_is_in_the_house_itself(serving, tmp_path) -> None:
    async with serving(DOG, RUN) as server, remote(server, tmp_path) as turns:
        first = await say(turns, "a dog", context=Context(seed=7, steps=3))
        assert shape(first) == ["text", "#1", "text"]
        assert {event["step"] for event in first if event["type"] == "progress"} == {1, 2, 3}
        assert shape(await say(turns, "make it run")) == ["text", "#2"]
        history = await turns.history("t")
        [caller] = await server.house.doors.callers()
        assert history == await server.house.turns.history(f"{caller.id}/t")
        assert [turn["words"] for turn in history["turns"]] == ["a dog", "make it run"]
        digest = history["pictures"]["#1"]["digest"]
        assert (await asyncio.to_thread(turns.gallery.recipe, digest))["seed"] == 7
        mine = await asyncio.to_thread(turns.gallery.read, digest)
        assert mine == server.house.turns.gallery.read(digest)
        assert await turns.digests() == {record["digest"] for record in history["pictures"].values()}
        back = done(await say(turns, "", command={"name": "undo", "target": None}))
        assert back["current"] == "#1"
        assert await turns.capabilities() == await server.house.turns.capabilities()


async def test_events_are_replayed_to_several_readers_and_a_turn_outlives_them(serving, tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(DOG, engine=engine) as server, remote(server, tmp_path) as turns:
        turn = await turns.start("t", "a dog")
        async for event in turns.events(turn):
            if event["type"] == "planned":
                break
        assert (await turns.history("t"))["running"] == turn
        turns.told(turn)
        await until(lambda: turns.told(turn)[0])
        assert not turns.told(turn)[1]
        engine.gate.set()
        whole = [event async for event in turns.events(turn)]
        assert [event async for event in turns.events(turn, after=len(whole) - 2)] == whole[-2:]
        await until(lambda: turns.told(turn)[1])
        assert turns.told(turn)[0] == whole
        assert (await turns.history("t"))["current"] == "#1"


async def test_a_stop_reaches_the_engine(serving, tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(DOG, engine=engine) as server, remote(server, tmp_path) as turns:
        turn = await turns.start("t", "a dog")
        await until(lambda: engine.jobs)
        turns.stop(turn)
        events = [event async for event in turns.events(turn)]
        assert "Stopped." in " ".join(part["text"] for part in done(events)["reply"] if part["type"] == "note")
        assert (await turns.history("t"))["pictures"] == {}


async def test_photos_and_conversations_go_to_and_fro(serving, tmp_path) -> None:
    async with serving("Nice.", "Hm.") as server, remote(server, tmp_path) as turns:
        await say(turns, "look", photos=[png("red")])
        record = (await turns.history("t"))["pictures"]["#1"]
        assert (await asyncio.to_thread(turns.gallery.image, record["digest"])).getpixel((0, 0)) == (255, 0, 0)
        with pytest.raises(PhotoError):
            await turns.start("t", "look", [b"no picture"])
        await turns.rename("t", "Red things")
        assert [(info["thread"], info["title"]) for info in await turns.search("red nice")] == [("t", "Red things")]
        assert await turns.search("blue") == []
        archive = await turns.export("t")
        await turns.delete("t")
        assert await turns.threads() == []
        assert (await turns.history("t"))["turns"] == []
        await turns.take_in("again", archive)
        assert (await turns.history("again"))["pictures"]["#1"]["digest"] == record["digest"]
        with pytest.raises(ArchiveError):
            await turns.take_in("third", b"no zip")


async def test_a_picture_that_was_tampered_with_on_its_way_is_refused(serving, tmp_path) -> None:
    async with serving(DOG) as server, remote(server, tmp_path) as turns:
        await say(turns, "a dog")
        record = (await turns.history("t"))["pictures"]["#1"]
        turns.gallery.learn("t", [{**record, "digest": "1" * 64}])
        with pytest.raises(PictureError, match="missing"):
            await asyncio.to_thread(turns.gallery.read, "1" * 64)
        with pytest.raises(PictureError, match="missing"):
            await asyncio.to_thread(turns.gallery.read, "2" * 64)


async def test_nobody_follows_stops_or_names_what_is_anothers(serving, tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(DOG, engine=engine) as server, remote(server, tmp_path) as ann:
        turn = await ann.start("t", "a dog")
        await until(lambda: engine.jobs)
        async with remote(server, tmp_path, "bob") as bob:
            with pytest.raises(KeyError):
                [event async for event in bob.events(turn)]
            bob.stop(turn)
            with pytest.raises(KeyError):
                await bob.rename("t", "Mine")
            with pytest.raises(KeyError):
                await bob.export("t")
            assert await bob.search("dog") == []
            for name in ("../t", "a/b", "", "ü"):
                with pytest.raises((ValueError, KeyError)):
                    await bob.start(name, "a dog")
        engine.gate.set()
        assert shape([event async for event in ann.events(turn)]) == ["text", "#1", "text"]


async def test_what_the_server_refuses_is_told_in_its_words(serving, tmp_path) -> None:
    async with serving(DOG, quota="1/day") as server, remote(server, tmp_path) as turns:
        with pytest.raises(ValueError, match="Say something"):
            await turns.start("t", "")
        await say(turns, "a dog")
        with pytest.raises(Busy, match="More than 1 pictures"):
            await turns.start("t", "another")
        with pytest.raises(KeyError, match="no turn"):
            [event async for event in turns.events("f" * 32)]
        url = turns.settings.server
        with pytest.raises(EngineError, match="MINIDALLE3_SERVER_KEY"):
            await RemoteTurns.open(Settings(server=url, home=tmp_path))
    with pytest.raises(EngineError, match="cannot be reached"):
        await RemoteTurns.open(Settings(server=url, home=tmp_path))
