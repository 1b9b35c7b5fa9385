"""The words of the sketchbook's world: canonical name -> other ways of saying it. Plurals need no entry."""

from collections.abc import Mapping
from types import MappingProxyType


def _table(text: str) -> Mapping[str, tuple[str, ...]]:
    """Reads `name: synonym, synonym` lines; a name without synonyms stands alone."""
    rows = (line.partition(":") for line in text.strip().splitlines())
    return MappingProxyType(
        {name.strip(): tuple(word.strip() for word in rest.split(",") if word.strip()) for name, _, rest in rows}
    )


SUBJECTS = _table("""
dog: puppy, puppies, doggy, doggie, pup, hound, poodle, corgi
cat: kitten, kitty, kitties, kittycat, feline
rabbit: bunny, bunnies, hare, bunny rabbit
hedgehog: porcupine
sheep: lamb, ewe
lion: lion cub
tiger: tiger cub
bear: grizzly, bear cub
fox: foxes, vixen
wolf: wolves
horse: pony, ponies, stallion, foal
unicorn:
elephant:
mouse: mice, rat
monkey: ape, chimp, chimpanzee
panda: panda bear
penguin:
owl: owlet
duck: duckling
chicken: hen, rooster, cockerel
frog: toad
turtle: tortoise
fish: goldfish, tropical fish, fishes
whale:
dolphin:
octopus: octopuses, squid
crab:
butterfly: butterflies
bee: honeybee, bumblebee
dragon: wyvern
dinosaur: dino, t-rex, t rex, tyrannosaurus
snail:
pig: piglet, piggy
cow: calf, bull
superhero: super hero, superheroes, hero, heroes, superman, batman, spiderman
princess: princesses, queen
wizard: mage, magician, sorcerer, merlin
fairy: fairies, pixie
robot: android, bot, droid
ghost: spirit, phantom, spook
alien: extraterrestrial, martian
astronaut: spaceman, cosmonaut
snowman: snowmen
sunflower:
rose:
tulip:
tree: oak, oak tree
pine tree: pine, fir, fir tree, evergreen, christmas tree, xmas tree
cactus: cacti, cactuses
mushroom: toadstool
pumpkin: jack-o-lantern, jack o lantern
apple:
banana:
strawberry: strawberries
cake: birthday cake
pizza: pizza slice, slice of pizza
burger: hamburger, cheeseburger
ice cream: icecream, ice cream cone, gelato
donut: doughnut
coffee: cup of coffee, coffee cup, mug, tea, cup of tea, cup
house: home, cottage, hut, cabin, doghouse, dog house
castle: palace, fortress
tent: campsite
car: automobile, sedan
bus: buses
train: locomotive, steam train, steam engine
bicycle: bike, cycle
boat: sailboat, sailing boat, yacht
ship: steamship, cruise ship, ferry, ferries
airplane: plane, aeroplane, aircraft, jet
rocket: rocket ship, space rocket
spaceship: flying saucer, ufo, spacecraft, space ship
balloon: party balloon
lantern: paper lantern, chinese lantern
firecracker: fireworks, firework
gift: present, gift box, wrapped gift
book:
guitar: acoustic guitar
drum:
trumpet: horn
piano: keyboard, piano keyboard
crown: tiara
hat: top hat
heart: love heart
star:
moon: crescent, crescent moon
sun:
snowflake:
umbrella: parasol
clock: alarm clock
key:
lamp: light bulb, bulb, lightbulb
camera: photo camera
computer: laptop, notebook computer
phone: smartphone, cell phone, mobile phone, telephone
ball: football, soccer ball
kite:
teddy bear: teddy, plush bear, stuffed bear
bell:
rainbow:
diamond: gem, gemstone, jewel
""")

STYLES = _table("""
3D render: 3d, 3d model, 3d rendering, 3d style, rendered in 3d, 3d icon, clay render, cgi
flat illustration: flat, flat design, flat style, flat icon, vector, vector art, illustration, icon, logo, emblem
line drawing: line art, lineart, sketch, outline, pencil drawing, pencil sketch, ink drawing, line icon, coloring page
cartoon: comic, cartoon style, anime, cartoon drawing, toon
sticker: decal, sticker style, die-cut sticker
pixel art: pixel, pixel style, pixelated, 8-bit, 8 bit, 8bit, 16-bit, retro game sprite, sprite
""")

PLACES = _table("""
on a plain background: plain background, white background, blank background, simple background, studio, in a studio
by the river: near the river, at the river, riverside, riverbank, river, stream, by the lake, lake, by a stream, pond
in the forest: forest, woods, in the woods, woodland, jungle, in a jungle
on the beach: beach, seaside, at the seaside, shore, coast, by the sea, by the ocean, at the beach, sand
in the mountains: mountains, mountain, on a mountain, alps, peak, hills
in a meadow: meadow, field, grass, in the grass, on the grass, park, garden, lawn, flower field, countryside
in the city: city, town, downtown, street, in the street, on the road, road, skyline, new york
in the snow: snow, snowy, winter, snowy field, snowy landscape, ice
in the desert: desert, dunes, sahara, sand dunes
under the sea: underwater, under water, deep sea, seabed, under the ocean, in the water, in the ocean, ocean
in the sky: sky, clouds, above the clouds, in the clouds, in the air
in space: space, outer space, cosmos, galaxy, among the stars
in a room: room, indoors, inside, living room, bedroom, in the house, kitchen, at home, in bed
""")

COLOURS = _table("""
red: crimson, scarlet
orange:
yellow: gold, golden
green: emerald
blue: navy, azure, light blue, dark blue
purple: violet, lilac
pink: magenta
brown:
black:
white:
""")

ACTIONS = _table("""
running: run, runs, racing, jogging, walking, walks, walk, rushing, driving
jumping: jump, jumps, leaping, hopping, bouncing
flying: fly, flies, floating, soaring, hovering
sleeping: sleep, sleeps, asleep, napping, resting, snoozing
sitting: sit, sits, seated
swimming: swim, swims, bathing, diving
dancing: dance, dances, singing, sings, partying
""")

TIMES = _table("""
by day: during the day, daytime, at noon, in daylight, in the morning, sunny day, sunny
at sunset: sunset, at dusk, dusk, at dawn, dawn, sunrise, at sunrise, in the evening, evening, golden hour
at night: night, nighttime, midnight, in the dark, by night, starry night, moonlight, moonlit
""")
