"""Chinese messages, clause by clause, as the plain English that the rules read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from minidalle3.gallery.lexicon import CLASSIFIERS, NUMERAL, english
from minidalle3.llms.rules.chinese_clauses import ASKED, FAMILY, RULES, THINGS
from minidalle3.llms.rules.chinese_things import phrase

_CUT = re.compile(r"(?<=[?？])|[。!！;；,，:：\n]+")
_MANNERS = re.compile(
    r"^(?:请|麻烦|帮我|帮忙|有没有(?:可能|办法)|能否|可否|是不是可以|[给为帮替](?!我[看]|[它他她]).{1,8}?(?=画[一两三几个只张幅条朵])|"
    r"我?[还也](?=想|要)|另外(?!一)|我?(?:还|也)?需要?(?=[一两三几][张个幅只条匹座辆艘棵朵头位]|个|张)|有空(?:的话)?|接下来|好了(?=.)|求(?=一|个|张)|我?想?要(?=[一两三][张个幅只条匹座辆艘棵朵头位]|个|张)|你?能不能|你?可不可以|你?可以|你?能|现在|然后|"
    r"那么?|好的?(?=.)|嗯|我?觉得|还是|就|再?给我看看?(?=.)|"
    r"我想要?(?:看(?![它他她]))?(?=.)|我要(?=一|两|三)|我?希望(?!.*是.*色)|想|给[他她](?=画)|来(?=一|两|三)|给我(?=一|两|三|画|来))+|(?:吧|吗|呢|啊|呀|好吗|一下|可以吗|怎么样|如何|好不好|行不行|会(?:更|比较)(?:好看?|漂亮|可爱)(?:一?[点些])?)+$"
)
_LEAD = re.compile(
    rf"^(?:第{NUMERAL}|最[后新]一?|[中左右][间边]那?|[这那]一?)[{CLASSIFIERS}](?:图|照片)?[，, ]?"
    "(?=[加添改变换戴穿拿坐站跑跳飞睡笑转放]|去掉|也|再亮|再暗)"
)
"""The picture that a clause begins with, and then does something to."""
_ASKING = re.compile(
    r"(?!.*(?:[画来加换改变给看让做弄放戴穿]|别的|其他|类似|一[点些]|去掉|想要|希望|什么样))(?!.*(?:能|可以|好|行)(?:不\w+)?吗[?？]?$)"
    r".+(?:吗[?？]?|[?？])"
)
"""A question that asks for nothing to be done."""
_REMARK = re.compile(
    r"(?!.*[画加换改变要想让把]).*(?:真是|实在|从来|一直|总是|毕竟|难怪|果然|其实|反正|原来|本来|浪费|辛苦).*|.*(?:很久|好久|多年)了?"
)
"""What somebody thinks of the world."""
_SHOW = re.compile(
    r"(?:请|帮我|快|请?你)*(?:给[我他她])?(?:画(?:出来|下来|给我看看?|一下|[个只张幅]|一[个只张幅])|给我看看?)(?:吧|吗|好吗)?[?？]?"
)
"""What was spoken of just before is to be shown."""


def to_english(text: str) -> str:
    """The clauses of a Chinese message that are understood, as English sentences; the rest is left as it is."""
    said: list[str] = []
    shown = False
    clauses = [_LEAD.sub("", clause.strip(" 、")) for clause in _CUT.split(text)]
    for clause, following in zip(clauses, [*clauses[1:], ""], strict=True):
        if shown:
            shown = False
        elif (thing := _spoken_of(clause)) and _SHOW.fullmatch(following):
            said.append(thing)
            shown = True
        elif _ASKING.fullmatch(clause):
            about = _clause_in_english(clause.rstrip("?？"))
            said.append(about if about in ASKED else "why is that")
        elif not _REMARK.fullmatch(clause):
            said.append(_clause_in_english(clause.rstrip("?？")))
    return ". ".join(filter(None, said))


def _clause_in_english(clause: str) -> str:
    """By the first rule that fits; empty where none does."""
    while (bare := _MANNERS.sub("", clause).strip()) and bare != clause:
        clause = bare
    made = (make(found) for expression, make in RULES if (found := expression.search(clause)))
    return next((english for english in made if english is not None), "")


def _spoken_of(clause: str) -> str | None:
    """The order to show what a clause speaks of without asking for it: 它住在哪里 -> show me its house."""
    if re.search(r"[它他她].*(?:什么|哪|谁|怎|呢)", clause):
        thing = THINGS.search(clause)
        if family := next((name for word, name in FAMILY.items() if word in clause), None):
            return f"show me its {family}"
        return f"show me its {english(thing.group()) if thing else 'house' if re.search('家|住', clause) else 'friend'}"
    what = phrase(clause) or ("" if re.search(r"[了吗!！?？]", clause) else clause)
    return f"draw {what}" if what else None


OPENERS: Mapping[str, str] = MappingProxyType({
    "image": "好的，给你画好了：", "edit": "好的，改好了：", "vary": "好的，再来看看：",
    "refine": "好的，画得更精细了：", "select": "好的，就是这张：", "larger": "好的，给你：", "unsure": "请稍等：",
})  # fmt: skip
