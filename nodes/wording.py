"""Prompts word by word: weighed, compared, and with only what changed put into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher


def weighted(prompt: str, weights: Mapping[str, float]) -> str | None:
    """As in "a (red:1.6) dog"; None where no word of the prompt is one that is to be weighed."""
    found = prompt
    for word, weight in weights.items():
        for ending in ("", r"\w{1,2}"):  # "fog" in "foggy", unless there is a "fog"
            pattern = rf"(?<![\w(]){re.escape(word)}{ending}(?!\w)"
            found, times = re.subn(pattern, rf"(\g<0>:{weight})", found, count=1, flags=re.IGNORECASE)
            if times:
                break
    return None if weights and found == prompt else found


def in_both(words: str, *prompts: str) -> bool:
    """Whether every word stands in every prompt: the dialect may have another name for the subject."""
    return all(re.search(rf"\b{re.escape(word)}\b", prompt, re.I) for word in words.split() for prompt in prompts)


def reworded(prompt: str, before: str, after: str) -> str | None:
    """`prompt` with what differs between two descriptions; None where it does not say what the first one says."""
    whole, times = re.subn(rf"(?<!\w){re.escape(before)}(?!\w)", lambda _: after, prompt, count=1)
    if times:
        return whole
    old, new = before.split(), after.split()
    words = prompt.split()
    for tag, i, j, k, m in reversed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if tag == "equal":
            continue
        start, stop = max(i - 1, 0), min(j + 1, len(old))  # with a neighbour on each side, so that its place is known
        at = [n for n in range(len(words)) if words[n : n + stop - start] == old[start:stop]]
        if len(at) != 1:
            return None
        words[at[0] + i - start : at[0] + j - start] = new[k:m]
    return " ".join(words)
