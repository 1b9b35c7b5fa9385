"""The front door over the real graph and saver: conversations, stops, several threads, and what a kill leaves."""

import asyncio
import io
import threading

from PIL import Image
from support.house import done, opened, say, shape
from support.lying import lies
from support.swatch import Swatch
from support.watching import until

from minidalle3.graph.context import Context

DOG = "Sure, here is a cute dog for you: <image>a cute dog</image>"
RUN = "Sure: <edit>a cute dog running near the river</edit>"


async def test_a_picture_stands_where_its_tag_was_written(tmp_path) -> None:
    async with opened(tmp_path, "One: <image>a dog</image> two: <image>a cat</image> done.") as turns:
        events = await say(turns, "a dog and a cat please")
        assert shape(events) == ["text", "#1", "text", "#2", "text"]
        said = "".join(event["delta"] for event in events if event["type"] == "text")
        assert said.split() == ["One:", "two:", "done."]
        assert [event["id"] for event in events if event["type"] == "planned"] == ["#1", "#2"]
        assert {event["record"]["id"]: event["part"] for event in events if event["type"] == "picture"} == {
            "#1": 1,
            "#2": 3,
        }


async def test_an_edit_is_drawn_from_its_sources_seed_and_says_so(tmp_path) -> None:
    async with opened(tmp_path, DOG, RUN) as turns:
        await say(turns, "Can you generate a cute dog?")
        await say(turns, "Make it run near the river")
        history = await turns.history("t")
        dog, running = history["pictures"]["#1"], history["pictures"]["#2"]
        assert (running["parent"], running["kind"], running["level"]) == ("#1", "edit", "large")
        assert "“running near the river” came in" in running["reason"]
        assert "#1's seed" in running["reason"]
        recipes = [turns.gallery.recipe(picture["digest"]) for picture in (dog, running)]
        assert recipes[0]["seed"] == recipes[1]["seed"]
        assert history["current"] == "#2"
        assert [turn["words"] for turn in history["turns"]] == [
            "Can you generate a cute dog?",
            "Make it run near the river",
        ]


async def test_the_llm_reads_its_own_tags_with_ids_and_the_ledger(tmp_path) -> None:
    async with opened(tmp_path, DOG, "You are welcome.") as turns:
        await say(turns, "a dog")
        await say(turns, "thanks")
        prompt = turns._services.llm.seen[-1]
        assert "#1: image: a cute dog (the current picture)" in prompt[0].text
        assert '<image id="#1">a cute dog</image>' in prompt[2].text


async def test_a_thread_is_there_again_after_a_restart(tmp_path) -> None:
    async with opened(tmp_path, DOG) as turns:
        await say(turns, "a dog")
        before = await turns.history("t")
    async with opened(tmp_path, RUN) as turns:
        assert await turns.history("t") == before
        assert shape(await say(turns, "make it run")) == ["text", "#2"]
        assert [info["thread"] for info in await turns.threads()] == ["t"]


async def test_two_turns_on_one_thread_are_answered_one_after_the_other(tmp_path) -> None:
    async with opened(tmp_path, DOG, RUN, "Third.") as turns:
        started = [await turns.start("t", words) for words in ("one", "two", "three")]
        for turn in started:
            done([event async for event in turns.events(turn)])
        history = await turns.history("t")
        assert [turn["words"] for turn in history["turns"]] == ["one", "two", "three"]
        assert history["pictures"]["#2"]["parent"] == "#1"


async def test_a_turn_that_waits_for_another_can_be_stopped(tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with opened(tmp_path, DOG, engine=engine) as turns:
        first = await turns.start("t", "one")
        await until(lambda: engine.jobs)
        second = await turns.start("t", "two")
        turns.stop(second)
        assert shape([event async for event in turns.events(second)]) == ["note"]
        engine.gate.set()
        assert shape([event async for event in turns.events(first)]) == ["text", "#1"]
        assert [turn["words"] for turn in (await turns.history("t"))["turns"]] == ["one"]


async def test_a_memory_that_fails_is_told_and_ends_the_turn(tmp_path) -> None:
    async with opened(tmp_path, DOG) as turns:
        await turns._memory._connection.execute("DROP TABLE threads")
        events = await say(turns, "a dog")
        assert "could not be saved" in done(events)["reply"][0]["text"]


async def test_threads_at_once_never_cross(tmp_path) -> None:
    names = [f"thread {n}" for n in range(6)]
    async with opened(tmp_path, *["<image>a dog</image>"] * 12) as turns:
        for _ in range(2):
            await asyncio.gather(*(say(turns, f"draw in {name}", thread=name) for name in names))
        for name in names:
            history = await turns.history(name)
            assert [turn["words"] for turn in history["turns"]] == [f"draw in {name}"] * 2
            assert list(history["pictures"]) == ["#1", "#2"]
        digests = [(await turns.history(name))["pictures"]["#1"]["digest"] for name in names]
        assert len(set(digests)) == len(names), "every thread has seeds of its own"


async def test_stop_ends_a_drawing_between_steps_and_the_reply_says_so(tmp_path) -> None:
    engine = Swatch(steps=50)
    engine.gate = threading.Event()
    async with opened(tmp_path, DOG, engine=engine) as turns:
        turn = await turns.start("t", "a dog")
        await until(lambda: engine.jobs)
        turns.stop(turn)
        events = [event async for event in turns.events(turn)]
        assert shape(events) == ["text", "note"]
        assert "#1 (a cute dog) was not drawn: Stopped." in done(events)["reply"][1]["text"]
        assert (await turns.history("t"))["pictures"] == {}


async def test_events_can_be_read_again_and_by_several_readers(tmp_path) -> None:
    async with opened(tmp_path, DOG) as turns:
        turn = await turns.start("t", "a dog")

        async def read(after: int = 0) -> list[object]:
            return [event async for event in turns.events(turn, after)]

        first, second = await asyncio.gather(read(), read())
        assert first == second
        assert await read(after=3) == first[3:]


async def test_a_turn_survives_the_client_that_began_it(tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with opened(tmp_path, DOG, engine=engine) as turns:

        async def client() -> None:
            async for _ in turns.events(await turns.start("t", "a dog")):
                pass

        leaving = asyncio.create_task(client())
        await until(lambda: engine.jobs)
        leaving.cancel()
        running = (await turns.history("t"))["running"]
        engine.gate.set()
        assert shape([event async for event in turns.events(running)]) == ["text", "#1"]


async def test_one_failed_picture_takes_nothing_else_away(tmp_path) -> None:
    reply = "A: <image>a dog</image> B: <refine of='#1'/> C: <image>a dragon</image>"
    async with opened(tmp_path, reply, engine=Swatch(fail_on="dragon")) as turns:
        events = await say(turns, "draw")
        assert shape(events) == ["text", "note", "text", "#2", "text", "note"] or shape(events) == [
            "text", "#1", "text", "#2", "text", "note",
        ]  # fmt: skip
        assert "This engine has no dragon" in done(events)["reply"][-1]["text"]


async def test_the_same_turn_drawn_again_costs_no_drawing(tmp_path) -> None:
    engine = Swatch()
    async with opened(tmp_path, *["<image>a dog</image>"] * 2, engine=engine) as turns:
        await say(turns, "a dog", context=Context(seed=7))
        await say(turns, "a dog", context=Context(seed=7))
        assert len(engine.jobs) == 1
        pictures = (await turns.history("t"))["pictures"]
        assert pictures["#1"]["digest"] == pictures["#2"]["digest"]


async def test_moves_along_the_tree_need_no_llm_and_no_drawing(tmp_path) -> None:
    engine = Swatch()
    async with opened(tmp_path, DOG, RUN, engine=engine) as turns:
        await say(turns, "a dog")
        await say(turns, "run")
        drawn = len(engine.jobs)
        for command, current in (("undo", "#1"), ("redo", "#2"), ("undo", "#1")):
            events = await say(turns, command, command={"name": command, "target": None})
            assert done(events)["current"] == current
        failed = await say(turns, "undo", command={"name": "undo", "target": None})
        assert "nothing to undo" in done(failed)["reply"][0]["text"]
        await say(turns, "delete", command={"name": "delete", "target": "1"})
        history = await turns.history("t")
        assert history["current"] is None
        assert all(picture["hidden"] for picture in history["pictures"].values())
        assert len(engine.jobs) == drawn


async def test_a_turn_cut_off_by_a_dead_process_is_shown_with_a_note(tmp_path) -> None:
    async with opened(tmp_path, DOG) as turns:
        await say(turns, "a dog")
        lost = {"turn": "lost", "content": [{"type": "text", "text": "make it run"}]}
        await turns._journal.begin("t", "make it run", lost)
    async with opened(tmp_path, RUN) as turns:
        history = await turns.history("t")
        assert [turn["words"] for turn in history["turns"]] == ["a dog", "make it run"]
        assert "cut off" in history["turns"][-1]["reply"][0]["text"]
        assert shape(await say(turns, "make it run")) == ["text", "#2"]


async def test_a_tag_is_drawn_without_asking_the_llm(tmp_path) -> None:
    async with opened(tmp_path) as turns:
        events = await say(turns, "two dogs", tag={"kind": "image", "text": "a dog", "count": 2})
        assert shape(events) == ["#1", "#2"]
        photo = turns.gallery.read(events[-2]["record"]["digest"])
        assert shape(await say(turns, "more", photos=[photo], tag={"kind": "vary", "text": ""})) == ["#4"]
        assert turns._services.llm.seen == []


async def test_a_deleted_thread_leaves_nothing_that_another_does_not_name(tmp_path) -> None:
    async with opened(tmp_path, DOG, DOG, RUN) as turns:
        for thread in ("a", "b"):
            await say(turns, "a dog", thread, context=Context(seed=1))
        await say(turns, "make it run", "a", context=Context(seed=1))
        pictures = (await turns.history("a"))["pictures"]
        shared, own = (lies(turns.gallery, pictures[id]["digest"]) for id in ("#1", "#2"))
        assert shared.exists()
        await turns.delete("a")
        assert shared.exists()
        assert not own.exists()
        assert (await turns.history("a"))["turns"] == []
        assert [info["thread"] for info in await turns.threads()] == ["b"]
        kept = [checkpoint.config["configurable"]["thread_id"] async for checkpoint in turns._memory.saver.alist(None)]
        assert set(kept) == {"b"}
        await turns.delete("b")
        assert not [path for path in (tmp_path / "gallery").rglob("*") if path.is_file() and path.name != "lock"]


async def test_a_thread_is_deleted_while_it_draws(tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with opened(tmp_path, DOG, engine=engine) as turns:
        await turns.start("a", "a dog")
        await until(lambda: engine.jobs)
        await turns.delete("a")
        assert await turns.threads() == []


async def test_a_photo_of_a_turn_under_way_outlives_the_thread_that_it_came_from(tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with opened(tmp_path, "Nice.", "<edit of='#1'>a dog in snow</edit>", engine=engine) as turns:
        await say(turns, "look", "a", photos=[png()])
        turn = await turns.start("b", "put it in snow", [png()])
        await until(lambda: engine.jobs)
        await turns.delete("a")
        engine.gate.set()
        assert shape([event async for event in turns.events(turn)]) == ["#2"]
        assert turns.gallery.read((await turns.history("b"))["pictures"]["#1"]["digest"])


async def test_a_photo_of_a_message_that_was_cut_off_is_kept(tmp_path) -> None:
    async with opened(tmp_path) as turns:
        photo = turns.gallery.put_photo(png())
        lost = {"turn": "lost", "content": [{"type": "image", "file_id": photo}]}
        await turns._journal.begin("elsewhere", "look", lost)
        assert photo in await turns.digests()
        assert await turns.digests("else") == {photo}
        assert await turns.digests("other") == set()
        history = await turns.history("elsewhere")
        assert history["turns"][0]["photos"] == ["#1"]
        assert "cut off" in history["turns"][0]["reply"][0]["text"]
        assert (history["pictures"]["#1"]["digest"], history["current"]) == (photo, "#1")


async def test_a_turn_that_begins_while_its_thread_is_read_is_this_houses_own(tmp_path, monkeypatch) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with opened(tmp_path, DOG, engine=engine) as turns:
        unfinished, begun = turns._journal.unfinished, []

        async def late(thread: str):
            if not begun:
                begun.append(await turns.start("t", "a dog"))
                await until(lambda: engine.jobs)
            return await unfinished(thread)

        monkeypatch.setattr(turns, "_recover_if_idle", lambda thread: asyncio.sleep(0))
        monkeypatch.setattr(turns._journal, "unfinished", late)
        history = await turns.history("t")
        assert (history["running"], len(history["turns"])) == (begun[0], 1)
        engine.gate.set()


async def test_the_owner_hears_of_drawings_that_are_on_their_way(tmp_path, monkeypatch) -> None:
    async with opened(tmp_path, DOG, "No picture.") as turns:
        heard: list[str] = []
        owner = turns._services.owner
        for name in ("expect", "came"):
            told = getattr(owner, name)
            monkeypatch.setattr(owner, name, lambda turn, name=name, told=told: (heard.append(name), told(turn)))
        await say(turns, "a dog")
        assert heard == ["expect", "came"]
        await say(turns, "hello")
        assert heard[2:] == ["came"]


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "PNG")
    return file.getvalue()
