"""From a recipe of a change to the plan of its attention, once there is a pipeline whose tokens can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from minidalle3.engines.contract import Sketch
from minidalle3.gallery.recipes import Recipe
from minidalle3.tools.attention.alignment import align
from minidalle3.tools.attention.plan import Cross, Plan, Watched, Window, coarse_share, layers, watched_layers
from minidalle3.tools.attention.session import Session, Source, steered
from minidalle3.tools.attention.words import Reading, Word, named, read

BLENDING = Window(high=0.8)
"""Noise levels at which a local change keeps the source's latents: from the start, words are not yet in their place."""
LOOKED = 0.2
"""How much longer words are looked for at least: else, held to no map of the source, they would have no place."""


class Control:
    """Draws the change that a recipe of `prompt_to_prompt` or `masactrl` says, from its source."""

    mask: torch.Tensor | None = None
    """Afterwards: where it was drawn, (h, w) of the latents; `None` for everywhere."""

    def __init__(self, recipe: Recipe, source: Source) -> None:
        self._recipe, self._source = recipe, source

    @contextmanager
    def over(self, pipe: Any, sketch: Sketch | None) -> Iterator[Session]:
        """The pipeline draws the change while this lasts; see `session.steered`."""
        make = {"prompt_to_prompt": words_plan, "masactrl": pose_plan}[self._recipe["tool"]]
        source = read(self._source.prompt, pipe.tokenizer, weighed=False)
        target = read(self._recipe["prompt"], pipe.tokenizer)
        side = min(self._source.trace.latents.shape[-2:])
        plan = make(source, target, self._recipe["parameters"], side, pipe.unet, sketch)
        with steered(pipe, plan, self._source) as session:
            yield session
        self.mask = session.mask


def words_plan(source: Reading, target: Reading, parameters: Any, side: int, unet: Any, sketch: Sketch | None) -> Plan:
    """Prompt-to-Prompt: `cross` and `layout` are shares of the way from pure noise, `mode` and `local` as in the tool.

    The target's maps are a * c * (moved source maps) + (1 - a) * c * own, with a = 1 for tokens that have a
    counterpart and c their weights: equations of section 3 of Hertz et al. 2022, composed. The weight of a word that is
    sketched is its sketch's as well.
    """
    aligned = align(source, target, parameters["mode"])
    window = Window(low=1 - parameters["cross"])
    weights = aligned.weights.clone()
    for word in target.words:
        if word.weight != 1.0:
            weights[list(tokens_of(target, (word,), sketch))] = word.weight
    cross = Cross(window, aligned.moved * weights, (1 - aligned.kept) * weights)
    watched = None
    if parameters["local"] and (aligned.source_words or aligned.target_words):
        tokens = (tokens_of(source, aligned.source_words, sketch), tokens_of(target, aligned.target_words, sketch))
        seen = Window(low=min(window.low, BLENDING.high - LOOKED))
        watched = Watched(seen, watched_layers(layers(unet), side, sketch), *tokens)
    return Plan(
        cross=cross,
        layout=Window(low=1 - parameters["layout"]),
        coarse=coarse_share(side),
        watched=watched,
        blend=BLENDING if watched else None,
        by_difference=sketch is not None,
    )


def pose_plan(source: Reading, target: Reading, parameters: Any, side: int, unet: Any, sketch: Sketch | None) -> Plan:
    """MasaCtrl: from the noise level `until` down, guided by masks of `subject` where its words are known."""
    words = [named(reading, subject_of(reading, parameters["subject"], sketch)) for reading in (source, target)]
    watched = None
    if all(words):
        tokens = (tokens_of(source, words[0], sketch), tokens_of(target, words[1], sketch))
        watched = Watched(Window(), watched_layers(layers(unet), side, sketch), *tokens)
    return Plan(
        mutual=Window(high=parameters["until"]),
        watched=watched,
        parted=watched is not None,
        blend=BLENDING if watched and parameters["local"] else None,
        by_difference=sketch is not None,
    )


def subject_of(reading: Reading, said: str, sketch: Sketch | None) -> frozenset[str]:
    """The words that name what moves: those the caller said, else those the text tower sketches."""
    if said:
        return frozenset(said.casefold().split())
    return sketch.subject(reading.text) if sketch else frozenset()


def tokens_of(reading: Reading, words: tuple[Word, ...], sketch: Sketch | None) -> tuple[int, ...]:
    """The tokens of some words; where the padding pictures one of them, the padding too."""
    tokens = {token for word in words for token in reading.tokens(word)}
    if sketch and any(word.text in sketch.subject(reading.text) for word in words):
        tokens.update(range(sketch.first, len(reading.spans)))
    return tuple(sorted(tokens))
