"""A real Chromium, and the page as a real server serves it."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser
from streamlit import config
from streamlit.runtime import Runtime
from streamlit.web import bootstrap
from streamlit.web.server import Server

from minidalle3.eval import browser
from minidalle3.ui import page


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; without one the test is skipped, or fails where MINIDALLE3_REQUIRE says it must be there."""
    if browser.executable() is None:
        if "chromium" in os.environ.get("MINIDALLE3_REQUIRE", ""):
            pytest.fail(browser.INSTALL)
        pytest.skip(browser.INSTALL)
    with browser.chromium() as found:
        yield found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def serving() -> Iterator[int]:
    """The port of the page, served from this process, so that a test holds the house that it shows."""
    port, up = free_port(), threading.Event()
    config._main_script_path = page.__file__
    bootstrap.load_config_options({"server_port": port, "server_address": "127.0.0.1"})
    loop = asyncio.new_event_loop()
    server = Server(page.__file__, is_hello=False)

    async def live() -> None:
        await server.start()
        up.set()
        await server.stopped

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),), name="page", daemon=True)
    thread.start()
    try:
        assert up.wait(30)
        yield port
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(30)
        loop.close()
        Runtime._instance = None
        config._main_script_path = None
        with warnings.catch_warnings():  # what the server leaves behind is collected here, not in a later test
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
