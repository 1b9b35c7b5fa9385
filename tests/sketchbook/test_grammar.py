"""The grammar reads its own captions back, and makes sense of what people write."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minidalle3.sketchbook.world.grammar import MOST_WORDS, Scene, Understood, caption, understand
from minidalle3.sketchbook.world.heads import WEARERS
from minidalle3.sketchbook.world.words import (
    ACTIONS,
    COLOURS,
    PLACES,
    RELATIONS,
    STYLES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    WORN,
)  # fmt: skip


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any scene that the rules of `Scene` allow."""
    subject = draw(st.sampled_from(sorted(SUBJECTS)))
    companion = draw(st.none() | st.sampled_from(sorted(set(SUBJECTS) - {subject})))
    dressed = subject in WEARERS and not companion
    return Scene(
        subject=subject,
        companion=companion,
        relation=draw(st.sampled_from(sorted(RELATIONS))) if companion else None,
        count=1 if companion else draw(st.integers(1, 3)),
        style=draw(st.none() | st.sampled_from(sorted(STYLES))),
        place=draw(st.none() | st.sampled_from(sorted(PLACES))),
        time=draw(st.none() | st.sampled_from(sorted(TIMES))),
        weather=draw(st.none() | st.sampled_from(sorted(WEATHERS))),
        colour=draw(st.none() | st.sampled_from(sorted(COLOURS))),
        action=draw(st.none() | st.sampled_from(sorted(ACTIONS))),
        worn=draw(st.none() | st.sampled_from(sorted(WORN))) if dressed else None,
    )


@given(scenes())
def test_a_caption_reads_back_as_its_scene(scene: Scene) -> None:
    assume(len(caption(scene).split()) <= MOST_WORDS)
    assert understand(caption(scene)) == Understood(scene)


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("Can you generate a cute dog?", Scene("dog")),
        ("a dog running near the river", Scene("dog", place="by the river", action="running")),
        ("kitties in the woods, 8-bit", Scene("cat", style="pixel art", place="in the forest")),
        ("a sticker of a superhero", Scene("superhero", style="sticker")),
        ("a puppy in front of a red dog house", Scene("dog", companion="house", relation="in front of")),
        ("An orange automobile at dusk", Scene("car", colour="orange", time="at sunset")),
        ("the teddy bear is blue", Scene("teddy bear", colour="blue")),
        ("a dog in the blue sky", Scene("dog", place="in the sky")),
        ("a dog with a red zeppelin", Scene("dog")),
        ("a superhero cat", Scene("cat", worn="cape")),
        ("an astronaut cat", Scene("cat", companion="astronaut")),
        ("two puppies playing in the snow at night", Scene("dog", count=2, place="in the snow", time="at night")),
        ("a trio of red foxes", Scene("fox", count=3, colour="red")),
        ("a kitten wearing a big red hat in the rain", Scene("cat", worn="hat", weather="in the rain")),
        ("a bear with a balloon", Scene("bear", worn="balloon")),
        ("a house with a hat", Scene("house", companion="hat")),
        ("an owl sitting on a car", Scene("owl", companion="car", relation="on", action="sitting")),
        ("a spaceship among the stars", Scene("spaceship", place="in space")),
        ("a man looking up, a black and white comic", Scene("man", style="cartoon")),
        ("a moon, hand-drawn as line art", Scene("moon", style="line drawing")),
    ],
)
def test_free_text_is_mapped_to_the_world(text: str, scene: Scene) -> None:
    assert understand(text).scene == scene


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("a zeppelin", ("zeppelin",)),
        ("a cat reading a brochure", ("reading", "brochure")),
        ("a dog driving a car", ("driving",)),
        ("a beautiful fluffy dog", ()),
        ("a family of lilies, lovingly painted", ("family",)),
    ],
)
def test_what_the_world_lacks_is_named(text: str, unknown: tuple[str, ...]) -> None:
    assert understand(text).unknown == unknown


@pytest.mark.parametrize(
    ("text", "spare"),
    [
        ("a dog, a cat and a mouse", ("mouse",)),
        ("five dogs", ("five",)),
        ("12 dogs", ("12",)),
        ("two dogs and a cat", ("two",)),
        ("a dog with a hat next to a cat", ("hat",)),
        ("a cartoon sticker of a dog", ("sticker",)),
        ("a red and blue fish", ("red",)),
    ],
)
def test_what_one_picture_cannot_hold_is_named(text: str, spare: tuple[str, ...]) -> None:
    assert understand(text).spare == spare


@pytest.mark.parametrize(
    ("text", "kin"),
    [
        ("a leopard with a teacher", (("leopard", "tiger"), ("teacher", "student"))),
        ("three geese walking by a lake", (("geese", "swan"), ("walking", "running"), ("by a lake", "by the river"))),
        ("an oil painting of a hare", (("oil painting", "watercolour"), ("hare", "rabbit"))),
        ("a dog, a cat and a leopard", ()),
    ],
)
def test_kin_that_stand_in_are_named(text: str, kin: tuple[tuple[str, str], ...]) -> None:
    assert understand(text).kin == kin


def test_without_a_known_subject_there_is_no_scene() -> None:
    assert understand("a zeppelin on the beach").scene is None
    assert understand("").scene is None


def test_every_thing_is_read_back_in_every_colour_and_beside_another() -> None:
    scenes = [Scene(subject, colour=colour) for subject in SUBJECTS for colour in COLOURS]
    scenes += [Scene(subject, companion="ice cream", relation="on") for subject in SUBJECTS if subject != "ice cream"]
    scenes += [Scene("piano", companion=subject, relation="on") for subject in SUBJECTS if subject != "piano"]
    assert [caption(scene) for scene in scenes if understand(caption(scene)) != Understood(scene)] == []
