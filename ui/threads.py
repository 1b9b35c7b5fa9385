"""The conversations: which one a tab shows, the list of them, and their ways in and out as files."""

from __future__ import annotations

import re
from functools import partial

import streamlit as st

from minidalle3.gallery.provenance import RecipeError, extract
from minidalle3.graph.journal import TITLE_LENGTH, ThreadInfo
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.conversation import document
from minidalle3.ui.language import told, tr
from minidalle3.ui.open_thread import REFUSED
from minidalle3.ui.talk import new_thread
from minidalle3.ui.text import plain
from minidalle3.ui.visitors import own

MOST_MIB = 500
"""The largest file that is taken in."""
MANY = 6
"""Conversations beyond which the list scrolls."""
HEIGHT = 260


def chosen_thread(house: Bridge) -> str:
    """Kept in the address, so that a reload comes back to it; somebody else's address shows one's own of that name."""
    if "thread" not in st.query_params:
        st.query_params["thread"] = new_thread()
    return own(house.settings) + st.query_params["thread"]


def go_to(house: Bridge, thread: str) -> None:
    """Show another conversation."""
    st.query_params["thread"] = thread.removeprefix(own(house.settings))


def begin_new() -> None:
    """Show one that nothing has been said in."""
    st.query_params["thread"] = new_thread()


def section(house: Bridge, thread: str) -> None:
    """In the sidebar; `thread` is the one that is shown."""
    start = own(house.settings)
    infos = [info for info in house.threads() if info["thread"].startswith(start)]
    with st.container(horizontal=True, gap="xsmall"):
        label = tr("New conversation")
        st.button(label, icon=":material/add:", on_click=begin_new, width="stretch")
        with st.popover("", icon=":material/upload_file:", help=tr("Import a picture or a conversation")):
            bring_in(house)
    if len(infos) > 1:
        hint = tr("Search conversations")
        words = st.text_input(
            hint, key="search", label_visibility="collapsed", placeholder=hint, icon=":material/search:"
        )
        infos = house.search(words, start) if words.strip() else infos
        if not infos:
            st.caption(tr("Nothing was said of that."))
    with st.container(height=HEIGHT if len(infos) > MANY else "content", border=False, gap="xxsmall", key="threads"):
        for info in infos:
            row(house, info, info["thread"] == thread)


def row(house: Bridge, info: ThreadInfo, here: bool) -> None:
    """One conversation; the one that is shown has a menu."""
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        st.button(
            plain(titled(info)),
            key=f"thread {info['thread']}",
            type="secondary" if here else "tertiary",
            on_click=go_to,
            args=(house, info["thread"]),
            width="stretch",
        )
        if here:
            with st.popover("", icon=":material/more_vert:", type="tertiary", help=tr("Rename, export, delete")):
                menu(house, info)


def titled(info: ThreadInfo) -> str:
    """A conversation that began with a photo alone has no words to be named after."""
    return info["title"] or tr("A photo")


def menu(house: Bridge, info: ThreadInfo) -> None:
    """What can be done with a conversation as a whole."""
    thread, key = info["thread"], f"title {info['thread']}"
    name = re.sub(r"\W+", "-", titled(info)).strip("-")[:40] or "conversation"
    st.text_input(tr("Title"), info["title"], TITLE_LENGTH, key=key, on_change=rename, args=(house, thread, key))
    save = partial(st.download_button, on_click="ignore", width="stretch", icon=":material/download:")
    save(tr("Export as a web page"), partial(document, house, thread), f"{name}.html", "text/html")
    save(tr("Export as a zip file"), partial(house.export, thread), f"{name}.zip", "application/zip")
    with st.expander(tr("Delete"), icon=":material/delete:"):
        st.write(tr("Delete this conversation, and the pictures that no other one shows?"))
        st.button(tr("Yes, delete"), key="delete thread", type="primary", on_click=forget, args=(house, thread))


def rename(house: Bridge, thread: str, key: str) -> None:
    """As the callback of the title's field."""
    try:
        house.rename(thread, st.session_state[key])
    except ValueError as error:
        st.session_state[REFUSED] = told(str(error))


def forget(house: Bridge, thread: str) -> None:
    """Delete a conversation and leave it."""
    house.delete(thread)
    begin_new()


def bring_in(house: Bridge) -> None:
    """A file to go on from."""
    key = f"import {st.session_state.setdefault('imports', 0)}"  # a new name empties it
    st.file_uploader(
        tr("A picture with its recipe (PNG), or an exported conversation (zip)"),
        ["png", "zip"],
        key=key,
        on_change=take_in,
        args=(house, key),
        max_upload_size=MOST_MIB,
    )


def take_in(house: Bridge, key: str) -> None:
    """As the callback of the uploader: a new conversation, or why there is none."""
    file = st.session_state[key]
    if file is None:
        return
    st.session_state["imports"] += 1
    data, thread = file.getvalue(), own(house.settings) + new_thread()
    try:
        if data.startswith(b"\x89PNG"):
            begin_with(house, thread, data)
        else:
            house.take_in(thread, data)
    except ValueError as error:
        st.session_state[REFUSED] = told(str(error))
    else:
        go_to(house, thread)


def begin_with(house: Bridge, thread: str, png: bytes) -> None:
    """A conversation whose first picture is one that was drawn before. Raises `ValueError`."""
    if extract(png) is None:
        raise RecipeError(tr("There is no recipe in this picture. Send it along with a message, as a photo."))
    house.start(thread, tr("Let us go on from this picture."), [png])
