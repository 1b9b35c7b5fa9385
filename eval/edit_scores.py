"""SketchBench's edits and chains, drawn and judged, by as many processes as there are cores for."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from tqdm import tqdm

from minidalle3.eval.editing import Studio
from minidalle3.eval.edits import TURNS, Edit, changed_part
from minidalle3.eval.judges import Judges
from minidalle3.eval.likeness import clip_of
from minidalle3.eval.sketchbook import WEIGHTS
from minidalle3.eval.verdict import Jury, Score
from minidalle3.sketchbook.world.scenes import render

AFTER = (1, 3, 5, TURNS)
TOGETHER = 8
"""Edits whose sources and plain pictures are drawn as one batch."""


@dataclass
class Scores:
    """`edits`: of every edit by every method, the render of its truth included. `chosen`: how often the house chose
    which tool for which type. `chains`: after so many turns."""

    edits: list[Score] = field(default_factory=list)
    chosen: Counter[tuple[str, str]] = field(default_factory=Counter)
    chains: dict[int, list[Score]] = field(default_factory=lambda: {turns: [] for turns in AFTER})

    def __iadd__(self, other: Scores) -> Scores:
        self.edits += other.edits
        self.chosen += other.chosen
        for turns, scores in other.chains.items():
            self.chains[turns] += scores
        return self


def scored(edits: Sequence[Edit], chains: Sequence[list[Edit]], steps: int, processes: int) -> Scores:
    """All of them, each process with a house of its own and one thread, which a model this small is drawn best by."""
    shares = [(edits[at::processes], chains[at::processes], steps, at) for at in range(processes)]
    if processes == 1:
        return share(*shares[0])
    whole = Scores()
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for part in pool.map(share, *zip(*shares, strict=True)):
            whole += part
    return whole


def share(edits: Sequence[Edit], chains: Sequence[list[Edit]], steps: int, rank: int) -> Scores:
    """One process's; `rank` is the line of its progress on the screen."""
    torch.set_num_threads(1)

    async def work() -> Scores:
        with tempfile.TemporaryDirectory() as home:
            studio, jury = Studio.opened(Path(home), steps), Jury(Judges.load(), clip_of(WEIGHTS))
            try:
                found = Scores()
                with tqdm(desc="edits", total=len(edits) + len(chains), position=rank) as bar:
                    await edited(studio, jury, edits, found, bar)
                    await chained(studio, jury, chains, found, bar)
                return found
            finally:
                studio.close()

    return asyncio.run(work())


async def edited(studio: Studio, jury: Jury, edits: Sequence[Edit], found: Scores, bar: tqdm[None]) -> None:
    """Every edit by every method there is."""
    tools = await studio.tools()
    for start in range(0, len(edits), TOGETHER):
        await studio.prepare(edits[start : start + TOGETHER])
        for edit in edits[start : start + TOGETHER]:
            source, part = await studio.source(edit), changed_part(edit)
            before = studio.image(source["digest"])
            drawn = {tool: await studio.alone(tool, edit, source) for tool in tools}
            made, tool = await studio.chosen(edit, {"#1": source})
            found.chosen[edit.type, tool] += 1
            drawn["node"] = studio.image(made["digest"])
            if edit.rendered:
                drawn["truth"] = render(edit.after, edit.seed).image
            found.edits += [jury.score(edit, method, before, after, part) for method, after in drawn.items()]
            bar.update()


async def chained(studio: Studio, jury: Jury, chains: Sequence[list[Edit]], found: Scores, bar: tqdm[None]) -> None:
    """What all turns of a chain together did to its source. The background is what none of them is about."""
    for chain in chains:
        source = await studio.source(chain[0])
        pictures, before = {"#1": source}, studio.image(source["digest"])
        part = changed_part(chain[0])
        for edit in chain[1:]:
            part |= changed_part(edit)
        for turns, edit in enumerate(chain, 1):
            made, tool = await studio.chosen(edit, pictures)
            pictures[made["id"]] = made
            if turns in AFTER:
                whole = replace(edit, before=chain[0].before)
                found.chains[turns].append(jury.score(whole, tool, before, studio.image(made["digest"]), part))
        bar.update()
