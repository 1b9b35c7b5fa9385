"""What one picture costs a house that serves many: of the processor, the gallery, the database, and in events.

`python -m minidalle3.eval.capacity [--quick]`; keys `alone` and `together` (CPU seconds of drawing one picture, and one
of a batch of eight), `house` (CPU seconds of a turn beside the drawing: graph, database, gallery, offline assistant),
`picture_kib` and `trace_kib` (in the gallery), `turn_kib` (in the database), `events` and `events_kib` (of one picture,
without previews). CPU seconds, since a machine that does other things as well only makes the clock run on.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from minidalle3.engines.contract import Engine, Job
from minidalle3.engines.diffusion import load
from minidalle3.engines.owner import Owner
from minidalle3.eval.crowd import Wish
from minidalle3.eval.report import arguments, report
from minidalle3.eval.swatch import Swatch
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.llms.load import load as load_llm
from minidalle3.nodes.services import Services
from minidalle3.tools.text_to_image import Nobody

TURNS, QUICK_TURNS = 30, 6
ROWS = 8


def words(number: int) -> str:
    """Another picture for every number."""
    return Wish(number, "", 0, 0).words


def processor(work: Callable[[], object]) -> float:
    """CPU seconds of this process, all its threads together."""
    before = time.process_time()
    work()
    return time.process_time() - before


def drawing(engine: Engine, rows: int, rounds: int) -> float:
    """CPU seconds a picture."""
    can = engine.capabilities
    assert can.steps and can.guidance
    prompts = tuple(words(row) for row in range(rows))
    job = Job(prompts, ("",) * rows, tuple(range(rows)), can.steps, can.guidance, can.width, can.height)
    engine.draw(job, Nobody())  # whatever is only done once
    return processor(lambda: [engine.draw(job, Nobody()) for _ in range(rounds)]) / (rows * rounds)


async def converse(home: Path, engine: Engine, turns: int) -> list[str]:
    """One conversation, a picture a turn; returns its events as JSON."""
    settings = Settings(home=home, llm="offline")
    house = await Turns.open(settings, Services.of(settings, load_llm(settings), Owner(lambda: engine)))
    events = []
    for number in range(turns):
        turn = await house.start("one", f"Draw {words(number)}")
        events += [json.dumps(event) async for event in house.events(turn)]
    assert len((await house.history("one"))["pictures"]) == turns
    await house.close()
    return events


def kib(home: Path, pattern: str, count: int) -> float:
    """KiB of files by what they are of."""
    return sum(file.stat().st_size for file in home.glob(pattern)) / 2**10 / count


def main() -> None:
    """A quick run has fewer turns."""
    turns = QUICK_TURNS if (quick := arguments("What one picture costs a house that serves many.").quick) else TURNS
    engine = load("sketchbook", "cpu")
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder, "sketchbook"), Path(folder, "swatch")
        events = asyncio.run(converse(one, engine, turns))
        # Drawings cost next to nothing to this engine, and as many steps are told of.
        house = processor(lambda: asyncio.run(converse(other, Swatch(engine.capabilities.steps or 0), turns)))
        figures = {
            "alone": drawing(engine, 1, 2 if quick else 8),
            "together": drawing(engine, ROWS, 1 if quick else 3),
            "house": house / turns,
            "picture_kib": kib(one, "gallery/pictures/*/*", turns),
            "trace_kib": kib(one, "gallery/traces/*/*", turns),
            "turn_kib": kib(one, "threads.sqlite*", turns),
            "events": len(events) / turns,
            "events_kib": sum(map(len, events)) / 2**10 / turns,
            "turns": turns,
        }
    report("capacity", figures, quick)


if __name__ == "__main__":
    main()
