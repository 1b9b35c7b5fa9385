"""What the house says about moves along the version tree, in the language of the person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentences:
    """Patterns for `str.format`; `{0}` is a picture, or what the field's name says."""

    which: str
    missing: str
    deleted_before: str
    no_undo: str
    no_redo: str
    first: str
    last: str
    back: str
    forward: str
    here: str
    already: str
    deleted: str
    with_one: str
    with_more: str
    none_left: str
    stop: str
    compared: str
    identical: str
    sizes: str
    """`{0}` and `{1}` are sizes."""
    pixels: str
    """`{0}` is a share, `{1}` a difference of 255, `{2}` a PSNR in dB."""


ENGLISH = Sentences(
    which="Say which picture by its number, such as #3.",
    missing="There is no picture {0} here.",
    deleted_before="{0} was deleted.",
    no_undo="There is no picture yet: nothing to undo.",
    no_redo="There is no picture yet: nothing to redo.",
    first="{0} is the first of its line: nothing to undo.",
    last="{0} is the last of its line: nothing to redo.",
    back="Back to {0}.",
    forward="Forward to {0}.",
    here="You are at {0}.",
    already="You are at {0} already.",
    deleted="{0} is deleted",
    with_one=", with 1 picture made from it",
    with_more=", with {0} pictures made from it",
    none_left="No picture is left.",
    stop=". ",
    compared="{0} and {1} differ in:",
    identical="pixels: identical",
    sizes="pixels: {0} and {1}",
    pixels="pixels: {0:.0%} differ, by {1}/255 at most (PSNR {2:.1f} dB: the higher, the closer)",
)
CHINESE = Sentences(
    which="请说图的编号，比如 #3。",
    missing="这里没有 {0}。",
    deleted_before="{0} 已经删除了。",
    no_undo="还没有图，没有可以撤销的。",
    no_redo="还没有图，没有可以重做的。",
    first="{0} 是最早的一张，没有可以撤销的。",
    last="{0} 是最后的一张，没有可以重做的。",
    back="回到了 {0}。",
    forward="前进到了 {0}。",
    here="现在是 {0}。",
    already="现在就是 {0}。",
    deleted="{0} 已删除",
    with_one="，由它画出的 1 张图也一起删除了",
    with_more="，由它画出的 {0} 张图也一起删除了",
    none_left="没有图了。",
    stop="。",
    compared="{0} 和 {1} 的不同：",
    identical="像素：完全相同",
    sizes="像素：{0} 和 {1}",
    pixels="像素：{0:.0%} 不同，最多相差 {1}/255（PSNR {2:.1f} dB，越高越接近）",
)
