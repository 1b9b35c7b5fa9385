"""The conversations: which one a tab shows, and the list of them."""

from __future__ import annotations

import streamlit as st

from minidalle3.ui.bridge import Bridge
from minidalle3.ui.language import tr
from minidalle3.ui.talk import new_thread
from minidalle3.ui.text import plain


def chosen_thread() -> str:
    """Kept in the address, so that a reload comes back to it."""
    if "thread" not in st.query_params:
        st.query_params["thread"] = new_thread()
    return st.query_params["thread"]


def go_to(thread: str) -> None:
    """Show another conversation."""
    st.query_params["thread"] = thread


def section(house: Bridge, thread: str) -> None:
    """In the sidebar; `thread` is the one that is shown."""
    label = tr("New conversation")
    st.button(label, icon=":material/add:", on_click=go_to, args=(new_thread(),), width="stretch")
    for info in house.threads():
        here = info["thread"] == thread
        st.button(
            plain(info["title"]) or tr("A photo"),
            key=f"thread {info['thread']}",
            type="secondary" if here else "tertiary",
            on_click=go_to,
            args=(info["thread"],),
            width="stretch",
        )
