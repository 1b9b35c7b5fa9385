"""What a Chinese word stands for in the world, and what a thing of the world is called in Chinese."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from minidalle3.sketchbook.world.chinese_tables import KIN, LOOKS, STOPS, SUBJECTS

NAMES = Path(__file__).parent / "names_zh.json"
"""Subject -> Chinese names, from Unicode's CLDR (`names_zh.LICENSE`); written by `training/pack_names.py`."""
_COLOUR_SIGNS = "红橙黄绿蓝紫粉棕黑白"


@cache
def lexicon() -> Mapping[str, tuple[str, str, bool]]:
    """Chinese word -> (kind, canonical name, kin), but for what is worn."""
    names: dict[str, list[str]] = json.loads(NAMES.read_text("utf-8"))
    found = {word: ("subject", subject, False) for subject, words in names.items() for word in words}
    for tables, kin in (({"subject": SUBJECTS}, False), (KIN, True), (LOOKS, False)):
        for kind in tables.keys() - {"worn"}:
            found |= {word: (kind, name, kin) for name, words in tables[kind].items() for word in words}
    sized = {f"{size}{word}": entry for word, entry in found.items() for size in "小大" if entry[0] == "subject"}
    coloured = {word for word in found if word[0] in _COLOUR_SIGNS and found.get(word[1:]) == found[word]}
    return {word: entry for word, entry in (sized | found).items() if word not in STOPS | coloured}


@cache
def wardrobe() -> Mapping[str, tuple[str, bool]]:
    """What may be worn or held, as said -> (canonical name, kin)."""
    tables = ((LOOKS["worn"], False), (KIN["worn"], True))
    return {word: (name, kin) for looks, kin in tables for name, words in looks.items() for word in words}


@cache
def _canonical() -> Mapping[str, str]:
    """Canonical name -> a Chinese word for it: CLDR's where it is short and of no sex, else how people say it."""
    names: dict[str, list[str]] = json.loads(NAMES.read_text("utf-8"))
    said = {name: words[0] for kind in LOOKS.values() for name, words in kind.items()}
    for subject, words in names.items():
        fitting = [word for word in words[:1] if len(word) < 4 and word[0] not in "男女"]
        said[subject] = next(word for word in (*fitting, *SUBJECTS.get(subject, ()), *words) if word in lexicon())
    return {**said, "more than one": "多个"}


def in_chinese(name: str) -> str:
    """A canonical name in Chinese."""
    return _canonical()[name]
