"""A finished picture in the conversation: itself, what is known of it in short, and the way to all the rest."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.state import PictureRecord, Segment
from minidalle3.ui.dialogs import open_dialog
from minidalle3.ui.language import told, tr
from minidalle3.ui.open_thread import OpenThread
from minidalle3.ui.text import plain
from minidalle3.ui.views import WIDTH, picture_view, provenance, remark

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

GAP = 16
ROW = 2 * WIDTH + GAP
"""What a conversation has room for, in CSS pixels."""
ACROSS = 4


def side_by_side(thread: OpenThread, row: list[PictureRecord]) -> None:
    """Pictures in one row that wraps; of several, one can be picked."""
    if row:
        with st.container(horizontal=True):
            for record in row:
                picture(thread, record, len(row))


def width(many: int) -> int:
    """CSS pixels for each of so many side by side: the same while they are drawn and after, so nothing jumps."""
    across = min(many, ACROSS)
    return min(WIDTH, (ROW - (across - 1) * GAP) // across)


def tile(name: str, many: int) -> DeltaGenerator:
    """A place of its own for one of `many`."""
    return st.container(width=width(many), gap="xxsmall", key=f"{'tile' if many == 1 else 'one of many'} {name}")


def picture(thread: OpenThread, record: PictureRecord, many: int = 1) -> None:
    """A picture that a click opens, or why it cannot be shown; one of `many` can be picked."""
    id, gallery = record["id"], thread.house.gallery
    thread.shown[id] += 1
    place = f"{id} {thread.shown[id]}"
    try:
        data, size = bytes_and_size(record, gallery)
    except PictureError as error:
        st.warning(plain(f"{id}: {error}"))
        return
    with tile(place, many):
        with st.container(key=f"frame {place}"):
            st.image(data, width=width(many), alt=record["description"], output_format="PNG")
            label, opened = tr("Open {id}", id=id), (thread.id, "picture", id)
            icon = ":material/open_in_full:"
            st.button(plain(label), key=f"open {place}", icon=icon, on_click=open_dialog, args=opened)
        caption(record, gallery, size)
        if many > 1:
            said = tr("Pick {id}", id=id)
            chosen: Segment = {"kind": "select", "text": id, "source": id}
            begun = (said, (), None, chosen)
            st.button(plain(said), key=f"pick {place}", disabled=thread.busy, on_click=thread.begin, args=begun)


def figure(record: PictureRecord, gallery: Gallery, many: int) -> None:
    """One of `many` as it stands in a reply under way; raises `PictureError` when it is lost."""
    data, size = bytes_and_size(record, gallery)
    with st.container(key=f"frame {record['id']}"):
        st.image(data, width=width(many), alt=record["description"], output_format="PNG")
    caption(record, gallery, size)


def bytes_and_size(record: PictureRecord, gallery: Gallery) -> tuple[bytes, str]:
    """The PNG, and its true size; raises `PictureError` when it is lost."""
    data = gallery.read(record["digest"])
    image = Image.open(io.BytesIO(data))
    return data, f"{image.width}×{image.height}"


def caption(record: PictureRecord, gallery: Gallery, size: str) -> None:
    """Number, origin, true size and reason."""
    view = picture_view(record, gallery)
    why = plain(told(remark(view)))
    st.caption(f"**{plain(view['id'])}** · {plain(provenance(view, tr))} · {size}" + (f"  \n{why}" if why else ""))
