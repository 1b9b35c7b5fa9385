"""The world may be ahead of the weights: what they have not learnt is left out, and told."""

from collections.abc import Iterator

import pytest

from minidalle3.sketchbook.world import learnt
from minidalle3.sketchbook.world.learnt import everything, within
from minidalle3.sketchbook.world.scene import Scene


@pytest.fixture
def less(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, frozenset[object]]]:
    known = {field: frozenset(values) for field, values in everything().items()}
    monkeypatch.setattr(learnt, "learnt", lambda: known)
    yield known


def test_the_weights_know_nothing_that_the_world_has_not() -> None:
    assert all(known <= set(everything()[field]) for field, known in learnt.learnt().items())
    assert len(learnt.learnt()["subject"]) > 100


def test_all_of_a_learnt_scene_stays(less: dict[str, frozenset[object]]) -> None:
    scene = Scene("dog", count=2, style="sticker", place="on the beach", worn="hat")
    assert within(scene) == (scene, ())


def test_an_unlearnt_subject_leaves_nothing(less: dict[str, frozenset[object]]) -> None:
    less["subject"] -= {"dog"}
    assert within(Scene("dog", place="on the beach")) == (None, ("dog",))


def test_the_rest_is_left_out_and_told(less: dict[str, frozenset[object]]) -> None:
    less["worn"] -= {"hat"}
    less["count"] -= {2}
    found, lost = within(Scene("dog", count=2, worn="hat", colour="red"))
    assert found == Scene("dog", colour="red")
    assert lost == ("more than one", "hat")


def test_a_companion_goes_with_its_relation(less: dict[str, frozenset[object]]) -> None:
    less["relation"] -= {"on"}
    assert within(Scene("cat", companion="car", relation="on")) == (Scene("cat"), ("car",))
