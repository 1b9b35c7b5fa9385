"""Pictures of the page's main states, by the real models: `python docs/screenshots.py --out DIR`; needs Chromium."""

from __future__ import annotations

import argparse
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from minidalle3.eval.browser import PATIENCE, chromium, served
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.conversation import document

TALKS: Mapping[str, Sequence[str]] = {
    "figure-1": ("Can you generate a cute dog?", "Cool! Could you make some sticker?"),
    "chinese": ("画一只可爱的狗", "把它变成贴纸"),
    "talk": ("Draw an owl as a sticker", "Show me four robots, 3D render", "Pick the third one", "Make it red"),
}
MANY = (
    "Draw a cute dog", "Show me eight more like it", "Make it a sticker", "Make it red", "go to #3", "Make it blue",
    "Put it on the beach", "Show me eight more like it", "Draw eight castles", "Make it pixel art",
    "Show me eight more like it", "go to #12",
)  # fmt: skip
ROUGH = Context(steps=4)
"""For a tree whose thumbnails need not be fine."""
DESK, PHONE = {"width": 1280, "height": 960}, {"width": 390, "height": 844}
RESTING = """() =>
  document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
  && !document.querySelector("[data-testid=stSkeleton]")
  && [...document.images].every(image => image.complete && image.naturalWidth)
"""


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
    keep(tab.screenshot(), file)


def keep(png: bytes, file: Path) -> None:
    """With as many colours as eyes need, in half the bytes."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(palette=image.quantize(256)).save(file, optimize=True)


def themes(browser: Browser, address: str, out: Path) -> None:
    """A conversation in both themes, on a desk and on a phone."""
    for scheme in ("light", "dark"):
        for name, size in (("desk", DESK), ("phone", PHONE)):
            tab = opened(browser, f"{address}/?thread=talk", scheme, size)
            tab.get_by_role("main").get_by_role("img", name="robot").first.scroll_into_view_if_needed()
            shoot(tab, out / f"{name}-{scheme}.png")
            tab.close()


def states(browser: Browser, address: str, out: Path) -> None:
    """What lies over a conversation: a picture, its slider, two compared; the tree of many; the other language."""
    tab = opened(browser, f"{address}/?thread=talk", "dark")
    tab.get_by_role("button", name="Open #6").first.click()
    tab.get_by_role("dialog").wait_for()
    shoot(tab, out / "picture.png")
    tab.get_by_role("tab", name="Before and after").click()
    shoot(tab, out / "before-and-after.png")
    tab.keyboard.press("Escape")
    tab.get_by_role("dialog").wait_for(state="hidden")
    tab.get_by_role("combobox", name="Compare").click()
    tab.get_by_role("option").first.click()
    tab.get_by_role("dialog").wait_for()
    shoot(tab, out / "compare.png")
    tab.close()
    for name, url in (("tree", "?thread=many"), ("chinese", "?thread=chinese&language=zh")):
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
    tab.get_by_test_id("stChatInputTextArea").fill("Show me two pandas")
    tab.keyboard.press("Enter")
    tab.get_by_text("step 1").first.wait_for()
    tab.locator(".sketch img").first.wait_for()
    keep(tab.screenshot(), out / "drawing.png")
    tab.close()


def talk(home: Path, out: Path) -> None:
    """Have the conversations; the one after the paper's Figure 1 as a document of its own."""
    with Bridge(Settings(home=home, llm="offline", t2i="sketchbook")) as house:
        lines = [(thread, line, Context()) for thread, said in TALKS.items() for line in said]
        for thread, line, context in [*lines, *(("many", line, ROUGH) for line in MANY)]:
            for _ in house.events(house.start(thread, line, context=context)):
                pass
        (out / "conversation.html").write_text(document(house, "figure-1"), "utf-8")


def main() -> None:
    """Conversations, then the browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="house-") as home:
        talk(Path(home), out)
        with served(Path(home)) as address, chromium() as browser:
            for take in (themes, states, beginnings):
                take(browser, address, out)
            tab = browser.new_page(viewport={"width": 600, "height": 400})
            tab.goto((out / "conversation.html").resolve().as_uri())
            tab.add_style_tag(content="header, footer { display: none } main { padding: 1rem }")
            keep(tab.locator("main").screenshot(), out / "conversation.png")


if __name__ == "__main__":
    main()
