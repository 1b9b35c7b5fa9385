"""Packs the drawings that the world uses out of the four icon packages into one small file; needs no network itself.

Usage: `npm pack` the four `@iconify-json/…` packages named below, unpack each into a folder of its short name
(`fluent-emoji/package/icons.json`, …), then `python -m minidalle3.sketchbook.training.pack_art FOLDER`.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from minidalle3.sketchbook.world.art import ART, SETS
from minidalle3.sketchbook.world.words import SUBJECTS

ICONS = {
    "chicken": "rooster", "sheep": "ewe", "whale": "spouting-whale", "bee": "honeybee", "dinosaur": "t-rex",
    "squirrel": "chipmunk", "ladybug": "lady-beetle", "chick": "front-facing-baby-chick", 
    "hippo": "hippopotamus", "brontosaurus": "sauropod", "caterpillar": "bug",
    "superhero": "man-superhero", "wizard": "man-mage", "fairy": "woman-fairy", "snowman": "snowman-without-snow",
    "king": "person-with-crown", "vampire": "man-vampire", 
    "detective": "man-detective", "police officer": "man-police-officer", "chef": "man-cook",
    "firefighter": "man-firefighter", "farmer": "man-farmer", "clown": "clown-face", 
    "doctor": "woman-health-worker", "artist": "woman-artist",
    "dancer": "woman-dancing", "student": "woman-student", 
    "builder": "man-construction-worker", "santa claus": "santa-claus",
    "tree": "deciduous-tree", "pine tree": "evergreen-tree", "clover": "four-leaf-clover",
    "pumpkin": "jack-o-lantern", "apple": "red-apple", "corn": "ear-of-corn",
    "chili": "hot-pepper", "cheese": "cheese-wedge", "noodles": "steaming-bowl",
    "chocolate": "chocolate-bar", "cocktail": "tropical-drink", "honey": "honey-pot",
    "cake": "birthday-cake", "burger": "hamburger", "ice cream": "soft-ice-cream", "donut": "doughnut",
    "coffee": "hot-beverage", "car": "automobile", "fire truck": "fire-engine", "truck": "delivery-truck",
    "train": "locomotive", "boat": "sailboat",
    "spaceship": "flying-saucer", "skyscraper": "office-building", "temple": "classical-building",
    "torii gate": "shinto-shrine", "tower": "tokyo-tower", 
    "lantern": "red-paper-lantern", "gift": "wrapped-gift", "book": "closed-book", "palette": "artist-palette",
    "lock": "locked", "headphones": "headphone", "game controller": "video-game", "hourglass": "hourglass-done",
    "globe": "globe-showing-americas", "sword": "crossed-swords", "dice": "game-die", "puzzle": "puzzle-piece",
    "couch": "couch-and-lamp", 
    "shirt": "t-shirt", "boot": "womans-boot", "shoe": "running-shoe", 
    "piano": "musical-keyboard", "hat": "top-hat",
    "microphone": "studio-microphone", "tennis racket": "tennis", "seashell": "spiral-shell",
    "heart": "red-heart", "moon": "crescent-moon", "planet": "ringed-planet", "lightning": "high-voltage",
    "sun": "sun-with-face", "clock": "alarm-clock", "lamp": "light-bulb",
    "computer": "laptop", "phone": "mobile-phone", "ball": "soccer-ball", "diamond": "gem-stone",
    
}  # fmt: skip


def icon(pack: dict[str, Any], name: str) -> tuple[str, int]:
    """The SVG body and the side of its view box."""
    while name in pack.get("aliases", {}):
        name = pack["aliases"][name]["parent"]
    found = pack["icons"][name]
    return found["body"], found.get("width", pack["width"])


def info(folder: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(folder) / name / "package/info.json").read_text("utf-8"))
    return found


def main(folder: str) -> None:
    packs = {name: json.loads((Path(folder) / name / "package/icons.json").read_text("utf-8")) for name in SETS}
    art = {
        "licences": {name: info(folder, name)["license"] for name in SETS},
        "drawings": {
            subject: {name: icon(pack, ICONS.get(subject, subject.replace(" ", "-"))) for name, pack in packs.items()}
            for subject in SUBJECTS
        },
    }
    ART.write_bytes(gzip.compress(json.dumps(art, sort_keys=True).encode(), 9, mtime=0))
    print(f"{ART.name}: {len(SUBJECTS)} subjects, {ART.stat().st_size >> 10} KiB")


if __name__ == "__main__":
    main(sys.argv[1])
