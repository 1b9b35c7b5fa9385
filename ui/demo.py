"""The person's side of the paper's first figure, said to the embedded models; one HTML page comes out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.conversation import conversation, page
from minidalle3.ui.notice import models

FIGURE = {
    "Talking a picture into being": (
        "Hello! What are you?",
        "That’s awesome. Can you generate a cute dog?",
        "Cool! Could you make some sticker?",
        "Good! Can you make it run near the river?",
        "Don't be a sticker",
    ),
    "Going on from it": (
        "What would this dog's house look like?",
        "Don't be a 3D model!",
        "Can you turn this description into an image?",
        "Where is the dog?",
        "It looks great!",
    ),
}
"""What the person says in the two conversations of Figure 1 of the Mini DALL·E 3 paper (arXiv:2310.07653)."""
LEAD = "The person's side of Figure 1 of the Mini DALL·E 3 paper, answered and drawn by the models that come with it."
THREAD = "figure-1"


def main(argv: Sequence[str] | None = None, open_house: Callable[[Settings], Bridge] = Bridge) -> None:
    """Write the page and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m minidalle3.ui.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR", help="folder for the page")
    out: Path = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="home-", dir=out, ignore_cleanup_errors=True) as home,
        open_house(Settings(home=Path(home), llm="offline", t2i="sketchbook")) as house,
    ):
        body = replay(house)
        foot = models(house.settings)
    file = out / "index.html"
    file.write_text(page("Mini-DALLE3", LEAD, foot, body), "utf-8")
    print(f"The conversation is in {file.resolve()}")


def replay(house: Bridge) -> str:
    """All of it in one fresh thread, as HTML."""
    lines = [line for part in FIGURE.values() for line in part]
    with tqdm(total=len(lines), unit="turn", disable=None) as bar:
        for line in lines:
            bar.set_description(line)
            for _ in house.events(house.start(THREAD, line)):
                bar.refresh()
            bar.update()
    history = house.history(THREAD)
    body, told = [], 0
    for title, part in FIGURE.items():
        turns = history["turns"][told : told + len(part)]
        told += len(part)
        body.append(f"<h2>{title}</h2>\n{conversation(turns, history['pictures'], house.gallery)}")
    return "\n".join(body)


if __name__ == "__main__":
    main()
