"""Chinese words for what pictures show, and their English: descriptions are English, messages may be Chinese."""

from __future__ import annotations

import re


def pairs(text: str) -> dict[str, str]:
    """A word list, written as `中文 English` pairs parted by commas."""
    return dict(entry.strip().split(" ", 1) for entry in text.replace("\n", " ").split(",") if entry.strip())


COLOURS = pairs("""
红 red, 蓝 blue, 绿 green, 黄 yellow, 黑 black, 白 white, 紫 purple, 粉 pink, 橙 orange, 橘 orange, 棕 brown, 褐 brown,
灰 gray, 金 golden, 银 silver
""")
NOUNS = pairs("""
小狗 puppy, 小猫 kitten, 狗 dog, 猫 cat, 兔子 rabbit, 兔 rabbit, 马 horse, 牛 cow,
羊 sheep, 猪 pig, 鸡 chicken, 鸭子 duck, 小鸟 bird, 鸟 bird, 猫头鹰 owl, 老鹰 eagle,
企鹅 penguin, 鱼 fish, 鲸鱼 whale, 鲨鱼 shark, 海豚 dolphin, 乌龟 turtle, 青蛙 frog,
蛇 snake, 老虎 tiger, 狮子 lion, 熊猫 panda, 北极熊 polar bear, 熊 bear,
大象 elephant, 猴子 monkey, 狐狸 fox, 狼 wolf, 鹿 deer, 长颈鹿 giraffe, 老鼠 mouse,
松鼠 squirrel, 刺猬 hedgehog, 蝴蝶 butterfly, 蜜蜂 bee, 恐龙 dinosaur, 龙 dragon,
凤凰 phoenix, 独角兽 unicorn, 机器人 robot, 宇航员 astronaut, 骑士 knight,
公主 princess, 王子 prince, 国王 king, 女王 queen, 巫师 wizard, 女巫 witch,
海盗 pirate, 医生 doctor, 老师 teacher, 厨师 chef, 女孩 girl, 男孩 boy,
小女孩 little girl, 小男孩 little boy, 女人 woman, 男人 man, 老人 old man,
孩子 child, 婴儿 baby, 天使 angel, 精灵 elf, 雪人 snowman, 稻草人 scarecrow,
城堡 castle, 房子 house, 小木屋 cabin, 木屋 cabin, 塔 tower, 桥 bridge, 教堂 church,
学校 school, 灯塔 lighthouse, 村庄 village, 城市 city, 街道 street, 花园 garden,
公园 park, 森林 forest, 沙漠 desert, 草原 meadow, 草地 meadow, 雪山 snowy mountain,
高山 mountain, 山 mountain, 河流 river, 河 river, 湖 lake, 大海 sea, 海洋 ocean,
海边 beach, 海滩 beach, 沙滩 beach, 海 sea, 岛 island, 天空 sky, 太空 space,
宇宙 space, 月球 moon, 月亮 moon, 太阳 sun, 星星 star, 星空 starry sky, 云 cloud,
彩虹 rainbow, 火山 volcano, 瀑布 waterfall, 雪地 snow, 雪 snow, 雨 rain, 树 tree,
花 flower, 玫瑰 rose, 向日葵 sunflower, 竹子 bamboo, 蘑菇 mushroom, 苹果 apple,
西瓜 watermelon, 香蕉 banana, 蛋糕 cake, 面包 bread, 面条 noodles, 饺子 dumplings,
茶壶 teapot, 茶杯 teacup, 杯子 cup, 咖啡 coffee, 汽车 car, 车 car, 自行车 bicycle,
火车 train, 飞机 plane, 飞船 spaceship, 宇宙飞船 spaceship, 火箭 rocket,
帆船 sailing boat, 船 boat, 气球 balloon, 热气球 hot air balloon, 灯笼 lantern,
红灯笼 red lantern, 灯 lamp, 椅子 chair, 桌子 table, 沙发 sofa, 床 bed, 枕头 pillow,
书 book, 钢琴 piano, 吉他 guitar, 小提琴 violin, 足球 football, 球 ball, 帽子 hat,
眼镜 glasses, 墨镜 sunglasses, 围巾 scarf, 皇冠 crown, 雨伞 umbrella, 伞 umbrella,
旗子 flag, 旗 flag, 剑 sword, 翅膀 wings, 胡子 beard, 裙子 dress, 衣服 clothes,
宇航服 space suit, 海报 poster, 标志 logo, 图标 icon, 贴纸 sticker, 贺卡 card,
太空猫 space cat, 鞭炮 firecracker, 烟花 fireworks, 圣诞树 Christmas tree,
礼物 gift, 门 door, 窗户 window, 烟囱 chimney, 头发 hair, 眼睛 eyes, 尾巴 tail,
耳朵 ears, 鞋 shoes, 手套 gloves, 背包 backpack, 背景 background
""")
CLASSIFIERS = "张个幅只条匹座辆艘棵朵头位本把间栋杯颗架盏版些面条"
NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
NUMERAL = rf"(?:\d{{1,3}}|[{''.join(NUMERALS)}])"
HAN = re.compile(r"[\u4e00-\u9fff]")
_COLOUR = rf"(?:[{''.join(COLOURS)}])色?的?"
_NOUN = "|".join(sorted(NOUNS, key=len, reverse=True))
THING = rf"(?:大|小)?(?:{_COLOUR})?(?:{_NOUN})"
"""A thing in Chinese, with a colour or without, as a pattern."""


def is_chinese(text: str) -> bool:
    """Whether a message is to be read, and answered, as Chinese."""
    return bool(HAN.search(text))


def number(text: str) -> int:
    """`3`, `三` -> 3."""
    return NUMERALS[text] if text in NUMERALS else int(text)


def english(thing: str) -> str:
    """A `THING` in English words: 红色的汽车 -> red car."""
    words: list[str] = []
    size = {"大": "big", "小": "small"}
    if thing not in NOUNS and thing[:1] in size:
        words.append(size[thing[0]])
        thing = thing[1:]
    if thing not in NOUNS and (found := re.match(_COLOUR, thing)):
        words.append(COLOURS[thing[0]])
        thing = thing[found.end() :]
    return " ".join([*words, NOUNS[thing]])
