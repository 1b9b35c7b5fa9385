"""A real Chromium, and the page as `minidalle3 ui` serves it."""

from __future__ import annotations

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

from playwright.sync_api import Browser, sync_playwright

PATIENCE = 1200.0
"""Seconds."""
INSTALL = "Chromium is not installed: apt-get install chromium"


def executable() -> str | None:
    """The browser's path, if one is installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser. Raises `SystemExit` when none is installed."""
    found = executable()
    if found is None:
        raise SystemExit(INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The page's address, on the embedded models, from a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    told = ["--port", str(port), "--home", str(home), "--llm", "offline", "--t2i", "sketchbook"]
    server = subprocess.Popen([sys.executable, "-m", "minidalle3.ui.cli", "ui", *told], stdout=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        wait_for(f"{address}/_stcore/health", server)
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Until it answers. Raises `OSError` when it does not, or ends first."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)
