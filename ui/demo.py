"""The person's side of the paper's Figures 1, 4 and 8, said to the embedded models; one HTML page comes out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.conversation import conversation, page
from minidalle3.ui.notice import models

FIGURES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "figure-1": {
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
    },
    "figure-4": {
        "Six kinds of instruction": (
            "My 7-year-old dreamed of a superman cat. What does it look like?",
            "He says its name is Bob. Can I see more like this?",
            "He's going to love these! Can you pick the second one?",
            "Great, I like this one, it is so cute. Could you make Bob flying in the sky?",
            "This looks great! Can you refine the image so that I can use it for a story book?",
            "Bob looks strong, what's his story? Could you tell me some?",
        ),
    },
    "figure-8-article": {
        "A picture for an article": (
            "I want to draw a picture for my article, the theme is the Spring Festival. Do you have any idea?",
            "Looks great, could you draw it?",
            "Can you imagine another scene of setting off firecrackers?",
        ),
    },
    "figure-8-story": {
        "A story part by part": (
            'I have a song called "Sleepyhead". Could you draw illustrations for it? I will give you the lyrics.',
            "There once lived a princess, the fairest of them all.",
            "The princess slept alone at night.",
            "Could you summarize the story with interleaved images?",
        ),
    },
    "figure-8-spaceship": {
        "Suggestions first": (
            "I want to design a picture of a spaceship, could you give me some suggestions?",
            "I like the Retro Spaceship, could you imagine a picture of it?",
            "What is the prompt for it?",
            "I don't want the fins",
        ),
    },
    "figure-8-logo": {
        "A logo": (
            "Can you help me to design a logo for a text-to-image app?",
            "It is called mini-dalle3",
            "I would like it to be flat",
            "I want it to use orange as the main color",
        ),
    },
}
"""Threads, headings, and what the person says, after figures of the Mini DALL·E 3 paper (arXiv:2310.07653)."""
LEAD = (
    "The person's side of Figures 1, 4 and 8 of the Mini DALL·E 3 paper, answered and drawn by the models that come "
    "with it; what these cannot draw, they say."
)


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
    """Each conversation in a fresh thread, as HTML."""
    total = sum(len(lines) for parts in FIGURES.values() for lines in parts.values())
    with tqdm(total=total, unit="turn", disable=None) as bar:
        return "\n".join(body for thread, parts in FIGURES.items() for body in told(house, thread, parts, bar))


def told(house: Bridge, thread: str, parts: Mapping[str, Sequence[str]], bar: tqdm) -> Iterator[str]:
    """One conversation, in parts with their headings."""
    for line in (line for lines in parts.values() for line in lines):
        bar.set_description(line)
        for _ in house.events(house.start(thread, line)):
            bar.refresh()
        bar.update()
    history = house.history(thread)
    turns = iter(history["turns"])
    for title, lines in parts.items():
        part = list(islice(turns, len(lines)))
        yield f"<h2>{title}</h2>\n{conversation(part, history['pictures'], house.gallery)}"


if __name__ == "__main__":
    main()
