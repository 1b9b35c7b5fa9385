"""The measure of IP-Adapter: who keeps what is shown passes, who forgets it or stays at home does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PIL import Image

from minidalle3.engines.contract import Look
from minidalle3.eval.judges import Judges, found
from minidalle3.eval.looks import EACH, alone, elsewhere, kept
from minidalle3.eval.prompts import prompts
from minidalle3.sketchbook.world.grammar import understand
from minidalle3.sketchbook.world.learnt import within
from minidalle3.sketchbook.world.scenes import render


@dataclass
class Drawn:
    images: list[Image.Image]


@dataclass
class Painter:
    """Renders what it is told, pipeline and adapter in one, and takes from what it is shown as much as it can."""

    judges: Judges
    keeps_colour: bool = True
    goes: bool = True

    @contextmanager
    def shown(self, look: Look) -> Iterator[dict[str, Any]]:
        yield {"ip_adapter_image": [list(look.images)]}

    def __call__(self, captions: Sequence[str], **more: Any) -> Drawn:
        scenes = [understand(caption).scene for caption in captions]
        [[shown]] = more["ip_adapter_image"]
        colour = found(self.judges, shown, scenes[0])["colour"] if self.keeps_colour else "black"  # type: ignore[arg-type]
        place = {} if self.goes else {"place": "in space"}
        return Drawn([render(replace(scene, colour=colour, **place), 5).image for scene in scenes if scene])


@pytest.mark.parametrize(("keeps_colour", "goes"), [(True, True), (False, True), (True, False)])
def test_it_tells_who_keeps_what(keeps_colour: bool, goes: bool) -> None:
    judges = Judges.load()
    chosen = [one for one in alone(prompts("tuning")) if one.scene.colour != "black" and not within(one.scene)[1]][:24]
    painter = Painter(judges, keeps_colour, goes)
    measured = kept(painter, painter, judges, chosen)  # type: ignore[arg-type]
    assert measured is not None and measured.drawn == EACH * measured.shown > 0
    assert measured.identity > 0.4 if keeps_colour else measured.identity < 0.1, "as far as the judges can be trusted"
    assert measured.place > 0.7 if goes else measured.place < 0.3
    assert measured.both <= min(measured.identity, measured.place)


def test_nothing_is_shown_that_says_too_much_or_too_little() -> None:
    chosen = alone(prompts("tuning"))
    assert all(one.scene.colour and one.scene.count == 1 and not one.scene.companion for one in chosen)
    scenes = elsewhere(chosen[0])
    assert len({scene.place for scene in scenes} | {chosen[0].scene.place}) == EACH + 1
    assert all(scene.subject == chosen[0].scene.subject and scene.colour is None for scene in scenes)
    assert scenes == elsewhere(chosen[0])
