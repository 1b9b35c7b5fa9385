"""Single turns in context: what is asked, and the tag that answers it; no tag means words only."""

import re

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from minidalle3.llms.offline import OfflineAssistant
from minidalle3.nodes.decision import LARGE
from minidalle3.nodes.promises import breaks_promise

TAG = re.compile(r"<(?:image|edit|vary|refine|select)\b[^>]*(?:/>|>.*?</\w+>)")
Line = tuple[str, str | None]

NOTHING: list[Line] = []
DOG: list[Line] = [("a cute dog", None)]
STICKER: list[Line] = [("a cute dog", None), ("a sticker of a cute dog running near the river at night", "#1")]
SPACESHIP: list[Line] = [("a retro spaceship with a round body, fins, and silver and red colours", None)]
PAIR: list[Line] = [("a dog and a ball", None)]
HAT: list[Line] = [("a cat wearing a hat", None)]
FOUR: list[Line] = [("a cat", None), ("a red cat", "#1"), ("a car", None), ("a car at night", "#3")]
THREE: list[Line] = [("a dog", None)] * 3

NEW = [
    ("draw a dog", "<image>a dog</image>"),
    ("Can you generate a cute dog?", "<image>a cute dog</image>"),
    ("Draw me a picture of a sunset over the ocean", "<image>a sunset over the ocean</image>"),
    ("show me a unicorn", "<image>a unicorn</image>"),
    ("I want a picture of a red car", "<image>a red car</image>"),
    ("i want to see a dragon", "<image>a dragon</image>"),
    ("I'd love a picture of a whale", "<image>a whale</image>"),
    ("paint a castle in the snow at night", "<image>a castle in the snow at night</image>"),
    ("imagine a robot playing guitar", "<image>a robot playing guitar</image>"),
    ("what does a superman cat look like?", "<image>a superman cat</image>"),
    ("Can you show me what a dragon looks like?", "<image>a dragon</image>"),
    ("a red car", "<image>a red car</image>"),
    ("red car", "<image>a red car</image>"),
    ("cute dog", "<image>a cute dog</image>"),
    ("a super-duper quokka", "<image>a super-duper quokka</image>"),
    ("three dogs", '<image n="3">a dog</image>'),
    ("show me four versions of a fox", '<image n="4">a fox</image>'),
    ("3 pictures of an owl", '<image n="3">an owl</image>'),
    ("generate 2 images of a panda eating bamboo", '<image n="2">a panda eating bamboo</image>'),
    ("draw two cats playing together", "<image>two cats playing together</image>"),
    ("two cats and a dog", "<image>two cats and a dog</image>"),
    ("a dozen roses", '<image n="8">a rose</image>'),
    ("a sticker of a cat", "<image>a sticker of a cat</image>"),
    ("How about a penguin?", "<image>a penguin</image>"),
    ("draw a dog and make it red", "<image>a red dog</image>"),
    ("draw a dog. Then draw a cat.", "<image>a dog</image> <image>a cat</image>"),
    ("generate an image: a fox in the snow", "<image>a fox in the snow</image>"),
    ("astronaut riding a horse on the moon", "<image>an astronaut riding a horse on the moon</image>"),
    (
        "I want to draw a student rabbit. He is walking on a rural road. The style should be watercolor.",
        "<image>a watercolor painting of a student rabbit walking on a rural road</image>",
    ),
    (
        'My 7 year-old dreamed of a "superman cat" last night -- What does it look like ?',
        "<image>a superman cat</image>",
    ),
]
CHANGES = [
    ("make it red", "a cute red dog"),
    ("Make it run near the river", "a cute dog running near the river"),
    ("now at night", "a cute dog at night"),
    ("put it on the beach", "a cute dog on the beach"),
    ("move it to the desert", "a cute dog in the desert"),
    ("give him a hat", "a cute dog wearing a hat"),
    ("put sunglasses on the dog", "a cute dog wearing sunglasses"),
    ("add a house", "a cute dog with a house"),
    ("put a tree behind it", "a cute dog with a tree behind it"),
    ("change the dog to a cat", "a cute cat"),
    ("replace the dog with a fox", "a cute fox"),
    ("a cat instead", "a cute cat"),
    ("make it two dogs", "two cute dogs"),
    ("in pixel art style", "pixel art of a cute dog"),
    ("Could you make some sticker?", "a sticker of a cute dog"),
    ("can you make this in 3d?", "a 3D render of a cute dog"),
    ("draw it in the style of Van Gogh", "a cute dog in the style of Van Gogh"),
    ("turn this into a watercolor", "a watercolor painting of a cute dog"),
    ("change the background to a forest", "a cute dog in a forest"),
    ("remove the background", "a cute dog on a plain background"),
    ("make the background blue", "a cute dog on a blue background"),
    ("make it look happy", "a cute happy dog"),
    ("make it bigger", "a cute big dog"),
    ("let it sleep on a sofa", "a cute dog sleeping on a sofa"),
    ("make it lie on the grass", "a cute dog lying on the grass"),
    ("make her smile", "a cute dog smiling"),
    ("I want it to wear sunglasses", "a cute dog wearing sunglasses"),
    ("with a red ball", "a cute dog with a red ball"),
    ("without the tail", "a cute dog without tail"),
    ("make it blue and add a hat", "a cute blue dog wearing a hat"),
    ("less cute", "a dog"),
    ("it is too dark", "a cute bright dog"),
    ("can it be green?", "a cute green dog"),
    ("what if it was purple?", "a cute purple dog"),
    ("what would it look like in winter?", "a cute dog in winter"),
    ("it should have wings", "a cute dog with wings"),
    ("make the eyes blue", "a cute dog with blue eyes"),
    ("I want it to use orange as main color", "a cute orange dog"),
    ("make it a rainy day", "a cute dog on a rainy day"),
    ("Can you draw the same dog in a city?", "a cute dog in a city"),
    ("I like it, but make it blue", "a cute blue dog"),
    ("Looks good! Now let it fly.", "a cute dog flying"),
    ("Show me its house", "a cute dog standing in front of a house"),
    ("Where is the cat?", ""),
    ("make the dog bigger", "a cute big dog"),
    ("the dog should be larger", "a cute large dog"),
    ("enlarge the dog", "a cute big dog"),
    ("bring the ball back", "a cute dog with a ball"),
    ("the dog again, at night", "a cute dog at night"),
]
SIZES = [
    "make it larger", "Make the picture bigger, please.", "enlarge it", "blow it up", "can I have it bigger?",
    "a bigger picture please", "I want a larger version", "double the size of the picture", "in higher resolution",
    "把它放大", "大一点的图", "要一张更大的图", "放大一点", "图片再大一些",
]  # fmt: skip
IN_CONTEXT = [
    (STICKER, "Don't be a sticker", '<edit of="#2">a cute dog running near the river at night</edit>'),
    (STICKER, "no sticker please", '<edit of="#2">a cute dog running near the river at night</edit>'),
    (STICKER, "not at night", '<edit of="#2">a sticker of a cute dog running near the river</edit>'),
    (STICKER, "stop running", '<edit of="#2">a sticker of a cute dog near the river at night</edit>'),
    (STICKER, "now by day", '<edit of="#2">a sticker of a cute dog running near the river by day</edit>'),
    (STICKER, "I don't want the river", '<edit of="#2">a sticker of a cute dog running at night</edit>'),
    (STICKER, "undo", "<select>#1</select>"),
    (
        SPACESHIP,
        "remove the fins",
        '<edit of="#1">a retro spaceship with a round body and silver and red colours</edit>',
    ),
    (PAIR, "make it blue", '<edit of="#1">a blue dog and a ball</edit>'),
    (PAIR, "make the ball blue", '<edit of="#1">a dog and a blue ball</edit>'),
    (PAIR, "remove the ball", '<edit of="#1">a dog</edit>'),
    (HAT, "make the hat red", '<edit of="#1">a cat wearing a red hat</edit>'),
    (HAT, "remove the hat", '<edit of="#1">a cat</edit>'),
    (FOUR, "the second one", "<select>#2</select>"),
    (FOUR, "I like the first", "<select>#1</select>"),
    (FOUR, "go back to #3", "<select>#3</select>"),
    (FOUR, "pick number 2", "<select>#2</select>"),
    (FOUR, "the last one", "<select>#4</select>"),
    (FOUR, "the first cat", "<select>#1</select>"),
    (FOUR, "I prefer the red one", "<select>#2</select>"),
    (FOUR, "the one at night", "<select>#4</select>"),
    (FOUR, "go back to the cat", "<select>#2</select>"),
    (FOUR, "go back", "<select>#3</select>"),
    (FOUR, "the second one but at night", '<edit of="#2">a red cat at night</edit>'),
    (FOUR, "I like the second one, make it green", '<edit of="#2">a green cat</edit>'),
    (FOUR, "make the cat blue", '<edit of="#2">a blue cat</edit>'),
    (FOUR, "add a hat to the first cat", '<edit of="#1">a cat wearing a hat</edit>'),
    (FOUR, "make #1 fly", '<edit of="#1">a cat flying</edit>'),
    (FOUR, "refine the second one", '<refine of="#2"/>'),
    (FOUR, "more like #2", '<vary of="#2" n="2"/>'),
    (FOUR, "go back to #9", "<select>#0</select>"),
    (DOG, "can I see more like this?", '<vary of="#1" n="2"/>'),
    (DOG, "another one", '<vary of="#1"/>'),
    (DOG, "try again", '<vary of="#1"/>'),
    (DOG, "show me two more", '<vary of="#1" n="2"/>'),
    (DOG, "show me three more versions", '<vary of="#1" n="3"/>'),
    (DOG, "refine it so that I can use it to build a story book", '<refine of="#1"/>'),
    (DOG, "make it better quality", '<refine of="#1"/>'),
    (DOG, "sharper", '<refine of="#1"/>'),
    (DOG, "What would this dog's house look like?", "<image>a cute dog's house</image>"),
    (DOG, "draw a cat", "<image>a cat</image>"),
]
WORDS_ONLY = [
    (NOTHING, "Hello! What are you?", "rules"),
    (NOTHING, "are you ChatGPT?", "without any language model"),
    (NOTHING, "What is the capital of France?", "MINIDALLE3_LLM"),
    (NOTHING, "Why is the sky blue?", "rule-based"),
    (NOTHING, "can dogs swim?", "offline"),
    (NOTHING, "tell me a joke", "rule-based"),
    (NOTHING, "write a poem about dogs", "rule-based"),
    (NOTHING, "what is a hedgehog?", "rule-based"),
    (NOTHING, "show me how to draw a dog", "did not understand"),
    (NOTHING, "dogs are great animals", ""),
    (NOTHING, "my dog is sick", "did not understand"),
    (NOTHING, "a good idea!", ""),
    (NOTHING, "give me a minute", ""),
    (NOTHING, "hello", "Hello"),
    (NOTHING, "thanks", "welcome"),
    (NOTHING, "can you draw?", "You could say"),
    (NOTHING, "make it red", "no picture yet"),
    (NOTHING, "show me more", "no picture yet"),
    (NOTHING, "undo", "nothing to undo"),
    (NOTHING, "make a sticker", "of what"),
    (NOTHING, "", "You could say"),
    (NOTHING, "asdf qwer", "did not understand"),
    (DOG, "It looks great!", "glad"),
    (DOG, "I don't like it", "sorry"),
    (DOG, "what is the prompt for it?", "“a cute dog”"),
    (DOG, "which pictures are there?", "#1: a cute dog"),
    (DOG, "how many pictures do we have?", "one picture"),
    (DOG, "What color is it?", "do not see"),
    (DOG, "Its name is Max", "Max"),
    (DOG, "delete it", "delete #1"),
    (DOG, "I want a different style", "Which one"),
    (DOG, "how do I save the picture?", "PNG"),
]


def conversation(pictures: list[Line], words: str) -> list[BaseMessage]:
    ledger = {
        "pictures": [
            {"id": f"#{i}", "kind": "edit" if parent else "image", "parent": parent, "description": description}
            for i, (description, parent) in enumerate(pictures, 1)
        ],
        "current": f"#{len(pictures)}" if pictures else None,
    }
    return [SystemMessage("You draw.", additional_kwargs={"ledger": ledger}), HumanMessage(words)]


def tags(messages: list[BaseMessage]) -> str:
    return " ".join(TAG.findall(OfflineAssistant().invoke(messages).text))


@pytest.mark.parametrize(("words", "expected"), NEW)
def test_a_new_picture(words: str, expected: str) -> None:
    assert tags(conversation(NOTHING, words)) == expected


@pytest.mark.parametrize(("words", "description"), CHANGES)
def test_a_change_of_the_current_picture(words: str, description: str) -> None:
    expected = f'<edit of="#1">{description}</edit>' if description else ""
    assert tags(conversation(DOG, words)) == expected


@pytest.mark.parametrize("words", SIZES)
def test_a_larger_picture_is_a_refinement_and_shows_the_same(words: str) -> None:
    assert tags(conversation(DOG, words)) == '<refine of="#1"/>'
    assert "<" not in OfflineAssistant().invoke(conversation(NOTHING, words)).text
    assert LARGE.search(words)


def test_what_is_done_to_several_pictures_is_opened_once() -> None:
    reply = OfflineAssistant().invoke(conversation(THREE, "make them all black and white")).text
    assert len(TAG.findall(reply)) == 3
    assert reply.count("here it is") + reply.count("Here it is") + reply.count("new version") == 1


@pytest.mark.parametrize(("pictures", "words", "expected"), IN_CONTEXT)
def test_a_turn_in_context(pictures: list[Line], words: str, expected: str) -> None:
    assert tags(conversation(pictures, words)) == expected


@pytest.mark.parametrize(("pictures", "words", "said"), WORDS_ONLY)
def test_words_only(pictures: list[Line], words: str, said: str) -> None:
    reply = OfflineAssistant().invoke(conversation(pictures, words)).text
    assert "<" not in reply
    assert said in reply
    assert not breaks_promise(reply)


def test_an_ordinal_counts_within_the_latest_batch() -> None:
    shown = 'Here are 2 of them:\n<image id="#2">a dog</image>\n<image id="#3">a dog</image>'
    system, last = conversation(THREE, "I like the first one")
    assert tags([system, HumanMessage("two dogs"), AIMessage(shown), last]) == "<select>#2</select>"


def test_a_name_is_remembered_from_the_history() -> None:
    system, last = conversation([*DOG, ("a red car", None)], "make Bob fly in the sky")
    past = [
        HumanMessage("draw a cute dog"),
        AIMessage('Sure:\n<image id="#1">a cute dog</image>'),
        HumanMessage("My son says its name is Bob. Now draw a red car"),
        AIMessage('Here is a red car:\n<image id="#2">a red car</image>'),
    ]
    assert tags([system, *past, last]) == '<edit of="#1">a cute dog flying in the sky</edit>'


def test_what_was_described_is_drawn_when_asked() -> None:
    past = [HumanMessage("any idea?"), AIMessage('How about this? "A red house on a hill."')]
    assert tags([*past, HumanMessage("Looks great, could you draw it?")]) == "<image>a red house on a hill</image>"


def test_a_redo_goes_to_the_version_made_from_this_one() -> None:
    system, last = conversation(STICKER, "redo")
    system.additional_kwargs["ledger"]["current"] = "#1"
    assert tags([system, last]) == "<select>#2</select>"


def test_a_photo_is_changed_like_any_picture() -> None:
    system, _ = conversation([("a photo of a dog", None)], "")
    last = HumanMessage([{"type": "text", "text": "make it a cartoon"}, {"type": "image", "id": "#1"}])
    assert tags([system, last]) == '<edit of="#1">a cartoon of a dog</edit>'


def test_a_photo_without_description_can_be_changed() -> None:
    assert tags(conversation([("", None)], "make it red")).startswith('<edit of="#1">')


CHINESE = [
    ([], "画一只小狗", "<image>a puppy</image>"),
    (["a puppy"], "把它变成红色", '<edit of="#1">a red puppy</edit>'),
    (["a puppy"], "换成夜晚", '<edit of="#1">a puppy at night</edit>'),
    (["a puppy"], "再来一张", '<vary of="#1"/>'),
    (["a puppy", "a cat"], "第一张", "<select>#1</select>"),
    (["a puppy"], "谢谢", ""),
    (["a puppy"], "这是什么?", ""),
    ([], "猫在海滩上的贴纸", "<image>a sticker of a cat on the beach</image>"),
    ([], "山里的城堡", "<image>a castle on the mountain</image>"),
    ([], "海边的房子", "<image>a house on the beach</image>"),
    ([], "我想要一个生日贺卡，上面有一只兔子", "<image>a card with a rabbit</image>"),
    (["a cat"], "给它戴一顶红帽子", '<edit of="#1">a cat wearing a red hat</edit>'),
    (["a cat"], "把背景换成雪地", '<edit of="#1">a cat in the snow</edit>'),
    (["a cat"], "把猫变大", '<edit of="#1">a big cat</edit>'),
    (["a cat"], "它的家是什么样的?", '<edit of="#1">a cat standing in front of a house</edit>'),
    (["a cat"], "画它的朋友", '<edit of="#1">a cat with its friend</edit>'),
    (["a cat", "a red cat"], "第一张的提示词是什么？", ""),
    ([], "画一只狗，给它戴一顶红帽子", "<image>a dog wearing a red hat</image>"),
    (["a cat", "a red cat"], "最开始那张猫图", "<select>#1</select>"),
]
SAID = [
    ("提示词是什么？", "“a puppy”"), ("我们有几张图？", "1 张图"), ("你是谁？", "离线助手"),
    ("你能画什么？", "我按你说的画"),
    ("猫为什么打呼噜？", "我答不了"), ("再见", "再见"), ("谢谢", "不客气"), ("真好看", "很高兴"), ("你好", "你好！"),
    ("呃呃呃", "没听懂"),
]  # fmt: skip


@pytest.mark.parametrize(("descriptions", "words", "expected"), CHINESE)
def test_chinese_is_answered_in_chinese(descriptions: list[str], words: str, expected: str) -> None:
    messages = conversation([(description, None) for description in descriptions], words)
    assert tags(messages) == expected
    reply = OfflineAssistant().invoke(messages).text
    assert re.search(r"[\u4e00-\u9fff]", reply)
    assert not re.search(r"[\u4e00-\u9fff] ?[,:;!?.](?!\w)", TAG.sub("", reply))


@pytest.mark.parametrize(("words", "said"), SAID)
def test_chinese_that_wants_words_gets_them(words: str, said: str) -> None:
    reply = OfflineAssistant().invoke(conversation([("a puppy", None)], words)).text
    assert said in reply
    assert "<" not in reply


def test_a_picture_that_is_not_there_is_not_announced_in_chinese() -> None:
    for words in ("第五张", "把第五张变成红色"):
        reply = OfflineAssistant().invoke(conversation([("a puppy", None)], words)).text
        assert reply == "请稍等：\n<select>#0</select>"


def test_a_change_of_no_picture_is_refused_in_chinese() -> None:
    assert "还没有可以改的图" in OfflineAssistant().invoke(conversation(NOTHING, "把它变成红色")).text
