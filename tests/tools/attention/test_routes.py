"""Routed attention is the papers' attention: compared with maps that are made and edited one by one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from support.equations import Reference
from support.steered import changed, pipeline, source_of

from minidalle3.tools.attention.alignment import align
from minidalle3.tools.attention.controls import BLENDING
from minidalle3.tools.attention.plan import Cross, Plan, Watched, Window, layers, watched_layers
from minidalle3.tools.attention.words import read

STEPS = 4
HALFWAY = Window(low=0.45)
CLOSE = 5e-5


@pytest.fixture(scope="module", params=["sd1", "sd2", "sdxl"])
def pipe(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return pipeline(request.param, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def sketchbook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return pipeline("sketchbook", tmp_path_factory.mktemp("models"))


def spans(pipe: Any, text: str) -> list[range]:
    """The tokens of every word, counted word by word."""
    found, start = [], 1
    for word in text.split():
        end = start + len(pipe.tokenizer(word, add_special_tokens=False).input_ids)
        found.append(range(start, end))
        start = end
    return found


def by_hand(pipe: Any, source: str, target: str, pairs: list[tuple[int, int]]) -> torch.Tensor:
    """Which source token goes to which target token, for pairs of words."""
    length = pipe.tokenizer.model_max_length
    old, new = spans(pipe, source), spans(pipe, target)
    ends = old[-1].stop, new[-1].stop
    matrix = torch.zeros(length, length, dtype=torch.float64)
    matrix[0, 0] = matrix[ends] = 1
    for at in range(max(ends) + 1, length):
        matrix[at, at] = 1
    for i, j in pairs:
        for a, row in enumerate(old[i]):
            for b, column in enumerate(new[j]):
                same = len(old[i]) == len(new[j])
                matrix[row, column] = float(a == b) if same else 1 / len(new[j])
    return matrix


def planned(pipe: Any, source: str, target: str, mode: Any) -> Cross:
    """The edit as the tool plans it."""
    found = align(read(source, pipe.tokenizer), read(target, pipe.tokenizer), mode)
    return Cross(HALFWAY, found.moved * found.weights, (1 - found.kept) * found.weights)


def active(pipe: Any, window: Window) -> list[bool]:
    return [window.holds(float(t) / 1000) for t in pipe.scheduler.timesteps]


def agree(one: torch.Tensor, other: torch.Tensor) -> None:
    assert torch.isfinite(other).all()
    assert float((one - other).abs().max()) <= CLOSE


def differ(one: torch.Tensor, other: torch.Tensor) -> None:
    assert (one[-1] - other[-1]).abs().max() > 1e-4 * other.abs().max()


EDITS = {
    "replace": ("a red dog in space", "a blue dog in space", "replace", [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]),
    "refine": ("a dog in space", "a red dog in space", "refine", [(0, 0), (1, 2), (2, 3), (3, 4)]),
    "reweight": ("a red dog", "a (red:2.5) dog", "refine", [(0, 0), (1, 1), (2, 2)]),
    "refine and reweight": ("a red dog", "a (red:-1) dog in space", "refine", [(0, 0), (1, 1), (2, 2)]),
    "replace and reweight": ("a red dog", "a (blue:3) dog", "replace", [(0, 0), (1, 1), (2, 2)]),
}


@pytest.mark.parametrize(("name", "guidance"), [*((name, 5.0) for name in EDITS), ("replace", 1.0)])
def test_words(pipe: Any, name: str, guidance: float) -> None:
    source, weighed, mode, pairs = EDITS[name]
    target = read(weighed, pipe.tokenizer).text
    matrix = by_hand(pipe, source, target, pairs)
    weights = torch.ones(len(matrix))
    for word, tokens in zip(weighed.split(), spans(pipe, target), strict=True):
        if ":" in word:
            weights[list(tokens)] = float(word.strip("()").split(":")[1])
    taken = (matrix.sum(0) > 0).float()

    origin = source_of(pipe, source, STEPS, guidance)
    reference = Reference(pipe, active(pipe, HALFWAY), guidance > 1)
    reference.cross = lambda old, new: weights * (taken * (old @ matrix) + (1 - taken) * new)
    expected = reference.draw(source, target, STEPS, guidance)
    plan = Plan(cross=planned(pipe, source, weighed, mode))
    found, _ = changed(pipe, plan, origin, target, guidance, STEPS)
    agree(found, expected)
    differ(found, changed(pipe, Plan(), origin, target, guidance, STEPS)[0])


def test_layout(pipe: Any) -> None:
    origin = source_of(pipe, "a dog in space", STEPS, 5.0)
    reference = Reference(pipe, active(pipe, HALFWAY), True)
    reference.self_replace = True
    expected = reference.draw("a dog in space", "a red cat", STEPS, 5.0)
    found, _ = changed(pipe, Plan(layout=HALFWAY, coarse=1.0), origin, "a red cat", 5.0, STEPS)
    agree(found, expected)
    differ(found, changed(pipe, Plan(), origin, "a red cat", 5.0, STEPS)[0])


def test_local_blend(pipe: Any) -> None:
    source, target = "a red dog in space", "a blue dog in space"
    origin = source_of(pipe, source, STEPS, 5.0)
    names = watched_layers(layers(pipe.unet), pipe.unet.config.sample_size, None)
    words = [list(spans(pipe, text)[4]) for text in (source, target)]
    matrix = by_hand(pipe, source, target, [(at, at) for at in range(5)])
    reference = Reference(pipe, active(pipe, HALFWAY), True)
    reference.cross = lambda old, new: old @ matrix
    reference.watched = words[0], words[1]
    reference.watched_layers = lambda name: name in names
    reference.blended = active(pipe, BLENDING)
    expected = reference.draw(source, target, STEPS, 5.0)
    watched = Watched(HALFWAY, names, tuple(words[0]), tuple(words[1]))
    plan = Plan(cross=planned(pipe, source, target, "replace"), watched=watched, blend=BLENDING)
    found, session = changed(pipe, plan, origin, target, 5.0, STEPS)
    agree(found, expected)
    assert session.mask is not None
    sides = session.mask.float().mean()
    assert 0 < sides < (1 if pipe.unet.config.sample_size >= 16 else 1.1), "else this shows nothing"
    assert torch.equal(found[-1][:, ~session.mask], origin.trace.latents[-1][:, ~session.mask])


@pytest.mark.parametrize("guidance", [5.0, 1.0])
def test_mutual_attention(pipe: Any, guidance: float) -> None:
    window = Window(high=0.8)
    origin = source_of(pipe, "a dog in space", STEPS, guidance)
    reference = Reference(pipe, active(pipe, window), guidance > 1)
    reference.mutual = True
    expected = reference.draw("a dog in space", "a dog jumping", STEPS, guidance)
    found, _ = changed(pipe, Plan(mutual=window), origin, "a dog jumping", guidance, STEPS)
    agree(found, expected)
    differ(found, changed(pipe, Plan(), origin, "a dog jumping", guidance, STEPS)[0])


def test_mutual_attention_in_parts(pipe: Any) -> None:
    source, target = "a dog in space", "a dog jumping"
    window = Window(high=0.8)
    names = watched_layers(layers(pipe.unet), pipe.unet.config.sample_size, None)
    words = [list(spans(pipe, text)[1]) for text in (source, target)]
    origin = source_of(pipe, source, STEPS, 5.0)
    reference = Reference(pipe, active(pipe, window), True)
    reference.mutual = reference.parted = True
    reference.watched = words[0], words[1]
    reference.watched_layers = lambda name: name in names
    expected = reference.draw(source, target, STEPS, 5.0)
    watched = Watched(Window(), names, tuple(words[0]), tuple(words[1]))
    found, _ = changed(pipe, Plan(mutual=window, watched=watched, parted=True), origin, target, 5.0, STEPS)
    agree(found, expected)


def test_words_and_blend_on_the_shipped_model(sketchbook: Any) -> None:
    test_local_blend(sketchbook)


def test_parts_on_the_shipped_model(sketchbook: Any) -> None:
    test_mutual_attention_in_parts(sketchbook)
