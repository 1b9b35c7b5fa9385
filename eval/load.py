"""Many callers at once: the server over HTTP, the embedded model, and a scripted LLM over HTTP too.

`python -m minidalle3.eval.load [--quick]`; keys `errors` (callers who got no picture), `cross_talk` (callers whose
picture is not the one that their own words and seed draw, whose reply speaks of another's, who have more than theirs,
or who can open another's), `throughput_ratio` (pictures a second, to the stock pipeline alone with the same prompts in
batches of the same size), `p50_wait` and `p95_wait` (seconds from asking to the picture's bytes).

Server and bare pipeline take turns, `RACES` times in one run. The callers and the LLM are another process, on the
same cores: what they cost counts against the server. `--engine ray` draws with replicas (see `eval/replicas.py`).
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
import uvicorn
from diffusers import StableDiffusionPipeline
from fastapi import FastAPI
from PIL import Image

from minidalle3.eval.crowd import Served, Wish, inspect, listen, storm
from minidalle3.eval.report import parser, report
from minidalle3.gallery.compare import TOLERANCE, compare
from minidalle3.gallery.provenance import extract
from minidalle3.gallery.recipes import Recipe
from minidalle3.graph.settings import Settings
from minidalle3.serve.app import make_app
from minidalle3.serve.settings import ServeSettings

CALLERS, RACES = 50, 2
NOTES = {
    "throughput_ratio": "by the clock: above 1 means that other work shared the cores unevenly",
    "cpu_ratio": "CPU seconds, bare to serving process: what one core alone would give",
}
QUICK_CALLERS = 16
STEPS = 20


@dataclass(frozen=True)
class Race:
    """One crowd served, and the same pictures drawn bare: seconds on the clock, and of this process's CPU."""

    got: list[Served]
    seconds: float
    cpu: float
    recipes: list[Recipe]
    due: list[Image.Image]
    bare_seconds: float
    bare_cpu: float


class Bare:
    """The stock pipeline and nothing else."""

    def __init__(self) -> None:
        folder = files("minidalle3.sketchbook") / "weights"
        self._pipe = StableDiffusionPipeline.from_pretrained(str(folder), dtype=torch.float32, use_safetensors=True)
        self._pipe.set_progress_bar_config(disable=True)

    def timed(self, recipes: Sequence[Recipe]) -> tuple[list[Image.Image], float, float]:
        """The recipes drawn in batches as large as the server's may be; also the seconds, and those of the CPU."""
        clock, cpu, rows = time.perf_counter(), time.process_time(), Settings().batch_limit
        batches = [recipes[first : first + rows] for first in range(0, len(recipes), rows)]
        images = [image for batch in batches for image in self._batch(batch)]
        return images, time.perf_counter() - clock, time.process_time() - cpu

    def _batch(self, recipes: Sequence[Recipe]) -> list[Image.Image]:
        images: list[Image.Image] = self._pipe(
            [recipe["prompt"] for recipe in recipes],
            negative_prompt=[recipe["negative_prompt"] for recipe in recipes],
            num_inference_steps=recipes[0]["steps"],
            guidance_scale=recipes[0]["guidance"],
            generator=[torch.Generator("cpu").manual_seed(recipe["seed"] or 0) for recipe in recipes],
        ).images
        return images


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
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


async def races(home: Path, callers: int, count: int, t2i: str = "sketchbook") -> list[Race]:
    """Crowd after crowd, all of them at one server."""
    loop, bare = asyncio.get_running_loop(), Bare()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as outside:
        llm = await loop.run_in_executor(outside, listen)
        settings = Settings(home=home, llm="openai:scripted", llm_base_url=llm, t2i=t2i, queue_limit=callers)
        app = make_app(settings, ServeSettings(rate="1000000/minute", quota="1000000/day"))
        async with serving(app) as url:
            keys = [await app.state.house.doors.add(str(caller)) for caller in range(callers)]

            async def race(name: str, crowd: int, first: int) -> Race:
                wishes = [Wish(caller, name, first + caller, STEPS) for caller in range(crowd)]
                cpu = time.process_time()
                got, seconds = await loop.run_in_executor(outside, storm, url, keys[:crowd], wishes)
                cpu = time.process_time() - cpu
                got = await loop.run_in_executor(outside, inspect, url, keys[:crowd], got)
                recipes = [recipe for one in got if one.png and (recipe := extract(one.png))]
                return Race(got, seconds, cpu, recipes, *await asyncio.to_thread(bare.timed, recipes))

            await race("first", 1, 0)  # whatever is only done once
            return [await race(f"crowd-{number}", callers, 1 + number * callers) for number in range(count)]


def own(one: Served, recipe: Recipe, due: Image.Image) -> bool:
    """Whether everything a caller got is theirs."""
    words = one.wish.words.split()
    return (
        set(words[1:]) <= set(recipe["prompt"].split())
        and (recipe["seed"], recipe["steps"]) == (one.wish.seed, one.wish.steps)
        and compare(Image.open(io.BytesIO(one.png or b"")), due).largest <= TOLERANCE
        and one.wish.words in one.said
        and one.pictures == 1
        and one.apart
    )


def figures(done: Sequence[Race]) -> dict[str, float | None]:
    """What is reported."""
    got = [one for race in done for one in race.got]
    pictures = [one for one in got if one.png]
    recipes = [recipe for race in done for recipe in race.recipes]
    due = [image for race in done for image in race.due]
    waits = [one.wait for one in pictures]
    return {
        "errors": len(got) - len(pictures),
        "cross_talk": [own(*one) for one in zip(pictures, recipes, due, strict=True)].count(False),
        "throughput_ratio": sum(race.bare_seconds for race in done) / sum(race.seconds for race in done),
        "cpu_ratio": sum(race.bare_cpu for race in done) / sum(race.cpu for race in done),
        "p50_wait": float(np.percentile(waits, 50)),
        "p95_wait": float(np.percentile(waits, 95)),
        "callers": len(done[0].got),
        "largest_batch": max(recipe["batch_size"] for recipe in recipes),
        "mean_batch": len(recipes) / sum(1 / recipe["batch_size"] for recipe in recipes),
    }


def clocks(race: Race) -> dict[str, float]:
    """Seconds, for who wants to see how even the races are."""
    names = ("seconds", "cpu", "bare_seconds", "bare_cpu")
    return {name: round(getattr(race, name), 2) for name in names}


def main() -> None:
    """A quick run has one smaller crowd."""
    options = parser("Many callers at once: no errors, no mix-up, and nearly the speed of the bare pipeline.")
    options.add_argument("--engine", choices=("sketchbook", "ray"), default="sketchbook", help="ray: replicas of it")
    asked = options.parse_args()
    quick: bool = asked.quick
    callers, count = (QUICK_CALLERS, 1) if quick else (CALLERS, RACES)
    if asked.engine == "ray":
        from minidalle3.eval import replicas

        replicas.compare(callers, count, quick)
        return
    with tempfile.TemporaryDirectory() as home:
        done = asyncio.run(races(Path(home), callers, count))
    report("load", figures(done), quick, NOTES, more={"races": [clocks(race) for race in done]})


if __name__ == "__main__":
    main()
