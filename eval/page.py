"""What the page costs, in a real Chromium: how soon it is there, and how much later than from the front door alone a
picture comes.

`python -m minidalle3.eval.page [--quick]`, with Chromium installed; medians in milliseconds. `first_paint_ms`: from
asking for the page to the first thing painted, in a browser that was never there; `welcome_ms`: until the welcome is
read and one can write. `overhead_ms`: from Enter to the finished picture on the screen, less the time from `start` to
the `picture` event of the same words through the front door (`Turns`), embedded models on both sides, turn by turn
in one run; `page_ms` and `turn_ms` are the two times themselves.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page
from tqdm import tqdm

from minidalle3.eval.browser import PATIENCE, chromium, served
from minidalle3.eval.report import arguments, report
from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge

WORDS = "Draw a cute dog"
TIMES, QUICK_TIMES = 5, 2
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
SHOWN = """number => [...document.querySelectorAll("[class*=st-key-frame-] img")]
  .filter(image => image.complete && image.naturalWidth).length >= number"""
"""Finished pictures on the screen; a preview has no frame."""


def opened(browser: Browser, url: str) -> tuple[Page, float]:
    """A tab of a browser that was never here, and the milliseconds until its person can begin."""
    tab = browser.new_context().new_page()
    tab.set_default_timeout(1000 * PATIENCE)
    began = time.perf_counter()
    tab.goto(url, wait_until="commit")
    tab.get_by_role("heading", name="What shall I draw?").wait_for()
    tab.get_by_test_id("stChatInputTextArea").wait_for()
    return tab, 1000 * (time.perf_counter() - began)


def on_the_page(tab: Page, number: int) -> float:
    """Milliseconds from Enter to picture `number`."""
    box = tab.get_by_test_id("stChatInputTextArea")
    box.fill(WORDS)
    began = time.perf_counter()
    box.press("Enter")
    tab.wait_for_function(SHOWN, arg=number)
    taken = time.perf_counter() - began
    tab.get_by_role("button", name=f"Open #{number}", exact=True).wait_for()  # the turn is over
    return 1000 * taken


def alone(house: Bridge) -> float:
    """Milliseconds from the start of the turn to its picture."""
    began, taken = time.perf_counter(), float("nan")
    for event in house.events(house.start("t", WORDS)):
        if event["type"] == "picture":
            taken = time.perf_counter() - began
    return 1000 * taken


def figures(browser: Browser, address: str, house: Bridge, times: int) -> dict[str, float | None]:
    """What is reported; the first tab and the first turns, which load modules and weights, do not count."""
    opened(browser, address)[0].context.close()
    welcomed: list[float] = []
    painted: list[float] = []
    for _ in tqdm(range(times), desc="visits"):
        tab, taken = opened(browser, address)
        welcomed.append(taken)
        painted.append(tab.evaluate(PAINTED))
        tab.context.close()
    tab, _ = opened(browser, address)
    turns = [(on_the_page(tab, number), alone(house)) for number in tqdm(range(1, times + 2), desc="turns")][1:]
    tab.context.close()
    return {
        "first_paint_ms": median(painted),
        "welcome_ms": median(welcomed),
        "overhead_ms": median(page - turn for page, turn in turns),
        "page_ms": median(page for page, _ in turns),
        "turn_ms": median(turn for _, turn in turns),
        "times": times,
    }


def main() -> None:
    """A quick run looks fewer times."""
    quick = arguments("The page: first paint, and how much later a picture comes than from the front door.").quick
    with (
        tempfile.TemporaryDirectory() as home,
        served(Path(home) / "page") as address,
        chromium() as browser,
        Bridge(Settings(home=Path(home) / "turns", llm="offline", t2i="sketchbook")) as house,
    ):
        report("page", figures(browser, address, house, QUICK_TIMES if quick else TIMES), quick)


if __name__ == "__main__":
    main()
