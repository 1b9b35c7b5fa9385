"""The LangServe façade: the events of a turn, whole or as they come."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from typing import Any

import httpx
import pytest
from langserve import RemoteRunnable
from support.house import services
from support.swatch import Pace, Swatch
from support.watching import until

from minidalle3.engines.contract import EngineError
from minidalle3.engines.owner import Owner
from minidalle3.serve.app import make_app
from minidalle3.serve.settings import ServeSettings

DOG = "Here you are: <image>a cute dog</image> Like it?"
ASK = {"input": {"text": "a dog", "thread": "dogs"}}


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    """Server-sent events by name, their data read."""
    blocks = [
        dict(line.split(": ", 1) for line in block.splitlines())
        for block in answer.text.split("\r\n\r\n")
        if block.strip()
    ]
    return [(block["event"], json.loads(block["data"])) for block in blocks if "data" in block]


async def test_invoke_answers_with_all_events(serving) -> None:
    async with serving(DOG) as server, await server.caller("ann") as ann:
        answer = await ann.post("/agent/invoke", json=ASK)
        assert answer.status_code == 200, answer.text
        told = answer.json()["output"]
        kinds = [event["type"] for event in told]
        assert kinds[-1] == "done"
        assert {"text", "planned", "queued", "progress", "picture"} <= set(kinds)
        assert "preview" not in kinds
        [picture] = [event for event in told if event["type"] == "picture"]
        opened = await server.client().get(picture["url"])
        assert opened.headers["content-type"] == "image/png"
        assert opened.content == (await ann.get("/threads/dogs/pictures/1")).content


async def test_stream_tells_each_event_as_it_comes_and_questions_are_answered_in_the_next_call(serving) -> None:
    async with serving(DOG, "Now: <edit of='#9'>a cat</edit>", "A cat then: <image>a cat</image>") as server:
        ann = await server.caller("ann")
        first = events(await ann.post("/agent/stream", json=ASK))
        data = [event for name, told in first if name == "data" for event in told]
        prose = [event["delta"] for event in data if event["type"] == "text"]
        assert len(prose) > 1
        assert "".join(prose).split() == ["Here", "you", "are:", "Like", "it?"]
        assert data[-1]["current"] == "#1"
        asked = (await ann.post("/agent/invoke", json=ASK)).json()["output"][-1]
        assert "#9" in asked["pending"]
        answered = (await ann.post("/agent/invoke", json={"input": {"text": "a cat", "thread": "dogs"}})).json()
        assert answered["output"][-1]["pending"] is None
        assert answered["output"][-1]["current"] == "#2"


async def test_langserves_own_client_streams_and_waits(serving) -> None:
    async with serving(DOG, DOG) as server, server.live() as url:
        headers = {"Authorization": f"Bearer {await server.house.doors.add('ann')}"}
        agent = RemoteRunnable(f"{url}/agent", headers=headers)
        chunks = [chunk async for chunk in agent.astream(ASK["input"])]
        assert [len(chunk) for chunk in chunks] == [1] * len(chunks)
        assert {"text", "progress", "picture", "done"} <= {event["type"] for [event] in chunks}
        whole = await agent.ainvoke(ASK["input"])
        assert whole[-1]["current"] == "#2"
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            await RemoteRunnable(f"{url}/agent").ainvoke(ASK["input"])


async def test_stream_events_previews_and_moves(serving) -> None:
    async with serving(DOG) as server:
        ann = await server.caller("ann")
        body = {"input": {**ASK["input"], "context": {"seed": 3, "steps": 2, "previews": True}}}
        told = events(await ann.post("/agent/stream_events", json=body))
        chunks = [event["data"]["chunk"][0] for _, event in told if event["event"] == "on_chain_stream"]
        assert {event["name"] for _, event in told if "name" in event} == {"/agent"}, (
            "the graph's inner life is not told"
        )
        assert len([event for event in chunks if event["type"] == "preview"]) == 2
        assert chunks[-1]["type"] == "done"
        move = {"input": {"thread": "dogs", "command": {"name": "undo", "target": None}}}
        assert (await ann.post("/agent/invoke", json=move)).json()["output"][-1]["reply"]


async def test_the_schemas_and_the_playground_are_there_behind_the_key(serving) -> None:
    async with serving() as server:
        ann = await server.caller("ann")
        schema = (await ann.get("/agent/input_schema")).json()
        assert set(schema["properties"]) == {"text", "thread", "photos", "command", "context"}
        assert (await ann.get("/agent/output_schema")).status_code == 200
        assert (await ann.get("/openapi.json")).status_code == 200
        page = await ann.get("/agent/playground/")
        assert "<html" in page.text
        for path in ("/agent/input_schema", "/agent/playground/"):
            assert (await server.client().get(path)).status_code == 401
        assert (await server.client().post("/agent/stream", json=ASK)).status_code == 401


async def test_what_cannot_be_meant_is_refused(serving) -> None:
    async with serving() as server:
        ann = await server.caller("ann")
        for wrong in ({"thread": "../x"}, {"thread": ""}, {"context": {"steps": 10**6}}, {"file_id": "0" * 64}):
            assert (await ann.post("/agent/invoke", json={"input": {"text": "a dog", **wrong}})).status_code == 422
        assert (await ann.post("/agent/invoke", json={"input": {}})).status_code == 400
        assert (await ann.post("/agent/batch", json={"inputs": [ASK["input"]]})).status_code == 404


async def test_health_and_readiness_need_no_key(serving) -> None:
    async with serving() as server:
        client = server.client()
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert (await client.get("/ready")).json() == {"status": "ok", "engine": "swatch"}


async def test_a_house_whose_model_does_not_load_is_not_ready_until_it_does(tmp_path, monkeypatch) -> None:
    missing, begun, arrived = [True], threading.Event(), threading.Event()

    def loaded() -> Swatch:
        if missing:
            raise EngineError("The weights are missing.")
        begun.set()
        arrived.wait()
        return Swatch()

    made = replace(services(tmp_path, []), owner=Owner(loaded))
    app = make_app(made.settings, ServeSettings(), made)
    async with app.router.lifespan_context(app):
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        refused = await client.get("/ready")
        assert (refused.status_code, refused.json()["why"]) == (503, "The weights are missing.")
        assert (await client.get("/health")).status_code == 200
        missing.clear()
        monkeypatch.setattr("minidalle3.serve.app.MOMENT", 0.05)
        for _ in range(2):
            waits = await client.get("/ready")
            assert (waits.status_code, waits.json()["status"]) == (503, "loading")
            await until(begun.is_set)
        assert (await client.get("/health")).status_code == 200
        arrived.set()
        await made.owner.capabilities()
        assert (await client.get("/ready")).json() == {"status": "ok", "engine": "swatch"}


@pytest.mark.parametrize(("pause", "steps"), [(1e9, [1, *range(5, 51, 5)]), (0.0, [*range(1, 51)])])
async def test_steps_are_told_by_the_tenth_or_the_second(serving, monkeypatch, pause: float, steps: list[int]) -> None:
    monkeypatch.setattr("minidalle3.serve.agent.PAUSE", pause)
    async with serving(DOG, engine=Swatch(steps=50)) as server, await server.caller("ann") as ann:
        told = (await ann.post("/agent/invoke", json=ASK)).json()["output"]
        assert [event["step"] for event in told if event["type"] == "progress"] == steps


async def test_a_picture_is_there_as_soon_as_it_is_told(serving) -> None:
    engine, pace = Swatch(), Pace()
    engine.gate = pace
    async with serving("Here: <image>a dog</image> Finer: <refine of='#1'/>", engine=engine) as server:
        ann = await server.caller("ann")
        turn = (await ann.post("/threads/dogs/turns", json={"text": "a dog"})).json()["turn"]
        for _ in range(engine.capabilities.steps or 0):
            pace.steps.release()
        await until(lambda: "picture" in [event["type"] for event in server.house.turns.told(turn)[0]])
        assert (await ann.get("/threads/dogs")).json()["running"] == turn
        shown = await ann.get("/threads/dogs/pictures/1")
        assert shown.content.startswith(b"\x89PNG")
        assert (await ann.get("/threads/dogs/pictures/2")).status_code == 404
        pace.set()
        [told async for told in server.house.turns.events(turn)]
        assert (await ann.get("/threads/dogs/pictures/1")).content == shown.content
        assert (await ann.get("/threads/dogs/pictures/2")).status_code == 200


@pytest.mark.parametrize("route", ["stream", "invoke"])
async def test_who_leaves_ends_the_drawing(serving, route: str) -> None:
    engine = Swatch()
    engine.gate = threading.Event()  # it draws on until it is stopped
    async with serving(DOG, engine=engine) as server, server.live() as url:
        key = await server.house.doors.add("ann")
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as ann:
            leaving = asyncio.create_task(ann.post(f"/agent/{route}", json=ASK))
            await until(lambda: engine.jobs)
            leaving.cancel()
            async with asyncio.timeout(20):
                while (history := (await ann.get("/threads/dogs")).json())["running"]:
                    await asyncio.sleep(0.01)
        assert history["pictures"] == {}
