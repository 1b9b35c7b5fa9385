"""The version tree of a conversation: thumbnails on branches, and the moves along them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import streamlit as st

from minidalle3.gallery.store import PictureError
from minidalle3.gallery.tree import TreeError, branch, number, one_line, redo, rows, undo, visible_parent
from minidalle3.graph.state import CommandName, PictureRecord
from minidalle3.ui.dialogs import open_dialog
from minidalle3.ui.images import data_url
from minidalle3.ui.language import tr
from minidalle3.ui.open_thread import OpenThread
from minidalle3.ui.text import plain

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

SIDE = 96
"""Pixels of a thumbnail, twice what it takes up, for fine screens."""
CHOSEN = "chosen picture"
"""Where a session keeps which picture of the tree it looks at: the conversation and the picture's id."""


@cache
def component() -> ComponentRenderer:
    """Registered once in a process."""
    room = files("minidalle3.ui")
    css, js = ((room / f"version_tree.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return st.components.v2.component("version_tree", html='<div role="tree"></div>', css=css, js=js)


def section(thread: OpenThread) -> None:
    """In the sidebar; nothing before there is a picture."""
    pictures = [record for record in thread.history["pictures"].values() if not record.get("hidden")]
    if not pictures:
        return
    chosen = chosen_picture(thread, pictures)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(tr("Pictures"), anchor=False, width="stretch")
        step(thread, "undo", tr("Undo"))
        step(thread, "redo", tr("Redo"))
    tree(thread, chosen)
    moves(thread, chosen)
    compare_with(thread, chosen, pictures)


def chosen_picture(thread: OpenThread, pictures: list[PictureRecord]) -> PictureRecord:
    """The one that was clicked, until the conversation moves on; else the current one."""
    of, at, id = st.session_state.get(CHOSEN, ("", None, ""))
    current = thread.history["current"]
    wanted = id if (of, at) == (thread.id, current) else current
    return next((record for record in pictures if record["id"] == wanted), pictures[-1])


def choose(thread: OpenThread, key: str) -> None:
    """As the callback of the drawn tree."""
    if id := st.session_state[key]["chosen"]:
        st.session_state[CHOSEN] = (thread.id, thread.history["current"], id)


def step(thread: OpenThread, name: CommandName, label: str) -> None:
    """Undo or redo, where there is somewhere to go."""
    try:
        (undo if name == "undo" else redo)(thread.history["pictures"], thread.history["current"])
        possible = True
    except TreeError:
        possible = False
    st.button(
        label,
        key=name,
        icon=f":material/{name}:",
        type="tertiary",
        disabled=thread.busy or not possible,
        on_click=thread.begin,
        args=(label, (), {"name": name, "target": None}),
    )


def tree(thread: OpenThread, chosen: PictureRecord) -> None:
    """The pictures from top to bottom, an only child right below its parent; a click chooses one."""
    key = f"tree {thread.id}"
    component()(
        key=key,
        data={"label": tr("Version tree"), "here": tr("current"), "rows": drawn(thread, chosen["id"])},
        on_chosen_change=lambda: choose(thread, key),
    )


def drawn(thread: OpenThread, chosen: str) -> list[dict[str, Any]]:
    """What the browser needs to know of each row; what forks before any picture is no branch."""
    pictures, current = thread.history["pictures"], thread.history["current"]
    found = rows(pictures, current)
    trunk = 2 if len([row for row in found if visible_parent(pictures, row.record["id"]) is None]) > 1 else 0
    level: dict[str | None, int] = {None: 0}
    told: list[dict[str, Any]] = []
    for row in found:
        id = row.record["id"]
        parent = visible_parent(pictures, id)
        level[id] = level[parent] + 1
        told.append({
            "id": id,
            "branch": row.branch[trunk:],
            "level": level[id],
            "description": one_line(row.record["description"]),
            "image": thumbnail(thread, row.record),
            "current": row.current,
            "chosen": id == chosen,
        })  # fmt: skip
    return told


def thumbnail(thread: OpenThread, record: PictureRecord) -> str | None:
    """None for a picture whose file is lost."""
    try:
        return data_url(thread.house.gallery, record["digest"], SIDE)
    except PictureError:
        return None


def moves(thread: OpenThread, chosen: PictureRecord) -> None:
    """What can be done with the picture that was chosen."""
    id = chosen["id"]
    here = id == thread.history["current"]
    st.caption(f"**{plain(id)}** {plain(one_line(chosen['description']))}")
    with st.container(horizontal=True, gap="small"):
        st.button(
            tr("Go back to it"),
            key="go to",
            icon=":material/alt_route:",
            help=tr("What you ask for next branches off from this picture; nothing is lost"),
            disabled=thread.busy or here,
            on_click=thread.begin,
            args=(tr("Go to {id}", id=id), (), {"name": "goto", "target": id}),
        )
        st.button(
            tr("Open"),
            key="open",
            icon=":material/open_in_full:",
            on_click=open_dialog,
            args=(thread.id, "picture", id),
        )
        with st.popover(tr("Delete"), icon=":material/delete:"):
            confirm(thread, id)


def confirm(thread: OpenThread, id: str) -> None:
    """Says what would go."""
    gone = [one for one in branch(thread.history["pictures"], id) if not thread.history["pictures"][one].get("hidden")]
    more = ", ".join(sorted(gone[1:], key=number))
    question = (
        tr("Delete {id}, and what was made from it: {more}?", id=id, more=more) if more else tr("Delete {id}?", id=id)
    )
    st.write(plain(question))
    st.button(
        tr("Yes, delete"),
        key="delete",
        type="primary",
        disabled=thread.busy,
        on_click=thread.begin,
        args=(tr("Delete {id}", id=id), (), {"name": "delete", "target": id}),
    )


def compare_with(thread: OpenThread, chosen: PictureRecord, pictures: list[PictureRecord]) -> None:
    """Any other picture."""
    names = {record["id"]: f"{record['id']} {one_line(record['description'])}" for record in pictures}
    del names[chosen["id"]]
    key = f"compare {chosen['id']}"

    def open_comparison() -> None:
        if other := st.session_state[key]:
            open_dialog(thread.id, "compare", chosen["id"], other)
            st.session_state[key] = None

    if names:
        st.selectbox(
            tr("Compare {id} with", id=plain(chosen["id"])),
            names,
            index=None,
            format_func=names.__getitem__,
            key=key,
            placeholder=tr("Another picture"),
            on_change=open_comparison,
        )
