"""Scenes render the same twice, and look different where their words differ."""

from PIL import ImageChops

from minidalle3.sketchbook.world.art import SETS, drawing
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.scenes import render
from minidalle3.sketchbook.world.words import ACTIONS, COLOURS, PLACES, STYLES, SUBJECTS, TIMES


def test_every_subject_has_a_drawing_in_every_set() -> None:
    assert all(max(drawing(subject, SETS[1]).size) == 320 for subject in SUBJECTS)
    assert all(drawing("dog", icon_set).mode == "RGBA" for icon_set in SETS)


def test_a_scene_is_deterministic() -> None:
    scene = Scene("cat", style="cartoon", place="in the city", time="at night")
    assert render(scene, 3).image.tobytes() == render(scene, 3).image.tobytes()
    assert render(scene, 3).image.size == (128, 128)


def test_every_word_shows() -> None:
    scenes = [Scene("dog"), *(Scene("dog", style=style) for style in STYLES if style != "3D render")]
    scenes += [Scene("dog", place=place) for place in PLACES if place != "on a plain background"]
    scenes += [Scene("dog", time=time) for time in TIMES if time != "by day"]
    scenes += [Scene("dog", colour=colour) for colour in COLOURS] + [Scene("dog", action=action) for action in ACTIONS]
    scenes += [Scene("dog", companion="house")]
    pictures = [render(scene, 0).image for scene in scenes]
    for number, one in enumerate(pictures):
        for other in pictures[:number]:
            assert ImageChops.difference(one, other).getbbox()


def test_the_mask_covers_the_subject_and_little_else() -> None:
    mask = render(Scene("dog", place="on the beach"), 0).mask
    assert 0.08 < sum(mask.histogram()[128:]) / 128**2 < 0.5
