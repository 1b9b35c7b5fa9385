"""Whose conversations a browser shows: on one's own machine all that there are, elsewhere its own alone."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

import streamlit as st

from minidalle3.graph.settings import Settings

VISITOR = "minidalle3_visitor"
"""The name of the cookie, and of its copy in the session's state until the browser sends it."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
YEAR = 365 * 24 * 3600


def at_home() -> bool:
    """Whether whoever is there sits at this machine: it listens to nobody else, and neither a proxy nor the name by
    which the browser asked says that they come from outside.
    """
    headers = st.context.headers
    host = urlsplit(f"//{headers.get('Host', LOOPBACK[0])}").hostname
    return st.get_option("server.address") in LOOPBACK and host in LOOPBACK and "X-Forwarded-For" not in headers


def own(settings: Settings) -> str:
    """What the names of this browser's conversations begin with; nothing where all are shown."""
    if at_home():
        return ""
    return f"{visitor()}{'-' if settings.server else '/'}"  # before a slash is who takes turns; servers take no slash


def visitor() -> str:
    """Nobody else can guess it."""
    if VISITOR not in st.session_state:
        known = dict(st.context.cookies).get(VISITOR, "")
        st.session_state[VISITOR] = known if re.fullmatch("[0-9a-f]{32}", known) else secrets.token_hex(16)
    return str(st.session_state[VISITOR])


def remember() -> None:
    """Have the browser keep the cookie, so that it finds its conversations again."""
    if not at_home():
        cookie = f"{VISITOR}={visitor()}; max-age={YEAR}; path=/; samesite=strict"
        script = f"document.cookie = '{cookie}' + (location.protocol === 'https:' ? '; secure' : '')"
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
