"""Many callers of one server over HTTP, and the LLM that it asks: run in a process of their own, as callers are."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

import httpx

from minidalle3.eval.scripted import ScriptedServer
from minidalle3.prompts import load

PATIENCE = 3600.0
SUBJECTS = ("dog", "cat", "rabbit", "lion", "bear", "house", "rocket", "tree", "fish", "owl")
PLACES = ("by the river", "in the forest", "on the beach", "in the mountains", "in space")
CHAT = load("chat").splitlines()[0]


@dataclass(frozen=True)
class Wish:
    """What one caller asks for; no two of a crowd ask for the same, and no two of any crowds with the same seed."""

    caller: int
    thread: str
    seed: int
    steps: int

    @property
    def words(self) -> str:
        """The picture, in words that the sketchbook knows."""
        return f"a {SUBJECTS[self.caller % len(SUBJECTS)]} {PLACES[self.caller // len(SUBJECTS) % len(PLACES)]}"


@dataclass(frozen=True)
class Served:
    """What a caller got: the words of the reply, the link to their picture, its file, and the seconds until then."""

    wish: Wish
    said: str
    link: str | None
    png: bytes | None
    wait: float
    pictures: int = 0
    """How many their thread has."""
    apart: bool = False
    """Whether the path of the next caller's picture leads to none but their own."""


def listen() -> str:
    """Start the LLM, which ends with this process, and return its address."""
    server = ScriptedServer(answer)
    Thread(target=server.serve_forever, daemon=True).start()
    return server.url


def answer(body: dict[str, Any]) -> str:
    """The LLM draws what it is told to; asked about anything else, it has nothing to say."""
    if not str(body["messages"][0]["content"]).startswith(CHAT):
        return ""
    words = body["messages"][-1]["content"]
    return f"Here is {words}: <image>{words}</image>"


def storm(url: str, keys: Sequence[str], wishes: Sequence[Wish]) -> tuple[list[Served], float]:
    """All wishes at once, each with a key of its own; also the seconds until the last picture had arrived."""
    return asyncio.run(served(url, keys, wishes))


async def served(url: str, keys: Sequence[str], wishes: Sequence[Wish]) -> tuple[list[Served], float]:
    """What each caller got."""
    async with clients(url, keys) as callers:
        began = time.perf_counter()
        got = await asyncio.gather(*(ask(client, wish) for client, wish in zip(callers, wishes, strict=True)))
        return got, time.perf_counter() - began


def inspect(url: str, keys: Sequence[str], got: Sequence[Served]) -> list[Served]:
    """What callers have, and see of each other, when all have their pictures."""

    async def looked() -> list[Served]:
        async with clients(url, keys) as callers:
            return [await look(*each) for each in zip(callers, got, [*got[1:], got[0]], strict=True)]

    return asyncio.run(looked())


@asynccontextmanager
async def clients(url: str, keys: Sequence[str]) -> AsyncIterator[list[httpx.AsyncClient]]:
    """One for each key."""
    made = [
        httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE) for key in keys
    ]
    yield made
    for client in made:
        await client.aclose()


async def ask(client: httpx.AsyncClient, wish: Wish) -> Served:
    """One caller's turn, followed as it streams; their picture is opened by its link."""
    began, said, link = time.perf_counter(), "", None
    asked = {"text": wish.words, "thread": wish.thread, "context": {"seed": wish.seed, "steps": wish.steps}}
    async with client.stream("POST", "/agent/stream", json={"input": asked}) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: ["):
                for event in json.loads(line.removeprefix("data: ")):
                    said += event["delta"] if event["type"] == "text" else ""
                    link = event["url"] if event["type"] == "picture" else link
    png = (await client.get(link)).content if link else None
    return Served(wish, said, link, png, time.perf_counter() - began)


async def look(client: httpx.AsyncClient, one: Served, other: Served) -> Served:
    """Into the caller's thread, and at another's picture with the caller's own key."""
    pictures = (await client.get(f"/threads/{one.wish.thread}")).json().get("pictures", {})
    there = await client.get((other.link or "").partition("?")[0])
    return replace(one, pictures=len(pictures), apart=there.content == one.png or there.status_code == 404)
