"""What a picture shows is told by drawing it again, whatever the judges hold likelier; what is hidden is not asked."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageFilter

from minidalle3.eval.closer import FIRST, Likely, View, Words, around, closer, sprite
from minidalle3.eval.coarse import FILE, nearest
from minidalle3.eval.coarse import seen as blocks_of
from minidalle3.eval.visible import visible
from minidalle3.sketchbook.world.places import PLAIN
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.scenes import corners, render
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, STYLES, SUBJECTS, WORN


def unsure(**words: Iterable[str | None]) -> Likely:
    """The first word of each kind is held a little likelier than the rest."""
    return {head: [(word, -0.05 * at) for at, word in enumerate(every)] for head, every in words.items()}


SUBJECT = unsure(style=STYLES, colour=(None, *COLOURS), subject=SUBJECTS, action=(None, *ACTIONS), worn=(None, *WORN))
GROUND = unsure(place=PLACES, time=("at sunset", "by day", "at night"), weather=("in the rain", None, "in the fog"))


def seen(scene: Scene, blur: float = 0.0) -> Words:
    image = render(scene, 4).image.filter(ImageFilter.GaussianBlur(blur))
    picture = np.asarray(image, np.float32)
    return closer([View.of(picture, one) for one in corners(scene)], SUBJECT)


def test_a_subject_is_found_among_others_held_likelier() -> None:
    scene = Scene("fox", style="cartoon", colour="blue", action="running", place="in a meadow")
    said = {head: getattr(scene, head) for head in SUBJECT}
    assert seen(scene) == said
    assert seen(replace(scene, count=3)) == said


def test_a_first_look_knows_every_subject_as_the_world_draws_it() -> None:
    with np.load(FILE) as file:
        frames = file["frames"]
    assert frames.shape[:2] == (len(STYLES), len(SUBJECTS)), "python -m minidalle3.eval.coarse"
    for style, subject in (("3D render", "dog"), ("sticker", "castle"), ("neon sign", tuple(SUBJECTS)[-1])):
        kept = frames[tuple(STYLES).index(style), tuple(SUBJECTS).index(subject)]
        assert np.abs(kept.astype(int) - blocks_of(subject, style)).max() <= 1, "python -m minidalle3.eval.coarse"


@pytest.mark.parametrize("action", [None, "sleeping", "sitting", "jumping"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_first_look_finds_who_it_is_whatever_it_does(action: str | None, count: int) -> None:
    scene = Scene("fox", style="cartoon", colour="blue", action=action, place="in a meadow", count=count)
    picture = np.asarray(render(scene, 4).image, np.float32)
    views = [View.of(picture, one) for one in corners(scene)]
    found = nearest([view.seen for view in views], [view.bare for view in views], FIRST)
    assert "fox" in {subject for _, subject, _ in found}


def test_a_soft_drawing_is_nearest_to_what_it_shows() -> None:
    told = seen(Scene("lion", style="3D render", place="in the city"), blur=1.5)
    assert (told["subject"], told["style"]) == ("lion", "3D render")


def test_a_ground_is_found_by_another_of_its_kind() -> None:
    scene = Scene("dog", style="line drawing", place="in the desert", time="at sunset", weather="in the rain")
    picture = np.asarray(render(scene, 99).image, np.float32)
    [one] = corners(scene)
    dog = sprite({"subject": "dog", "style": "line drawing", "colour": None, "action": None, "worn": None}, one.side)
    told = around(picture, [(one, dog)], "line drawing", GROUND)
    assert told == {"place": "in the desert", "time": "at sunset", "weather": "in the rain"}


def test_a_blank_sheet_explains_nothing() -> None:
    blank = np.asarray(Image.new("RGB", (128, 128), "grey"), np.float32)
    [one] = corners(Scene("dog"))
    assert float(View.of(blank, one).bare.max()) == 0


def test_what_hardly_changes_a_pixel_is_not_asked() -> None:
    fog = Scene("dog", style="neon sign", place="on the beach", time="at night", weather="in the fog")
    assert visible(fog, "weather") and visible(fog, "subject")
    assert not visible(fog, "place")
    assert visible(Scene("dog", style="neon sign", place="on the beach", time="at night"), "place")
    assert not visible(Scene("dog", style="watercolour", place="in the forest", weather="under a rainbow"), "weather")
    assert not visible(Scene("dog", place="in space", time="at night"), "time")
    assert visible(Scene("dog", place=PLAIN, time="at sunset"), "time")
