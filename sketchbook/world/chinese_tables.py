"""Chinese words for what the world shows, as people say them; kin may only stand in if told. Data alone."""

from collections.abc import Mapping

from minidalle3.sketchbook.world.subjects import table

SUBJECTS = table("""
dog: 狗, 小狗, 狗狗, 犬, 柯基, 柴犬, 金毛, 哈士奇, 泰迪, 汪星人
cat: 猫, 小猫, 猫咪, 喵星人, 橘猫
rabbit: 兔, 小兔, 兔兔
sheep: 羊, 绵羊, 小羊, 羊羔
lion: 狮, 雄狮
tiger: 虎, 小虎
bear: 小熊, 棕熊
wolf: 灰狼
horse: 小马, 骏马, 马儿
elephant: 象, 小象
mouse: 鼠, 小老鼠
monkey: 猴, 小猴子
panda: 大熊猫
owl: 猫头鹰
duck: 鸭, 小鸭子, 小鸭
chicken: 鸡, 母鸡
frog: 蛙
turtle: 乌龟, 海龟
fish: 小鱼, 金鱼, 热带鱼
whale: 鲸, 鲸鱼, 蓝鲸
octopus: 八爪鱼
crab: 螃蟹
bee: 蜂
dragon: 巨龙, 中国龙, 飞龙, 小龙
dinosaur: 恐龙
cow: 牛, 小牛, 母牛
koala: 树袋熊
bat: 蝙蝠
eagle: 老鹰
flamingo: 红鹳
chick: 小鸡, 雏鸡
snake: 小蛇
brontosaurus: 雷龙, 梁龙, 腕龙
llama: 骆马
deer: 小鹿, 梅花鹿
caterpillar: 毛虫
superhero: 超人, 超级英雄, 英雄, 蜘蛛侠
princess: 公主, 小公主
wizard: 巫师, 魔法师, 法师, 魔术师
fairy: 仙女, 小仙女, 精灵
ghost: 幽灵, 小鬼
astronaut: 宇航员, 航天员, 太空人
king: 国王, 皇帝
vampire: 吸血鬼
detective: 侦探
police officer: 警察, 警官
chef: 厨师, 大厨
firefighter: 消防员
farmer: 农民, 农夫
clown: 小丑
baby: 宝宝, 婴儿
boy: 男孩, 小男孩, 男孩子, 孩子, 小孩, 小朋友
girl: 女孩, 小女孩, 女孩子, 姑娘, 少女
man: 男人, 男子, 男士, 爸爸
woman: 女人, 女子, 女士, 妈妈
doctor: 医生
artist: 画家, 艺术家
dancer: 舞者, 舞蹈家
student: 学生
builder: 建筑工人, 工人
ogre: 食人魔
teddy bear: 玩具熊, 毛绒熊
sunflower: 太阳花
rose: 玫瑰花
tree: 树, 大树, 树木
pine tree: 松树, 杉树
palm tree: 椰子树, 椰树
cherry blossom: 樱花树
bouquet: 花束, 鲜花
potted plant: 盆栽, 盆景
maple leaf: 叶子, 树叶
pumpkin: 南瓜
apple: 苹果
tomato: 番茄
chili: 辣椒
cheese: 奶酪
hot dog: 热狗
noodles: 面条, 拉面, 面
cake: 蛋糕
cupcake: 杯子蛋糕
candy: 糖果
pizza: 比萨
burger: 汉堡包
ice cream: 冰淇淋, 冰激凌, 雪糕
coffee: 咖啡, 杯子
bubble tea: 奶茶
cocktail: 鸡尾酒, 饮料
car: 小汽车, 轿车, 车, 小车
taxi: 的士, 计程车
truck: 卡车
racing car: 跑车
bus: 公共汽车, 巴士, 大巴
train: 火车, 列车
bicycle: 单车, 脚踏车
motorcycle: 摩托
boat: 小船, 船只
ship: 轮船, 大船, 邮轮, 游轮
airplane: 客机
spaceship: 飞船, 宇宙飞船, 太空飞船, 不明飞行物
house: 房子, 房屋, 小屋, 木屋, 小木屋, 狗屋, 狗窝, 家园
castle: 城堡, 宫殿
tent: 帐篷
circus tent: 马戏团
skyscraper: 摩天大楼, 高楼, 大楼, 大厦
temple: 寺庙, 神庙, 庙
torii gate: 鸟居
tower: 塔, 高塔
lantern: 灯笼, 宫灯
firecracker: 鞭炮, 爆竹, 炮仗
party popper: 彩带
gift: 礼物, 礼品, 礼盒
bell: 铃铛, 钟
book: 书, 书本
key: 钥匙
lock: 锁
lamp: 灯, 电灯
camera: 照相机
computer: 电脑, 计算机
phone: 电话
television: 电视
clock: 钟表, 时钟
globe: 地球, 地球仪
sword: 剑, 宝剑
basket: 篮子
couch: 沙发
shirt: T恤
dress: 裙子, 连衣裙
boot: 靴子
shoe: 鞋, 鞋子, 运动鞋
hat: 帽子
crown: 王冠
diamond: 钻石
umbrella: 雨伞
saxophone: 萨克斯
piano: 钢琴
microphone: 麦克风, 话筒
ball: 球, 足球
yarn: 毛线球
skull: 骷髅
seashell: 贝壳
heart: 爱心, 心形
moon: 月亮, 月球
sun: 太阳
planet: 行星, 土星
cloud: 云朵, 白云
lightning: 闪电
fire: 火, 篝火
""")

LOOKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "style": table("""
3D render: 3D, 三维, 立体, 3D渲染, 3D模型
flat illustration: 扁平, 扁平插画, 插画, 插图, 图标, 标志, 矢量图, 矢量, 商标
line drawing: 线稿, 线条画, 素描, 简笔画, 线描, 铅笔画, 速写
cartoon: 卡通, 漫画, 动漫, 动画, 二次元
sticker: 贴纸, 贴画
pixel art: 像素, 像素画, 像素艺术, 8位
watercolour: 水彩, 水彩画
neon sign: 霓虹灯, 霓虹, 霓虹灯牌
"""),
    "place": table("""
on a plain background: 纯色背景, 白色背景, 白背景, 空白背景, 白底
by the river: 河边, 河畔, 小河边, 河流, 小溪, 溪边, 河里, 河
in the forest: 森林, 树林, 丛林, 林间, 林子
on the beach: 海边, 海滩, 沙滩, 海岸
in the mountains: 山上, 山里, 山中, 山间, 群山, 高山, 大山, 雪山, 雪山下, 山顶, 山脚下
in a meadow: 草地, 草原, 草坪, 田野, 公园, 田里
in the city: 城市, 城里, 市区, 都市, 城镇, 小镇
in the snow: 雪地, 雪中, 雪里, 冰雪, 冬天, 冰上, 冬日
in the desert: 沙漠, 戈壁
under the sea: 海底, 水下, 海里, 水里, 水中, 大海里, 大海, 海洋, 深海, 海中
in the sky: 天空, 天上, 空中, 云端, 云上, 蓝天, 云中
in space: 太空, 宇宙, 外太空, 星际, 银河
in a room: 房间, 屋里, 屋子里, 室内, 家里, 客厅, 卧室, 房子里, 床上
on a farm: 农场, 农场上, 农庄, 牧场
in a garden: 花园, 院子, 花丛, 后院, 花海
in a castle: 城堡里, 城堡中, 城堡内, 宫殿里, 王宫里, 皇宫里
on the road: 路上, 街上, 街道, 马路, 公路, 道路, 大街, 街头
in a kitchen: 厨房
in a library: 图书馆, 书房
in a cave: 山洞, 洞穴, 洞里
by a volcano: 火山, 火山旁, 火山边
by a waterfall: 瀑布, 瀑布旁, 瀑布边, 瀑布下
"""),
    "colour": table("""
red: 红色, 红
orange: 橙色, 橘色, 橙
yellow: 黄色, 金色, 黄, 金黄色
green: 绿色, 绿
blue: 蓝色, 蓝, 天蓝色
purple: 紫色, 紫
pink: 粉色, 粉红色, 粉红, 粉
brown: 棕色, 褐色, 咖啡色, 棕
black: 黑色, 黑
white: 白色, 白
"""),
    "action": table("""
running: 跑, 奔跑, 跑步, 飞奔, 行驶
jumping: 跳, 跳跃, 蹦, 蹦跳, 跳起来
flying: 飞, 飞翔, 飞行, 翱翔, 漂浮, 飘浮
sleeping: 睡, 睡觉, 睡着, 沉睡, 休息
sitting: 坐, 坐着, 坐在
swimming: 游泳, 游来游去, 在水里游
dancing: 跳舞, 舞蹈, 起舞, 舞
"""),
    "worn": table("""
hat: 帽子, 帽, 礼帽, 草帽, 魔法帽
crown: 皇冠, 王冠
sunglasses: 墨镜, 太阳镜, 太阳眼镜
cape: 披风, 斗篷
scarf: 围巾
balloon: 气球
umbrella: 雨伞, 伞
flower: 花, 鲜花, 花朵, 玫瑰, 向日葵, 郁金香
"""),
    "time": table("""
by day: 白天, 早晨, 早上, 中午, 上午, 阳光下, 晴天
at sunset: 日落, 黄昏, 傍晚, 夕阳, 夕阳下, 日出, 黎明, 晚霞
at night: 夜晚, 晚上, 夜里, 夜间, 深夜, 夜空, 月光下, 星空下, 夜
"""),
    "weather": table("""
in the rain: 下雨, 雨中, 雨天, 雨里, 下着雨, 下雨天, 暴雨, 暴风雨
in falling snow: 下雪, 下雪天, 下着雪, 飘雪, 大雪, 雪天
in the fog: 雾中, 雾里, 大雾, 雾天, 雾
under a rainbow: 彩虹下, 彩虹下面, 彩虹之下
"""),
    "relation": table("""
next to: 旁边, 旁, 身边, 边上, 附近, 下面, 后面, 下, 一起
on: 上, 上面, 背上
in front of: 前面, 前, 面前, 门前
"""),
    "count": table("""
2: 两, 二, 2, 一对, 一双, 两个
3: 三, 3, 四, 五, 六, 七, 八, 九, 十, 4, 5, 6, 7, 8, 9, 几, 一群, 许多, 很多
"""),
}

KIN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "subject": table("""
swan: 鹅, 大鹅, 仙鹤
tiger: 豹子, 豹, 猎豹, 雪豹, 金钱豹
bear: 北极熊
horse: 驴, 驴子, 毛驴
sheep: 山羊
octopus: 乌贼, 鱿鱼
lobster: 小龙虾
crocodile: 蜥蜴, 壁虎
eagle: 乌鸦, 海鸥, 凤凰, 秃鹫
chick: 鸟, 小鸟, 麻雀, 鸟儿
fish: 海马
squirrel: 水獭, 海狸
hippo: 犀牛
llama: 羊驼
gorilla: 猩猩
bee: 苍蝇, 蚊子
butterfly: 蜻蜓, 飞蛾
spider: 蚂蚁
princess: 女王, 王后, 皇后, 新娘
king: 王子
wizard: 女巫, 巫婆
fairy: 天使, 美人鱼
doctor: 护士, 科学家
student: 老师, 教师
ogre: 怪物, 怪兽, 魔鬼
vampire: 僵尸, 丧尸
ninja: 武士, 侠客
police officer: 士兵, 军人
man: 爷爷, 老人, 老爷爷, 叔叔
woman: 奶奶, 老奶奶, 外婆, 阿姨
sunflower: 雏菊, 菊花
rose: 牡丹
tulip: 百合, 荷花, 兰花
hibiscus: 花, 花朵, 小花
pine tree: 竹子
tree: 柳树
apple: 桃子, 桃
pear: 芒果
lemon: 橙子, 橘子
cherries: 蓝莓
broccoli: 白菜
bread: 三明治
rice ball: 饺子, 包子, 粽子, 月饼
coffee: 茶, 茶杯
boat: 潜水艇, 独木舟, 龙舟
ship: 海盗船
bus: 电车, 校车
train: 地铁, 高铁
truck: 面包车
rocket: 导弹
house: 别墅, 谷仓, 风车
tower: 灯塔, 埃菲尔铁塔
japanese castle: 宝塔
temple: 博物馆
firecracker: 烟花, 烟火
violin: 大提琴, 二胡
guitar: 琵琶, 古筝
trumpet: 笛子
dress: 旗袍
shirt: 衣服, 毛衣
"""),
    "place": table("""
by the river: 湖边, 湖, 湖上, 湖里, 池塘, 湖畔
in the city: 村庄, 村子, 市场
on the beach: 小岛, 岛上
in a library: 学校, 教室
in a room: 餐厅, 咖啡馆, 办公室
on the road: 桥上, 桥
"""),
    "style": table("""
3D render: 照片, 写实, 真实, 逼真, 乐高, 粘土
watercolour: 油画, 国画, 水墨画, 水墨
flat illustration: 海报, 剪纸
"""),
    "action": table("""
running: 走, 走路, 散步, 行走
dancing: 唱歌, 歌唱
"""),
    "worn": table("""
sunglasses: 眼镜
hat: 头盔
"""),
    "colour": table("""
white: 灰色, 银色, 灰
"""),
}

_STOPS = """
画一幅 画一张 画一下 画个 画出 画 请 帮我 帮忙 给我 给 看看 我想要 我要 我想 想要 我们 我 你 您
它 他 她 能不能 能 可以 可不可以 麻烦 一下 一张 一幅 一只 一个 一条 一座 一辆 一朵 一头 一匹 一艘
一位 一名 一把 一些 一点 一 张 幅 只 个 条 座 辆 朵 头 匹 艘 位 名 把 棵 颗 架 栋 本 杯 件
副 顶 支 根 图片 图像 图画 图 画面 画像 作品 照 风格 风 背景 样子 场景 样式 版本 的 地 得 了
着 在 里面 里 中 内 有 是 和 与 跟 及 还有 还 而 也 都 正在 正 会 能够 要 想 去 来 上去
可爱 漂亮 美丽 好看 快乐 开心 高兴 伤心 生气 温柔 勇敢 神秘 古老 现代 复古 巨大 大 小 老 新 胖
瘦 高 矮 长 短 圆 萌 帅 酷 乖 毛茸茸 孤独 安静 宁静 热闹 明亮 闪亮 简单 简约 精致 华丽 神奇
魔法 年轻 好 很 非常 最 特别 真 超级 更 那 这 那个 这个 那只 这只 时候 天 色 色彩 彩色 五颜六色
多彩 吧 吗 呢 啊 呀 哦 嗯 谢谢 你好 让 被 用 从 向 到 对 为 以 并 并且 然后 再 又 就 做 成
变成 变 生成 创作 设计 制作 展示 描绘 一样 似的 般 之 站 停在 停 站在 站着 站立 微笑 笑 住 住在 位于
充满 周围 四周 天气 季节 春天 夏天 秋天 东西 什么 美 身上 手里 手中 头上 带 穿 戴 拿 抱 茂密
蓝蓝 晴朗 古代
"""
_ADJECTIVES = """
可爱 漂亮 美丽 好看 快乐 开心 高兴 毛茸茸 巨大 古老 孤独 神秘 勇敢 风格 小 大 老 新
"""
_FOREIGN = """
飞艇 跑道 跳板 坐垫 红薯 红酒 黄瓜 白酒 黑板 黑洞 粉笔 花瓶 花盆 面具 面粉 火锅 火柴 车站 车轮
车库 书架 书桌 书店 鱼缸 鸟笼 鸟巢 马桶 牛奶 牛排 鸡蛋 鸡腿 羊肉 狗粮 树枝 树根 球场 球鞋 钟楼
雨衣 雪橇犬 过年 过节 飞毯 舞台 舞龙舞狮 舞狮 星座 大学 中国 上海
"""

STOPS = frozenset(_STOPS.split())
"""Words that ask for no thing of their own."""
ADJECTIVES = frozenset(_ADJECTIVES.split())
"""Those of them that stand before the thing that they describe, with 的 between."""
FOREIGN = frozenset(_FOREIGN.split())
"""Names of things that the world lacks, though they begin with a word of it."""
