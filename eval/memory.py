"""How large the memory of a long conversation is: 50 turns with 100 pictures, through the real front door.

`python -m minidalle3.eval.memory [--quick]`; key `mib`: the checkpoint database in MiB when the house is shut.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tqdm import tqdm

from minidalle3.eval.report import arguments, report
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns

TURNS = 50
SUBJECTS = ("dog", "cat", "rabbit", "lion", "bear", "house", "rocket", "tree", "fish", "owl")
PLACES = ("by the river", "in the forest", "on the beach", "in the mountains", "in space")


async def converse(home: Path, steps: int | None) -> int:
    """Have the conversation; returns the number of pictures in the tree."""
    turns = await Turns.open(Settings(home=home, llm="offline", t2i="sketchbook"))
    for number in tqdm(range(TURNS), desc="turns"):
        subject, place = SUBJECTS[number % len(SUBJECTS)], PLACES[number // len(SUBJECTS)]
        turn = await turns.start("long", f"Show me two versions of a {subject} {place}", context=Context(steps=steps))
        async for _ in turns.events(turn):
            pass
    pictures = len((await turns.history("long"))["pictures"])
    await turns.close()
    return pictures


def main() -> None:
    """A quick run draws with one step: pictures are not in the database, so its size is the same."""
    quick = arguments("Size of the checkpoint database after 50 turns with 100 pictures.").quick
    with tempfile.TemporaryDirectory() as home:
        pictures = asyncio.run(converse(Path(home), 1 if quick else None))
        mib = sum(file.stat().st_size for file in Path(home).glob("threads.sqlite*")) / 2**20
    report("memory", {"mib": mib, "turns": TURNS, "pictures": pictures}, quick)


if __name__ == "__main__":
    main()
