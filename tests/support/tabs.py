"""The page as AppTest drives it: no browser, and nothing refreshes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from minidalle3.ui.bridge import Bridge

PATIENCE = 60.0


def script() -> None:
    """The page over the house that the test gave it."""
    import streamlit as st

    from minidalle3.ui import page

    page.main(st.session_state["house"])


def opened(house: Bridge, thread: str = "t") -> AppTest:
    """The page in a browser's tab, so to speak."""
    tab = AppTest.from_function(script, default_timeout=PATIENCE)
    tab.session_state["house"] = house
    tab.query_params["thread"] = thread
    tab.run()
    assert not tab.exception
    return tab


def settled(tab: AppTest) -> AppTest:
    """The tab when what was begun in its thread is over."""
    house: Bridge = tab.session_state["house"]
    thread = tab.query_params["thread"]  # as it was set, or as the page kept it
    until(lambda: house.history(thread if isinstance(thread, str) else thread[0])["running"] is None)
    tab.run()
    assert not tab.exception
    return tab


def say(tab: AppTest, words: str) -> AppTest:
    """Send a message and wait for the whole reply."""
    return settled(tab.chat_input[0].set_value(words).run())


def until(there: Callable[[], object]) -> None:
    """Wait for what another thread brings about."""
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end
        time.sleep(0.01)
