"""What control costs, as ratios to the plain drawing of the same picture in the same run, on the embedded model.

`python -m minidalle3.eval.cost [--quick]`; keys `p2p_ratio`, `masactrl_ratio` and `ip_adapter_ratio` (with guidance),
`p2p_unguided_ratio`, `batch4_ratio` (four variations in one batch, to four alone) and `trace_mib` (of one picture,
stored).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue
from tqdm import tqdm

from minidalle3.engines.contract import Drawn, Job, Look
from minidalle3.engines.diffusion import load
from minidalle3.eval.random_adapter import random_adapter
from minidalle3.eval.report import arguments, report
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.trace import trace_to_bytes
from minidalle3.sketchbook.world.learnt import LEARNT
from minidalle3.tools.attention.controls import Control
from minidalle3.tools.attention.session import Source
from minidalle3.tools.text_to_image import Nobody, batch, plain_recipe

SOURCE, WORDS, POSE = (f"a sticker of a {what} in the forest" for what in ("red dog", "blue dog", "red dog jumping"))


SETTLED, QUIET = 0.99, 3


def fastest(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of each work at its fastest; they take turns, so that a busy machine is busy for all of them. Ends early
    when none has got faster by one per cent for three rounds."""
    taken: dict[str, float] = dict.fromkeys(works, float("inf"))
    quiet = 0
    for _ in tqdm(range(rounds), desc="rounds"):
        before, quiet = dict(taken), quiet + 1
        for name, work in works.items():
            start = time.perf_counter()
            work()
            taken[name] = min(taken[name], time.perf_counter() - start)
            if taken[name] < SETTLED * before[name]:
                quiet = 0
        if quiet == QUIET:
            break
    return taken


def main() -> None:
    """The fastest of some rounds: a machine that does other things as well only ever makes a drawing slower."""
    quick = arguments("What control costs, as ratios to plain drawing.").quick
    engine, notes = load("sketchbook"), {}
    if not engine.capabilities.adapters:
        notes["ip_adapter_ratio"] = "of random weights in its shape: the model has no IP-Adapter of its own"
        with tempfile.TemporaryDirectory() as folder:
            engine = load("sketchbook", adapter=str(random_adapter(LEARNT.parent / "unet", Path(folder))))
    plain = plain_recipe(engine.capabilities, {"prompt": SOURCE, "negative_prompt": "", "seed": 1}, None, None)

    def draw(recipe: Recipe, source: Drawn | None = None, rows: int = 1) -> Drawn:
        job: Job = batch([recipe] * rows)
        if source and source.trace:
            job = replace(job, control=Control(recipe, Source(SOURCE, "", source.trace)))
        return engine.draw(job, Nobody())[0]

    free: Recipe = {**plain, "guidance": 1.0}
    source, source_free = draw(plain), draw(free)
    p2p: dict[str, JsonValue] = {"mode": "replace", "cross": 0.8, "layout": 0.4, "local": True}
    words: Recipe = {**plain, "prompt": WORDS, "tool": "prompt_to_prompt", "parameters": p2p}
    pose: Recipe = {**plain, "prompt": POSE, "tool": "masactrl"}
    pose["parameters"] = {"until": 0.91, "subject": "", "local": True}
    like = replace(batch([{**plain, "prompt": WORDS}]), look=Look((source.image,), 0.6))
    seconds = fastest(
        {
            "plain": lambda: draw({**plain, "prompt": WORDS}),
            "free": lambda: draw({**free, "prompt": WORDS}),
            "p2p": lambda: draw(words, source),
            "p2p_free": lambda: draw({**words, "guidance": 1.0}, source_free),
            "masactrl": lambda: draw(pose, source),
            "ip_adapter": lambda: engine.draw(like, Nobody()),
            "batch4": lambda: draw(plain, rows=4),
        },
        2 if quick else 10,
    )
    assert source.trace
    figures = {
        "p2p_ratio": seconds["p2p"] / seconds["plain"],
        "p2p_unguided_ratio": seconds["p2p_free"] / seconds["free"],
        "masactrl_ratio": seconds["masactrl"] / seconds["plain"],
        "ip_adapter_ratio": seconds["ip_adapter"] / seconds["plain"],
        "batch4_ratio": seconds["batch4"] / (4 * seconds["plain"]),
        "trace_mib": len(trace_to_bytes(source.trace)) / 2**20,
    }
    report("cost", figures, quick, notes)


if __name__ == "__main__":
    main()
