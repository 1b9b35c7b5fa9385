"""What one picture shows, and how the world says it."""

from dataclasses import dataclass

from minidalle3.sketchbook.world.words import HELD

_NUMBERS = {2: "two", 3: "three"}
_PLURALS = {
    "sheep": "sheep", "wolf": "wolves", "mouse": "mice", "fish": "fish", "octopus": "octopuses", "fox": "foxes",
    "cactus": "cacti", "bus": "buses", "snowman": "snowmen", "man": "men", "woman": "women", 
    "fairy": "fairies", "butterfly": "butterflies", "firecracker": "firecrackers", "strawberry": "strawberries",
    "deer": "deer", "shrimp": "shrimp", "baby": "babies",
    "cherry blossom": "cherry blossoms", "maple leaf": "maple leaves", "tomato": "tomatoes",
    "candy": "candies", "trophy": "trophies", "factory": "factories", "church": "churches",
    "lightning": "lightning bolts", "police officer": "police officers",
    "dice": "dice", "scissors": "scissors", "headphones": "headphones", "glasses": "glasses", "noodles": "noodles",
    "french fries": "french fries", "popcorn": "popcorn", "sushi": "sushi", "bread": "bread", "corn": "corn",
    "broccoli": "broccoli", "grapes": "grapes", "cherries": "cherries", 
    "pancakes": "pancakes", "honey": "honey", "nesting dolls": "nesting dolls",
    "santa claus": "santa clauses", 
}  # fmt: skip

_ALWAYS_PLURAL = tuple(noun for noun, many in _PLURALS.items() if noun == many and noun.endswith("s"))


@dataclass(frozen=True)
class Scene:
    """One picture of the world; every field is a canonical name, or None where nothing is said.

    `count` (1 to 3) is of the subject, and is 1 beside a companion; `relation` is said of the companion alone, and
    `worn` where there is none. Colour, action and worn things belong to the subject.
    """

    subject: str
    companion: str | None = None
    relation: str | None = None
    count: int = 1
    style: str | None = None
    place: str | None = None
    time: str | None = None
    weather: str | None = None
    colour: str | None = None
    action: str | None = None
    worn: str | None = None

    def __post_init__(self) -> None:
        if self.companion and not self.relation:
            object.__setattr__(self, "relation", "next to")


def with_article(noun: str) -> str:
    if noun.endswith(_ALWAYS_PLURAL):
        return noun
    return f"{'an' if noun[0] in 'aeiou' and not noun.startswith('uni') else 'a'} {noun}"


def number(count: int) -> str:
    return _NUMBERS[count]


def plural(noun: str) -> str:
    if noun in _PLURALS:
        return _PLURALS[noun]
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def wearing(worn: str) -> str:
    """The thing with its verb: "wearing a hat", "holding a balloon"."""
    return f"{'holding' if worn in HELD else 'wearing'} {with_article(worn)}"


def caption(scene: Scene) -> str:
    """The canonical prompt, the dialect in which the model was trained; at most 22 words for what `draw_lots` draws."""
    coloured = " ".join(filter(None, (scene.colour, scene.subject if scene.count == 1 else plural(scene.subject))))
    thing = with_article(coloured) if scene.count == 1 else f"{number(scene.count)} {coloured}"
    style = scene.style and (scene.style if scene.style == "pixel art" else with_article(scene.style))
    beside = scene.companion and f"{scene.relation} {with_article(scene.companion)}"
    parts = (
        style and f"{style} of", thing, scene.action, scene.worn and wearing(scene.worn), beside,
        scene.place, scene.weather, scene.time,
    )  # fmt: skip
    return " ".join(part for part in parts if part)
