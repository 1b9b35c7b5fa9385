"""The version tree of a conversation."""

from __future__ import annotations

import streamlit as st

from minidalle3.gallery.tree import render
from minidalle3.ui.open_thread import OpenThread


def section(thread: OpenThread) -> None:
    """In the sidebar; nothing before there is a picture."""
    if drawn := render(thread.history["pictures"], thread.history["current"]):
        st.code(drawn, language=None)
