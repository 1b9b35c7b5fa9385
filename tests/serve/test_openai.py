"""The OpenAI-compatible routes, as the real client sees them over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import io
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import openai
import pytest
from PIL import Image
from support.swatch import Swatch
from support.watching import until

DOG = "Here you are: <image>a cute dog</image> Like it?"
RUN = "Off it goes: <edit>a cute dog running</edit>"


@asynccontextmanager
async def client(server, key: str | None = None) -> AsyncIterator[openai.AsyncOpenAI]:
    """OpenAI's own client, which never tries twice."""
    key = key or await server.house.doors.add("ann")
    async with (
        server.live() as url,
        openai.AsyncOpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0) as made,
    ):
        yield made


def user(text: object) -> dict[str, object]:
    return {"role": "user", "content": text}


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "PNG")
    return file.getvalue()


async def test_models(serving) -> None:
    async with serving() as server, client(server) as ann:
        assert [model.id async for model in ann.models.list()] == ["minidalle3"]
        assert (await ann.models.retrieve("minidalle3")).owned_by == "minidalle3"
        with pytest.raises(openai.NotFoundError, match="gpt-5"):
            await ann.models.retrieve("gpt-5")


async def test_a_conversation_goes_on_in_its_thread(serving) -> None:
    async with serving(DOG, RUN) as server, client(server) as ann:
        first = await ann.chat.completions.create(model="minidalle3", messages=[user("a dog")])
        message = first.choices[0].message
        [link] = re.findall(r"!\[#1: a cute dog\]\((\S+)\)", message.content)
        assert message.content.startswith("Here you are:")
        assert message.content.endswith("Like it?")
        assert message.images == [{"type": "image_url", "image_url": {"url": link}, "index": 0}]
        async with httpx.AsyncClient() as stranger:
            assert (await stranger.get(link)).content.startswith(b"\x89PNG")
        assert first.usage.total_tokens == first.usage.prompt_tokens + first.usage.completion_tokens > 0
        said = [user("a dog"), {"role": "assistant", "content": message.content}, user("make it run")]
        second = await ann.chat.completions.create(model="minidalle3", messages=said)
        assert "![#2: a cute dog running]" in second.choices[0].message.content
        assert len(await server.house.turns.threads()) == 1


async def test_a_stream_says_the_same_and_is_gone_on_with(serving) -> None:
    async with serving(DOG, RUN) as server, client(server) as ann:
        stream = await ann.chat.completions.create(
            model="minidalle3", messages=[user("a dog")], stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert re.fullmatch(r"Here you are:\s+Like it\?\s+!\[#1: a cute dog\]\(\S+\)", text)
        assert len([chunk for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]) > 5
        assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
        assert chunks[-1].usage.completion_tokens > 0
        said = [user("a dog"), {"role": "assistant", "content": text}, user("make it run")]
        second = await ann.chat.completions.create(model="minidalle3", messages=said)
        assert "![#2:" in second.choices[0].message.content


async def test_a_thread_may_be_named_and_photos_shown(serving) -> None:
    async with serving("Nice.", "And this.") as server, client(server) as ann:
        address = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
        seen = user([{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": address}}])
        named = {"X-Thread-Id": "mine"}
        await ann.chat.completions.create(model="minidalle3", messages=[seen], extra_headers=named)
        own = user([{"type": "image_url", "image_url": {"url": "/threads/mine/pictures/1"}}])
        await ann.chat.completions.create(model="minidalle3", messages=[own], extra_headers=named)
        [caller] = await server.house.doors.callers()
        assert list((await server.house.own(caller).history("mine"))["pictures"]) == ["#1", "#2"]


async def test_errors_are_openais(serving) -> None:
    async with serving() as server, client(server) as ann:
        create = ann.chat.completions.create
        with pytest.raises(openai.NotFoundError) as error:
            await create(model="gpt-5", messages=[user("a dog")])
        assert error.value.code == "model_not_found"
        for wrong in (
            {"messages": []},
            {"messages": [{"role": "assistant", "content": "x"}]},
            {"messages": [user("")]},
            {"messages": [user("a dog")], "n": 2},
            {"messages": [user([{"type": "input_audio"}])]},
            {"messages": [user([{"type": "image_url", "image_url": {"url": "http://127.0.0.1/x"}}])]},
            {"messages": [user("a dog")], "extra_headers": {"X-Thread-Id": "../x"}},
        ):
            with pytest.raises(openai.BadRequestError) as refused:
                await create(model="minidalle3", **wrong)
            assert refused.value.body["message"], wrong
        with pytest.raises(openai.AuthenticationError):
            await ann.with_options(api_key="wrong").models.list()
        assert await server.house.turns.threads() == []


async def test_too_many_requests_say_when_to_come_again(serving) -> None:
    async with serving(rate="1/minute") as server, client(server) as ann:
        await ann.models.list()
        with pytest.raises(openai.RateLimitError) as error:
            await ann.models.list()
        assert int(error.value.response.headers["retry-after"]) > 0


async def test_a_full_queue_is_a_rate_limit(serving) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(engine=engine, queue_limit=1) as server, client(server) as ann:
        drawing = [asyncio.create_task(ann.images.generate(prompt="a dog"))]
        await until(lambda: engine.jobs)
        drawing.append(asyncio.create_task(ann.images.generate(prompt="a cat")))
        await until(server.house.turns.full)
        for asked in (
            ann.images.generate(prompt="a bear"),
            ann.chat.completions.create(model="minidalle3", messages=[user("a bear")]),
        ):
            with pytest.raises(openai.RateLimitError) as error:
                await asked
            assert int(error.value.response.headers["retry-after"]) > 0
        engine.gate.set()
        assert all([len((await each).data) == 1 for each in drawing])


async def test_whoever_sends_anothers_conversation_is_not_let_into_it(serving) -> None:
    async with serving(DOG, "Which dog?", "Nice.") as server, client(server) as ann, client(server) as bob:
        named = {"X-Thread-Id": "dogs"}
        first = await ann.chat.completions.create(model="minidalle3", messages=[user("a dog")], extra_headers=named)
        said = [user("a dog"), {"role": "assistant", "content": first.choices[0].message.content}, user("make it run")]
        answer = await bob.chat.completions.create(model="minidalle3", messages=said)
        assert answer.choices[0].message.content == "Which dog?"
        await bob.chat.completions.create(model="minidalle3", messages=[user("my dog")], extra_headers=named)
        anns, bobs = (server.house.own(caller) for caller in await server.house.doors.callers())
        assert [len((await own.history("dogs"))["turns"]) for own in (anns, bobs)] == [1, 1]
        assert len(await bobs.threads()) == 2
        assert (await bobs.history("dogs"))["pictures"] == {}
        link = re.findall(r"\((\S+)\)", first.choices[0].message.content)[0]
        with pytest.raises(openai.BadRequestError):
            await bob.chat.completions.create(
                model="minidalle3", messages=[user([{"type": "image_url", "image_url": {"url": link}}])]
            )


async def test_pictures_by_address_and_as_bytes(serving) -> None:
    async with serving() as server, client(server) as ann:
        by_address = await ann.images.generate(model="minidalle3", prompt="a dog", n=3, size="64x64")
        assert len({picture.url for picture in by_address.data}) == 3
        async with httpx.AsyncClient() as stranger:
            shown = [(await stranger.get(picture.url)).content for picture in by_address.data]
        assert len(set(shown)) == 3
        [picture] = (await ann.images.generate(prompt="a cat", response_format="b64_json", size="auto")).data
        image = Image.open(io.BytesIO(base64.b64decode(picture.b64_json)))
        assert image.size == (64, 64)


async def test_a_picture_is_edited(serving) -> None:
    engine = Swatch()
    async with serving("scene", engine=engine) as server, client(server) as ann:
        more = {"prompt": "a blue dog", "n": 2, "response_format": "b64_json"}
        made = await ann.images.edit(image=("dog.png", png()), **more)
        assert len(made.data) == 2
        assert [prompt for job in engine.jobs for prompt in job.prompts if "a blue dog" in prompt]
        for wrong in ({"image": [("a.png", png()), ("b.png", png())]}, {"image": ("x.png", b"no picture")}):
            with pytest.raises(openai.BadRequestError):
                await ann.images.edit(prompt="a blue dog", **wrong)
        with pytest.raises(openai.BadRequestError, match="Masks"):
            await ann.images.edit(image=("a.png", png()), mask=("m.png", png()), prompt="x")


async def test_what_cannot_be_drawn_is_an_error(serving) -> None:
    async with serving(engine=Swatch(fail_on="unicorn"), quota="3/day") as server, client(server) as ann:
        for wrong in ({"size": "1000x1001"}, {"n": 9}, {"n": 0}, {"model": "dall-e-3"}, {"output_format": "webp"}):
            with pytest.raises((openai.BadRequestError, openai.NotFoundError)):
                await ann.images.generate(prompt="a dog", **wrong)
        with pytest.raises(openai.InternalServerError, match="no unicorn"):
            await ann.images.generate(prompt="a unicorn")
        with pytest.raises(openai.RateLimitError):
            await ann.images.generate(prompt="a dog", n=4)


async def test_who_leaves_a_stream_ends_the_drawing(serving) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(DOG, engine=engine) as server, client(server) as ann:
        stream = await ann.chat.completions.create(model="minidalle3", messages=[user("a dog")], stream=True)
        await anext(aiter(stream))
        await until(lambda: engine.jobs)
        await stream.close()
        [info] = await server.house.turns.threads()
        async with asyncio.timeout(20):
            while (history := await server.house.turns.history(info["thread"]))["running"]:
                await asyncio.sleep(0.01)
        assert history["pictures"] == {}


@pytest.mark.parametrize("route", ["chat", "images"])
async def test_who_leaves_while_waiting_for_the_whole_ends_the_drawing(serving, route: str) -> None:
    engine = Swatch()
    engine.gate = threading.Event()
    async with serving(DOG, engine=engine) as server, client(server) as ann:
        if route == "chat":
            asked = ann.chat.completions.create(model="minidalle3", messages=[user("a dog")])
        else:
            asked = ann.images.generate(prompt="a dog")
        leaving = asyncio.create_task(asked)
        await until(lambda: engine.jobs)
        leaving.cancel()
        [info] = await server.house.turns.threads()
        async with asyncio.timeout(20):
            while (history := await server.house.turns.history(info["thread"]))["running"]:
                await asyncio.sleep(0.01)
        assert history["pictures"] == {}


async def test_metrics_count_and_tell_no_words(serving) -> None:
    async with serving() as server, client(server) as ann:
        key = {"Authorization": f"Bearer {ann.api_key}"}
        async with httpx.AsyncClient(headers=key) as http:
            url = f"{ann.base_url}".replace("/v1/", "/metrics")
            before = (await http.get(url)).text
            await ann.images.generate(prompt="a secret dog", n=2)
            after = (await http.get(url)).text
            assert (await http.get(url, headers={"Authorization": ""})).status_code == 401

    def count(text: str, name: str) -> float:
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))

    for name, more in (
        ("minidalle3_turns_total", 1),
        ("minidalle3_pictures_total", 2),
        ("minidalle3_failures_total", 0),
    ):
        assert count(after, name) - count(before, name) == more
    assert count(after, "minidalle3_seconds_per_step_count") > count(before, "minidalle3_seconds_per_step_count")
    assert count(after, "minidalle3_queue_length") == 0
    assert "secret" not in after
