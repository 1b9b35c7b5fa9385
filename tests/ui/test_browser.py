"""The page in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.browser import chromium, serving
from support.swatch import Pace

from minidalle3.ui.page import IDEAS

PATIENCE = 120_000
SHIFTS = """
window.shifts = 0;
new PerformanceObserver(list => { for (const shift of list.getEntries()) window.shifts += shift.value; })
  .observe({type: "layout-shift", buffered: true});
"""
expect.set_options(timeout=PATIENCE)
# Streamlit's server leaves an event loop of its own to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, engine) -> Iterator[Callable[..., Page]]:
    """Opens a conversation in a browser of its own."""
    contexts = []

    def visit(thread: str = "t", **options) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tab = context.new_page()
        tab.add_init_script(SHIFTS)
        tab.goto(f"{address}/?thread={thread}")
        return tab

    with serving() as address:
        yield visit
        for context in contexts:
            context.close()


def say(tab: Page, words: str) -> None:
    """As a person with a keyboard would."""
    tab.get_by_role("textbox").last.focus()
    tab.keyboard.type(words)
    tab.keyboard.press("Enter")


def drawn(tab: Page, description: str) -> Locator:
    """A picture in the conversation, by what a screen reader says of it."""
    return tab.get_by_role("main").get_by_role("img", name=description, exact=True)


def test_a_drawing_is_watched_and_outlives_a_reload(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit()
    tab.get_by_role("button", name=IDEAS[0]).click()
    expect(tab.get_by_text("getting ready")).to_be_visible()
    engine.gate.steps.release(2)
    expect(tab.get_by_text("step 2 of 4")).to_be_visible()
    expect(drawn(tab, "a cute dog")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("step 2 of 4")).to_be_visible()
    engine.gate.set()
    expect(tab.get_by_text("new picture")).to_be_visible()
    expect(drawn(tab, "a cute dog")).to_have_count(1)
    expect(tab.get_by_role("progressbar")).to_have_count(0)


def test_stop_is_heard_before_the_next_step_and_typing_goes_on(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit()
    say(tab, "Draw a cute dog")
    engine.gate.steps.release(1)
    expect(tab.get_by_text("step 1 of 4")).to_be_visible()
    assert tab.evaluate("document.activeElement.tagName") == "TEXTAREA"
    tab.get_by_role("button", name="Stop").click()
    expect(tab.get_by_text("Stopped")).to_be_visible()
    expect(tab.get_by_role("button", name="Stop")).to_have_count(0)
    assert engine.gate.steps.acquire(blocking=False) is False
    engine.gate.set()
    say(tab, "Draw a cat")
    expect(drawn(tab, "a cat")).to_be_visible()


def test_two_people_at_once_wait_in_turn_and_see_their_own(visit, engine) -> None:
    engine.gate = Pace()
    one, other = visit("one"), visit("other")
    say(one, "Draw a cute dog")
    expect(one.get_by_text("getting ready")).to_be_visible()
    say(other, "Draw a cat")
    expect(other.get_by_text("1 before it")).to_be_visible()
    engine.gate.set()
    expect(drawn(one, "a cute dog")).to_be_visible()
    expect(drawn(other, "a cat")).to_be_visible()
    expect(drawn(one, "a cat")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_all_without_scrolling_sideways(visit, scheme) -> None:
    tab = visit(viewport={"width": 375, "height": 740}, color_scheme=scheme)
    say(tab, "Show me four different castles")
    expect(tab.get_by_text("new picture")).to_have_count(4)
    expect(tab.get_by_role("main").get_by_role("img")).to_have_count(4)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 375
    assert (
        tab.evaluate("Math.max(...[...document.querySelectorAll('img')].map(e => e.getBoundingClientRect().right))")
        <= 375
    )
    assert tab.evaluate("[...document.querySelectorAll('img')].every(image => image.alt)")
    background = tab.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert background == {"light": "rgb(250, 248, 245)", "dark": "rgb(23, 22, 20)"}[scheme]


def test_nothing_jumps_while_a_picture_is_drawn(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit()
    say(tab, "Draw a cute dog")
    engine.gate.steps.release()
    expect(drawn(tab, "a cute dog")).to_be_visible()
    tab.evaluate("window.shifts = 0")
    for step in (2, 3):
        engine.gate.steps.release()
        expect(tab.get_by_text(f"step {step} of 4")).to_be_visible()
    assert tab.evaluate("window.shifts") < 0.01
