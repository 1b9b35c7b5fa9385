"""A deployer's policy stands at every door through which pictures come in."""

from __future__ import annotations

import base64
import io

import openai
import pytest
from PIL import Image

from minidalle3.graph.remote import RemoteTurns
from minidalle3.graph.settings import Settings

NO_DARK = "support.policies:no_dark"
WHY = "The policy of this server refuses it: too dark."


def png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "PNG")
    return file.getvalue()


DARK, LIGHT = (base64.b64encode(png(colour)).decode() for colour in ("black", "white"))


async def test_a_refused_photo_begins_no_turn_and_is_not_kept(serving, tmp_path) -> None:
    async with serving("Nice.", policy=NO_DARK) as server, await server.caller("ann") as ann:
        asked = {"text": "look", "photos": [LIGHT, DARK]}
        for path, body in (("/agent/invoke", {"input": asked}), ("/threads/default/turns", asked)):
            refused = await ann.post(path, json=body)
            assert refused.status_code == 400
            assert WHY in refused.json()["detail"]
        assert (await ann.get("/threads")).json() == []
        assert (await ann.post("/agent/invoke", json={"input": {"text": "look", "photos": [LIGHT]}})).status_code == 200
        assert len(await server.house.turns.digests()) == 1
    assert [path for path in (tmp_path / "gallery").rglob("*.png") if path.read_bytes() == png("black")] == []


async def test_openais_client_is_told_that_it_is_the_policy(serving) -> None:
    async with serving("scene", policy=NO_DARK) as server, server.live() as url:
        key = await server.house.doors.add("ann")
        async with openai.AsyncOpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0) as ann:
            shown = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{DARK}"}}
            with pytest.raises(openai.BadRequestError, match="too dark") as told:
                await ann.chat.completions.create(model="minidalle3", messages=[{"role": "user", "content": [shown]}])
            assert told.value.code == "content_policy_violation"
            with pytest.raises(openai.BadRequestError, match="too dark") as told:
                await ann.images.edit(image=("dog.png", png("black")), prompt="a dog")
            assert told.value.code == "content_policy_violation"
        assert await server.house.turns.threads() == []


async def test_a_refused_archive_is_not_taken_in_from_near_or_far(serving, tmp_path) -> None:
    async with serving("Nice.") as server, await server.caller("ann") as ann:
        await ann.post("/agent/invoke", json={"input": {"text": "look", "thread": "dark", "photos": [DARK]}})
        archive = (await ann.get("/threads/dark/archive")).content
        await ann.delete("/threads/dark")
    async with serving(policy=NO_DARK) as server, server.live() as url:
        key = await server.house.doors.add("bob")
        refused = await server.client(key).put("/threads/dark/archive", content=archive)
        assert (refused.status_code, WHY in refused.json()["detail"]) == (400, True)
        far = await RemoteTurns.open(Settings(server=url, server_key=key, home=tmp_path / "far"))
        with pytest.raises(ValueError, match="too dark"):
            await far.take_in("dark", archive)
        with pytest.raises(ValueError, match="too dark"):
            await far.start("dark", "look", [png("black")])
        assert await far.threads() == []
        await far.close()
        assert list((tmp_path / "far").rglob("*.png")) == []
    assert list((tmp_path / "gallery" / "pictures").rglob("*.png")) == []
