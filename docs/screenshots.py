"""The README's pictures of the page and of a conversation, by the real models: `python docs/screenshots.py --out docs`.

With `--all` also the page's other states, to be looked at. Needs Chromium.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page

from minidalle3.eval.browser import PATIENCE, chromium, served
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.conversation import document

TALKS: Mapping[str, Sequence[str]] = {
    "figure-1": ("Can you generate a cute dog?", "Cool! Could you make some sticker?"),
    "talk": ("Draw an owl as a sticker", "Show me four robots, 3D render", "Pick the third one", "Make it red"),
}
MORE: Mapping[str, Sequence[str]] = {
    "chinese": ("画一只可爱的狗", "把它变成贴纸"),
    "many": (
        "Draw a cute dog", "Show me eight more like it", "Make it a sticker", "Make it red", "go to #3", "Make it blue",
        "Put it on the beach", "Show me eight more like it", "Draw eight castles", "Make it pixel art",
        "Show me eight more like it", "go to #12",
    ),
}  # fmt: skip
ROUGH = Context(steps=4)
"""For a tree whose thumbnails need not be fine."""
LONG = 150
"""Steps of a drawing that is looked at on its way."""
DESK, PHONE = {"width": 1280, "height": 960}, {"width": 390, "height": 844}
RESTING = """() =>
  document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
  && !document.querySelector("[data-testid=stSkeleton]")
  && [...document.images].every(image => image.complete && image.naturalWidth)
"""
TO_THE_TOP = """words => {
  const message = words.closest(".stChatMessage");
  message.style.scrollMarginTop = "4.5rem";
  message.scrollIntoView();
}"""


def opened(browser: Browser, url: str, scheme: str = "light", size: Any = DESK) -> Page:
    """A tab that has come to rest."""
    tab = browser.new_page(viewport=size, color_scheme=scheme)
    tab.set_default_timeout(1000 * PATIENCE)
    tab.goto(url)
    tab.get_by_test_id("stChatInput").wait_for()
    tab.wait_for_function(RESTING)
    return tab


def shoot(tab: Page, file: Path) -> None:
    """The tab as it is when everything on it has moved to its place."""
    tab.wait_for_function(RESTING)
    tab.wait_for_timeout(500)  # for what slides or fades in
    tab.screenshot(path=file)


def readme(browser: Browser, address: str, out: Path) -> None:
    """A conversation in the light theme and on a phone; in the dark one a picture with its slider."""
    for name, size in (("page-light", DESK), ("page-phone", PHONE)):
        talked(browser, address, "light", size, out / f"{name}.png")
    tab = dialog(browser, address)
    tab.get_by_role("tab", name="Before and after").click()
    shoot(tab, out / "page-dark.png")
    tab.close()


def talked(browser: Browser, address: str, scheme: str, size: Any, file: Path) -> None:
    """Where a conversation has several pictures side by side."""
    tab = opened(browser, f"{address}/?thread=talk", scheme, size)
    tab.wait_for_timeout(1000)  # by itself the page goes to the newest words
    tab.get_by_role("main").get_by_text(TALKS["talk"][1]).evaluate(TO_THE_TOP)
    shoot(tab, file)
    tab.close()


def dialog(browser: Browser, address: str) -> Page:
    """The newest picture, opened."""
    tab = opened(browser, f"{address}/?thread=talk", "dark")
    tab.get_by_role("button", name="Open #6").first.click()
    tab.get_by_role("dialog").wait_for()
    return tab


def states(browser: Browser, address: str, out: Path) -> None:
    """Themes and sizes; a picture, two compared; the tree of many; the other language."""
    for name, size in (("talk-dark", DESK), ("talk-phone-dark", PHONE)):
        talked(browser, address, "dark", size, out / f"{name}.png")
    tab = dialog(browser, address)
    shoot(tab, out / "picture.png")
    tab.keyboard.press("Escape")
    tab.get_by_role("dialog").wait_for(state="hidden")
    tab.get_by_role("combobox", name="Compare").click()
    tab.get_by_role("option").first.click()
    tab.get_by_role("dialog").wait_for()
    shoot(tab, out / "compare.png")
    tab.close()
    for name, url in (
        ("tree", "?thread=many"),
        ("chinese", "?thread=chinese&language=zh"),
        ("chinese-empty", "?thread=new&language=zh"),
    ):
        tab = opened(browser, f"{address}/{url}")
        shoot(tab, out / f"{name}.png")
        tab.close()


def beginnings(browser: Browser, address: str, out: Path) -> None:
    """An empty conversation, the settings, and a drawing under way."""
    tab = opened(browser, f"{address}/?thread=new")
    shoot(tab, out / "empty.png")
    tab.get_by_text("Settings", exact=True).click()
    tab.get_by_text("When I ask for a change").scroll_into_view_if_needed()
    shoot(tab, out / "settings.png")
    tab.get_by_role("spinbutton", name="Steps").fill(str(LONG))
    tab.keyboard.press("Enter")
    tab.wait_for_function(RESTING)
    tab.get_by_test_id("stChatInputTextArea").fill("Show me two pandas")
    tab.keyboard.press("Enter")
    tab.locator(".sketch img").nth(1).wait_for()
    tab.screenshot(path=out / "drawing.png")
    tab.get_by_role("button", name="Stop").click()
    tab.get_by_text("Stopped").first.wait_for()
    shoot(tab, out / "stopped.png")
    tab.close()


def talk(home: Path, out: Path, talks: Mapping[str, Sequence[str]]) -> None:
    """Have the conversations; the one after the paper's Figure 1 as a document of its own."""
    with Bridge(Settings(home=home, llm="offline", t2i="sketchbook")) as house:
        for thread, said in talks.items():
            for line in said:
                context = ROUGH if thread == "many" else Context()
                for _ in house.events(house.start(thread, line, context=context)):
                    pass
        (out / "conversation.html").write_text(document(house, "figure-1"), "utf-8")


def conversation(browser: Browser, html: Path, file: Path) -> None:
    """The document without its head and foot."""
    tab = browser.new_page(viewport={"width": 600, "height": 400})
    tab.goto(html.resolve().as_uri())
    tab.add_style_tag(content="header, footer { display: none } main { padding: 1rem }")
    tab.locator("main").screenshot(path=file)
    tab.close()


def main() -> None:
    """Conversations, then the browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures")
    parser.add_argument("--all", action="store_true", help="the page's other states too")
    chosen = parser.parse_args()
    out: Path = chosen.out
    out.mkdir(parents=True, exist_ok=True)
    takes = (readme, states, beginnings) if chosen.all else (readme,)
    with TemporaryDirectory(prefix="house-") as home:
        talk(Path(home), Path(home), {**TALKS, **MORE} if chosen.all else TALKS)
        with served(Path(home)) as address, chromium() as browser:
            for take in takes:
                take(browser, address, out)
            conversation(browser, Path(home) / "conversation.html", out / "conversation.png")


if __name__ == "__main__":
    main()
