"""SketchBench's frozen edits: what each changes, what the person says, and where the picture may differ afterwards.

The ten edit types of PIE-Bench (Ju et al. 2023) in the sketchbook's world, where truth is known;
`edit_lots` wrote them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.scenes import render

FOLDER = Path(__file__).parent / "data" / "consistency"
TYPES = (
    "random", "object", "add", "delete", "content", "pose", "colour", "material", "background", "style",
)  # fmt: skip
TURNS = 10
"""Of a chain."""
GROWN = 5
"""Pixels, wide and high, by which each pixel that differs is grown to the mask of what may differ."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Edit:
    """One change that a person asks for; scenes and captions before and after it.

    `local`: it is of a part of the picture. `rendered`: the source is a photo of the rendered scene; else the model
    draws it first. `seed`: of the render's ground, or of the drawing's noise.
    """

    type: str
    before: Scene
    after: Scene
    captions: tuple[str, str]
    said: str
    local: bool
    rendered: bool
    seed: int


def written(edits: list[Edit]) -> str:
    """One JSON object a line, without what a scene leaves unsaid."""

    def said(scene: dict[str, Any]) -> dict[str, Any]:
        return {name: word for name, word in scene.items() if word is not None}

    rows = ({**row, "before": said(row["before"]), "after": said(row["after"])} for row in map(asdict, edits))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def path(kind: str, split: str) -> Path:
    return FOLDER / f"{kind}.{split}.jsonl"


def _read(kind: str, split: str) -> list[Edit]:
    def made(row: dict[str, Any]) -> Edit:
        scenes = {"before": Scene(**row["before"]), "after": Scene(**row["after"])}
        return Edit(**{**row, **scenes, "captions": tuple(row["captions"])})

    return [made(json.loads(line)) for line in path(kind, split).read_text("utf-8").splitlines()]


def edits(split: str) -> list[Edit]:
    """The frozen edits, types in turn."""
    return _read("edits", split)


def chains(split: str) -> list[list[Edit]]:
    """The frozen chains of `TURNS` edits each."""
    turns = _read("chains", split)
    return [turns[start : start + TURNS] for start in range(0, len(turns), TURNS)]


def changed_part(edit: Edit) -> Mask:
    """Where the picture may differ afterwards, (128, 128): in a photo where the two renders differ, grown a little; in
    a picture of the model's own, in the frames of what differs, or everywhere where the ground does."""
    before, after = render(edit.before, edit.seed), render(edit.after, edit.seed)
    if edit.rendered:
        differs = (np.asarray(before.image) != np.asarray(after.image)).any(-1)
        grown = Image.fromarray(differs).convert("L").filter(ImageFilter.MaxFilter(GROWN))
        return np.asarray(grown) > 0
    mask = np.full((before.image.height, before.image.width), not edit.local)
    for one in {*before.frames} ^ {*after.frames}:
        mask[one.y : one.y + one.side, one.x : one.x + one.side] = True
    return mask
