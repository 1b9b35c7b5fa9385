"""The page's own words, in English or Chinese: written in English where they are used, and looked up here.

What people, assistants and recipes say is theirs, and passes as it is.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import streamlit as st

LANGUAGES = MappingProxyType({"en": "English", "zh": "中文"})
PICTURE = re.compile(r"#\d+")
KEY = "language"
"""Where a session's choice is kept, in its state and in its address."""


def language() -> str:
    """The session's choice, which its first run finds in the address; until there is one, what the browser prefers."""
    chosen = st.session_state.get(KEY) or st.query_params.get(KEY)
    for code, name in LANGUAGES.items():
        if chosen in (code, name):
            return code
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def tr(text: str, **values: object) -> str:
    """`text` in the session's language, its {fields} filled with `values`."""
    told = CHINESE.get(text, text) if language() == "zh" else text
    return told.format(**values) if values else told


def told(sentence: str) -> str:
    """What the house said, in the session's language if it is one of its fixed sentences, pictures apart."""
    ids = PICTURE.findall(sentence)
    known = CHINESE.get(PICTURE.sub("{}", sentence)) if language() == "zh" else None
    return known.format(*ids) if known else sentence


CHINESE = MappingProxyType({
    # What the house says and keeps, in English
    "A new picture.": "新画的图。",
    "More like {}, from another seed.": "像 {} 的另一张，换了种子。",
    "{} drawn again from its seed with twice the steps.": "{} 用同一个种子、两倍步数重画。",
    "{} enlarged from its own pixels, to twice its size.": "{} 由原图的像素放大一倍。",
    "Stopped.": "已停止。",
    "Stopped while another message was being answered; this one was not sent.":
        "正在回答另一条消息时停止了；这一条没有发送。",
    "This is not a picture I can read. Send it as PNG, JPEG, WebP or GIF.":
        "读不了这张图片。请发送 PNG、JPEG、WebP 或 GIF。",
    "The photo is damaged or cut short. Save it again, and send it once more.":
        "照片损坏或不完整。请重新保存后再发送。",
    "A title has at least one letter.": "标题至少要有一个字。",
    # Where a picture came from
    "your photo": "你的照片",
    "new picture": "新图",
    "small change": "小改动",
    "large change": "大改动",
    "vary": "变体",
    "refine": "细化",
    "{change} of {id}": "{id} 的{change}",
    "seed {seed}": "种子 {seed}",
    # The conversation
    "Mini-DALLE3": "Mini-DALLE3",
    "What shall I draw?": "想让我画什么？",
    "Talk as you would to a person who draws. Ask for changes, and go back to what you liked better.":
        "像跟画师聊天一样说出来就好：随时可以要求修改，也可以退回你更喜欢的那一版。",
    "Draw a cute dog": "画一只可爱的狗",
    "Show me a sticker of a cat on the beach": "画一只在海滩上的猫",
    "Draw a castle in the mountains at sunset": "画一座日落时的城堡",
    "Draw a robot in space as pixel art": "画一个像素风格的机器人",
    "What can you draw?": "你能画什么？",
    "Say what you would like to see": "说说你想看到什么",
    "This is being answered in another window or program. Reload to see the reply.":
        "这条消息正在另一个窗口或程序中得到回答。刷新页面即可看到回复。",
    "Stop": "停止",
    "Opening…": "正在打开…",
    "This runs on the small models that come with it. How to connect bigger ones":
        "当前使用的是自带的小模型。如何连接更大的模型",
    "To talk with a language model: `MINIDALLE3_LLM=openai:gpt-5`, and its key.":
        "要与语言模型对话：设定 `MINIDALLE3_LLM=openai:gpt-5` 和它的密钥。",
    "To draw in full size: `MINIDALLE3_T2I=stabilityai/stable-diffusion-xl-base-1.0`.":
        "要画大图：设定 `MINIDALLE3_T2I=stabilityai/stable-diffusion-xl-base-1.0`。",
    "`minidalle3 doctor` says what is missing.": "`minidalle3 doctor` 会告诉你还缺什么。",
    "This will be answered next.": "接下来就回答这条。",
    # Drawing
    "Thinking…": "思考中…",
    "getting ready": "准备中",
    "{count} before it": "前面还有 {count} 张",
    "step {step} of {of}": "第 {step} 步，共 {of} 步",
    "Where it changed": "改动之处",
    # Threads
    "New conversation": "新的对话",
    "A photo": "一张照片",
    "Not sent:": "未发送：",
    # Settings
    "Settings": "设置",
    "Language of this page": "页面语言",
    "Talking and drawing: the server at {server}.": "对话与绘画：服务器 {server}。",
    "Talking: {llm}. Drawing: {t2i}.": "对话：{llm}。绘画：{t2i}。",
    "the offline assistant (rules, no language model)": "离线助手（规则，没有语言模型）",
    "the sketchbook (128×128 pictures)": "速写本（128×128 的图片）",
    "Small models, embedded": "内置的小模型",
    "They need no key, no network and no GPU. Bigger ones talk more freely, and draw more finely.":
        "它们不需要密钥、网络和显卡。更大的模型谈得更自如，画得更精细。",
    "For this session: Settings, below. For good, before the start:":
        "仅本次会话：见下面的设置。长期使用，请在启动前设定：",
    "Who talks": "谁来对话",
    "Who draws": "谁来画",
    "Another one by its name: provider:model, such as openai:gpt-5":
        "也可以输入名称：provider:model，例如 openai:gpt-5",
    "Weights are in memory once, for all: others are set before the start. An images API can be named here.":
        "内存里只有一份权重，供所有人使用：换别的要在启动前设定。这里可以填写图像 API。",
    "Key": "密钥",
    "For this session only: it stays in the server's memory, and is gone when this page is reloaded":
        "仅用于本次会话：只留在服务器内存中，刷新页面后即消失",
    "Address, if it is not the provider's own": "地址（如果不是服务商自己的）",
    "Pictures at a time": "每次画几张",
    "Size": "尺寸",
    "The model's own": "模型默认",
    "Steps": "步数",
    "Offline assistant": "离线助手",
    "Sketchbook": "速写本",
    "Decide each time": "视改动而定",
    "Keep the layout": "保持布局",
    "Keep the subject only": "只保留主体",
    "Start over": "重新画",
    "When I ask for a change": "当我要求修改时",
    # Conversations
    "Import a picture or a conversation": "导入一张图片或一段对话",
    "Search conversations": "搜索对话",
    "Nothing was said of that.": "没有找到提到它的对话。",
    "Rename, export, delete": "重命名、导出、删除",
    "Title": "标题",
    "Export as a web page": "导出为网页",
    "Export as a zip file": "导出为 zip 文件",
    "Delete this conversation, and the pictures that no other one shows?": "删除这段对话，以及其他对话没有用到的图片？",
    "A picture with its recipe (PNG), or an exported conversation (zip)": "带有配方的图片（PNG），或导出的对话（zip）",
    "There is no recipe in this picture. Send it along with a message, as a photo.":
        "这张图片里没有配方。请把它作为照片随消息一起发送。",
    "Let us go on from this picture.": "我们从这张图片继续吧。",
    # One picture
    "Open {id}": "打开 {id}",
    "Pick {id}": "就选 {id}",
    "Picture": "图片",
    "Before and after": "前后对比",
    "{width}×{height} pixels": "{width}×{height} 像素",
    "{id}: in colour where it was drawn anew, faded where not": "{id}：彩色处是重新画的，变淡处没有改动",
    "How much of {id} is shown": "{id} 显示多少",
    "Edit from here": "从这张继续改",
    "Edit from {id}": "从 {id} 继续改",
    "What you ask for next changes this picture": "接下来说的修改都从这张图开始",
    "More like this": "多来几张",
    "More like {id}": "再来几张像 {id} 的",
    "The same description from other seeds": "同样的描述，换别的种子",
    "Refine": "细化",
    "Refine {id}": "细化 {id}",
    "Drawn again with more steps, or larger": "用更多步数重画，或画得更大",
    "Pick": "就选这张",
    "This is the one: show it again, and go on from it": "就是这张：再显示一次，并从它继续",
    "You said": "你说的",
    "Description": "描述",
    "Prompt sent": "发送的提示词",
    "Negative prompt": "反向提示词",
    "Use this prompt again": "再用一次这个提示词",
    "Prompt": "提示词",
    "Keep seed {seed}": "保持种子 {seed}",
    "The same prompt from the same seed: the same picture": "同样的提示词和种子，画出同样的图",
    "Draw it": "画出来",
    "Draw: {prompt}": "画：{prompt}",
    "PNG": "PNG",
    "With its recipe inside": "图中带有配方",
    "Recipe": "配方",
    # The version tree
    "Pictures": "图片",
    "Undo": "撤销",
    "Redo": "重做",
    "Version tree": "版本树",
    "current": "当前",
    "Go back to it": "回到这张",
    "Go to {id}": "回到 {id}",
    "What you ask for next branches off from this picture; nothing is lost":
        "接下来的修改从这张图分支出去，什么都不会丢",
    "Open": "打开",
    "Delete": "删除",
    "Delete {id}": "删除 {id}",
    "Delete {id}?": "删除 {id}？",
    "Delete {id}, and what was made from it: {more}?": "删除 {id}，以及由它画出的 {more}？",
    "Yes, delete": "确认删除",
    "Compare {id} with": "把 {id} 与另一张比较",
    "Another picture": "另一张图片",
    "Side by side": "并排",
    "One upon the other": "叠放",
    "They differ in size: {left} and {right}.": "尺寸不同：{left} 和 {right}。",
    "Every pixel is the same.": "每个像素都相同。",
    "{share:.0%} of the pixels differ, by {most} of 255 at most.": "{share:.0%} 的像素不同，最多相差 {most}/255。",
})  # fmt: skip
"""English to Chinese; a test finds words of the page that are missing here."""
