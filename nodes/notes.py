"""What goes wrong, told in the person's language: the rooms below speak English, and here is its Chinese.

What is not listed, such as a folder that holds no model, is for whoever set the house up, and passes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from minidalle3.gallery.lexicon import is_chinese

IN_CHINESE: Mapping[str, str] = MappingProxyType({
    "Stopped.": "已停止。",
    "Stopped while another message was being answered; this one was not sent.":
        "上一条还在回答时已停止，这一条没有发出。",
    "This message was cut off before it was answered. Send it again to have it answered.":
        "这条消息还没回答就中断了。请再发一次。",
    "This message could not be saved ({}). Send it again.": "这条消息没能保存（{0}）。请再发一次。",
    "Something went wrong ({}). Your message is kept; try it again.": "出了差错（{0}）。你的消息还在，请再试一次。",
    "It is a change of {}, which was not drawn.": "它要从 {0} 改起，而 {0} 没有画成。",
    "It is {} already, and {} draws at {}: it will not draw more than {} times that.":
        "它已经有 {0} 那么大了；{1} 的尺寸是 {2}，最多放大到 {3} 倍。",
    "{} cannot draw on from a picture, and so not make one larger.": "{0} 不能接着一张图往下画，所以放大不了。",
    "This photo has no prompt of its own to be drawn larger with: say what it shows.":
        "这张照片没有提示词，没法放大重画：请说一说上面有什么。",
    "{} cannot be shown a picture to change.": "{0} 不能看着一张图来改。",
    "{} has no edit endpoint here.": "{0} 在这里不能改图。",
    "{} answered without a picture; ask again in other words.": "{0} 的回答里没有图，请换个说法再试。",
    "The model's own safety checker took it for something that must not be shown. Ask in other words.":
        "模型自带的安全检查认为不能显示这张图。请换个说法。",
    "The policy of this server refuses it: {}": "这台服务器不允许：{0}",
    "it could not be checked. Try it again.": "没能检查，请再试一次。",
    "{} drawings are waiting already. Try again in a moment.": "已经有 {0} 张图在排队，请稍后再试。",
    "{} drawings of yours are waiting already. Try again in a moment.": "你已经有 {0} 张图在排队，请稍后再试。",
    "The drawing failed: {}": "画的时候出了差错：{0}",
    "Picture {} is missing from the gallery. {}": "图库里没有图 {0} 了。{1}",
    "The file of picture {} is damaged. {}": "图 {0} 的文件坏了。{1}",
    "Ask for it to be drawn again, or restore its file from a backup.": "请让我再画一次，或从备份里恢复。",
    "The place where pictures are kept cannot be used ({}). What lies there stays there: try it again in a moment, or "
    "see that it is reachable and that MINIDALLE3_GALLERY is right.":
        "放图的地方现在用不了（{0}）。原有的图都还在：请稍后再试，或看看它是否连得上、MINIDALLE3_GALLERY 是否正确。",
    "More than {} pictures in {} seconds. Try again in {} s.": "{1} 秒里超过了 {0} 张图。请过 {2} 秒再试。",
    "{} So it is drawn anew from its new description.": "{0}所以按新的描述重新画。",
    "The picture could not be fetched ({}). Try it again.": "没能取到这张图（{0}）。请再试一次。",
    "Your photo was not taken in. {}": "你的照片没有收下。{0}",
    "A photo must come with its bytes (base64): addresses are not fetched.":
        "照片要连同内容（base64）一起发来，不会去网址上取。",
    "The photo's base64 is damaged; send it again.": "照片的 base64 坏了，请再发一次。",
    "This is not a picture I can read. Send it as PNG, JPEG, WebP or GIF.":
        "这不是我能读的图片。请发 PNG、JPEG、WebP 或 GIF。",
    "The photo is damaged or cut short. Save it again, and send it once more.":
        "照片坏了或不完整。请重新保存，再发一次。",
    "The photo has more than {} megapixels. Scale it down, and send it again.":
        "照片超过了 {0} 百万像素。请缩小后再发一次。",
    "The LLM failed: {}": "语言模型出了差错：{0}",
    "The LLM {} was silent for {} seconds; ask again or raise MINIDALLE3_LLM_TIMEOUT.":
        "语言模型 {0} 在 {1} 秒里没有回答；请再问一次，或调大 MINIDALLE3_LLM_TIMEOUT。",
    "The LLM {} broke off in the middle of its answer; ask again.": "语言模型 {0} 答到一半断了，请再问一次。",
    "The LLM {} cannot be reached; check that its server runs, the network, and MINIDALLE3_LLM_BASE_URL.":
        "连不上语言模型 {0}；请检查它的服务器、网络和 MINIDALLE3_LLM_BASE_URL。",
    "The LLM {} did not answer as such a server does; check MINIDALLE3_LLM_BASE_URL (most end in /v1).":
        "语言模型 {0} 的回答不合规矩；请检查 MINIDALLE3_LLM_BASE_URL（多半以 /v1 结尾）。",
    "This conversation has grown too long for the LLM {}; start a new one.":
        "这段对话对语言模型 {0} 太长了，请另开一段。",
    "The LLM {} did not accept the key; check MINIDALLE3_LLM_API_KEY, or the provider's own variable.":
        "语言模型 {0} 不认这个密钥；请检查 MINIDALLE3_LLM_API_KEY，或服务商自己的变量。",
    "The LLM {} does not exist; check the model's name in MINIDALLE3_LLM, and MINIDALLE3_LLM_BASE_URL.":
        "没有语言模型 {0}；请检查 MINIDALLE3_LLM 里的名字和 MINIDALLE3_LLM_BASE_URL。",
    "The LLM {} has no credit left on this key; look at the provider's billing page, or choose another LLM.":
        "语言模型 {0} 的这个密钥没有余额了；请看服务商的账单，或换一个语言模型。",
    "The LLM {} takes no more requests for now; wait a little and ask again.": "语言模型 {0} 现在太忙，请稍后再问。",
    "The LLM {} has trouble of its own; wait a little and ask again.": "语言模型 {0} 自己出了问题，请稍后再问。",
    "The LLM {} refused the request as it stands; check MINIDALLE3_LLM and MINIDALLE3_LLM_TEMPERATURE.":
        "语言模型 {0} 拒绝了这个请求；请检查 MINIDALLE3_LLM 和 MINIDALLE3_LLM_TEMPERATURE。",
    "{} will not draw this: {} Say it in other words.": "{0} 不肯画这个：{1} 请换个说法。",
    "{} was silent for {} seconds; ask again or raise MINIDALLE3_T2I_TIMEOUT.":
        "{0} 在 {1} 秒里没有回答；请再试一次，或调大 MINIDALLE3_T2I_TIMEOUT。",
    "{} cannot be reached; check that it runs, the network, and MINIDALLE3_T2I_BASE_URL.":
        "连不上 {0}；请检查它是否在运行、网络和 MINIDALLE3_T2I_BASE_URL。",
    "{} did not accept the key; check MINIDALLE3_T2I_API_KEY, or OPENAI_API_KEY.":
        "{0} 不认这个密钥；请检查 MINIDALLE3_T2I_API_KEY 或 OPENAI_API_KEY。",
    "{} takes no more requests for now; wait a little and ask again.": "{0} 现在太忙，请稍后再试。",
    "{} has trouble of its own ({}); wait a little and ask again.": "{0} 自己出了问题（{1}），请稍后再试。",
})  # fmt: skip
"""By the English, whose every `{}` stands for something of the moment; the first that fits."""
PATTERNS = [
    (re.compile("(.+)".join(map(re.escape, english.split("{}"))), re.DOTALL), chinese)
    for english, chinese in IN_CHINESE.items()
]


def in_language(note: str, words: str) -> str:
    """A note for the person who said `words`."""
    return in_chinese(note) if is_chinese(words) else note


def in_chinese(note: str) -> str:
    """Also of what it quotes."""
    for english, chinese in PATTERNS:
        if found := english.fullmatch(note):
            return chinese.format(*map(in_chinese, found.groups()))
    return note
