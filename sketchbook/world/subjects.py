"""What the world can show: canonical name -> other ways of saying it, kind by kind. Plurals need no entry."""

from collections.abc import Mapping
from types import MappingProxyType


def table(text: str) -> Mapping[str, tuple[str, ...]]:
    """Reads `name: synonym, synonym` lines; a name without synonyms stands alone."""
    rows = (line.partition(":") for line in text.strip().splitlines())
    return MappingProxyType(
        {name.strip(): tuple(word.strip() for word in rest.split(",") if word.strip()) for name, _, rest in rows}
    )


ANIMALS = table("""
dog: puppy, puppies, doggy, doggie, pup, hound, poodle, corgi
cat: kitten, kitty, kitties, kittycat, feline
rabbit: bunny, bunnies, hare, bunny rabbit
hedgehog: porcupine
sheep: lamb, ewe, ram
lion: lion cub
tiger: tiger cub
bear: grizzly, bear cub, brown bear
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
duck: duckling, mallard
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
koala: koala bear
giraffe:
camel: dromedary
squirrel: chipmunk
ladybug: ladybird, ladybugs
spider: tarantula
bat:
parrot: macaw
eagle: hawk, falcon
flamingo: flamingos, flamingoes
swan: goose, geese
peacock:
chick: baby chick, baby bird
crocodile: alligator
snake: serpent, cobra
shark:
seal: sea lion
jellyfish: medusa
lobster: crayfish
shrimp: prawn
deer: stag, reindeer, fawn
kangaroo: wallaby
sloth:
raccoon: racoon
skunk:
zebra:
gorilla:
hippo: hippopotamus
llama: alpaca
brontosaurus: sauropod, brachiosaurus, diplodocus
caterpillar: bug
""")

PEOPLE = table("""
superhero: super hero, superheroes, hero, heroes, superman, batman, spiderman
princess: princesses, queen
wizard: mage, magician, sorcerer, merlin
fairy: fairies, pixie
robot: android, bot, droid
ghost: spirit, phantom, spook
alien: extraterrestrial, martian
astronaut: spaceman, spacemen, cosmonaut
snowman: snowmen
king: monarch, emperor, prince
santa claus: santa, father christmas
vampire: dracula
ninja:
detective: sherlock holmes, spy, spies
police officer: policeman, cop, policewoman
chef: cook, baker
firefighter: fireman, firemen
farmer:
clown: jester
baby: infant, newborn
boy: lad, son, child, kid
girl: daughter
man: men, guy, dad
woman: women, lady, ladies, mom
doctor: nurse, physician
artist: painter
dancer: ballerina
student: graduate
builder: construction worker
ogre: oni, demon, monster, troll
teddy bear: teddy, plush bear, stuffed bear
""")

PLANTS = table("""
sunflower:
rose:
tulip:
tree: oak, oak tree
pine tree: pine, fir, fir tree, evergreen
palm tree: coconut tree, coconut palm
christmas tree: xmas tree, decorated tree
cactus: cacti, cactuses
mushroom: toadstool
cherry blossom: sakura, blossom
hibiscus:
bouquet: bunch of flowers
potted plant: houseplant, flowerpot
clover: four-leaf clover, shamrock
maple leaf: leaf, leaves
""")

FOOD = table("""
pumpkin: jack-o-lantern, jack o lantern
apple:
banana:
strawberry: strawberries
watermelon: melon
pineapple:
grapes: grape, bunch of grapes
cherries: cherry
pear:
lemon:
avocado: avocados
tomato: tomatoes
carrot:
corn: corn cob, maize
eggplant: aubergine
broccoli:
chili: chili pepper, hot pepper
bread: loaf of bread, loaf
croissant:
pretzel:
cheese: piece of cheese
pancakes: pancake
hot dog: hotdog, sausage
taco: tacos
french fries: fries, chips
popcorn:
sushi:
noodles: ramen, noodle soup, bowl of noodles
rice ball: onigiri
cake: birthday cake
cupcake: muffin
cookie: biscuit
chocolate: chocolate bar
candy: sweets, candies
lollipop:
pizza: pizza slice, slice of pizza
burger: hamburger, cheeseburger
ice cream: icecream, ice cream cone, gelato
donut: doughnut
coffee: cup of coffee, coffee cup, mug, cup of tea, cup
teapot: tea, pot of tea
bubble tea: boba, boba tea
cocktail: tropical drink, drink
honey: honey pot, jar of honey
""")

VEHICLES = table("""
car: automobile, sedan
taxi: cab, taxis
police car: patrol car
fire truck: fire engine, firetruck
ambulance:
truck: lorry, lorries
tractor:
racing car: race car, formula one car, sports car
bus: buses
train: locomotive, steam train, steam engine
bicycle: bike, cycle
motorcycle: motorbike
skateboard:
sled: sledge, sleigh
boat: sailboat, sailing boat, yacht
ship: steamship, cruise ship, ferry, ferries
airplane: plane, aeroplane, aircraft, jet
helicopter: chopper
rocket: rocket ship, space rocket
spaceship: flying saucer, ufo, spacecraft, space ship
parachute:
""")

BUILDINGS = table("""
house: home, cottage, hut, cabin, doghouse, dog house
castle: palace, fortress
japanese castle: pagoda
tent: campsite
circus tent: circus
skyscraper: office building, office block, tower block
church: chapel
temple: greek temple, museum
torii gate: shrine, shinto shrine
factory: factories
tower: eiffel tower, tokyo tower
ferris wheel: big wheel
roller coaster: rollercoaster
fountain:
""")

THINGS = table("""
balloon: party balloon
lantern: paper lantern, chinese lantern
firecracker: fireworks, firework
party popper: confetti
red envelope: hongbao, lucky money
gift: present, gift box, wrapped gift
candle:
bell:
book:
pencil:
palette: paint palette
scissors:
key:
lock: padlock
lamp: light bulb, bulb, lightbulb
camera: photo camera
computer: laptop, notebook computer
phone: smartphone, cell phone, mobile phone, telephone
television: tv, telly
headphones: headset, earphones
game controller: video game, gamepad
clock: alarm clock
hourglass:
telescope:
globe: earth, planet earth
hammer:
sword: crossed swords, swords
bomb:
anchor:
dice: die
puzzle: puzzle piece, jigsaw
trophy: trophies
basket:
broom:
chair: seat
bed:
couch: sofa
backpack: school bag, rucksack
shirt: t-shirt, tshirt
dress: gown
kimono:
boot: boots
shoe: shoes, sneaker, trainers
glasses: eyeglasses, spectacles
crown: tiara
hat: top hat
ring: diamond ring
diamond: gem, gemstone, jewel
umbrella: parasol
guitar: acoustic guitar
violin: fiddle, cello
saxophone: sax
trumpet: horn
drum:
piano: keyboard, piano keyboard
microphone: mic
ball: football, soccer ball
basketball:
tennis racket: tennis
boxing glove: boxing gloves
kite:
yarn: ball of yarn
nesting dolls: nesting doll, matryoshka
skull: skeleton
bone:
feather:
seashell: shell, conch
""")

HEAVENS = table("""
heart: love heart
star:
moon: crescent, crescent moon
sun:
planet: saturn, ringed planet
cloud:
lightning: lightning bolt, thunderbolt
fire: flame, campfire, bonfire
tornado: hurricane, whirlwind
rainbow:
snowflake:
""")

SUBJECTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**ANIMALS, **PEOPLE, **PLANTS, **FOOD, **VEHICLES, **BUILDINGS, **THINGS, **HEAVENS}
)
LIVING = frozenset({*ANIMALS, *PEOPLE})
