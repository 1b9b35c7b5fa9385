"""How often a reply under way is looked at, by a clock that the test moves."""

from __future__ import annotations

import pytest
import streamlit as st
from support.swatch import Pace as Gate
from support.tabs import opened, settled, until

from minidalle3.ui.pace import LOOKS, OFTEN, SELDOM, SHARE, Pace
from minidalle3.ui.page import PACE


class Clock:
    """Seconds as the test says."""

    def __init__(self) -> None:
        self.now = 0.0
        self.each = 0.0
        """What passes between two questions, if nothing else does."""

    def __call__(self) -> float:
        self.now += self.each
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def looked(pace: Pace, clock: Clock, *took: float) -> list[bool]:
    """Whether the interval changed after each of these looks."""
    changes = []
    for seconds in took:
        with pace.look():
            clock.now += seconds
        changes.append(pace.changed())
    return changes


def test_quick_looks_come_four_times_a_second(clock) -> None:
    pace = Pace(clock)
    assert not any(looked(pace, clock, *[0.001, 0.049] * 10))
    assert pace.interval == OFTEN == 0.25


@pytest.mark.parametrize("seconds", [0.06, 0.15, 0.3, 0.39])
def test_slow_looks_take_a_fifth_of_the_time_at_most(clock, seconds) -> None:
    pace = Pace(clock)
    changes = looked(pace, clock, *[seconds] * 20)
    assert SHARE * seconds <= pace.interval < 2 * SHARE * seconds, "and no longer than needed"
    assert not any(changes[-5:]), "it settles"


def test_however_slow_looks_are_the_result_is_not_long_in_coming(clock) -> None:
    pace = Pace(clock)
    looked(pace, clock, *[30.0] * 20)
    assert pace.interval == SELDOM


def test_one_slow_look_means_nothing(clock) -> None:
    pace = Pace(clock)
    assert not any(looked(pace, clock, *[3.0, 0.01, 3.0] * 5))


def test_looks_that_are_quick_again_come_more_often_again(clock) -> None:
    pace = Pace(clock)
    looked(pace, clock, *[0.3] * 20)
    changes = looked(pace, clock, *[0.01] * 20)
    assert pace.interval == OFTEN
    assert changes.count(True) <= 3, "each is a run of the whole page"


def test_a_look_that_breaks_off_does_not_count(clock) -> None:
    pace = Pace(clock)
    for _ in range(LOOKS):
        with pytest.raises(KeyError), pace.look():
            clock.now += 9
            raise KeyError
    assert not pace.changed()


def test_a_page_with_slow_looks_takes_its_time_and_still_hears_stop(house, engine, clock, monkeypatch) -> None:
    asked, fragment = [], st.fragment

    def noted(look, run_every):
        asked.append(run_every)
        return fragment(look, run_every=run_every)

    monkeypatch.setattr(st, "fragment", noted)
    engine.gate = Gate()
    tab = opened(house)
    clock.each = 0.15
    tab.session_state[PACE] = Pace(clock)
    tab.chat_input[0].set_value("Draw a cute dog").run()
    until(lambda: engine.jobs)
    for _ in range(3 * LOOKS):
        tab.run()
    assert sorted(set(asked)) == [0.25, 0.5, 1.0]
    assert asked == sorted(asked)
    assert "getting ready" in tab.get("progress")[0].text
    next(button for button in tab.button if button.label == "Stop").click().run()
    assert "Stopped" in settled(tab).chat_message[1].caption[0].value
