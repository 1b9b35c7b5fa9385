"""The frozen prompts on which the embedded model is measured: scenes, half of them with pairs that training never sees.

`python -m minidalle3.eval.prompts` writes `eval/data/sketchbook/` again, the same to the byte. Scenes are drawn by the
lots of training; each word of a kind is asked for a few times in each half, the rest come as they come.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from minidalle3.sketchbook.world.lots import draw_lots, draw_unseen
from minidalle3.sketchbook.world.scene import Scene, caption
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, RELATIONS, WORN

FOLDER = Path(__file__).parent / "data" / "sketchbook"
SPLITS = {"held_out": (500, 11), "tuning": (200, 12)}  # how many, and the seed of the lots
HALF = 250
_WISHES: tuple[tuple[str, str | int], ...] = (
    *(("place", place) for place in PLACES for _ in range(2)),
    *(("colour", colour) for colour in COLOURS for _ in range(3)),
    *(("action", action) for action in ACTIONS for _ in range(3)),
    *(("worn", worn) for worn in WORN for _ in range(2)),
    *(("relation", relation) for relation in RELATIONS for _ in range(7)),
    *(("count", count) for count in (2, 3) for _ in range(9)),
)


@dataclass(frozen=True)
class Prompt:
    """A scene to draw, its canonical caption, the seed of its noise, and whether training may have met its pairs."""

    scene: Scene
    caption: str
    seed: int
    seen: bool


def _wished(random: Random, wish: tuple[str, str | int] | None, seen: bool, taken: set[str]) -> Scene:
    while True:
        scene = draw_lots(random) if seen else draw_unseen(random)
        if (wish is None or getattr(scene, wish[0]) == wish[1]) and caption(scene) not in taken:
            return scene


def draw(split: str, taken: set[str]) -> Iterator[Prompt]:
    """The prompts of a split, seen and unseen in turn; none whose caption is `taken`, which grows."""
    number, seed = SPLITS[split]
    random = Random(seed)
    blank: list[tuple[str, str | int] | None] = [None] * (HALF - len(_WISHES))
    halves = [random.sample([*_WISHES, *blank], number // 2) for _ in range(2)]
    for at in range(number):
        seen = at % 2 == 0
        scene = _wished(random, halves[at % 2][at // 2], seen, taken)
        taken.add(caption(scene))
        yield Prompt(scene, caption(scene), 1000 * seed + at, seen)


def written(split: str, taken: set[str]) -> str:
    """A split as its file has it: one JSON object a line, without what a scene leaves unsaid."""
    rows = (asdict(prompt) for prompt in draw(split, taken))
    said = ({**row, "scene": {name: word for name, word in row["scene"].items() if word is not None}} for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in said)


def path(split: str) -> Path:
    return FOLDER / f"prompts.{split}.jsonl"


def prompts(split: str) -> list[Prompt]:
    """The frozen prompts; the caption is what is drawn, even if the world should come to say it otherwise."""
    rows = map(json.loads, path(split).read_text("utf-8").splitlines())
    return [Prompt(**{**row, "scene": Scene(**row["scene"])}) for row in rows]


def main() -> None:
    taken: set[str] = set()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        path(split).write_text(written(split, taken), "utf-8")
        print(path(split))


if __name__ == "__main__":
    main()
