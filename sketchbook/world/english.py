"""Reads English: which phrases the world knows, and which words name something that it lacks."""

from collections.abc import Sequence

from minidalle3.sketchbook.world.fillers import FILLERS
from minidalle3.sketchbook.world.lexicon import ARTICLES, WORD, Match, join, phrase_at, wardrobe
from minidalle3.sketchbook.world.modifiers import ADJECTIVES, DEEDS, NOTHINGS, is_adjective, is_adverb
from minidalle3.sketchbook.world.words import COLOURS, HELD

_WEARING = frozenset({"wearing", "wears", "holding", "holds", "carrying", "carries", "with", "has", "in", "and"})
_JOINTS = frozenset({"of", "front", "on", "at", "to", "by", "and", "with", "in", "next"})
_BEFORE_WORN = (FILLERS | COLOURS.keys() | ADJECTIVES) - _JOINTS
_REFUSALS = frozenset({"no", "not", "without", "don't", "dont", "never"})
_SAYING = frozenset({"is", "are", "was", "were", "looks", "look", "very", "so", "too", "really", "being", "feels"})


def words_of(text: str) -> list[str]:
    """Lower case, punctuation as words of its own, possessives as plain nouns."""
    return WORD.findall(text.lower().replace("’", "'").replace("o'-", "o-").replace("'s", ""))


def scan(words: Sequence[str]) -> tuple[list[Match], list[str]]:
    """Known phrases in order, and phrases of neighbouring content words that nothing in the world stands for."""
    known: list[Match] = []
    unknown: list[list[str]] = [[]]
    position, touching = 0, False
    while position < len(words):
        if refused := _refused_at(words, position, known):
            unknown.append([])
            position, touching = position + refused, False
        elif found := _match_at(words, position, known):
            join(known, found[0], touching)
            unknown.append([])
            position, touching = position + found[1], True
        else:
            if _is_content(words, position):
                unknown[-1].append(words[position])
                if touching and known[-1].kind == "colour":
                    known.pop()
            else:
                unknown.append([])
            position, touching = position + 1, False
    return known, [" ".join(phrase) for phrase in unknown if phrase]


def _refused_at(words: Sequence[str], start: int, known: list[Match]) -> int:
    """How many words name what is not to be seen ("without a big red hat", "a cake for my daughter"); mostly 0."""
    if words[start] not in _REFUSALS and not (words[start] == "for" and known):
        return 0
    noun = start + 1
    while noun < len(words) and _before_noun(words[noun]) and not _noun_at(words, noun):
        noun += 1
    if noun == len(words):
        return 0
    found = _noun_at(words, noun)
    return noun + (found[1] if found else 1) - start


def _before_noun(word: str) -> bool:
    return word in ARTICLES or word in _BEFORE_WORN or word in NOTHINGS or is_adjective(word)


def _noun_at(words: Sequence[str], start: int) -> tuple[Match, int] | None:
    found = phrase_at(words, start)
    return found if found and found[0].kind in ("subject", "style", "place", "weather") else None


def _match_at(words: Sequence[str], start: int, known: list[Match]) -> tuple[Match, int] | None:
    phrase, worn = _number_at(words, start) or phrase_at(words, start), _worn_at(words, start)
    if worn and words[start] == "and" and not (known and known[-1].kind == "worn"):
        worn = None
    return worn if worn and (phrase is None or worn[1] > phrase[1]) else phrase


def _number_at(words: Sequence[str], start: int) -> tuple[Match, int] | None:
    """Digits right before the thing that they count."""
    if not words[start].isdigit() or int(words[start]) < 2:
        return None
    for ahead in range(start + 1, min(start + 4, len(words))):
        found = phrase_at(words, ahead)
        if found and found[0].kind == "subject":
            return Match("count", "2" if words[start] == "2" else "3", words[start]), 1
        if not (found or is_adjective(words[ahead]) or words[ahead] in FILLERS):
            return None
    return None


def _worn_at(words: Sequence[str], start: int) -> tuple[Match, int] | None:
    """ "wearing a big red hat": a verb or preposition of wearing, adjectives, and something of the wardrobe."""
    if words[start] not in _WEARING:
        return None
    noun = start + 1
    while noun < len(words) and words[noun] in _BEFORE_WORN:
        noun += 1
    for length in (3, 2, 1):
        said = " ".join(words[noun : noun + length])
        found = wardrobe().get(said)
        if found and not (words[start] == "in" and found[0] in HELD):
            return Match("worn", found[0], said, found[1]), noun + length - start
    return None


def _is_content(words: Sequence[str], at: int) -> bool:
    """Whether the word names a thing or a deed, not how one is."""
    word = words[at]
    if word in DEEDS:
        return True
    if word in FILLERS or word in NOTHINGS or word in ADJECTIVES or is_adverb(word) or len(word) < 3:
        return False
    if word.isdigit() or (at and words[at - 1] in _SAYING and is_adjective(word)):
        return False
    return not (is_adjective(word) and _leads_on(words, at))


def _leads_on(words: Sequence[str], at: int) -> bool:
    """Whether what follows can be what an adjective is said of."""
    following = words[at + 1] if at + 1 < len(words) else ","
    if following in (",", "and"):
        return at + 2 < len(words) and is_adjective(words[at + 1 + 1])
    found = phrase_at(words, at + 1)
    return found[0].kind in ("subject", "colour", "place", "style") if found else following not in FILLERS
