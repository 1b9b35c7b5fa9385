"""Where the heads of those who can wear things are, found by eye, in the two families of art."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Head:
    """Shares of the drawing's width (`x`, the middle, and `width`) and of its height (`top`, `eyes`, `chin`)."""

    x: float
    top: float
    width: float
    eyes: float
    chin: float


def _heads(text: str) -> dict[str, tuple[Head, Head]]:
    heads = {}
    for line in text.strip().splitlines():
        name, _, numbers = line.partition(":")
        values = [int(number) / 100 for number in numbers.replace("|", " ").split()]
        heads[name] = (Head(*values[:5]), Head(*values[5:]))
    return heads


# name: x top width eyes chin of the Fluent drawings | of Noto's
HEADS = MappingProxyType(
    _heads("""
dog: 20 14 36 27 48 | 42 3 62 28 50
cat: 18 24 34 38 58 | 28 20 40 35 52
rabbit: 24 27 36 40 60 | 34 40 46 49 65
hedgehog: 22 38 34 55 90 | 28 28 34 45 75
sheep: 27 4 28 18 38 | 30 14 44 34 62
lion: 50 6 60 38 88 | 50 4 56 38 88
tiger: 18 8 36 24 48 | 20 4 34 24 52
bear: 50 8 70 38 92 | 50 8 70 44 92
fox: 50 28 60 60 92 | 50 20 56 52 92
wolf: 50 24 60 50 92 | 50 16 60 48 92
horse: 20 10 24 20 38 | 18 8 22 18 35
unicorn: 46 22 40 54 92 | 42 20 38 46 92
elephant: 28 4 44 30 62 | 36 6 44 33 60
mouse: 26 22 34 40 66 | 30 24 36 40 62
monkey: 21 2 36 18 42 | 33 6 46 28 52
panda: 50 8 70 50 92 | 50 8 70 48 92
penguin: 48 2 50 16 38 | 28 2 40 10 24
owl: 50 4 80 24 48 | 50 4 76 26 50
duck: 24 2 34 15 38 | 30 2 34 13 34
chicken: 24 14 24 28 48 | 22 14 24 24 44
frog: 50 6 80 20 92 | 50 8 80 22 92
turtle: 12 42 22 58 82 | 24 20 36 42 70
fish: 26 20 40 44 75 | 22 28 30 44 70
octopus: 50 2 74 40 70 | 62 4 44 40 60
dragon: 34 4 34 18 38 | 30 6 34 20 38
dinosaur: 26 2 34 12 32 | 24 4 34 14 40
pig: 24 8 34 36 66 | 26 26 40 46 72
cow: 17 10 26 22 46 | 18 8 24 22 42
koala: 50 10 64 50 94 | 50 10 64 50 94
giraffe: 22 4 24 12 24 | 24 5 26 12 22
camel: 12 6 20 14 28 | 18 8 24 18 34
squirrel: 28 14 34 32 52 | 30 14 36 32 56
parrot: 26 2 40 14 36 | 26 2 42 14 36
flamingo: 26 2 24 8 18 | 22 2 28 8 18
swan: 18 2 24 14 30 | 18 2 22 14 34
chick: 50 4 56 20 46 | 50 4 56 24 48
seal: 26 4 34 18 44 | 20 4 34 20 44
deer: 20 15 22 24 36 | 32 22 30 32 42
kangaroo: 18 12 24 20 36 | 16 10 22 18 32
raccoon: 50 12 70 46 92 | 20 20 28 42 72
zebra: 18 12 22 20 40 | 20 8 26 22 42
gorilla: 22 4 40 20 42 | 30 4 40 18 36
hippo: 20 10 32 30 62 | 24 14 32 36 66
llama: 16 8 26 18 32 | 16 8 24 16 28
brontosaurus: 11 0 18 6 20 | 16 0 26 6 18
caterpillar: 20 22 34 36 58 | 24 12 32 22 40
superhero: 50 0 50 28 58 | 58 4 30 15 28
princess: 50 24 50 42 62 | 50 28 80 56 90
king: 50 26 46 42 62 | 50 26 70 52 92
robot: 50 8 74 36 96 | 50 18 76 46 96
ghost: 50 4 50 22 62 | 50 4 50 24 62
alien: 50 2 80 44 94 | 50 2 80 44 94
astronaut: 50 2 60 30 58 | 50 4 70 40 72
clown: 50 6 70 36 95 | 50 12 66 40 95
vampire: 50 0 46 26 50 | 50 2 60 42 72
ninja: 56 0 50 28 54 | 52 0 60 40 72
baby: 50 6 80 56 95 | 50 6 70 60 95
boy: 50 2 76 54 95 | 50 2 76 60 95
girl: 50 2 74 56 95 | 50 2 70 60 95
man: 50 2 78 54 95 | 50 2 76 60 95
woman: 50 4 60 54 92 | 50 2 70 60 92
doctor: 50 0 48 26 50 | 50 2 50 46 72
teddy bear: 50 2 50 24 50 | 50 2 50 22 48
""")
)
WEARERS = frozenset(HEADS)
