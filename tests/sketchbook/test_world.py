"""Scenes render the same twice, and look different where their words differ."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageChops

from minidalle3.gallery.compare import compare
from minidalle3.sketchbook.world.art import SETS, drawing
from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.lots import draw_lots, draw_unseen, held_out
from minidalle3.sketchbook.world.scene import Scene, caption
from minidalle3.sketchbook.world.scenes import corners, render
from minidalle3.sketchbook.world.sprites import frame
from minidalle3.sketchbook.world.words import (
    ACTIONS,
    COLOURS,
    LIVING,
    PLACES,
    RELATIONS,
    STYLES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    WORN,
)  # fmt: skip


def test_every_subject_has_a_drawing_in_every_set() -> None:
    assert all(max(drawing(subject, SETS[1]).size) == 200 for subject in SUBJECTS)
    assert all(drawing("dog", icon_set).mode == "RGBA" for icon_set in SETS)


def test_a_scene_is_deterministic() -> None:
    scene = Scene("cat", style="cartoon", place="in the city", time="at night")
    assert render(scene, 3).image.tobytes() == render(scene, 3).image.tobytes()
    assert render(scene, 3).image.size == (128, 128)


@pytest.mark.parametrize("style", STYLES)
def test_a_larger_render_is_the_same_scene_drawn_more_finely(style: str) -> None:
    scene = Scene("cat", count=2, style=style, place="in the city", time="at sunset", action="running")
    usual, large = render(scene, 3), render(scene, 3, times=2)
    assert large.image.size == large.mask.size == (256, 256) and large.frames == usual.frames
    shrunk = large.image.resize((128, 128), Image.Resampling.LANCZOS)
    assert compare(usual.image, shrunk).psnr > 26
    enlarged = usual.image.resize((256, 256), Image.Resampling.BICUBIC)
    assert compare(large.image, enlarged).psnr < 40, "it has details of its own"


def test_every_word_shows() -> None:
    scenes = [Scene("dog"), *(Scene("dog", style=style) for style in STYLES if style != "3D render")]
    scenes += [Scene("dog", place=place) for place in PLACES if place != "on a plain background"]
    scenes += [Scene("dog", time=time) for time in TIMES if time != "by day"]
    scenes += [Scene("dog", colour=colour) for colour in COLOURS] + [Scene("dog", action=action) for action in ACTIONS]
    scenes += [Scene("dog", companion="house", relation=relation) for relation in RELATIONS]
    scenes += [Scene("dog", count=2), Scene("dog", count=3), *(Scene("dog", worn=worn) for worn in WORN)]
    scenes += [Scene("dog", place="in a meadow", weather=weather) for weather in WEATHERS]
    pictures = [render(scene, 0).image for scene in scenes]
    for number, one in enumerate(pictures):
        for other in pictures[:number]:
            assert ImageChops.difference(one, other).getbbox()


@pytest.mark.parametrize("worn", WORN)
def test_what_is_worn_shows_and_leaves_the_body_as_large_as_it_was(worn: str) -> None:
    for subject in sorted(WEARERS)[::4]:
        bare, dressed = (np.asarray(frame(subject, "flat illustration", worn=one), int) for one in (None, worn))
        same = np.abs(bare - dressed).max(2) < 8
        assert same[bare[..., 3] == 255].mean() > 0.6, f"two thirds of the {subject} at least are seen as before"
        assert same.mean() < 0.99


def test_the_mask_covers_the_subject_and_little_else() -> None:
    mask = render(Scene("dog", place="on the beach"), 0).mask
    assert 0.08 < sum(mask.histogram()[128:]) / 128**2 < 0.5


@pytest.mark.parametrize(
    "scene",
    [Scene("dog"), Scene("dog", count=2), Scene("dog", count=3)]
    + [Scene("dog", companion="house", relation=relation) for relation in RELATIONS],
)
def test_frames_stand_on_the_grid_and_name_what_they_show(scene: Scene) -> None:
    frames = corners(scene)
    assert len(frames) == scene.count + bool(scene.companion)
    assert [one.subject for one in frames][: scene.count] == ["dog"] * scene.count
    assert all(v % 16 == 0 and 0 <= v <= 128 for one in frames for v in (one.x, one.y, one.x + one.side))


def test_the_world_is_wide() -> None:
    assert len(SUBJECTS) >= 250 and len(STYLES) == 8 and len(PLACES) >= 19 and len(COLOURS) == 10
    assert WEARERS <= LIVING <= SUBJECTS.keys()


def test_lots_are_fair_and_keep_out_what_is_held_out() -> None:
    random = Random(0)
    scenes = [draw_lots(random) for _ in range(8000)]
    assert not any(map(held_out, scenes))
    assert all(held_out(draw_unseen(random)) for _ in range(100))
    assert max(len(caption(scene).split()) for scene in scenes) <= 22
    subjects = Counter(scene.subject for scene in scenes)
    assert len(subjects) == len(SUBJECTS) and max(subjects.values()) < 4 * 8000 / len(SUBJECTS)
    assert {scene.count for scene in scenes} == {1, 2, 3}


def test_no_word_is_held_out_altogether() -> None:
    assert not any(all(held_out(Scene(subject, place=place)) for place in PLACES) for subject in SUBJECTS)
    assert not any(all(held_out(Scene(subject, colour=colour)) for colour in COLOURS) for subject in SUBJECTS)
    assert not any(all(held_out(Scene(subject, action=action)) for subject in LIVING) for action in ACTIONS)
