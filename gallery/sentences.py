"""What the house says about pictures and moves along the version tree, in the language of the person."""

from __future__ import annotations

from dataclasses import dataclass

from minidalle3.gallery.lexicon import is_chinese


@dataclass(frozen=True)
class Sentences:
    """Patterns for `str.format`; `{0}` is a picture, or what the field's name says."""

    named: str
    """`{0}` is its number, `{1}` what it shows."""
    comma: str
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
    which_of: str
    either: str
    no_such: str
    """`{0}` is what the person called it."""
    there: str
    no_picture: str
    too_many: str
    phantom: str
    silent: str
    own_words: str
    pixels: str
    """`{0}` is a share, `{1}` a difference of 255, `{2}` a PSNR in dB."""


ENGLISH = Sentences(
    named="{0} ({1})",
    comma=", ",
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
    which_of="Which one do you mean: {0}?",
    either=" or ",
    no_such="There is no picture {0}.",
    there="Which one do you mean? (There: {0}.)",
    no_picture="There is no picture to do that with.",
    too_many="One reply draws at most {0} pictures; ask again for the rest.",
    phantom="No picture was drawn: the assistant spoke of one but asked for none.",
    silent="The assistant said nothing. Say it once more, or in other words.",
    own_words="The assistant wrote nothing to draw from, so this is drawn from your own words.",
    pixels="pixels: {0:.0%} differ, by {1}/255 at most (PSNR {2:.1f} dB: the higher, the closer)",
)
CHINESE = Sentences(
    named="{0}（{1}）",
    comma="、",
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
    which_of="你说的是哪一张：{0}？",
    either=" 还是 ",
    no_such="没有 {0} 这张图。",
    there="你说的是哪一张？（现有：{0}。）",
    no_picture="还没有可以这样处理的图。",
    too_many="一次最多画 {0} 张，其余的请再说一次。",
    phantom="没有画图：助手提到了图，却没有要求画。",
    silent="助手什么也没说。请再说一遍，或换个说法。",
    own_words="助手没有写出可以画的内容，所以按你自己的话画了这张图。",
    pixels="像素：{0:.0%} 不同，最多相差 {1}/255（PSNR {2:.1f} dB，越高越接近）",
)


def sentences_for(words: str) -> Sentences:
    """Those of the language in which a person said `words`."""
    return CHINESE if is_chinese(words) else ENGLISH
