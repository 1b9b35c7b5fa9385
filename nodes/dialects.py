"""Every T2I model's way of being asked, and what the person is told of what it cannot draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from minidalle3.engines.contract import Capabilities
from minidalle3.sketchbook.world.chinese_words import in_chinese
from minidalle3.sketchbook.world.grammar import Understood, caption, understand
from minidalle3.sketchbook.world.learnt import within

QUALITY = "highly detailed, sharp focus, coherent lighting"
NEGATIVE = "blurry, low quality, deformed, extra limbs, text, watermark"
MOST_NAMED = 8
"""Words that one note names; a description of many sentences would else be told whole."""
BIGGER = "MINIDALLE3_T2I=stabilityai/stable-diffusion-xl-base-1.0"
"""The setting that chooses a model with a wider world."""


@dataclass(frozen=True)
class Dialected:
    """A prompt in the engine's dialect, or none where the engine could only have drawn something else."""

    prompt: str | None
    negative_prompt: str = ""
    notes: tuple[str, ...] = ()


def in_dialect(description: str, can: Capabilities, chinese: bool = False) -> Dialected:
    """Deterministic; a description of a picture without a subject that the engine knows gives no prompt.

    `chinese`: the notes are for somebody who speaks Chinese.
    """
    if can.dialect == "sketchbook":
        return in_sketchbook(description, chinese)
    if can.dialect == "tags":
        words = [description, *(word for word in QUALITY.split(", ") if word not in description)]  # a prompt used again
        return Dialected(", ".join(words), NEGATIVE if can.negative_prompt else "")
    return Dialected(description)


def in_sketchbook(description: str, chinese: bool) -> Dialected:
    """The world's canonical caption; whatever the picture lacks or shows a near kin of is told."""
    understood = _within(understand(description), chinese)
    note = (_note_in_chinese if chinese else _note)(description, understood)
    return Dialected(caption(understood.scene) if understood.scene else None, notes=(note,) if note else ())


def _within(found: Understood, chinese: bool) -> Understood:
    """Without what the weights have not learnt of the world, which is told like all that is unknown."""
    if found.scene is None:
        return found
    scene, lost = within(found.scene)
    named = tuple(in_chinese(name) if chinese else name for name in lost)
    kin = tuple((said, shown) for said, shown in found.kin if shown not in lost)
    return replace(found, scene=scene, unknown=(*found.unknown, *named), kin=kin)


def _note(description: str, found: Understood) -> str:
    """In English, with the setting of a bigger model; empty where nothing is to be told."""
    if found.scene is None:
        return (
            f"The sketchbook cannot draw {_named(found.unknown or [description])}; a bigger model can (set {BIGGER})."
        )
    told = [f"has no {_quoted(said)} and drew {_quoted(shown)}, the nearest that it has" for said, shown in found.kin]
    told += [f"left out {_named(found.unknown)}, which it does not know"] if found.unknown else []
    told += [f"has no room in one picture for {_named(found.spare)}"] if found.spare else []
    return f"The sketchbook {'; it '.join(told)}. A bigger model can draw more (set {BIGGER})." if told else ""


def _note_in_chinese(description: str, found: Understood) -> str:
    bigger = f"更大的模型可以画（请设置 {BIGGER}）。"
    if found.scene is None:
        return f"速写本画不了{_named(found.unknown or [description], '、', '等')}；{bigger}"
    told = [f"没有{_quoted(said)}，画的是最接近的{_quoted(in_chinese(shown))}" for said, shown in found.kin]
    told += [f"不认识{_named(found.unknown, '、', '等')}，所以没有画"] if found.unknown else []
    told += [f"一张画里放不下{_named(found.spare, '、', '等')}"] if found.spare else []
    return f"速写本{'；它'.join(told)}。{bigger}" if told else ""


def _named(words: Sequence[str], comma: str = ", ", rest: str = " and more") -> str:
    return comma.join(map(_quoted, words[:MOST_NAMED])) + (rest if len(words) > MOST_NAMED else "")


def _quoted(word: str) -> str:
    return f"“{word}”"
