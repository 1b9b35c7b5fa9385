"""What kind of thing a word of a description names: general English (and a little Chinese) about pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from PIL import ImageColor

from minidalle3.llms.rules.english import gerund, is_gerund, singular, words
from minidalle3.llms.rules.tables import COLOURS as ASSISTANT_COLOURS
from minidalle3.llms.rules.tables import DRAWABLE, PREPOSITIONS, VERBS
from minidalle3.sketchbook.world.fillers import FILLERS

Kind: TypeAlias = Literal[
    "colour", "material", "face", "shape", "size", "age", "weather", "season", "style", "deed", "thing"
]

_ALSO_THINGS = words("chocolate coral linen lime moccasin orchid peru plum salmon seashell snow thistle tomato wheat")
COLOURS = (frozenset(ImageColor.colormap) - _ALSO_THINGS) | ASSISTANT_COLOURS | words("""
colourful colorful rainbow iridescent monochrome scarlet burgundy mauve ochre blonde blond brunette ginger pastel
""")  # fmt: skip
MATERIALS = words("""
wooden wood oak pine bamboo wicker stone granite marble concrete brick clay ceramic porcelain terracotta glass crystal
ice metal metallic iron steel bronze brass copper tin aluminium aluminum chrome rusty plastic rubber vinyl paper
cardboard origami leather suede fur furry denim cotton wool woolen woollen felt silk satin velvet lace linen knitted
crocheted plush wax chocolate gingerbread sugar jelly diamond jade
""")
FACES = words("""
smiling crying weeping grinning frowning laughing pouting scowling winking blushing yawning happy sad angry furious
grumpy cheerful joyful surprised scared afraid terrified serious worried bored tired sleepy smile grin frown
expression calm proud shy
""")
SHAPES = words("round square triangular oval rectangular flat curved spiral heart-shaped star-shaped cubic spherical")
SIZES = words("big small large tiny little huge giant enormous massive gigantic tall short long thin fat chubby slim")
AGES = words("young younger old older elderly baby teenage ancient new adult aged")
WEATHER = words("""
sunny cloudy rainy snowy foggy misty stormy windy overcast rain snow snowfall fog mist storm thunderstorm lightning
clouds sunshine dawn dusk sunrise sunset night nighttime midnight noon morning afternoon evening day daytime daylight
moonlight moonlit starry twilight aurora
""")
SEASONS = words("spring summer autumn fall winter christmas halloween easter")
STYLES = words("""
photo photograph photography photorealistic realistic painting watercolor watercolour oil acrylic gouache ink pencil
charcoal crayon pastel sketch drawing illustration cartoon comic anime manga ghibli pixar disney sticker vector art
artwork render rendering cgi pixel voxel lego clay claymation mosaic engraving etching woodcut woodblock ukiyo-e print
poster collage graffiti cubist cubism impressionist impressionism surreal surrealist expressionist abstract minimalist
baroque renaissance gothic cyberpunk steampunk vaporwave noir retro vintage style stained-glass origami isometric
cinematic film bokeh portrait 3d logo icon emoji lighting
""")

STATES = words("""
wearing holding carrying having featuring containing showing surrounding glowing shining sparkling gleaming steaming
bustling burning blooming towering stunning charming amazing striking crashing rolling flowing existing matching
growing hanging interesting exciting breathtaking missing remaining following using being lighting setting
""")
"""In -ing, yet no deed that moves a body."""
ACTING = frozenset(filter(is_gerund, map(gerund, VERBS))) - FACES - STATES - STYLES
"""What stands before a noun as a deed: "a roaring lion", but not "a menacing lion"."""
POSES = words("""
asleep awake seated perched upright crouched curled kneeling poised mid-air midair airborne dancing run runs jump jumps
sleep sleeps sit sits stand stands walk walks fly flies swim swims dance dances leap leaps wave waves bow bows
profile close-up closeup overhead
""") - words("waves bow bows profile")
BODY = words("""
arm arms leg legs hand hands paw paws tail head wing wings ear ears foot feet fist fists finger fingers knee knees
""")
POSITIONS = words("""
up down raised lifted lowered folded crossed spread stretched outstretched bent tilted turned lifting left right
forward backward high apart together behind sideways
""")
VIEWS = re.compile(
    r"\b(?:from (?:behind|above|below|the (?:front|side|back|left|right|top))|"
    r"(?:side|front|back|rear|top|bird'?s[- ]eye|profile) view|in profile|close-?up|"
    r"facing (?:left|right|away|forward|us)|upside down|on all fours|"
    r"on (?:its|his|her) (?:back|hind legs|knees|toes))\b"
)
"""Ways of standing to the camera: like a deed, they move everything and keep the look."""

STYLED = re.compile(r"\bstyle of [^,.]+|[\w'-]+(?: [\w'-]+)?[ -]style\b|\blow[ -]poly\b")

CHINESE_DEEDS = re.compile(
    "睡觉|睡|坐|站|跑步|奔跑|跑|跳舞|跳|飞翔|飞|游泳|游|躺|走|爬|蹲|趴|唱歌|弹|骑|开车|开|吃|喝|看书|看|挥手|举手|转身|回头|翻滚|打滚|追"
)
CHINESE_PLACES = re.compile(r"在([\u4e00-\u9fff]{1,6}?)(?=上|里|中|下|旁|前|后|,|，|。|的|\||$)")

LISTS: Mapping[Kind, frozenset[str]] = MappingProxyType({
    "colour": COLOURS, "material": MATERIALS, "face": FACES, "shape": SHAPES, "size": SIZES, "age": AGES,
    "weather": WEATHER, "season": SEASONS, "style": STYLES,
})  # fmt: skip
"""In this order: a word on several lists is of the first kind."""

FUNCTION = words("""
a an the some this that these those my your his her its their our of in on at by for from with without into onto over
under above below near next to beside between behind front across around through along up down out off and or as is are
was were be been being it he she they who which while very same
""")
ORDERS = words("""
add put swap replace exchange change turn remove delete erase take drop lose get rid set place move give have let keep
background backdrop colour color style scene picture instead rather away ok okay hmm oh think guess love try now
actually recolor recolour i'd i'm i'll let's
""")
"""Words by which a change is ordered; they name nothing in it."""
_PREPOSITION_WORDS = frozenset(word for phrase in PREPOSITIONS for word in phrase.split())


TOKEN = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+(?:['’-]\w+)*")
"""A word without punctuation; each Chinese character counts as one."""


def tokens(text: str) -> list[str]:
    """The words in lower case."""
    return [token.removesuffix("'s") for token in TOKEN.findall(text.casefold().replace("’", "'"))]


def content(text: str) -> list[str]:
    """The tokens that name something, plurals as singulars."""
    return [singular(token) for token in tokens(text) if token not in FUNCTION and token not in _PREPOSITION_WORDS]


def is_deed(word: str) -> bool:
    """Whether the word says how a body moves or holds itself."""
    return word in POSES or (is_gerund(word) and word not in STATES and word not in FACES)


def kind_of(word: str) -> Kind:
    """The kind of a single word; what is on no list is a thing."""
    for kind, listed in LISTS.items():
        if word in listed:
            return kind
    return "deed" if is_deed(word) else "thing"


def is_concrete(word: str) -> bool:
    """Whether a model draws the word by itself: a look, a deed, or a thing that is known to be one."""
    return kind_of(word) != "thing" or word in DRAWABLE


def says_nothing(word: str) -> bool:
    """Whether a word of the person's asks for nothing by itself ("please", "make"): no kind, and a filler."""
    return word in FUNCTION or word in ORDERS or word.isdigit() or (word in FILLERS and kind_of(word) == "thing")
