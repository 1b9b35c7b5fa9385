"""A finished picture: the picture itself, what is known of it, and what can be done with it."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image

from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.state import PictureRecord
from minidalle3.ui.language import tr
from minidalle3.ui.open_thread import OpenThread
from minidalle3.ui.text import plain
from minidalle3.ui.views import PictureView, picture_view, provenance, shown_size


def side_by_side(thread: OpenThread, row: list[PictureRecord]) -> None:
    """Pictures in one row that wraps."""
    if row:
        with st.container(horizontal=True):
            for record in row:
                picture(thread, record)


def picture(thread: OpenThread, record: PictureRecord) -> None:
    """A picture with its panel, or why it cannot be shown."""
    try:
        view, width = figure(record, thread.house.gallery)
    except PictureError as error:
        st.warning(f"{record['id']}: {error}")
        return
    if view["mask"]:
        with st.popover(tr("Where it changed"), type="tertiary"):
            st.image(view["mask"], width=width, alt=f"{view['id']}: white where it was drawn anew, black where not")


def figure(record: PictureRecord, gallery: Gallery) -> tuple[PictureView, int]:
    """The picture and its caption, as it also stands in a reply under way; raises `PictureError` when it is lost."""
    data = gallery.read(record["digest"])
    view = picture_view(record, gallery)
    width, size = shown_size(*Image.open(io.BytesIO(data)).size)
    with st.container(width=width, gap="xxsmall"):
        st.image(data, width=width, alt=view["description"], output_format="PNG")
        st.caption(f"**{plain(view['id'])}** · {plain(provenance(view))}  \n{plain(view['reason'])} {size}.")
    return view, width
