"""The little English grammar that descriptions need: articles, gerunds, singulars, numbers."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """A word list, written as prose."""
    return frozenset(text.split())


_AN = re.compile(r"(?:[aeiou]|8|11|18|hour|honest|heir)", re.IGNORECASE)
_A = re.compile(r"(?:uni(?!n|m)|use|euro|one\b|ukulele|ufo)", re.IGNORECASE)
_ONE_SYLLABLE = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
_GERUNDS = {"lie": "lying", "die": "dying", "tie": "tying", "be": "being", "ski": "skiing", "begin": "beginning"}
_PASTS = {
    "slept": "sleep", "ran": "run", "swam": "swim", "flew": "fly", "sat": "sit", "stood": "stand", "lay": "lie",
    "sang": "sing", "fought": "fight", "rode": "ride", "wept": "weep", "woke": "wake", "fell": "fall", "ate": "eat",
    "drank": "drink", "wrote": "write", "drove": "drive", "held": "hold", "wore": "wear", "built": "build",
    "found": "find", "met": "meet", "hid": "hide", "dreamt": "dream", "danced": "dance", "walked": "walk",
    "played": "play", "jumped": "jump", "looked": "look", "waited": "wait", "smiled": "smile", "cried": "cry",
    "dreamed": "dream", "climbed": "climb", "laughed": "laugh", "sailed": "sail",
}  # fmt: skip
_SINGULARS = {
    "mice": "mouse", "children": "child", "men": "man", "women": "woman", "people": "person", "geese": "goose",
    "feet": "foot", "teeth": "tooth", "wolves": "wolf", "elves": "elf", "leaves": "leaf", "cacti": "cactus",
    "fishes": "fish", "movies": "movie", "cookies": "cookie", "pies": "pie", "ties": "tie", "selfies": "selfie",
}  # fmt: skip
_NEVER_PLURAL = ("ss", "us", "is")
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "a couple of": 2, "a couple": 2, "a pair of": 2, "a few": 3, "a handful of": 3, "several": 3, "a dozen": 12,
}  # fmt: skip
NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_NOT_GERUNDS = words("""
king ring wing thing something nothing anything everything building painting drawing ceiling morning
evening spring string wedding clothing ling sting pudding dumpling duckling viking sibling earring swing
sing bring pudding offspring lightning stocking wellbeing sling fling bling being during according
including crossing opening lighting setting
""")


def with_article(phrase: str) -> str:
    """`phrase` behind the indefinite article its sound asks for."""
    an = _AN.match(phrase) and not _A.match(phrase)
    return f"{'an' if an else 'a'} {phrase}"


def gerund(verb: str) -> str:
    """The -ing form of a base verb, in lower case."""
    verb = verb.lower()
    if verb in _GERUNDS:
        return _GERUNDS[verb]
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return f"{verb[:-1]}ing"
    if _ONE_SYLLABLE.fullmatch(verb):
        return f"{verb}{verb[-1]}ing"
    return f"{verb}ing"


def is_gerund(word: str) -> bool:
    """Whether `word` reads as something being done, rather than as a thing that ends in -ing."""
    word = word.lower()
    return word.endswith("ing") and len(word) > 4 and word not in _NOT_GERUNDS


def base_of_past(word: str) -> str | None:
    """The verb of a tale's past tense, if it is one that can be drawn."""
    return _PASTS.get(word.lower())


def base_of_third_person(word: str) -> str:
    """runs -> run, flies -> fly, catches -> catch; anything else unchanged."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes", "oes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def singular(noun: str) -> str:
    """The singular of a noun phrase's last word; a singular stays as it is."""
    *before, last = noun.split()
    found = _SINGULARS.get(last.lower())
    if not found:
        keep = last.lower().endswith(_NEVER_PLURAL) or len(last) < 4
        found = last if keep else base_of_third_person(last)
    return " ".join([*before, found])


def is_plural(noun: str) -> bool:
    """Whether the last word of a noun phrase is a plural."""
    return bool(noun.split()) and singular(noun) != noun


def number(text: str) -> int:
    """`3`, `three`, `a few` -> a count; 1 for anything else."""
    text = text.lower().strip()
    return NUMBERS.get(text, int(text) if text.isdecimal() else 1)


def positive(adjective: str) -> str:
    """bigger -> big, happier -> happy, brighter -> bright; anything else unchanged."""
    word = adjective.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ier"):
        return f"{word[:-3]}y"
    if word.endswith("er") and word[:-2] in _COMPARED:
        return word[:-2]
    if re.search(r"([bdgnt])\1er$", word):
        return word[:-3]
    return adjective


_IRREGULAR = {"better": "good", "larger": "large", "cuter": "cute", "nicer": "nice", "stranger": "strange"}
_COMPARED = words("""
bright dark small tall short old young long soft warm cool cold strong weak light deep rich fast slow
loud quiet round sharp smooth rough clean clear wild kind mild sweet proud
""")
