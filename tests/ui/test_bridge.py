"""The front door from plain threads."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import PhotoError
from minidalle3.graph.settings import Settings
from minidalle3.llms.errors import LLMError
from minidalle3.llms.load import load
from minidalle3.nodes.services import Services
from minidalle3.ui.bridge import OPEN, Bridge


def kinds(events) -> list[str]:
    return [event["type"] for event in events]


def test_events_come_as_they_happen_and_can_be_read_again(house, engine) -> None:
    engine.gate = threading.Event()
    turn = house.start("t", "Draw a cute dog")
    events = house.events(turn)
    seen = [next(events)]
    while seen[-1]["type"] != "planned":
        seen.append(next(events))
    engine.gate.set()
    seen += events
    assert kinds(seen)[-2:] == ["picture", "done"]
    assert list(house.events(turn)) == seen
    assert list(house.events(turn, after=len(seen) - 1)) == seen[-1:]


def test_a_reader_that_leaves_does_not_take_the_turn_along(house) -> None:
    turn = house.start("t", "Draw a cute dog")
    next(house.events(turn))
    assert kinds(house.events(turn))[-1] == "done"
    assert house.history("t")["current"] == "#1"


def test_stop_reaches_the_engine(house, engine) -> None:
    engine.gate = threading.Event()
    turn = house.start("t", "Draw a cute dog")
    for event in house.events(turn):
        if event["type"] == "planned":
            house.stop(turn)
    assert event["type"] == "done"
    assert house.history("t")["pictures"] == {}


def test_many_threads_share_one_house(house) -> None:
    def converse(name: str) -> list[str]:
        for words in ("Draw a cute dog", "Make it run near the river"):
            list(house.events(house.start(name, words)))
        return list(house.history(name)["pictures"])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(converse, "abcd")) == [["#1", "#2"]] * 4
    assert {info["thread"] for info in house.threads()} == set("abcd")


def test_errors_of_the_front_door_come_through(house) -> None:
    with pytest.raises(PhotoError, match="not a picture"):
        house.start("t", "look", [b"words"])
    with pytest.raises(KeyError):
        next(house.events("no such turn"))


def test_a_house_that_cannot_open_says_why_and_leaves_nothing_behind(tmp_path) -> None:
    before = set(OPEN)
    with pytest.raises(LLMError, match="nobody"):
        Bridge(Settings(home=tmp_path, llm="nobody:knows"))
    assert before == OPEN


def test_what_draws_is_loaded_before_anything_is_drawn(tmp_path) -> None:
    settings, asked = Settings(home=tmp_path), threading.Event()

    def engine() -> Swatch:
        asked.set()
        return Swatch()

    with Bridge(settings, Services.of(settings, load(settings), Owner(engine))) as house:
        house.warm_up()
        assert asked.wait(60)


def test_a_house_whose_code_cannot_be_loaded_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "minidalle3.graph.turns", None)
    with pytest.raises(ImportError, match="turns"):
        Bridge(Settings(home=tmp_path))


def test_closing_saves_the_turn_under_way(house, engine) -> None:
    engine.gate = threading.Event()
    house.start("t", "Draw a cute dog")
    while not engine.jobs:
        threading.Event().wait(0.01)
    house.close()
    with Bridge(house.settings) as again:
        [turn] = again.history("t")["turns"]
        assert turn["reply"][-1]["type"] == "note"
    house.close()
