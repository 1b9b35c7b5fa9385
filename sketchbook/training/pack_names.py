"""Packs the Chinese names of the world's subjects out of Unicode's CLDR into one small file; needs no network itself.

Usage: `npm pack` `cldr-annotations-full` and `cldr-annotations-derived-full`, unpack each into a folder of its name
(`cldr-annotations-full/package/annotations`, …), then `python -m minidalle3.sketchbook.training.pack_names FOLDER`.
"""

import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

from minidalle3.sketchbook.training.pack_art import ICONS
from minidalle3.sketchbook.world.chinese_words import NAMES
from minidalle3.sketchbook.world.words import SUBJECTS

PACKAGES = {"cldr-annotations-full": "annotations", "cldr-annotations-derived-full": "annotationsDerived"}


def annotations(folder: Path, language: str) -> dict[str, tuple[str, list[str]]]:
    """Emoji -> its name in the language, and its keywords."""
    found: dict[str, tuple[str, list[str]]] = {}
    for package, key in PACKAGES.items():
        file = folder / package / "package" / key / language / "annotations.json"
        entries = json.loads(file.read_text("utf-8"))[key]["annotations"]
        found |= {emoji: (entry["tts"][0], entry.get("default", [])) for emoji, entry in entries.items()}
    return found


def slug(name: str) -> str:
    """The name that the icon packages give an emoji: "woman’s boot" -> "womans-boot"."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub("[’']", "", name.lower())).strip("-")


def names(folder: Path) -> dict[str, list[str]]:
    """Subject -> its Chinese names: CLDR's, and keywords that share a sign with it and are no other's."""
    emoji = {slug(name): sign for sign, (name, _) in annotations(folder, "en").items()}
    chinese = annotations(folder, "zh")
    entries = {subject: chinese[emoji[ICONS.get(subject, subject.replace(" ", "-"))]] for subject in SUBJECTS}
    times = Counter(word for name, keywords in entries.values() for word in {name, *keywords})
    return {
        subject: [name, *(word for word in keywords if is_name(word, name) and times[word] == 1)]
        for subject, (name, keywords) in entries.items()
    }


def is_name(word: str, name: str) -> bool:
    return len(word) > 1 and word != name and not word.isascii() and bool({*word} & {*name})


def main(folder: str) -> None:
    found = names(Path(folder))
    rows = (f"{json.dumps(subject)}: {json.dumps(words, ensure_ascii=False)}" for subject, words in found.items())
    NAMES.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
    shutil.copy(Path(folder) / "cldr-annotations-full/package/LICENSE", NAMES.with_suffix(".LICENSE"))
    print(f"{NAMES.name}: {len(found)} subjects, {sum(map(len, found.values()))} names")


if __name__ == "__main__":
    main(sys.argv[1])
