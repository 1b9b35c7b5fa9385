"""Answers in Chinese to messages that want words only; what cannot be answered is said plainly."""

from __future__ import annotations

from minidalle3.llms.rules.chinese_clauses import ABOUT_ME, ABOUT_PICTURES, ABOUT_PROMPT, ABOUT_USE
from minidalle3.llms.rules.choose import meant
from minidalle3.llms.rules.conversation import Situation

LLM = "换上语言模型就能回答：启动前设置 `MINIDALLE3_LLM=openai:gpt-5`，或别的 provider:model。"
WHO = "我是 Mini-DALLE3 的离线助手：一套规则，没有语言模型，也不联网。你说什么我就画什么，再一步步改，每个版本都留着。"
UNKNOWN = "这个我答不了：我是离线助手，只有规则，没有语言模型，只会谈画画。"
USE = "我按你说的画，一步步改，再来几张类似的，回到以前的，也能画得更精细。"
LOST = "这句我没听懂：我只懂简单的画图要求。"
NO_PICTURE = "现在还没有可以改的图。"
HELP = {
    False: "你可以说“画一只小狗”、“海滩上的猫”或“画三个机器人”。",
    True: "你可以说“把它变成红色”、“换成夜晚”、“再来一张”或“撤销”。",
}


def talk(situation: Situation, wanted: bool) -> str:
    """What is said where nothing is drawn; `wanted`: a change was, of a picture that is not there."""
    said, help = situation.words, HELP[bool(situation.current)]
    if wanted:
        return f"{NO_PICTURE}{help}"
    if ABOUT_PROMPT in said:
        return _prompt(situation)
    if ABOUT_PICTURES in said:
        return _pictures(situation)
    for asked, answer in (
        (ABOUT_ME, f"{WHO}{LLM}"),
        (ABOUT_USE, f"{USE}{help}"),
        ("why is that", f"{UNKNOWN}{LLM}"),
        ("remove the", f"要删掉整张图，请说编号，比如“删除 {_now(situation)}”：由它画出的也会一起删掉。"),
        ("bye", "再见！画过的都留着，下次可以接着画。"),
        ("thanks", "不客气。想改哪里，告诉我就行。"),
        ("nice", "很高兴你喜欢。想改哪里，告诉我就行。"),
        ("hello", f"你好！想看什么，说给我听就行。{help}"),
    ):
        if asked in said:
            return answer
    return f"{LOST}{help}"


def _now(situation: Situation) -> str:
    return situation.current.id if situation.current else "#1"


def _prompt(situation: Situation) -> str:
    picture = meant(situation.chinese, situation) or situation.current
    return f"{picture.id} 的描述是：“{picture.description}”。" if picture else "还没有图，所以也没有提示词。"


def _pictures(situation: Situation) -> str:
    listed = "".join(f"\n- {picture.id}：{picture.description}" for picture in situation.pictures)
    return f"到现在有 {len(situation.pictures)} 张图：{listed}" if listed else f"还没有图。{HELP[False]}"
