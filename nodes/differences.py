"""What differs between two descriptions: phrases kept, replaced, added and removed, and what they are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, TypeAlias

from minidalle3.llms.rules.segments import Segment, is_quality, segments
from minidalle3.nodes.vocabulary import (
    ACTING,
    BODY,
    CHINESE_DEEDS,
    CHINESE_PLACES,
    FUNCTION,
    POSES,
    POSITIONS,
    STYLED,
    TOKEN,
    VIEWS,
    Kind,
    content,
    is_deed,
    kind_of,
    tokens,
)

Aspect: TypeAlias = Literal["subject", "deed", "place"]
LONGEST = 8
BELONGS = ("extra", "companion", "note")


@dataclass(frozen=True)
class Change:
    """One stretch of words that gave way to another; either side may be empty."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """`changes` are of content words; `phrases` are of all words, for a person to read."""

    changes: tuple[Change, ...]
    phrases: tuple[str, ...]
    aspects: frozenset[Aspect]
    kinds: tuple[Kind, ...]
    """Of the changed words, in the order of the descriptions, each once."""
    subject: tuple[str, ...]
    """The words for the subject that both descriptions have."""
    kept: float
    """Share of the source's content words that the new description keeps, in order."""

    @property
    def only_replaced(self) -> bool:
        """Words only gave way to other words."""
        return all(change.before and change.after for change in self.changes)

    @property
    def beside(self) -> bool:
        """A thing came in or went out, and nothing did the other way there."""
        return any(
            kind_of(word) == "thing"
            for change in self.changes
            if not (change.before and change.after)
            for word in (*change.before, *change.after)
        )

    @property
    def lost(self) -> frozenset[str]:
        return frozenset(word for change in self.changes for word in change.before)

    @property
    def new(self) -> frozenset[str]:
        return frozenset(word for change in self.changes for word in change.after)


@dataclass(frozen=True)
class Parts:
    """What one description says of its subject; all as content words."""

    subject: frozenset[str]
    deed: frozenset[str]
    place: frozenset[str]


def difference(before: str, after: str) -> Difference:
    """Case and punctuation count for nothing; descriptions may be English or Chinese."""
    old, new = content(before), content(after)
    runs = tuple(Change(tuple(old[i:j]), tuple(new[k:m])) for i, j, k, m in changed(old, new))
    altered = [word for run in runs for word in (*run.before, *run.after)]
    styles = style_words(before) | style_words(after)
    kept = len(old) - sum(len(run.before) for run in runs)
    return Difference(
        changes=runs,
        phrases=tuple(phrases(before, after)),
        aspects=aspects(before, after),
        kinds=tuple(dict.fromkeys("style" if word in styles else kind_of(word) for word in altered)),
        subject=tuple(word for word in old if word in new and word in parts(before, frozenset(new)).subject),
        kept=kept / len(old) if old else 0.0,
    )


def style_words(text: str) -> frozenset[str]:
    """The words of phrases that say how it is drawn ("in the style of Van Gogh"), whatever they mean alone."""
    named = " ".join(segment.text for segment in segments(text) if segment.role == "style")
    return frozenset(content(f"{named} {' '.join(STYLED.findall(text.casefold()))}"))


def changed(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that differ, as slices of both lists."""
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield i, j, k, m


def phrases(before: str, after: str) -> Iterator[str]:
    """As in “dog” became “cat”, “a hat” went out; articles that only follow their noun are not told."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    stretches = changed([word.casefold() for word in old], [word.casefold() for word in new])
    pairs = [(told(old[i:j]), told(new[k:m])) for i, j, k, m in stretches]
    moved = {was for was, _ in pairs if was} & {now for _, now in pairs if now}
    for lost, found in pairs:
        was, now = ("" if lost in moved else lost), ("" if found in moved else found)
        if found in moved:
            yield f"“{found}” moved"
        if was and now:
            yield f"“{was}” became “{now}”"
        elif was or now:
            yield f"“{now}” came in" if now else f"“{was}” went out"


def told(words: list[str]) -> str:
    """A stretch as a phrase of at most `LONGEST` words that begins and ends with a word that says something."""
    while words and words[0].casefold() in FUNCTION:
        words = words[1:]
    while words and words[-1].casefold() in FUNCTION:
        words = words[:-1]
    return f"{joined(words[:LONGEST])}…" if len(words) > LONGEST else joined(words)


def joined(words: list[str]) -> str:
    """Tokens as a phrase."""
    text = ""
    for word in words:
        glued = text and "\u4e00" <= text[-1] <= "\u9fff" and "\u4e00" <= word[0] <= "\u9fff"
        text += word if glued or not text else f" {word}"
    return text


def aspects(before: str, after: str) -> frozenset[Aspect]:
    """Which of subject, deed and place are other than they were."""
    everything = frozenset(content(before)), frozenset(content(after))
    old, new = parts(before, everything[1]), parts(after, everything[0])
    found: set[Aspect] = set()
    if not old.subject & everything[1]:
        found.add("subject")
    if old.deed != new.deed or limbs(before) != limbs(after):
        found.add("deed")
    if new.place - everything[0] or old.place - everything[1]:
        found.add("place")
    return frozenset(found)


def limbs(text: str) -> frozenset[tuple[str, str]]:
    """How the body is held and seen, as in ("arms", "raised"), ("", "from behind")."""
    found = tokens(text)
    held = {(one, two) for one, two in pairwise(found) if one in BODY and two in POSITIONS}
    return frozenset(held | {("", view) for view in VIEWS.findall(text.casefold())})


def parts(text: str, other: frozenset[str]) -> Parts:
    """`other` has the words of the description compared with: a deed of something that only one has is not its own."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in text):
        return chinese(text)
    subject: list[str] = []
    deed: list[str] = []
    place: list[str] = []
    owner: Segment | None = None
    for segment in segments(text):
        if segment.role == "note" and verbs(segment):
            deed += verbs(segment)
        elif segment.role in BELONGS:
            owner = segment
        elif owner and segment.role in ("action", "place") and not set(content(f"{owner.text} {segment.text}")) & other:
            continue
        elif segment.role == "action":
            deed += verbs(segment)
        elif segment.role == "place":
            place += [word for word in content(segment.text) if kind_of(word) == "thing" and not is_quality(word)]
        elif segment.role == "head":
            deed += [word for word in tokens(segment.text) if word in ACTING or word in POSES]
            subject += [word for word in content(segment.text) if kind_of(word) == "thing"]
    return Parts(frozenset(subject), frozenset(deed), frozenset(place))


def verbs(segment: Segment) -> list[str]:
    """What is done, without what it is done to: "kicking a ball" -> "kicking"."""
    found = tokens(segment.text)
    return [word for i, word in enumerate(found) if is_deed(word) and (i == 0 or found[i - 1] == "and")]


def chinese(text: str) -> Parts:
    """The deeds are cut out first, so that they end the name of a place."""
    deeds = CHINESE_DEEDS.findall(text)
    rest = CHINESE_DEEDS.sub("|", text)
    places = "".join(CHINESE_PLACES.findall(rest))
    subject = set(tokens(CHINESE_PLACES.sub("", rest))) - set("一只个位座的在")
    return Parts(frozenset(subject), frozenset(deeds), frozenset(places))
