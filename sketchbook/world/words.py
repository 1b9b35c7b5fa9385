"""The words that say how the world's subjects are shown: canonical name -> other ways of saying it."""

from minidalle3.sketchbook.world.subjects import LIVING, SUBJECTS, table

__all__ = ["ACTIONS", "COLOURS", "COUNTS", "HELD", "LIVING", "MORE_THAN_THREE", "PLACES", "RELATIONS", "STYLES",
           "SUBJECTS", "TIMES", "WEATHERS", "WORN"]  # fmt: skip

STYLES = table("""
3D render: 3d, 3d model, 3d rendering, 3d style, rendered in 3d, 3d icon, clay render, cgi
flat illustration: flat, flat design, flat style, flat icon, vector, vector art, illustration, icon, logo, emblem
line drawing: line art, lineart, sketch, outline, pencil drawing, pencil sketch, ink drawing, line icon, coloring page
cartoon: comic, cartoon style, anime, cartoon drawing, toon
sticker: decal, sticker style, die-cut sticker
pixel art: pixel, pixel style, pixelated, 8-bit, 8 bit, 8bit, 16-bit, retro game sprite, sprite
watercolour: watercolor, watercolour painting, watercolor painting, aquarelle, watercolour style, watercolor style
neon sign: neon, neon light, neon lights, neon style, glowing neon, neon art
""")

PLACES = table("""
on a plain background: plain background, white background, blank background, simple background, studio, in a studio
by the river: near the river, at the river, riverside, riverbank, river, stream, by the lake, lake, by a stream, pond
in the forest: forest, woods, in the woods, woodland, jungle, in a jungle
on the beach: beach, seaside, at the seaside, shore, coast, by the sea, by the ocean, at the beach, sand
in the mountains: mountains, mountain, on a mountain, alps, peak, hills
in a meadow: meadow, field, grass, in the grass, on the grass, park, lawn, countryside, in the park
in the city: city, town, downtown, skyline, new york
in the snow: snow, snowy, winter, snowy field, snowy landscape, ice
in the desert: desert, dunes, sahara, sand dunes
under the sea: underwater, under water, deep sea, seabed, under the ocean, in the water, in the ocean, ocean
in the sky: sky, clouds, above the clouds, in the clouds, in the air
in space: space, outer space, cosmos, galaxy, among the stars
in a room: room, indoors, inside, living room, bedroom, in the house, at home, in bed
on a farm: farm, farmyard, at the farm, barnyard, ranch
in a garden: garden, backyard, in the yard, flower garden, flower field, in a flower field
in a castle: castle hall, throne room, in a palace, inside a castle
on the road: road, street, in the street, on a street, highway
in a kitchen: kitchen
in a library: library, libraries, bookshelf, at school, classroom, in a classroom
in a cave: cave, cavern
by a volcano: volcano, near a volcano, lava, on a volcano
by a waterfall: waterfall, waterfalls, near a waterfall, under a waterfall
""")

COLOURS = table("""
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

ACTIONS = table("""
running: run, runs, racing, jogging, walking, walks, walk, rushing, driving
jumping: jump, jumps, leaping, hopping, bouncing
flying: fly, flies, floating, soaring, hovering
sleeping: sleep, sleeps, asleep, napping, resting, snoozing
sitting: sit, sits, seated
swimming: swim, swims, bathing, diving
dancing: dance, dances, singing, sings, partying
""")

WORN = table("""
hat: top hat, cap, party hat, magician's hat
crown: tiara
sunglasses: shades, glasses, dark glasses
cape: cloak, superhero cape
scarf: shawl
balloon: balloons, party balloon
umbrella: parasol
flower: rose, tulip, sunflower, flowers, bouquet
""")
HELD = frozenset({"balloon", "umbrella", "flower"})

TIMES = table("""
by day: during the day, daytime, at noon, in daylight, in the morning, sunny day, sunny
at sunset: sunset, at dusk, dusk, at dawn, dawn, sunrise, at sunrise, in the evening, evening, golden hour
at night: night, nighttime, midnight, in the dark, by night, starry night, moonlight, moonlit
""")

WEATHERS = table("""
in the rain: rain, rainy, raining, rainy day, on a rainy day, rainstorm, storm, stormy, in a storm
in falling snow: snowing, snowfall, falling snow, snowstorm, in a snowstorm, blizzard, in a blizzard, snowy day
in the fog: fog, foggy, mist, misty, in the mist, haze, hazy, on a foggy day
under a rainbow: beneath a rainbow, below a rainbow, with a rainbow
""")

RELATIONS = table("""
next to: beside, near, close to, alongside
on: on top of, upon, atop, riding, riding on, standing on
in front of:
""")

COUNTS = table("""
2: two, both, a pair of, a couple of
3: three, four, five, six, seven, eight, nine, ten, a dozen, several, many, a few, a trio of, a group of, lots of
""")
MORE_THAN_THREE = frozenset({"four", "five", "six", "seven", "eight", "nine", "ten", "a dozen"})
