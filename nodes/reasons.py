"""Why a picture was drawn as it was, in one line and in the language of the person's message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Reasons:
    """Patterns for `str.format`; `{0}` is the source, or what the field's name says."""

    new: str
    small: str
    large: str
    what: str
    """Behind these, `{0}` is what changed."""
    and_: str
    because: str
    """`{0}` is all that stands before, `{1}` the table's reason."""
    as_set: str
    by: str
    """`{0}` is a tool's name."""
    lacking: str
    """`{0}` is the name of the tool that does not work, `{1}` what is done instead."""
    again: str
    anew: str
    instead: str
    """`{0}` is the name of the tool that stands in."""
    end: str


ENGLISH = Reasons(
    new="A new picture",
    small="A small change of {0}",
    large="A large change of {0}",
    what=" ({0})",
    and_=", ",
    because="{0}: {1}",
    as_set=", as you set",
    by=" {0}.",
    lacking=" {0} does not work with this model, so it is {1}.",
    again="drawn again from {0}'s seed",
    anew="drawn anew from its new description",
    instead="changed by the {0}",
    end=".",
)
CHINESE = Reasons(
    new="新画的图",
    small="{0} 的小改动",
    large="{0} 的大改动",
    what="（{0}）",
    and_="，",
    because="{0}：{1}",
    as_set="（按你的设置）",
    by="{0}。",
    lacking="这个模型用不了 {0}，所以{1}。",
    again="用 {0} 的种子重画",
    anew="按新的描述重新画",
    instead="由{0}修改",
    end="。",
)
IN_CHINESE: Mapping[str, str] = MappingProxyType({
    "A new picture.": "新画的图。",
    "A photo from you.": "你的照片。",
    "A picture from you, with its recipe inside.": "你发来的图，里面带着配方。",
    "More like {}, from another seed.": "像 {} 的另一张，换了种子。",
    "{} drawn again from its seed with twice the steps.": "{} 用同一个种子、两倍步数重画。",
    "{} enlarged from its own pixels, to twice its size.": "{} 由原图的像素放大一倍。",
    "you asked to begin again": "你要求重新开始",
    "a photo, and you said what to do to it": "这是照片，你说了要怎样改",
    "you asked to keep the layout": "你要求保留布局",
    "the same words, some stronger or weaker": "词没有变，只是有的更强或更弱",
    "you asked for it in another picture": "你要它出现在另一张图里",
    "nothing of it is left": "原来的内容都没有了",
    "it stays, what it does and where is new": "主角不变，动作和地点是新的",
    "little but the subject stays": "除了主角，几乎都变了",
    "it moves, and everything keeps its look": "它动了，样子都不变",
    "little of it stays": "原来的内容留下不多",
    "another style": "换一种风格",
    "a style": "加一种风格",
    "another light or season": "换一种光线或季节",
    "a light or season": "加上光线或季节",
    "another light or season around what the photo shows": "照片里的东西不变，换了光线或季节",
    "something comes or goes, and the rest stays": "有东西加入或离开，其余不变",
    "words for words, so its layout stays": "逐词替换，布局不变",
    "more or fewer words, so its layout stays": "增减了一些词，布局不变",
    "a new picture": "一张新图",
    "its layout stays": "布局不变",
    "the subject stays": "主角不变",
    "the LLM says that a detail changes": "语言模型认为只是细节变了",
    "the LLM says that it moves": "语言模型认为它动了",
    "the LLM says that it is in a new scene": "语言模型认为它到了新的场景",
    "the LLM says that nothing of it is wanted": "语言模型认为原来的都不要了",
    "instruction editor": "指令修图模型",
})  # fmt: skip
"""What the table of changes says, by its English."""
PHRASE = re.compile(r"“(.*)” (came in|went out|moved)|“(.*)” became “(.*)”")
HAPPENED = {"came in": "加上了“{}”", "went out": "去掉了“{}”", "moved": "“{}”换了位置"}


def reasons_for(chinese: bool) -> Reasons:
    """The patterns of a language."""
    return CHINESE if chinese else ENGLISH


def in_language(text: str, chinese: bool) -> str:
    """One of the table's own sentences or words; what it does not know stays as it is."""
    return IN_CHINESE.get(text, text) if chinese else text


def phrases_in_language(phrases: tuple[str, ...], chinese: bool) -> str:
    """What changed, as a list."""
    return reasons_for(chinese).and_.join(map(phrase_in_chinese, phrases) if chinese else phrases)


def phrase_in_chinese(phrase: str) -> str:
    """As in “red” became “blue”."""
    found = PHRASE.fullmatch(phrase)
    if not found:
        return phrase
    return HAPPENED[found[2]].format(found[1]) if found[2] else f"“{found[3]}”变成了“{found[4]}”"
