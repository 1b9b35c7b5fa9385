"""Whether a subject that IP-Adapter is shown stays who it is in a new place: renders of frozen prompts, drawn on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import torch
from tqdm import tqdm

from minidalle3.engines.adapter import Adapter, find, load_adapter
from minidalle3.engines.contract import Look
from minidalle3.engines.diffusion import HABITS
from minidalle3.eval.judges import Judges, found
from minidalle3.eval.prompts import Prompt
from minidalle3.sketchbook.world.learnt import learnt
from minidalle3.sketchbook.world.scene import Scene, caption
from minidalle3.sketchbook.world.scenes import render

SCALE = 0.7
EACH = 3
"""New places for each subject that is shown."""
HABIT = HABITS["sketchbook"]


@dataclass(frozen=True)
class Kept:
    """Of so many drawn pictures: the shares with the shown subject in its colour, with the new place, with both."""

    identity: float
    place: float
    both: float
    drawn: int
    shown: int


def adapter_of(pipe: Any, weights: Path) -> Adapter | None:
    """The adapter in a folder of weights, out of the way until it is shown something; None where there is none."""
    there = find(weights, None, pipe.unet.config.cross_attention_dim)
    if there is None:
        return None
    adapter = load_adapter(pipe, there)
    adapter.rest()
    return adapter


def looks(
    pipe: Any, weights: Path, judges: Judges, chosen: Sequence[Prompt]
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Figures and notes of the adapter of the weights, if they have one."""
    names = ("ip_identity", "ip_place", "ip_both")
    adapter = adapter_of(pipe, weights)
    if adapter is None:
        return dict.fromkeys(names), dict.fromkeys(names, "the weights have no IP-Adapter: no folder ip_adapter")
    of = kept(pipe, adapter, judges, chosen)
    if of is None:
        return dict.fromkeys(names), dict.fromkeys(names, "the judge knows no subject of the renders")
    note = f"of {of.drawn} pictures of {of.shown} subjects, at scale {SCALE}"
    return dict(zip(names, (of.identity, of.place, of.both), strict=True)), dict.fromkeys(names, note)


def kept(pipe: Any, adapter: Adapter, judges: Judges, chosen: Sequence[Prompt]) -> Kept | None:
    """None where there is nobody to show. The words name subject, style and new place; colour and dress are seen in
    the render alone. Shown are those subjects that stand alone and that the judge knows in their renders."""
    marks = [mark for prompt in tqdm(chosen, desc="shown") for mark in marked(pipe, adapter, judges, prompt)]
    if not marks:
        return None
    same, there, both = (sum(each) / len(marks) for each in zip(*((*mark, all(mark)) for mark in marks), strict=True))
    return Kept(same, there, both, len(marks), len(marks) // EACH)


def marked(pipe: Any, adapter: Adapter, judges: Judges, prompt: Prompt) -> list[tuple[bool, bool]]:
    """Whether subject and colour, and whether the place, are right in each new picture."""
    shown = render(prompt.scene, prompt.seed).image
    seen = found(judges, shown, prompt.scene)
    if (seen["subject"], seen["colour"]) != (prompt.scene.subject, prompt.scene.colour):
        return []
    scenes = elsewhere(prompt)
    with adapter.shown(Look((shown,), SCALE)) as look:
        images = pipe(
            [caption(scene) for scene in scenes],
            generator=[torch.Generator("cpu").manual_seed(prompt.seed + at) for at in range(EACH)],
            num_inference_steps=HABIT.steps,
            guidance_scale=HABIT.guidance,
            guidance_rescale=HABIT.guidance_rescale,
            **look,
        ).images
    marks = []
    for image, scene in zip(images, scenes, strict=True):
        words = found(judges, image, scene)
        same = (words["subject"], words["colour"]) == (seen["subject"], seen["colour"])
        marks.append((same, words["place"] == scene.place))
    return marks


def alone(prompts: Sequence[Prompt]) -> list[Prompt]:
    """Those of one subject in a colour that is said, and nothing beside it."""
    return [one for one in prompts if one.scene.count == 1 and one.scene.colour and not one.scene.companion]


def elsewhere(prompt: Prompt) -> list[Scene]:
    """The subject in other places that the weights know, by lot, with nothing else said of it but its style."""
    places = sorted(learnt()["place"] - {prompt.scene.place})
    plain = Scene(prompt.scene.subject, style=prompt.scene.style)
    return [replace(plain, place=place) for place in Random(prompt.seed).sample(places, EACH)]
