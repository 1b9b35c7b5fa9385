"""The page's own words, in English or Chinese: written in English where they are used, and looked up here.

What people, assistants and recipes say is theirs, and passes as it is.
"""

from __future__ import annotations

from types import MappingProxyType

import streamlit as st

LANGUAGES = MappingProxyType({"en": "English", "zh": "中文"})
KEY = "language"
"""Where a session's choice is kept, in its state and in its address."""


def language() -> str:
    """The session's choice; until there is one, what its browser prefers."""
    chosen = st.session_state.get(KEY)
    if chosen in LANGUAGES:
        return str(chosen)
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def tr(text: str, **values: object) -> str:
    """`text` in the session's language, its {fields} filled with `values`."""
    told = CHINESE.get(text, text) if language() == "zh" else text
    return told.format(**values) if values else told


CHINESE = MappingProxyType({
    # The conversation
    "Mini-DALLE3": "Mini-DALLE3",
    "What shall I draw?": "想让我画什么？",
    "Talk as you would to a person who draws. Ask for changes, and go back to what you liked better.":
        "像跟画师聊天一样说出来就好：随时可以要求修改，也可以退回你更喜欢的那一版。",
    "For example": "例如",
    "Say what you would like to see": "说说你想看到什么",
    "This is being answered in another window or program. Reload to see the reply.":
        "这条消息正在另一个窗口或程序中得到回答。刷新页面即可看到回复。",
    "Stop": "停止",
    "Opening…": "正在打开…",
    # Drawing
    "getting ready": "准备中",
    "{count} before it": "前面还有 {count} 张",
    "step {step} of {of}": "第 {step} 步，共 {of} 步",
    "Where it changed": "改动之处",
    # Threads
    "New conversation": "新的对话",
    "A photo": "一张照片",
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
})  # fmt: skip
"""English to Chinese; a test finds words of the page that are missing here."""
