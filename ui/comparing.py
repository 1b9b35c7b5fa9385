"""Two pictures of a conversation side by side, and what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import streamlit as st

from minidalle3.gallery.compare import compare, recipe_changes
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.state import PictureRecord
from minidalle3.ui.before_after import before_after
from minidalle3.ui.language import tr
from minidalle3.ui.open_thread import OpenThread
from minidalle3.ui.text import plain


def comparison(thread: OpenThread, left: PictureRecord, right: PictureRecord) -> None:
    """The contents of a dialog."""
    gallery = thread.house.gallery
    beside, upon = st.tabs([tr("Side by side"), tr("One upon the other")])
    try:
        with beside, st.container(key="beside", horizontal=True):
            for record in (left, right):
                with st.container(width="stretch"):
                    st.image(gallery.read(record["digest"]), width="stretch", alt=record["description"])
                    st.markdown(f"**{plain(record['id'])}** {plain(record['description'])}")
        with upon:
            before_after(left, right, gallery)
        st.write(pixels(left, right, gallery))
        st.table(differences(left, right, gallery))
    except PictureError as error:
        st.warning(plain(str(error)))


def pixels(left: PictureRecord, right: PictureRecord, gallery: Gallery) -> str:
    """How far apart they are, in a sentence; raises `PictureError`."""
    images = [gallery.image(record["digest"]) for record in (left, right)]
    if images[0].size != images[1].size:
        sizes = [f"{one.width}×{one.height}" for one in images]
        return tr("They differ in size: {left} and {right}.", left=sizes[0], right=sizes[1])
    found = compare(*images)
    if found.identical:
        return tr("Every pixel is the same.")
    return tr("{share:.0%} of the pixels differ, by {most} of 255 at most.", share=found.changed, most=found.largest)


def differences(left: PictureRecord, right: PictureRecord, gallery: Gallery) -> dict[str, list[str]]:
    """A table of what was said, asked and drawn differently; raises `PictureError`."""
    table: dict[str, list[str]] = {"": [], left["id"]: [], right["id"]: []}
    for row in changes(left, right, gallery):
        for column, value in zip(table.values(), row, strict=True):
            column.append(plain(value))
    return table


def changes(left: PictureRecord, right: PictureRecord, gallery: Gallery) -> Iterator[tuple[str, str, str]]:
    """Field by field, as far as they differ; a photo has no recipe to differ in."""
    if left["words"] != right["words"]:
        yield tr("You said"), left["words"], right["words"]
    if left["description"] != right["description"]:
        yield tr("Description"), left["description"], right["description"]
    recipes = [gallery.recipe(record["digest"]) for record in (left, right)]
    if recipes[0] and recipes[1]:
        for field, values in recipe_changes(recipes[0], recipes[1]).items():
            before, after = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in values)
            yield field, before, after
