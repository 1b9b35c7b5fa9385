"""Word lists of the offline assistant: what tells a style from a place from a deed in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from minidalle3.llms.rules.english import with_article, words
from minidalle3.sketchbook.world.words import COLOURS as WORLD_COLOURS
from minidalle3.sketchbook.world.words import PLACES, STYLES, SUBJECTS, TIMES


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


COLOURS = words("grey gray silver turquoise teal cyan beige cream bronze maroon golden rainbow-coloured") | {
    word for name, others in WORLD_COLOURS.items() for word in (name, *others) if " " not in word
}

QUALITIES = words("""
cute adorable beautiful pretty lovely nice sweet happy sad angry funny silly cheerful joyful friendly gentle calm cozy
cosy warm cold hot cool fresh bright dark shiny glowing sparkling colorful colourful vibrant vivid pastel soft fluffy
furry fuzzy smooth rough big small little tiny huge giant large tall short long wide narrow round fat thin chubby young
old baby ancient modern classic vintage retro futuristic magic magical dreamy epic majestic noble brave strong mighty
fierce scary spooky wild tame sleepy tired lazy busy fast slow quiet hungry delicious fancy elegant royal simple
detailed realistic clean new striped spotted wooden stone metal serene peaceful lively busy empty kind proud smiling
sleeping running flying dancing jumping swimming sitting flat minimalist abstract grumpy surprised curious sparkly
""")

OPPOSITES: tuple[frozenset[str], ...] = (
    words("big small little tiny huge giant large chubby"),
    words("happy sad angry grumpy cheerful joyful scared surprised calm"),
    words("young old baby ancient new"),
    words("bright dark"),
    words("fast slow"),
    words("scary friendly cute fierce"),
    words("modern classic vintage retro futuristic"),
    words("fat thin"),
    words("tall short"),
)
"""Qualities that cannot hold together: saying one takes the others away."""

COMPLAINTS: Mapping[str, str] = MappingProxyType({
    "dark": "bright", "bright": "dark", "small": "big", "big": "small", "large": "small", "sad": "happy",
    "scary": "friendly", "old": "young", "young": "old", "serious": "funny", "plain": "colorful", "dull": "colorful",
    "boring": "lively", "fat": "thin", "thin": "chubby", "busy": "simple", "cold": "warm", "tiny": "big",
    "huge": "small",
})  # fmt: skip
"""What a person who finds a picture too much of one thing wants instead."""

_STYLE_NOUNS = {
    "3d": "3D render", "3d style": "3D render", "rendered in 3d": "3D render", "cgi": "3D render",
    "3d rendering": "3D render", "flat": "flat illustration", "flatten": "flat illustration",
    "flattened": "flat illustration", "flat style": "flat illustration", "flat design": "flat illustration",
    "vector": "vector art", "cartoonish": "cartoon", "cartoon style": "cartoon", "comic": "comic drawing",
    "anime": "anime drawing", "toon": "cartoon", "manga": "manga drawing", "sticker style": "sticker",
    "pixel": "pixel art", "pixel style": "pixel art", "pixelated": "pixel art", "8-bit": "pixel art",
    "8 bit": "pixel art", "8bit": "pixel art", "16-bit": "pixel art", "watercolor": "watercolor painting",
    "watercolour": "watercolour painting", "realistic": "realistic photo", "photorealistic": "realistic photo",
    "photo-realistic": "realistic photo", "photographic": "photo", "real": "realistic photo", "oil": "oil painting",
    "charcoal": "charcoal drawing", "pencil": "pencil drawing", "crayon": "crayon drawing", "lego": "LEGO model",
    "3d render": "3D render", "3d model": "3D model", "3d icon": "3D icon", "claymation": "clay model",
    "clay": "clay model", "origami": "origami figure", "sketchy": "sketch",
}  # fmt: skip
_MORE_STYLES = _lines("""
watercolor painting
watercolour painting
oil painting
acrylic painting
painting
photo
photograph
realistic photo
comic drawing
anime drawing
manga drawing
pencil drawing
charcoal drawing
crayon drawing
child's drawing
poster
postcard
mural
mosaic
woodcut
caricature
portrait
statue
sculpture
plush toy
paper cutout
stained glass window
wallpaper
emoji
clip art
vector art
line art
pixel art
LEGO model
clay model
origami figure
close-up
3D icon
story book illustration
storybook illustration
children's book illustration
""")
_MASS = ("art", "lineart", "cgi")


def _style_forms() -> dict[str, str]:
    """Every way of naming a style -> the phrase that stands before `of` in a description."""
    named = {word for name, others in STYLES.items() for word in (name, *others)} | {*_MORE_STYLES}
    nouns = {word.lower(): _STYLE_NOUNS.get(word.lower(), word) for word in named}
    nouns |= {said: noun for said, noun in _STYLE_NOUNS.items()}
    return {said: noun if noun.endswith(_MASS) else with_article(noun) for said, noun in nouns.items()}


STYLE_FORMS: Mapping[str, str] = MappingProxyType(_style_forms())

STYLE_OPPOSITES: tuple[tuple[str, str], ...] = (
    ("3d", "a flat illustration"),
    ("flat", "a 3D render"),
    ("cartoon", "a realistic photo"),
    ("photo", "a cartoon"),
    ("real", "a cartoon"),
    ("sticker", "a realistic photo"),
)
"""What to draw when a style is refused that the description never named."""

TIME_FORMS: Mapping[str, str] = MappingProxyType(
    {form: form for name, others in TIMES.items() for form in (name, *others) if " " in form and "sunny" not in form}
    | {
        "night": "at night", "nighttime": "at night", "midnight": "at midnight", "sunset": "at sunset",
        "sunrise": "at sunrise", "dusk": "at dusk", "dawn": "at dawn", "evening": "in the evening",
        "morning": "in the morning", "daytime": "by day", "day": "by day", "noon": "at noon", "dark": "in the dark",
        "at midnight": "at midnight", "in the afternoon": "in the afternoon", "in winter": "in winter",
        "in summer": "in summer", "in spring": "in spring", "in autumn": "in autumn", "winter": "in winter",
        "summer": "in summer", "autumn": "in autumn", "rain": "in the rain", "in the rain": "in the rain",
        "rainy": "on a rainy day", "sunny": "on a sunny day", "snowy": "on a snowy day", "windy": "on a windy day",
        "foggy": "on a foggy day", "stormy": "on a stormy day", "cloudy": "on a cloudy day",
        "on a rainy day": "on a rainy day", "on a sunny day": "on a sunny day", "on a snowy day": "on a snowy day",
        "on a windy day": "on a windy day", "on a foggy day": "on a foggy day", "on a stormy day": "on a stormy day",
        "on a cloudy day": "on a cloudy day", "at christmas": "at Christmas", "at halloween": "at Halloween",
        "in the moonlight": "in the moonlight", "under moonlight": "under moonlight",
        "starry night": "on a starry night", "sunny day": "on a sunny day", "snow": "in the snow",
    }
)  # fmt: skip
"""Time and weather as said -> the phrase that ends a description."""

PREPOSITIONS = _lines("""
in front of
on top of
in the middle of
next to
close to
near
by
beside
behind
under
underneath
beneath
below
above
over
inside
outside
among
between
across
along
around
through
against
toward
towards
into
onto
at
on
in
beyond
past
amid
from
""")
WORN = words("""
hat cap crown scarf glasses sunglasses cape coat jacket dress suit shirt t-shirt tie bow ribbon boots shoes helmet mask
sweater costume necklace collar backpack gloves uniform armor armour tiara earrings jumper hoodie bowtie watch apron
bandana wig goggles socks mittens raincoat spacesuit tutu robe kimono
""")
HAVING = words("with without wearing holding carrying featuring having that who which whose dressed called named")
BELONGING = words("made that which whose covered surrounded full called named filled")
"""Words that go on describing a place rather than open a new part of the description."""

VERBS = words("""
run walk jog race jump leap hop bounce fly float soar hover sleep nap rest snooze sit stand lie swim bathe dive dance
sing play eat drink read write draw paint cook bake ride drive sail surf ski skate climb dig chase catch throw kick
smile laugh cry frown wink wave yawn blink bark meow roar howl sneeze look stare watch gaze point hold carry wear hug
kiss fight sneak hide crawl roll spin slide swing stretch kneel pray meditate think dream study work build fix wash
clean sweep shop travel march parade celebrate party drum dunk fall land glow shine melt burn explode sparkle sunbathe
juggle balance lick bite chew sniff scratch dress hunt fish camp picnic wander explore relax type call listen talk
whisper shout cheer clap bow salute somersault cartwheel breathe blow face lean hang perch nest bloom grow open close
""")

PLACES_ON = words("""
beach mountain street road roof moon mars farm island table boat ship stage bridge hill shore coast cloud chair sofa
couch bench background planet playground lawn grass sand skateboard bicycle bike horse train bus
""")

DRAWABLE = frozenset(
    word.lower() for table in (SUBJECTS, PLACES) for name, others in table.items() for word in (name, *others)
) | words("""
landscape sunset sunrise woman man girl boy child baby person people family bird eagle parrot parrots waterfall island
volcano knight pirate ninja mermaid samurai vampire monster warrior king chef doctor teacher farmer sailor sunflower
flowers flower bouquet garden village bridge lighthouse windmill motorcycle truck helicopter submarine sword shield
quokka koala kangaroo giraffe zebra hippo rhino crocodile snake lizard shark seal otter squirrel deer raccoon beaver
cupcake cookie sushi ramen bread cheese sandwich
""")

UNDRAWABLE = words("""
holiday vacation nap hug fan thumb thumbs regards bit minute moment second break hint chance clue
poem story song joke code script essay email letter recipe function program summary password sentence paragraph answer
idea ideas suggestion suggestions advice help hand break minute second moment hint reason reasons example question
explanation try chance sense decision wish conclusion call favor favour time luck difference mistake lesson deal bit lot
information details number text list tale day week problem opinion definition translation proof tutorial refund job
rest nap drink sleep guess haiku tip tips choice plan world point job work thing things nothing everything anything
fact facts synonym antonym rhyme riddle quote proverb term formula method approach habit hobby rule rules language
opportunity experience favourite favorite review quiz schedule budget discount account subscription licence license
username nickname lyric lyrics diet raise promotion salary
""")
"""Heads of noun phrases that are asked for without a picture being meant."""
