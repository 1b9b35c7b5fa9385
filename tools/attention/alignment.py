"""Which tokens of one prompt stand for which of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

import torch

from minidalle3.tools.attention.words import Reading, Word, meant

Mode: TypeAlias = Literal["replace", "refine"]


@dataclass(frozen=True)
class Alignment:
    """What the tokens of a target take from those of a source.

    `moved` has shape (source tokens, target tokens): a target token's map is the sum of the source's maps by its
    column. `kept` has shape (target tokens,), 1 where a token has a counterpart and 0 where its map is its own.
    """

    moved: torch.Tensor
    kept: torch.Tensor
    weights: torch.Tensor
    source_words: tuple[Word, ...]
    """The words of the source that change, go or are weighed."""
    target_words: tuple[Word, ...]


def align(source: Reading, target: Reading, mode: Mode) -> Alignment:
    """Words are compared without case; `replace` lets a changed word take the maps of the word in whose place it is."""
    length = len(target.spans)
    moved = torch.zeros(len(source.spans), length)
    gone, come = set[Word](), set[Word]()
    old, new = ([word.text for word in reading.words] for reading in (source, target))
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = source.words[i:j], target.words[k:m]
        if kind != "equal":
            gone.update(before)
            come.update(after)
        if kind == "equal" or mode == "replace":
            pair(moved, source, before, target, after)
    moved[0, 0] = moved[source.end, target.end] = 1.0
    for padding in range(max(source.end, target.end) + 1, length):
        moved[padding, padding] = 1.0
    weights = torch.ones(length)
    for word in target.words:
        weights[target.tokens(word)] = word.weight
    weighed = {word for word in target.words if word.weight != 1.0}
    return Alignment(
        moved, (moved.sum(0) > 0).float(), weights,
        meant(word for word in source.words if word in gone or word.text in {each.text for each in weighed}),
        meant(word for word in target.words if word in come | weighed),
    )  # fmt: skip


def pair(moved: torch.Tensor, source: Reading, before: Sequence[Word], target: Reading, after: Sequence[Word]) -> None:
    """Word by word where there are as many, else all with all, so that the sum of their maps stays what it was."""
    alike = len(before) == len(after)
    for olds, news in zip(([w] for w in before), ([w] for w in after), strict=True) if alike else [(before, after)]:
        rows = [token for word in olds for token in source.tokens(word)]
        columns = [token for word in news for token in target.tokens(word)]
        if len(rows) == len(columns):
            moved[rows, columns] = 1.0
        elif rows and columns:
            moved[torch.tensor(rows)[:, None], torch.tensor(columns)] = 1 / len(columns)
