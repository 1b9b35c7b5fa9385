"""The dialog that lies over the page: one at a time, of one conversation, open until it is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import streamlit as st

from minidalle3.gallery.tree import one_line
from minidalle3.graph.state import Command, PictureRecord, Segment
from minidalle3.ui.open_thread import OpenThread
from minidalle3.ui.text import plain

Contents: TypeAlias = Callable[..., None]
"""Takes the conversation, and the pictures that the dialog is about."""

OPEN = "dialog"
"""Where a session keeps which dialog is open: the conversation, the kind, the pictures' ids."""


def open_dialog(thread: str, kind: str, *ids: str) -> None:
    """As the callback of a widget: the run after it shows the dialog in place of any other."""
    st.session_state[OPEN] = (thread, kind, ids)


def close() -> None:
    """Until another is opened."""
    st.session_state.pop(OPEN, None)


def show(thread: OpenThread, kinds: Mapping[str, Contents]) -> None:
    """The open dialog, once in a run; closed when the conversation is left or a picture is deleted."""
    of, kind, ids = st.session_state.get(OPEN, (None, "", ()))
    if of is None:
        return
    records = [thread.history["pictures"].get(id) for id in ids]
    there = [record for record in records if record and not record.get("hidden")]
    if of != thread.id or len(there) < len(ids):
        close()
        return
    st.dialog(title(there), width="large", on_dismiss=close)(kinds[kind])(thread, *there)


def title(records: list[PictureRecord]) -> str:
    """One picture by number and description, several by their numbers."""
    names = [record["id"] for record in records]
    return plain(" · ".join(names if len(names) > 1 else [*names, one_line(records[0]["description"])]))


def act(
    thread: OpenThread,
    text: str,
    command: Command | None = None,
    tag: Segment | None = None,
    seed: int | None = None,
) -> None:
    """Start a turn from inside a dialog, which makes way for the conversation."""
    thread.start(text, (), command, tag, seed)
    close()
    st.rerun()
