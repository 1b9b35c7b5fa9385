"""What the world reads beyond its own words: other names of the same, and near kin that may only stand in if told.

`SAME` says nothing else than the canonical name; a word of `KIN` is another thing, look or deed, of which the world
shows the nearest that it has. A word of `KIN` counts as kin even where training teaches it as a synonym.
"""

from collections.abc import Mapping
from types import MappingProxyType

from minidalle3.sketchbook.world.subjects import table

__all__ = ["KIN", "SAME"]

_SAME_SUBJECTS = table("""
dog: retriever, golden retriever, labrador, husky, terrier, dachshund, bulldog, dalmatian, beagle, shiba, canine, doggo
cat: tabby, tabby cat, siamese cat, persian cat, pussycat, tomcat, house cat
dragon: chinese dragon
whale: humpback whale
penguin: emperor penguin, king penguin
owl: snowy owl, barn owl
pumpkin: jack-o-lanterns
santa claus: saint nicholas
boy: little boy, schoolboy, children, kids
girl: little girl, schoolgirl, maiden
man: gentleman, old man, father
woman: old woman, mother
house: log cabin, kennel, dog kennel
ship: ocean liner
boat: rowing boat, sail boat
airplane: airliner
car: convertible
""")

_SAME_PLACES = table("""
by the river: river bank, beside the river, along the river, in the river, brook
in the forest: inside the forest, through the forest, among the trees, in the trees
on the beach: seashore, in the sand, at the coast
in the mountains: on the mountain, mountain top, mountaintop, mountainside, hill, on the hill, snowy mountain
in a meadow: in the meadow, grassland, pasture, prairie, field of grass, in the field
in the city: cityscape, in the town, through the city, over the city
in the snow: on the snow, through the snow, snowy forest
in the desert: desert landscape
under the sea: in the sea, beneath the sea, at the bottom of the sea, ocean floor, seafloor
in the sky: through the sky, up in the air, through the air
in space: through space, vastness of space, universe, in orbit, in the cosmos, through the cosmos, starfield
in a room: in the room, inside the room, inside the house
on a farm: on the farm, over the farm
in a garden: in the garden, surrounded by the garden, surrounded by the flower garden, among the flowers
in a castle: inside the castle, within the castle, in the palace, inside the palace, in the fortress, castle interior
on the road: along the road, on the street, down the street, on the highway, in the streets
in a kitchen: in the kitchen, kitchens
in a library: in the library
in a cave: in the cave, inside the cave
""")

_SAME = {
    "subject": _SAME_SUBJECTS,
    "place": _SAME_PLACES,
    "style": table("""
cartoon: cartoons, cartoonish style, animated
flat illustration: flat drawing, flat look, illustrated, vector illustration, vector icon, flat vector
line drawing: line sketch, colouring page, colouring book, outline drawing, doodle, pen drawing
3D render: 3d animation, 3d cartoon
watercolour: watercolors, watercolours
neon sign: neon glow
pixel art: pixels, pixelart, voxel art
"""),
    "action": table("""
running: jogs, rushes, galloping, sprinting, gallops
jumping: hops, leaps, bounces
flying: soars, floats, hovers, gliding
sleeping: slumber, slumbering, dozing, naps
swimming: swam
"""),
    "worn": table("""
hat: straw hat, cowboy hat, witch hat, pirate hat, wizard hat, santa hat, beanie, baseball cap, bowler hat, hats
sunglasses: aviators, dark shades
scarf: woolly scarf
balloon: balloons
umbrella: umbrellas
flower: daisy, bunch of flowers, roses, tulips
"""),
    "time": table("""
by day: midday, noon, in the sunshine, in the sunlight, bright day
at sunset: setting sun, twilight, at twilight, dusky
at night: night time, nights, nightfall, late at night, in the moonlight, under the stars, starry sky
"""),
    "weather": table("""
in the rain: thunderstorm, in the thunderstorm, downpour, drizzle, in the downpour
in falling snow: falling snowflakes
in the fog: in the haze
"""),
    "colour": table("""
purple: lavender, mauve
red: ruby
yellow: lemon yellow
pink: rose pink
blue: sky blue, cobalt
green: lime green
"""),
    "relation": table("""
next to: by the side of, together with, along with
on: sits on, sitting on top of, stands on
"""),
    "count": table("""
2: double, twin
"""),
}

_KIN_SUBJECTS = table("""
dog: coyote, jackal, hyena, dingo
cat: lynx, bobcat
rabbit: hare, guinea pig, hamster, gerbil
hedgehog: porcupine, echidna
sheep: goat, ibex
lion: puma, cougar, mountain lion, lioness
tiger: leopard, cheetah, jaguar, panther, snow leopard, ocelot
bear: polar bear
wolf: werewolf
horse: donkey, mule
unicorn: pegasus
elephant: mammoth
mouse: rat, vole, shrew, mole
monkey: ape, chimp, chimpanzee, lemur, baboon
duck: platypus
penguin: puffin
chicken: turkey, hen, quail
frog: toad, newt
fish: tuna, salmon, trout, cod, piranha, angelfish, clownfish, pufferfish, swordfish, seahorse
whale: orca, killer whale, narwhal
octopus: squid, cuttlefish
crab: scorpion
lobster: crayfish
butterfly: moth, dragonfly, firefly
bee: wasp, hornet, mosquito
snake: worm, eel
crocodile: alligator, lizard, iguana, chameleon, gecko
dinosaur: triceratops, stegosaurus, velociraptor, pterodactyl, godzilla
snail: slug
pig: boar, wild boar, warthog
cow: ox, buffalo, bison, yak
koala: wombat
camel: dromedary
squirrel: chipmunk, beaver, otter, weasel, ferret, marmot, meerkat
skunk: badger
ladybug: beetle, scarab
spider: ant
parrot: toucan, hummingbird, kingfisher, cockatoo
eagle: hawk, falcon, crow, raven, vulture, seagull, phoenix
chick: bird, sparrow, robin, songbird, little bird, baby bird
swan: goose, geese, stork, heron
flamingo: crane, pelican
peacock: pheasant, ostrich, emu
seal: walrus, sea lion, manatee
deer: moose, elk, antelope, gazelle, reindeer
kangaroo: wallaby
gorilla: orangutan, bigfoot, yeti, king kong
hippo: rhino, rhinoceros
llama: alpaca
caterpillar: bug, insect, centipede, cricket, grasshopper
superhero: supergirl, wonder woman, batman, spiderman
princess: queen, bride, duchess
king: prince, emperor
wizard: witch, sorceress
fairy: angel, mermaid, elf, pixie
robot: cyborg, transformer
ghost: spirit
vampire: zombie, mummy, frankenstein
ninja: samurai
detective: spy
police officer: soldier, guard, sheriff
chef: waiter, barista
farmer: gardener, cowboy
boy: teenager
man: grandfather, grandpa, businessman, husband, uncle
woman: grandmother, grandma, granny, wife, aunt
doctor: nurse, dentist, scientist
artist: sculptor
student: teacher, professor
builder: mechanic, plumber, engineer, worker
ogre: demon, monster, troll, goblin, devil, orc
teddy bear: stuffed animal, plush toy, plushie, doll
snowman: snow woman
sunflower: daisy, daisies, dandelion, marigold
rose: peony, peonies, carnation
tulip: lily, lilies, orchid, iris
hibiscus: flower, poppy, blossom flower
bouquet: flowers, wildflowers, flower arrangement
tree: willow, birch, bonsai, apple tree
pine tree: cedar, spruce
potted plant: plant, fern, succulent
maple leaf: oak leaf
apple: peach, plum, nectarine, apricot, pomegranate
lemon: lime, grapefruit
strawberry: raspberry
cherries: blueberries, berries, berry
watermelon: papaya, cantaloupe
pear: mango, fig, guava
carrot: radish, turnip, parsnip
broccoli: cauliflower, cabbage, lettuce
tomato: bell pepper
bread: toast, baguette, bagel, sandwich
croissant: pastry
cake: pie, tart, cheesecake, wedding cake
cupcake: muffin
cookie: biscuit, gingerbread man
pancakes: waffle, waffles, crepe
hot dog: sausage
taco: burrito, kebab
noodles: spaghetti, pasta, soup, bowl of soup, pho
rice ball: dumpling, dumplings
coffee: tea cup, teacup, cup of tea, hot chocolate, latte, cappuccino
cocktail: juice, lemonade, wine, glass of wine, beer
bubble tea: milkshake, smoothie
candy: marshmallow
ice cream: popsicle, sundae
car: jeep, limousine, suv, minivan
truck: van, pickup truck, delivery van, camper van
tractor: bulldozer, excavator, digger
bus: tram, trolley, school bus
train: subway train, metro
motorcycle: scooter, moped, vespa
bicycle: tricycle, unicycle
boat: canoe, kayak, gondola, submarine, raft, speedboat
ship: pirate ship, galleon, warship, aircraft carrier
airplane: biplane, glider, drone, fighter jet
balloon: hot air balloon
rocket: missile, space shuttle
spaceship: starship, space station, satellite
parachute: paraglider, hang glider
house: villa, mansion, barn, treehouse, bungalow, farmhouse, igloo, windmill, shed
castle: chateau
japanese castle: pagoda
tent: tipi, teepee, yurt
skyscraper: apartment building, hotel, tower block
church: cathedral, mosque, synagogue, monastery
temple: museum, parthenon, ruins
tower: lighthouse, eiffel tower, clock tower, bell tower, radio tower
factory: power plant
ferris wheel: carousel, merry-go-round
fountain: wishing well
firecracker: fireworks, firework, dynamite
gift: package, parcel, treasure chest
candle: torch
lamp: chandelier, flashlight, street lamp
book: newspaper, magazine, notebook, diary
pencil: pen, crayon, paintbrush
television: monitor
clock: wristwatch, grandfather clock, pocket watch
telescope: binoculars, microscope
hammer: axe, wrench
sword: dagger, knife, katana
chair: armchair, throne, stool, rocking chair
couch: bench
backpack: handbag, suitcase, purse
shirt: jacket, sweater, hoodie, coat
dress: skirt, wedding dress
shoe: sandal, sandals, slipper, slippers
guitar: banjo, ukulele, electric guitar, lute
violin: viola, cello, double bass
saxophone: clarinet, oboe
trumpet: trombone, tuba, french horn
drum: drum kit, tambourine, bongo
piano: organ, accordion, xylophone
ball: volleyball, rugby ball, baseball, golf ball, beach ball
tennis racket: badminton racket
skull: skeleton
seashell: starfish, oyster, clam
moon: full moon
star: starburst
planet: jupiter, mars, neptune, venus
globe: map
lightning: thunder
fire: explosion
tornado: hurricane
""")

_KIN_PLACES = table("""
by the river: lake, pond, canal, swamp, marsh, harbour, harbor, by the lake, on the lake
in the forest: bamboo forest, rainforest, orchard
on the beach: island, tropical island
in the mountains: canyon, cliff, valley
in a meadow: savanna, savannah, playground, tundra
in the city: village, market, marketplace, village square
in the snow: glacier, arctic, antarctica, north pole
under the sea: coral reef, reef, aquarium
in space: mars surface
in a room: bathroom, cafe, restaurant, shop, office, garage, hallway, attic, hotel room, hospital
on a farm: stable
in a garden: greenhouse, vineyard
on the road: bridge, railway, alley
in a kitchen: bakery
in a library: school, classroom, at school, bookshop, bookstore, to school
in a cave: tunnel, dungeon
""")

_KIN = {
    "subject": _KIN_SUBJECTS,
    "place": _KIN_PLACES,
    "style": table("""
3D render: photo, photograph, photorealistic, photo-realistic, realistic, realistic photo, clay, statue, sculpture
watercolour: oil painting, acrylic painting, gouache, ink painting, oil, impressionist, impressionist painting
cartoon: manga, cartoonish, chibi
line drawing: charcoal, charcoal drawing, engraving, etching, woodcut, chalk drawing
flat illustration: poster, paper cutout, stained glass, mosaic
"""),
    "action": table("""
running: walking, walks, walk, strolling, marching, skating
jumping: climbing
sleeping: lying
dancing: singing, sings
swimming: surfing, diving
"""),
    "worn": table("""
hat: helmet, hood, wig
crown: wreath, halo, flower crown
sunglasses: glasses, goggles, mask, spectacles, eyeglasses
cape: robe, blanket, coat
"""),
    "colour": table("""
white: silver, grey, gray, beige, cream
blue: turquoise, teal, cyan
red: maroon, burgundy
brown: bronze, copper, tan
green: olive
pink: coral
yellow: ochre
"""),
}

SAME: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(_SAME)
KIN: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(_KIN)
