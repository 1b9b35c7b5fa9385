"""Two pictures on top of each other, with a slider between them: by pointer, by finger and by keyboard."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import streamlit as st

from minidalle3.gallery.store import Gallery
from minidalle3.graph.state import PictureRecord
from minidalle3.ui.images import data_url
from minidalle3.ui.language import tr

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

SIDE = 1024
"""Pixels: what a screen shows of a picture in a dialog."""

HTML = """
<figure>
  <div class="stage">
    <img class="after"><img class="before">
    <input type="range" min="0" max="100" value="50">
    <span class="handle" aria-hidden="true"></span>
  </div>
  <figcaption><span class="left"></span><span class="right"></span></figcaption>
</figure>
"""


@cache
def component() -> ComponentRenderer:
    """Registered once in a process."""
    room = files("minidalle3.ui")
    css, js = ((room / f"before_after.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return st.components.v2.component("before_after", html=HTML, css=css, js=js)


def before_after(before: PictureRecord, after: PictureRecord, gallery: Gallery) -> None:
    """`before` on the left of the slider; raises `PictureError` when one is lost."""
    component()(
        key=f"slider {before['id']} {after['id']}",
        data={
            side: {"id": one["id"], "alt": one["description"], "src": data_url(gallery, one["digest"], SIDE)}
            for side, one in (("before", before), ("after", after))
        }
        | {"label": tr("How much of {id} is shown", id=before["id"])},
    )
