"""The load benchmark with engines in a Ray cluster on this machine: two replicas, a core each, against one."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import ray
from ray import serve

from minidalle3.engines.cluster import PREFIX, deploy
from minidalle3.engines.replica import diffusion
from minidalle3.eval.load import Race, clocks, figures, races
from minidalle3.eval.report import report
from minidalle3.graph.settings import Settings

APP = "load"


def compare(callers: int, count: int, quick: bool) -> None:
    """The figures of two replicas, the pictures a second of one and of two, and `two_to_one`: how much faster two are,
    each measured by the bare pipeline that took turns with them.
    """
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # else it leaves one in the person's home
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    crowds = []
    try:
        for replicas in (1, 2):
            deploy(APP, partial(diffusion, "sketchbook", "cpu", None), replicas, together=Settings().batch_limit)
            with tempfile.TemporaryDirectory() as home:
                crowds.append(asyncio.run(races(Path(home), callers, count, f"{PREFIX}{APP}")))
    finally:
        serve.shutdown()  # type: ignore[no-untyped-call]
        ray.shutdown()
    (one, two), shown = map(pace, crowds), figures(crowds[1])
    relative = [sum(race.bare_seconds for race in done) / sum(race.seconds for race in done) for done in crowds]
    del shown["cpu_ratio"]  # the drawing is in other processes
    shown |= {"one_a_second": one, "two_a_second": two, "two_to_one": relative[1] / relative[0]}
    report("load_ray", shown, quick, more={"races": [[clocks(race) for race in done] for done in crowds]})


def pace(done: Sequence[Race]) -> float:
    """Pictures a second."""
    return sum(len(race.recipes) for race in done) / sum(race.seconds for race in done)
