"""What one Chinese clause asks for, as an English order: the first of `RULES` that makes something of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from minidalle3.gallery.lexicon import CLASSIFIERS, COLOURS, NUMERAL, THING, english, number
from minidalle3.llms.rules.chinese_things import (
    DEEDS,
    PLACE,
    STYLES,
    TIMES,
    WORN,
    article,
    phrase,
    scene,
    styled,
    where,
)

_ADJECTIVES = {
    "大": "bigger",
    "小": "smaller",
    "亮": "brighter",
    "暗": "darker",
    "可爱": "cute",
    "老": "old",
    "快乐": "happy",
}
DEGREES = {
    "大": "bigger", "小": "smaller", "亮": "brighter", "暗": "darker", "长": "longer", "短": "shorter", "高": "taller",
    "矮": "shorter", "胖": "fatter", "瘦": "thinner", "年轻": "younger", "老": "older", "暖": "warmer", "冷": "colder",
    "深": "darker", "浅": "lighter", "淡": "lighter", "圆": "rounder", "宽": "wider", "窄": "narrower", "粗": "thicker",
    "开心": "happier", "高兴": "happier", "可爱": "cuter", "吓人": "scarier", "远": "further away", "近": "closer",
}  # fmt: skip
FAMILY = {"妈妈": "mother", "爸爸": "father", "哥哥": "brother", "弟弟": "brother", "姐姐": "sister", "妹妹": "sister",
           "奶奶": "grandmother", "爷爷": "grandfather", "孩子": "child", "朋友": "friend"}  # fmt: skip
THINGS = re.compile(THING)
Make: TypeAlias = Callable[[re.Match[str]], str | None]


_SIDE_NAMES = {"里面": "inside", "里边": "inside", "内部": "inside", "背面": "back", "后面": "back", "外面": "outside"}


def _becoming(text: str) -> str | None:
    """What something turns into: a style, a time, a colour, a place or another thing."""
    for table in (STYLES, TIMES):
        if word := next((word for word in table if word in text), None):
            return table[word]
    if colour := re.fullmatch(rf"([{''.join(COLOURS)}])色?的?", text):
        return COLOURS[colour[1]]
    if found := re.search(rf"([{''.join(COLOURS)}])色", text):
        return COLOURS[found[1]]
    return phrase(text) or None


def _become(found: re.Match[str]) -> str | None:
    what = _becoming(found["to"])
    part = re.sub(r"^[它他她]的", "", found["of"] or "")
    if not what:
        return None
    if place := _PLACES.fullmatch(found["to"]):
        return f"put it {scene(place.group())}"
    if "背景" in part:
        return f"change the background to {what}"
    thing = THINGS.fullmatch(part)
    it = "it"
    if thing and what in COLOURS.values():
        it = f"the {english(part)}"
    return f"make it {what}" if it == "it" else f"make {it} {what}"


_PLACES = re.compile("森林|大海|海边|海滩|沙滩|沙漠|草原|草地|城市|公园|花园|太空|月球|雪地|天空|学校")


def _more(found: re.Match[str]) -> str:
    count = re.search(rf"({NUMERAL})[{CLASSIFIERS}]", found.string)
    several = "几" in found.string
    return f"show me {number(count[1]) if count else 3 if several else 1} more like it"


def _draw(found: re.Match[str]) -> str | None:
    text = re.sub(r"^(?:一下|出来?)", "", found["what"])
    if own := re.fullmatch(rf"[它他她]们?的(?P<what>{THING}|{'|'.join(FAMILY)})", text):
        return f"show me its {FAMILY.get(own['what']) or english(own['what'])}"
    what = styled(text)
    if not what:
        return unknown(found.string)
    count = re.match(rf"(?P<n>{NUMERAL})[{CLASSIFIERS}]", text)
    many = number(count["n"]) if count else 1
    time = next((time for word, time in TIMES.items() if word in text), "")
    return f"draw {f'{many} versions of ' if many > 1 else ''}{what} {time}".strip()


def _too(found: re.Match[str]) -> str:
    """A complaint of there being too much of something."""
    thing = THINGS.search(found["what"])
    many = {"多": "too many {}", "少": "add more {}"}.get(found["how"], "it is too {}")
    what = english(thing.group()) if thing else found["what"]
    return many.format(what if found["how"] in "多少" else _ADJECTIVES_TOO[found["how"]])


_ADJECTIVES_TOO = {"大": "big", "小": "small", "亮": "bright", "暗": "dark", "黑": "dark", "空": "plain",
                   "单调": "boring",
                   "老": "old", "严肃": "serious", "可怕": "scary", "乱": "busy"}  # fmt: skip


_NOTHING_SEEN = re.compile(
    r".*[它他她这那].*|(?:一?[个张幅])?(?:插?图?片?|画|壁纸|别的|什么|东西)|(?:饭|菜|作业|梦|运动|生意|好?事情?|人|题|操|家务|实验)了?|"
    r".*(?:建议|意见|反馈|密码|数字?|单词|句子|名字|动力|力量|勇气|信心|方法|办法|主意|计划|方案|问题|答案|理由|例子|时间|机会|道理|选择|决定|准备|"
    r"故事|诗|笑话|绕口令|歌|代码|程序|脚本|文章|作文|邮件|总结|摘要|翻译|介绍|菜谱|食谱|清单|列表|帮助|分析|比较|测试|预算)[吧了呢]?"
)
"""What is said or done, and not to be seen."""


def unknown(clause: str) -> str | None:
    """A picture plainly asked for, of something that has no English here: in its own words."""
    asked = re.search(
        rf"(?:画出?(?!得)(?:一下)?|生成|绘制|设计|[配弄来做](?=(?:{NUMERAL}|几)?[{CLASSIFIERS}])|^(?={NUMERAL}[张幅]))(?:{NUMERAL}?[{CLASSIFIERS}])?"
        r"(?P<what>.+?)(?:的?图片?|的画)?$",
        clause,
    )
    return f"draw a picture of {asked['what']}" if asked and not _NOTHING_SEEN.fullmatch(asked["what"]) else None


def _edit_deed(found: re.Match[str]) -> str | None:
    text = found["does"]
    if worn := re.search(WORN, text):
        return f"give it {article(english(worn['what']))}"
    if adjective := next((word for word in _ADJECTIVES if re.search(rf"{word}(?:一点|一些|些|点)", text)), None):
        return f"make it {_ADJECTIVES[adjective]}"
    place = PLACE.search(text)
    at = f" {where(place)}" if place else ""
    deed = next((deed for word, deed in DEEDS.items() if word in text), None)
    what = f"{deed or ''}{at}".strip() or _becoming(text)
    return f"make it {what}" if what else None


def _more_so(found: re.Match[str]) -> str:
    """As in 头发长一点: of what is no thing that is known, the picture."""
    thing = THINGS.fullmatch(re.sub("^[它他她]的", "", found["of"]))
    return f"make {f'the {english(thing.group())}' if thing else 'it'} {DEGREES[found['how']]}"


def _put(found: re.Match[str]) -> str | None:
    what = phrase(found["what"])
    return f"add {what}" if what else None


def _off(found: re.Match[str]) -> str | None:
    thing = THINGS.search(found["what"])
    return f"remove the {english(thing.group()) if thing else found['what']}"


def always(said: str) -> Make:
    """What a clause means whatever else it holds."""
    return lambda found: said


ABOUT_PROMPT, ABOUT_PICTURES = "what is the prompt for it", "how many pictures are there"
ABOUT_ME, ABOUT_USE = "who are you", "what can you do"
ASKED = (ABOUT_PROMPT, ABOUT_PICTURES, ABOUT_ME, ABOUT_USE)
"""Questions that have an answer here."""
_OF = r"(?:[把将让给](?P<of>.*?))?"
RULES: tuple[tuple[re.Pattern[str], Make], ...] = tuple(
    (re.compile(text), always(made) if isinstance(made, str) else made)
    for text, made in (
        (r"撤销|撤回|^返回(?:上一步)?$|退回|上一[张个版步]|前一[张个版]", "undo"),
        (r"重做|恢复", "redo"),
        (r"随便画|画什么都|看着画|(?:画|来)(?:点|个)什么吧?$", "draw something you like"),
        (r"提示词", ABOUT_PROMPT),
        (r"[几多少]+[张幅]图|哪些图", ABOUT_PICTURES),
        (r"你是谁|你是什么", ABOUT_ME),
        (r"你(?:能|会|可以)?(?:做|画)什么|^[会能]?(?:做|画)[些点]?什么$", ABOUT_USE),
        (r"(?:家|房子).{0,3}(?:是|长)什么样", "show me its house"),
        (rf"(?P<who>{'|'.join(FAMILY)}).{{0,3}}(?:是|长)什么样", lambda found: f"show me its {FAMILY[found['who']]}"),
        (rf"(?:看看?|给我看|画).*?(?P<what>{THING})(?:长|是)?什么样", _draw),
        (rf"^我?的?[^想要看我们]{{1,4}}(?:想看|想要|要看)(?P<what>.*{THING}.*)$", _draw),
        (rf"^(?:要|用|选|留下?|就|是)*这一?[{CLASSIFIERS}]了?$", "keep this one"),
        (r"^(?P<side>里面|内部|里边|背面|后面|外面)(?:是|长)?什么样",
         lambda found: f"show me its {_SIDE_NAMES[found['side']]}"),
        (r"画出来|画给我看", ""),
        (r"什么|谁|是不是|会不会|为何|是否|哪里|哪儿|哪座|哪[个国]|怎么|多[少久长大]|"
         r"(?<![来看画要加])几[个岁年点月天朵次种]|^(?:给[我你]|帮我|跟我)?(?:写|解释|翻译|讲|说说|计算|推荐|介绍|列|唱)",
         "why is that"),
        (r"再(?:来|画|给我看?|多画)?(?:一|两|三|几)[张幅个](?:类似|差不多|这样|一样|相似|[它他她]们?的$|$)|多画几|"
         r"换一?[个种](?:样子|画法|版本|角度|构图)|再来(?:一|两|几)?[张个幅]?$|差不多的|类似的|(?<!是)这样的$|还有别的|换一?[张幅个]$|"
         r"(?:不同|别|其他|其它|另外)的?(?:版本|样子|几[张个])|^再给我看几", _more),
        (rf"^[把将让]?(?P<of>{THING})(?:再|给我|都)*[放变弄画]大",
         lambda found: f"make the {english(found['of'])} bigger"),
        (r"^(?!画).*(?:放大(?![镜象海熊])|(?:更大|大一?[点些]|大)的?(?:图片?|图像|画|版本|尺寸)$)|"
         r"^[把将让]?[这那]?(?:整?[张幅])?(?:图片?|画面?|图像|照片)(?:再|更|变|弄|画|放|稍微)*大",
         "make the picture larger"),
        (r"清晰|精美|分辨率|画质|精细|精致|细节|高清|质量|清楚|细腻|细致|(?:干净|光滑|利落|工整)一?[点些]|打磨|完善|模糊|"
         r"更(?:加)?(?:漂亮|好看|美|专业)|(?:漂亮|好看|美观|专业)(?:一?点|一?些)", "refine it"),
        (rf"^(?P<what>.*?)太(?P<how>{'|'.join(['多', '少', *_ADJECTIVES_TOO])})了?$", _too),
        (rf"^(?:要|用|选|我?喜欢|回到|更?喜欢).*[那这]一?[{CLASSIFIERS}]$|更好$", ""),
        (rf"^(?:要|用|选|挑|喜欢|更喜欢)(?:第{NUMERAL}|最后一?|中间那?|左边那?|右边那?)[{CLASSIFIERS}]$", ""),
        (rf"(?:希望|想要?|要)(?P<of>[它他她]|{THING}|)(?:能|可以)?(?:是|变成?)(?P<to>.+)$", _become),
        (rf"^(?P<of>{THING}|[它他她]|)(?:再|更|稍微|有点|偏)*(?P<to>[{''.join(COLOURS)}]色?)(?:一点|一些|点|些)(?:儿)?$",
         _become),
        (r"^(?:下|飘)(?:一?[点些]|着|起|大|小)*(?P<w>[雪雨])",
         lambda found: f"make it {TIMES['下' + found['w']]}"),
        (rf"(?:有|多|加)(?:一?[{CLASSIFIERS}点]|几[{CLASSIFIERS}])?(?P<what>[^有多加]+?)(?:就|会|该|那)+"
         r"(?:好了?|更好|完美|不错)$", _put),
        (rf"^(?:把|让|将)?(?P<of>.{{0,5}}?)(?:再|更|画|弄|做|变|调|得|的|稍微)*(?P<how>{'|'.join(DEGREES)})(?:一点|一些|点|些)儿?$",
         _more_so),
        (r"^(?P<of>[^是]{1,5})(?:应该|得|最好|必须|要)(?:是|变成|为)(?P<to>.+)$", _become),
        (r"^(?:如果|要是|假如)(?P<of>)(?:是|在|换成)?(?P<to>.+)$", _become),
        (r"^看[看到见]?[它他她](?P<does>.+)$", _edit_deed),
        (rf"^(?P<does>{WORN})$", _edit_deed),
        (r"^(?:上面|里面|旁边|后面|前面)有(?P<what>.+)$", _put),
        (rf"^(?:看看|看到?|见到?)(?P<what>.*{THING}.*?)(?:的(?:样子|画面|场景|景象))$", _draw),
        (r"^(?:内容|主题|主角|题目|画面)(?:是|为)(?P<what>.+)$", _draw),
        (rf"(?:把|将)(?:它|{THING})放(?P<does>在.+)$", _edit_deed),
        (rf"{_OF}(?:也|都|再)?(?:变成|改成|换成|改为|变为|做成|画成|变)(?P<to>.+)$", _become),
        (r"^(?:再)?(?:加上?|添加|增加|添上?|旁边加)(?:一些|几|点)?(?P<what>.+)$|(?:在.+|^(?:旁边|身边|[后前上下左右里天地头][面边上]))(?:再|也)?(?:加|放|画|"
         r"摆|添)上?(?P<x>.+)$",
         lambda found: _put(found) if found["what"] else f"add {phrase(found['x'])}" if phrase(found["x"]) else None),
        (r"(?:去掉|删掉|删除|删了|不要|移除|去除|拿掉|没有)(?!改|变|动|问题|关系|意见|想法|时间|必要|事|办法|紧|担心)(?P<what>.+)$",
         _off),
        (r"^(?:把|将)?(?P<what>[^的]{1,6})(?:去掉|删掉|删除|删了|移除|关掉|拿掉)", _off),
        (rf"^(?:让|给)(?:它|他|她|{THING})?(?P<does>.+)$|^(?:{THING})(?:要|应该)(?P<d>.+)$|^它?们?都?要(?!做|用|当|送|打印|发|给|拿|放)(?P<e>.+)$",
         lambda found: _edit_deed(found) if found["does"] else f"make it {_becoming(found['d'] or found['e'])}"
         if _becoming(found["d"] or found["e"]) else "make it bigger"),
        (r"^(?P<does>.*[大小亮暗](?:一点|一些|点|些))$", _edit_deed),
        (r"^(?:再|重新|现在)?(?:画(?!得|面)|生成|做|设计|绘制|来|弄|.*配)(?P<what>.+)$", _draw),
        (r"^[红蓝绿黄黑白紫粉橙棕灰金银]色的$", lambda found: f"make it {COLOURS[found.group()[0]]}"),
        (rf"^(?P<what>(?:{NUMERAL}[{CLASSIFIERS}]).+)$", _draw),
        (r"你好|早上好|晚上好|^嗨", "hello"),
        (r"谢谢|感谢", "thanks"),
        (r"再见|拜拜", "bye"),
        (r"好看|漂亮|可爱|太棒|很棒|不错|喜欢|哈哈|厉害|完美|好的?$|真好", "nice"),
        (rf"^(?!我(?!们?想|要|需|希)|去|.*(?:是|有|昨天|明天|觉得|喜欢|了|很|像|真|太|外面|比))(?P<what>.*{THING})(?:的?图片?)?$",
         _draw),
    )
)  # fmt: skip
