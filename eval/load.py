"""Many callers at once: the server over HTTP, the embedded model, and a scripted LLM over HTTP too.

`python -m minidalle3.eval.load [--quick]`; keys `errors` (callers who got no picture), `cross_talk` (callers whose
picture is not the one that their own prompt and seed draw, or who have more than theirs), `throughput_ratio` (pictures
a second, to the stock pipeline alone with the same prompts in batches of the same size, in the same run), `p50_wait`
and `p95_wait` (seconds from asking to the picture).
"""

from __future__ import annotations

import asyncio
import io
import json
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import torch
import uvicorn
from diffusers import StableDiffusionPipeline
from fastapi import FastAPI
from PIL import Image

from minidalle3.eval.report import arguments, report
from minidalle3.eval.scripted import ScriptedServer, running
from minidalle3.gallery.compare import TOLERANCE, compare
from minidalle3.gallery.provenance import extract
from minidalle3.gallery.recipes import Recipe
from minidalle3.graph.settings import Settings
from minidalle3.prompts import load
from minidalle3.serve.app import make_app
from minidalle3.serve.settings import ServeSettings

CALLERS, STEPS = 50, 20
QUICK_CALLERS, QUICK_STEPS = 12, 4
PATIENCE = 3600.0
SUBJECTS = ("dog", "cat", "rabbit", "lion", "bear", "house", "rocket", "tree", "fish", "owl")
PLACES = ("by the river", "in the forest", "on the beach", "in the mountains", "in space")
CHAT = load("chat").splitlines()[0]


@dataclass(frozen=True)
class Served:
    """What one caller got: their picture as a file, the seconds until it came, and how many pictures they have."""

    caller: int
    png: bytes | None
    wait: float
    pictures: int


def wish(caller: int) -> str:
    """What a caller wants to see; no two want the same."""
    return f"a {SUBJECTS[caller % len(SUBJECTS)]} {PLACES[caller // len(SUBJECTS) % len(PLACES)]}"


def answer(body: dict[str, Any]) -> str:
    """The LLM draws what it is told to; asked about anything else, it has nothing to say."""
    if not str(body["messages"][0]["content"]).startswith(CHAT):
        return ""
    return f"Here you are: <image>{body['messages'][-1]['content']}</image>"


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The app over HTTP, at this address."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        task = asyncio.create_task(server.serve([sock]))
        while not server.started:  # noqa: ASYNC110  (uvicorn tells it in no other way)
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        server.should_exit = True
        await task


async def ask(client: httpx.AsyncClient, caller: int, steps: int) -> Served:
    """One caller's turn, followed as it streams; their picture is opened by its link."""
    began, url = time.perf_counter(), None
    wait = float("nan")
    asked = {"text": wish(caller), "thread": "same", "context": {"seed": caller, "steps": steps}}
    async with client.stream("POST", "/agent/stream", json={"input": asked}) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: ["):
                for event in json.loads(line.removeprefix("data: ")):
                    if event["type"] == "picture":
                        wait, url = time.perf_counter() - began, event["url"]
    png = (await client.get(url)).content if url else None
    return Served(caller, png, wait, len((await client.get("/threads/same")).json().get("pictures", {})))


async def storm(home: Path, llm: str, callers: int, steps: int) -> tuple[list[Served], float]:
    """All callers at once; also the seconds until the last of them had everything."""
    settings = Settings(home=home, llm="openai:scripted", llm_base_url=llm, t2i="sketchbook", queue_limit=callers)
    app = make_app(settings, ServeSettings(rate="1000000/minute", quota="1000000/day"))
    async with served(app) as url:
        doors = app.state.house.doors
        keys = [await doors.add(str(caller)) for caller in range(callers + 1)]
        clients = [
            httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE)
            for key in keys
        ]
        await ask(clients[-1], callers, steps)  # whatever is only done once
        began = time.perf_counter()
        got = await asyncio.gather(*(ask(client, n, steps) for n, client in enumerate(clients[:-1])))
        seconds = time.perf_counter() - began
        for client in clients:
            await client.aclose()
    return got, seconds


def bare(recipes: Sequence[Recipe], rows: int) -> tuple[list[Image.Image], float]:
    """The recipes drawn by the stock pipeline and nothing else, in batches; also the seconds that it took."""
    folder = files("minidalle3.sketchbook") / "weights"
    pipe = StableDiffusionPipeline.from_pretrained(str(folder), dtype=torch.float32, use_safetensors=True)
    pipe.set_progress_bar_config(disable=True)

    def draw(batch: Sequence[Recipe]) -> list[Image.Image]:
        images: list[Image.Image] = pipe(
            [recipe["prompt"] for recipe in batch],
            negative_prompt=[recipe["negative_prompt"] for recipe in batch],
            num_inference_steps=batch[0]["steps"],
            guidance_scale=batch[0]["guidance"],
            generator=[torch.Generator("cpu").manual_seed(recipe["seed"] or 0) for recipe in batch],
        ).images
        return images

    draw(recipes[:1])
    began = time.perf_counter()
    images = [image for first in range(0, len(recipes), rows) for image in draw(recipes[first : first + rows])]
    return images, time.perf_counter() - began


def figures(got: Sequence[Served], seconds: float, rows: int) -> dict[str, float | None]:
    """What is reported."""
    pictures = [one for one in got if one.png is not None]
    recipes = [recipe for one in pictures if (recipe := extract(one.png or b""))]
    images, alone = bare(recipes, rows)
    own = [
        compare(Image.open(io.BytesIO(one.png or b"")), image).largest <= TOLERANCE
        and recipe["seed"] == one.caller
        and one.pictures == 1
        for one, recipe, image in zip(pictures, recipes, images, strict=True)
    ]
    waits = [one.wait for one in pictures]
    return {
        "errors": len(got) - len(pictures),
        "cross_talk": own.count(False),
        "throughput_ratio": (len(pictures) / seconds) / (len(images) / alone),
        "p50_wait": float(np.percentile(waits, 50)),
        "p95_wait": float(np.percentile(waits, 95)),
        "callers": len(got),
        "largest_batch": max(recipe["batch_size"] for recipe in recipes),
    }


def main() -> None:
    """A quick run has fewer callers, who want fewer steps."""
    quick = arguments("Many callers at once: no errors, no mix-up, and nearly the speed of the bare pipeline.").quick
    callers, steps = (QUICK_CALLERS, QUICK_STEPS) if quick else (CALLERS, STEPS)
    with tempfile.TemporaryDirectory() as home, running(lambda: ScriptedServer(answer)) as llm:
        got, seconds = asyncio.run(storm(Path(home), llm.url, callers, steps))
        report("load", figures(got, seconds, Settings().batch_limit), quick)


if __name__ == "__main__":
    main()
