"""Free captions still say what their scenes show."""

from random import Random

from minidalle3.sketchbook.training.captions import corpus, varied
from minidalle3.sketchbook.world.grammar import understand
from minidalle3.sketchbook.world.lots import draw_lots
from minidalle3.sketchbook.world.words import PLACES, SUBJECTS


def test_varied_captions_are_understood() -> None:
    random = Random(0)
    right = 0
    for _ in range(400):
        scene = draw_lots(random)
        found = understand(varied(scene, random)).scene
        right += found is not None and (found.subject, found.place, found.count, found.companion) == (
            scene.subject, scene.place, scene.count, scene.companion,
        )  # fmt: skip
    assert right >= 380


def test_the_corpus_has_every_word_of_the_world() -> None:
    words = {word for line in corpus() for word in line.split()}
    assert all(word in words for name in (*SUBJECTS, *PLACES) for word in name.split())
    assert {"two", "three", "puppies", "wolves", "wearing", "holding"} <= words
