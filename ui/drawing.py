"""A reply while it is written and drawn."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

import streamlit as st
from PIL import Image

from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.state import Event, PictureRecord
from minidalle3.ui.language import told, tr
from minidalle3.ui.pictures import figure, tile
from minidalle3.ui.text import note, plain


@dataclass
class Frame:
    """One picture on its way."""

    id: str
    part: int
    description: str
    ahead: int | None = None
    step: int = 0
    of: int = 0
    preview: str | None = None
    record: PictureRecord | None = None

    @property
    def doing(self) -> str:
        """What happens with it just now."""
        if self.of:
            return tr("step {step} of {of}", step=self.step, of=self.of)
        return tr("{count} before it", count=self.ahead) if self.ahead else tr("getting ready")


@dataclass
class Sketch:
    """What the events of a turn add up to so far."""

    texts: dict[int, str] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Sketch:
        """The newest word on everything."""
        sketch = cls()
        for event in events:
            if event["type"] == "reset":
                sketch = cls()
            else:
                sketch.add(event)
        return sketch

    def add(self, event: Event) -> None:
        """One event, in the order they come."""
        if event["type"] == "text":
            self.texts[event["part"]] = self.texts.get(event["part"], "") + event["delta"]
        elif event["type"] == "note":
            self.notes.append(event["text"])
        elif event["type"] == "planned":
            self.frames[event["id"]] = Frame(event["id"], event["part"], event["description"])
        elif event["type"] == "queued":
            self.frames[event["id"]].ahead = event["position"]
        elif event["type"] == "progress":
            self.frames[event["id"]].step, self.frames[event["id"]].of = event["step"], event["of"]
        elif event["type"] == "preview":
            self.frames[event["id"]].preview = event["image"]
        elif event["type"] == "picture":
            self.frames[event["record"]["id"]].record = event["record"]

    def rows(self) -> list[str | list[Frame]]:
        """Texts and pictures in the order written, neighbouring pictures together."""
        rows: list[str | list[Frame]] = []
        for part in sorted({*self.texts, *(frame.part for frame in self.frames.values())}):
            frames = [frame for frame in self.frames.values() if frame.part == part]
            if text := self.texts.get(part, "").strip():
                rows.append(text)
            elif frames and rows and isinstance(rows[-1], list):
                rows[-1] += frames
            elif frames:
                rows.append(frames)
        return rows


def show(sketch: Sketch, gallery: Gallery) -> None:
    """The reply as it stands; every element keeps its place while its content changes."""
    rows = sketch.rows()
    if not rows and not sketch.notes:
        st.caption(tr("Thinking…"))
    for row in rows:
        if isinstance(row, str):
            st.markdown(row)
            continue
        with st.container(horizontal=True):
            for frame in row:
                on_its_way(frame, gallery, len(row))
    for text in sketch.notes:
        note(st, told(text))


def sketched(frame: Frame) -> str:
    """The newest preview in a place of its form, or a square place for it."""
    if frame.preview is None:
        return '<div class="sketch"></div>'
    width, height = Image.open(io.BytesIO(base64.b64decode(frame.preview.partition(",")[2]))).size
    seen = f'<img src="{escape(frame.preview)}" alt="{escape(frame.description)}">'
    return f'<div class="sketch" style="aspect-ratio: {width} / {height}">{seen}</div>'


def on_its_way(frame: Frame, gallery: Gallery, many: int) -> None:
    """A picture, or its place while it is drawn."""
    with tile(frame.id, many):
        if frame.record:
            try:
                figure(frame.record, gallery, many)
            except PictureError as error:
                st.warning(plain(str(error)))
            return
        st.html(sketched(frame))  # not an `st.image`, which makes room for itself too late
        st.progress(frame.step / frame.of if frame.of else 0.0, f"**{plain(frame.id)}** · {frame.doing}")
        st.caption(plain(frame.description))
