"""The words of a prompt, the tokens that stand for them, and how strongly each is meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

WORD = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
WEIGHTED = re.compile(r"\(([^():]+):(-?\d+(?:\.\d+)?)\)")
SMALL_WORDS = frozenset({"a", "an", "the", "of", "and", "with", "in", "on", "at", "to", "is"})
"""Words that look everywhere: they say nothing of where a change is."""


class Word(NamedTuple):
    """A word or mark of a prompt, casefolded, with its characters and its weight."""

    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Reading:
    """A prompt without its weights, as `words` and as the model's tokens."""

    text: str
    words: tuple[Word, ...]
    spans: tuple[tuple[int, int], ...]
    """The characters of every token, padding included; (0, 0) for those that stand for none."""
    end: int
    """Index of the token that ends the prompt; what follows is padding."""

    def tokens(self, word: Word) -> list[int]:
        """The tokens of a word; none where the prompt was cut off before it."""
        return [at for at, (start, end) in enumerate(self.spans) if start < word.end and end > word.start]


def parse(prompt: str) -> tuple[str, list[tuple[int, int, float]]]:
    """The prompt as it is sent, and what `(word:1.4)` weighed in it: start, end and weight."""
    text, weights, done = "", [], 0
    for match in WEIGHTED.finditer(prompt):
        text += prompt[done : match.start()]
        weights.append((len(text), len(text) + len(match[1]), float(match[2])))
        text, done = text + match[1], match.end()
    return text + prompt[done:], weights


def read(prompt: str, tokenizer: Any, weighed: bool = True) -> Reading:
    """`tokenizer` is a fast one of CLIP's kind: it tells the characters of every token. A prompt that is not `weighed`
    is one that was sent as it stands."""
    text, weights = parse(prompt) if weighed else (prompt, [])
    found = tokenizer(text, padding="max_length", truncation=True, return_offsets_mapping=True)
    words = []
    for match in WORD.finditer(text):
        weight = next((weight for start, end, weight in weights if start <= match.start() < end), 1.0)
        words.append(Word(match[0].casefold(), match.start(), match.end(), weight))
    spans = tuple((int(start), int(end)) for start, end in found["offset_mapping"])
    return Reading(text, tuple(words), spans, max(at for at, span in enumerate(spans) if span[1]) + 1 if text else 1)


def meant(words: Iterable[Word]) -> tuple[Word, ...]:
    """Those that have a place in the picture; all of them if none has."""
    words = tuple(words)
    said = tuple(word for word in words if word.text not in SMALL_WORDS and word.text[0].isalnum())
    return said or words


def named(reading: Reading, names: Collection[str]) -> tuple[Word, ...]:
    """The words of a prompt that are among `names`."""
    return meant(word for word in reading.words if word.text in names)
