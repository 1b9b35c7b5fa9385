"""Who gets in, and that nobody gets at what is another's."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
import stat
import threading

import pytest
from support.swatch import Swatch
from support.watching import until

from minidalle3.graph.turn import Turn
from minidalle3.serve import keys
from minidalle3.serve.counts import Counts, TooMuch
from minidalle3.serve.settings import ServeSettings

DOG = "Here you are: <image>a cute dog</image>"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Authorization"}


def ask(thread: str = "dogs", **more: object) -> dict[str, object]:
    return {"input": {"text": "a dog", "thread": thread, **more}}


async def drawn(client, thread: str = "dogs") -> str:
    """The link to a picture drawn in a thread."""
    told = (await client.post("/agent/invoke", json=ask(thread))).json()["output"]
    return next(event["url"] for event in told if event["type"] == "picture")


def test_keys_are_made_listed_and_removed_by_hand(tmp_path, capsys) -> None:
    home = ("--home", str(tmp_path))
    assert keys.main([*home, "add", "ann"]) == 0
    key = capsys.readouterr().out.strip()
    secret = key.split("-", 2)[2]
    for file in tmp_path.glob("doors.sqlite*"):
        assert secret.encode() not in file.read_bytes()
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077
    keys.main([*home, "list"])
    id, name = capsys.readouterr().out.split()
    assert (id, name) == (key.split("-")[1], "ann")
    assert keys.main([*home, "remove", id]) == 0
    assert keys.main([*home, "remove", id]) == 1


async def test_only_whole_keys_open(serving) -> None:
    async with serving() as server:
        key = await server.house.doors.add("ann")
        other = await server.house.doors.add("bob")
        mixed = "-".join([*key.split("-")[:2], other.split("-", 2)[2]])
        for wrong in ("", "x", key[:-1], key + "x", key.upper(), mixed, "md3-' OR 1=1 --"):
            assert (await server.client(wrong).get("/threads")).status_code == 401
        assert (await server.client(key).get("/threads")).json() == []
        basic = base64.b64encode(f"anyone:{key}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        assert (await server.client().get("/threads", headers=headers)).status_code == 200
        for broken in ("Basic ???", "Basic", "Digest x"):
            assert (await server.client().get("/threads", headers={"Authorization": broken})).status_code == 401


async def test_a_removed_key_opens_nothing_and_neither_do_its_links(serving) -> None:
    async with serving(DOG) as server:
        ann = await server.caller("ann")
        link = await drawn(ann)
        assert (await server.client().get(link)).status_code == 200
        [caller] = await server.house.doors.callers()
        await server.house.doors.remove(caller.id)
        assert (await server.client().get(link)).status_code == 403
        assert (await ann.get("/threads")).status_code == 401


async def test_equal_names_are_different_threads_of_different_callers(serving) -> None:
    async with serving(DOG, "Hello, Bob.") as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        await drawn(ann)
        assert (await bob.get("/threads")).json() == []
        for path in ("/threads/dogs", "/threads/dogs/pictures/1"):
            assert (await ann.get(path)).status_code == 200
            assert (await bob.get(path)).status_code == 404
        assert (await bob.delete("/threads/dogs")).status_code == 404
        told = (await bob.post("/agent/invoke", json=ask())).json()["output"]
        assert told[-1]["reply"] == [{"type": "text", "text": "Hello, Bob."}]
        assert (await bob.get("/threads/dogs/pictures/1")).status_code == 404
        assert len((await ann.get("/threads/dogs")).json()["turns"]) == 1


async def test_no_name_or_number_leads_elsewhere(serving) -> None:
    async with serving(DOG) as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        await drawn(ann)
        first = (await server.house.doors.callers())[0].id
        [digest] = await server.house.turns.digests()
        full = f"{first}/dogs"
        for thread in (full, full.replace("/", "%2F"), "..", "%2e%2e", f"..%2F{first}%2Fdogs", "dogs%00", "*", "%"):
            for path in (f"/threads/{thread}", f"/threads/{thread}/pictures/1"):
                assert (await bob.get(path)).status_code in (404, 422), path
        for number in ("0", "-1", "2", "1.5", "%231", digest, f"{digest}.png", "..%2F..%2Fdoors.sqlite"):
            assert (await ann.get(f"/threads/dogs/pictures/{number}")).status_code in (404, 422), number
        assert (await bob.post("/agent/invoke", json=ask(full))).status_code == 422
        body = {**ask("mine"), "config": {"configurable": {"thread_id": full, "request": "x"}}}
        await bob.post("/agent/invoke", json=body)
        assert len((await ann.get("/threads/dogs")).json()["turns"]) == 1


async def test_a_link_opens_its_own_picture_for_its_time_and_no_other(serving) -> None:
    async with serving(DOG, DOG) as server:
        ann, stranger = await server.caller("ann"), server.client()
        link = await drawn(ann)
        await drawn(ann)
        bob = await server.caller("bob")
        caller, other = await server.house.doors.callers()
        assert (await stranger.get(link)).status_code == 200
        until = link.split("until=")[1].split("&")[0]
        for forged in (
            link.replace("pictures/1", "pictures/2"),
            link.replace("threads/dogs", "threads/cats"),
            link.replace(until, str(int(until) + 1)),
            link.replace(caller.id, other.id),
            link[:-1] + ("0" if link[-1] != "0" else "1"),
            link.replace("seal=", "seal=é"),
            link.split("&seal")[0],
            link.split("?")[0] + "?until=9999999999",
        ):
            assert (await stranger.get(forged)).status_code == 403, forged
            assert (await bob.get(forged)).status_code == 403, forged
        assert (await stranger.get(link.split("?")[0])).status_code == 401
        old = server.house.doors.link(caller, "dogs", 1, -1)
        assert (await stranger.get(old)).status_code == 403


async def test_photos_come_with_their_bytes_or_from_ones_own_threads(serving) -> None:
    async with serving(DOG, "Nice.", "Hm.") as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        link = await drawn(ann)
        again = await ann.post("/agent/invoke", json=ask("again", photos=[link, "/threads/dogs/pictures/1"]))
        assert list((await ann.get("/threads/again")).json()["pictures"]) == ["#1", "#2"], again.text
        for address in (
            link,
            "/threads/dogs/pictures/1",
            "http://169.254.169.254/latest/meta-data",
            "http://localhost/x.png",
            "file:///etc/passwd",
            "https://example.org/threads/../x",
            "data:text/html;base64,PGI+",
            "[]",
            "http://[",
        ):
            refused = await bob.post("/agent/invoke", json=ask(photos=[address]))
            assert refused.status_code in (400, 404), (address, refused.text)
        assert (await bob.get("/threads")).json() == []


async def test_deleting_a_thread_removes_its_bytes(serving, tmp_path) -> None:
    async with serving(DOG) as server:
        ann = await server.caller("ann")
        link = await drawn(ann)
        assert list((tmp_path / "gallery" / "pictures").rglob("*.png"))
        assert (await ann.delete("/threads/dogs")).status_code == 204
        assert not list((tmp_path / "gallery" / "pictures").rglob("*.png"))
        assert (await server.client().get(link)).status_code == 404
        assert (await ann.get("/threads")).json() == []
    database = sqlite3.connect(tmp_path / "threads.sqlite")
    assert [database.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("checkpoints", "writes")] == [
        (0,),
        (0,),
    ]
    database.close()


async def test_bytes_that_another_caller_names_stay(serving, tmp_path) -> None:
    async with serving(DOG, DOG) as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        for caller in (ann, bob):
            await caller.post("/agent/invoke", json=ask(context={"seed": 1}))
        assert len(await server.house.turns.digests()) == 1
        assert (await ann.delete("/threads/dogs")).status_code == 204
        assert (await bob.get("/threads/dogs/pictures/1")).status_code == 200
        assert (await bob.delete("/threads/dogs")).status_code == 204
        assert [path for path in (tmp_path / "gallery").rglob("*") if path.is_file() and path.name != "lock"] == []


async def test_large_requests_are_refused_however_they_come(serving) -> None:
    async with serving(body_mib=1) as server:
        ann = await server.caller("ann")
        large = b" " * (2**20 + 1)

        async def pieces():
            yield large

        assert (await ann.post("/agent/invoke", content=large)).status_code == 413
        assert (await ann.post("/agent/invoke", content=pieces())).status_code == 413
        wrong = {"Content-Length": "many"}
        assert (await ann.post("/agent/invoke", content=b"{}", headers=wrong)).status_code == 400


async def test_pages_of_other_hosts_may_not_call_unless_named(serving) -> None:
    evil, good = {"Origin": "https://evil.example"}, {"Origin": "https://good.example"}
    async with serving("Hi.", "Hi.", origins=("https://good.example",)) as server:
        ann = await server.caller("ann")
        assert (await ann.post("/agent/invoke", json=ask(), headers=evil)).status_code == 403
        assert "access-control-allow-origin" not in (await ann.get("/threads", headers=evil)).headers
        allowed = await ann.post("/agent/invoke", json=ask(), headers=good)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, good["Origin"])
        assert (await ann.post("/agent/invoke", json=ask(), headers={"Origin": "http://test"})).status_code == 200
        before = await server.client().options("/agent/invoke", headers={**good, **PREFLIGHT})
        assert (before.status_code, before.headers["access-control-allow-origin"]) == (200, good["Origin"])
        assert (await server.client().options("/agent/invoke", headers={**evil, **PREFLIGHT})).status_code == 400
    async with serving() as server:
        ann = await server.caller("ann")
        assert "access-control-allow-origin" not in (await ann.get("/threads", headers=good)).headers
        before = await server.client().options("/agent/invoke", headers={**good, **PREFLIGHT})
        assert before.status_code == 405
        assert not [name for name in before.headers if name.startswith("access-control")]


async def test_requests_are_counted_by_key(serving) -> None:
    async with serving(rate="2/minute") as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        answers = [(await ann.get("/threads")) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        assert (await bob.get("/threads")).status_code == 200


async def test_pictures_are_counted_by_key(serving) -> None:
    async with serving(DOG, DOG, quota="1/day") as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        await drawn(ann)
        refused = await ann.post("/agent/invoke", json=ask())
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 60
        assert (await ann.get("/threads")).status_code == 200
        await drawn(bob)


async def test_turns_at_the_same_time_do_not_pass_the_quota(serving) -> None:
    two = "Here: <image n='2'>a dog</image>"
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(two, two, two, engine=engine, quota="3/day") as server:
        ann = await server.caller("ann")
        asked = [asyncio.create_task(ann.post("/agent/invoke", json=ask(thread))) for thread in "abc"]
        await until(lambda: len(server.house.turns._turns) == 3 and all(turn.events for turn in turns_of(server)))
        await until(lambda: sum(kinds(turn).count("note") for turn in turns_of(server)) == 2)
        engine.gate.set()
        told = [(await one).json()["output"] for one in asked]
        drawn = [sum(event["type"] == "picture" for event in events) for events in told]
        assert sorted(drawn) == [0, 0, 2]
        assert sum("More than 3 pictures" in str(events[-1]["reply"]) for events in told) == 2
        assert (await ann.post("/agent/invoke", json=ask("d", command={"name": "undo", "target": None}))).is_success
        await server.house.counts.allow((await server.house.doors.callers())[0], 1)
        with pytest.raises(TooMuch):
            await server.house.counts.allow((await server.house.doors.callers())[0], 2)


def turns_of(server) -> list[Turn]:
    return list(server.house.turns._turns.values())


def kinds(turn: Turn) -> list[str]:
    return [event["type"] for event in turn.events]


async def test_hostile_json_and_paths_of_the_playground_are_refused(serving) -> None:
    async with serving() as server:
        ann = await server.caller("ann")
        deep = b'{"input":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
        headers = {"Content-Type": "application/json"}
        for path in ("/agent/invoke", "/agent/stream", "/threads/x/turns", "/v1/chat/completions"):
            for body in (deep, b"{", b"\xff\xfe", b"null", b'{"input": null}'):
                answer = await ann.post(path, content=body, headers=headers)
                assert 400 <= answer.status_code < 500, (path, body[:9], answer.text)
        for path in ("..%2f..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/setup.py", "//etc/passwd"):
            answer = await ann.get(f"/agent/playground/{path}")
            assert "root:" not in answer.text
            assert answer.status_code in (404, 422), path


async def test_a_full_queue_is_told_before_a_turn_begins(serving, tmp_path) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(DOG, DOG, engine=engine, queue_limit=1) as server:
        ann = await server.caller("ann")
        first = asyncio.create_task(ann.post("/agent/invoke", json=ask("a")))
        await until(lambda: engine.jobs)
        second = asyncio.create_task(ann.post("/agent/invoke", json=ask("b")))
        await until(server.house.turns.full)
        refused = await ann.post("/agent/invoke", json=ask("c"))
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert (await ann.get("/ready")).status_code == 503
        engine.gate.set()
        assert [answer.status_code for answer in await asyncio.gather(first, second)] == [200, 200]


def test_limits_that_cannot_be_counted_are_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="rate"):
        ServeSettings(rate="often")
    with pytest.raises(ValueError, match=r"async\+"):
        Counts(ServeSettings(counts="memory://"))
