"""`python -m support.drawing HOME DATABASE THREAD`: a process that is in the middle of a turn until it is killed."""

import asyncio
import sys
import threading
from pathlib import Path

from support.house import opened
from support.swatch import Swatch
from support.watching import until


async def draw(home: Path, database: str, thread: str) -> None:
    """Say when the engine has begun, and never finish."""
    engine = Swatch()
    engine.gate = threading.Event()
    reply = "Sure: <edit>a cute dog running near the river</edit>"
    async with opened(home, reply, engine=engine, database=database) as turns:
        await turns.start(thread, "make it run")
        await until(lambda: engine.jobs)
        sys.stdout.write("drawing\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1]), *sys.argv[2:]))
