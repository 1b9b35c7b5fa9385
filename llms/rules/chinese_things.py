"""Things in Chinese with what surrounds them, in English word order."""

from __future__ import annotations

import re

from minidalle3.gallery.lexicon import CLASSIFIERS, THING, english
from minidalle3.llms.rules.english import with_article

STYLES = {
    "卡通": "a cartoon", "水彩": "a watercolor painting", "油画": "an oil painting", "像素": "pixel art",
    "素描": "a sketch",
    "贴纸": "a sticker", "线稿": "a line drawing", "动漫": "an anime drawing", "国画": "an ink painting",
    "写实": "a photo",
}  # fmt: skip
TIMES = {"夜晚": "at night", "晚上": "at night", "日落": "at sunset", "黄昏": "at sunset", "早晨": "in the morning",
          "白天": "in daylight", "冬天": "in winter", "秋天": "in autumn", "夏天": "in summer", "春天": "in spring",
          "下雨": "in the rain", "下雪": "in falling snow"}  # fmt: skip
DEEDS = {"跑": "running", "跳舞": "dancing", "跳": "jumping", "飞": "flying", "睡": "sleeping", "游泳": "swimming",
          "坐": "sitting", "站": "standing", "唱歌": "singing", "笑": "smiling", "吃": "eating", "看书": "reading",
          "喝": "drinking", "玩": "playing"}  # fmt: skip
_THING = re.compile(THING)
WORN = rf"(?:戴|穿|拿|带)[着上]?(?:一?[{CLASSIFIERS}顶件双副])?(?P<what>{THING})"
"""Something worn or held."""
MASSES = frozenset({"snow", "rain", "hair", "bread", "coffee", "bamboo"})
ONLY = frozenset({"sea", "ocean", "sky", "moon", "sun"})
"""Nouns that take no article, and those of which there is one."""
_SIDES = {"上": "on", "旁边": "beside", "边": "by", "下": "under"}
_SIDE = "里|中|上|旁边|边|下"
_SURFACES = frozenset({"beach", "island", "moon", "grass", "mountain", "road"})
_SCENES = "海边|海滩|沙滩|森林|沙漠|草原|草地|花园|公园|太空|雪地"
PLACE = re.compile(rf"在(?P<what>{THING})(?P<side>{_SIDE})?(?P<scene>)")
_PLACES = (
    PLACE,
    re.compile(rf"(?P<scene>{_SCENES})的(?=.*{THING})|(?P<what>{THING})(?P<side>{_SIDE})面?的(?=.*{THING})"),
)
"""As in 狗在海滩上, and in 海滩上的狗 or 海边的狗."""


def phrase(text: str) -> str:
    """A thing with what surrounds it, in English word order; words it does not know are left out."""
    things = [found.group() for found in _THING.finditer(text)]
    place = next((found for pattern in _PLACES if (found := pattern.search(text))), None)
    worn = re.search(WORN, text)
    taken = {found for found in (place and named(place), worn and worn["what"]) if found}
    heads = [thing for thing in things if thing not in taken]
    if not heads:
        return ""
    head = heads[-1] if "的" in text else heads[0]
    others = [english(thing) for thing in heads if thing != head]
    deed = next((english_deed for word, english_deed in DEEDS.items() if word in text), "")
    parts = [article(english(head)), f"wearing {article(english(worn['what']))}" if worn else "", deed]
    parts += [others[0] if deed == "eating" and others else f"with {article(others[0])}" if others else ""]
    parts += [where(place) if place else ""]
    return " ".join(part for part in parts if part)


def styled(text: str) -> str:
    """As in 猫的贴纸 -> a sticker of a cat; a style of nothing is a thing of its own."""
    style = next((style for word, style in STYLES.items() if word in text), "")
    what = phrase(re.sub(rf"的?(?:{'|'.join(STYLES)})", "", text)) if style else phrase(text)
    return f"{style} of {what}" if style and what else style or what


def named(place: re.Match[str]) -> str:
    """The place as it was written."""
    found = place.groupdict()
    return str(found["what"] or found["scene"])


def where(place: re.Match[str]) -> str:
    """As in 海滩上 -> on the beach."""
    return scene(named(place), place["side"] or "")


def scene(name: str, side: str = "") -> str:
    """A place by its name, and on which side of it."""
    noun = english(name)
    side = _SIDES.get(side, "on" if noun in _SURFACES else "in")
    return f"{side} {noun}" if noun == "space" else f"{side} the {noun}"


def article(noun: str) -> str:
    """The noun with the article that it needs; a plural needs none."""
    if noun in ONLY:
        return f"the {noun}"
    many = noun.endswith("s") and not noun.endswith("ss")
    return noun if many or noun in MASSES or noun == "space" else with_article(noun)
