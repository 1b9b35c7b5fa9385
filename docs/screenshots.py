"""Pictures of the page's main states, by the real models: `python docs/screenshots.py --out DIR`; needs Chromium."""

from __future__ import annotations

import argparse
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge

LINES = (
    "Draw a cute dog", "Make it run near the river", "go to #1", "Make it a sticker", "Show me four different castles",
    "Pick the second one",
)  # fmt: skip
PATIENCE = 300.0
"""Seconds."""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The page's address, as `minidalle3 ui` serves it on the embedded models."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    told = ["--port", str(port), "--home", str(home), "--llm", "offline", "--t2i", "sketchbook"]
    server = subprocess.Popen([sys.executable, "-m", "minidalle3.ui.cli", "ui", *told], stdout=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def wait_for(url: str) -> None:
    """Until it answers. Raises `OSError` when it does not."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser. Raises `FileNotFoundError` when none is installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise FileNotFoundError("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Browser, address: str, size: dict[str, int], scheme: str, thread: str = "talk") -> Page:
    """A tab that has come to rest."""
    tab = browser.new_page(viewport=size, color_scheme=scheme)
    tab.set_default_timeout(1000 * PATIENCE)
    tab.goto(f"{address}/?thread={thread}")
    tab.get_by_test_id("stChatInput").wait_for()
    tab.wait_for_timeout(4000)
    return tab


def shoot(browser: Browser, address: str, out: Path) -> None:
    """One file for each state."""
    for scheme in ("light", "dark"):
        tab = opened(browser, address, DESK, scheme)
        tab.screenshot(path=out / f"desk-{scheme}.png")
        phone = opened(browser, address, PHONE, scheme)
        phone.screenshot(path=out / f"phone-{scheme}.png")
        phone.close()
        if scheme == "light":
            states(tab, out)
        tab.close()
    empty = opened(browser, address, DESK, "light", "empty")
    empty.screenshot(path=out / "empty.png")
    empty.get_by_text("Settings", exact=True).click()
    empty.wait_for_timeout(2000)
    empty.screenshot(path=out / "settings.png")
    empty.close()


def states(tab: Page, out: Path) -> None:
    """What lies over the conversation: a picture, its slider, two compared."""
    tab.get_by_role("button", name="Open #2").first.click()
    tab.get_by_role("dialog").wait_for()
    tab.wait_for_timeout(3000)
    tab.screenshot(path=out / "picture.png")
    tab.get_by_role("tab", name="Before and after").click()
    tab.wait_for_timeout(2000)
    tab.screenshot(path=out / "before-and-after.png")
    tab.keyboard.press("Escape")
    tab.get_by_role("dialog").wait_for(state="hidden")
    tab.get_by_role("combobox", name="Compare").click()
    tab.get_by_role("option").first.click()
    tab.get_by_role("dialog").wait_for()
    tab.wait_for_timeout(3000)
    tab.screenshot(path=out / "compare.png")


def main() -> None:
    """A conversation, then the browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="house-") as home:
        with Bridge(Settings(home=Path(home), llm="offline", t2i="sketchbook")) as house:
            for line in LINES:
                for _ in house.events(house.start("talk", line)):
                    pass
        with served(Path(home)) as address, chromium() as browser:
            shoot(browser, address, out)


if __name__ == "__main__":
    main()
