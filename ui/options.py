"""What a person may choose for their session, and what runs."""

from __future__ import annotations

import streamlit as st

from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.ui.notice import bigger, models


def section(settings: Settings) -> None:
    """In the sidebar."""
    st.caption(models(settings))
    for hint in bigger(settings):
        st.caption(hint)


def context() -> Context:
    """The session's choices for the turn that begins."""
    return Context()
