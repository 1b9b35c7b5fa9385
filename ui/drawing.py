"""A reply while it is written and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.state import Event, PictureRecord, PlannedEvent
from minidalle3.ui.pictures import figure
from minidalle3.ui.text import note, plain

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

PREVIEW = 384
"""Width of a picture while it is drawn."""


class Canvas:
    """A reply while it is written and drawn: one place for every part, filled as the events come."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._body = st.empty()
        self._clear()

    def _clear(self) -> None:
        self._space = self._body.container()
        self._places: list[DeltaGenerator] = []
        self._texts: dict[int, str] = {}
        self._rows: dict[int, DeltaGenerator] = {}
        self._frames: dict[str, Frame] = {}

    def show(self, event: Event) -> None:
        """One event, in the order they come."""
        if event["type"] == "text":
            text = self._texts[event["part"]] = self._texts.get(event["part"], "") + event["delta"]
            self._place(event["part"]).markdown(text)
        elif event["type"] == "planned":
            self._plan(event)
        elif event["type"] == "queued" and event["position"]:
            self._frames[event["id"]].wait(event["position"])
        elif event["type"] == "progress":
            self._frames[event["id"]].progress(event["step"], event["of"])
        elif event["type"] == "preview":
            self._frames[event["id"]].preview(event["image"])
        elif event["type"] == "picture":
            self._frames[event["record"]["id"]].finish(event["record"], self._gallery)
        elif event["type"] == "note":
            note(self._space, event["text"])
        elif event["type"] == "reset":
            self._body.empty()
            self._clear()

    def _place(self, part: int) -> DeltaGenerator:
        """Where a part goes; the parts before it that nothing is known of yet keep their places too."""
        while len(self._places) <= part:
            self._places.append(self._space.empty())
        return self._places[part]

    def _plan(self, event: PlannedEvent) -> None:
        part = event["part"]
        if part not in self._rows:
            self._rows[part] = self._place(part).container(horizontal=True)
        self._frames[event["id"]] = Frame(self._rows[part].container(width=PREVIEW), event)


class Frame:
    """One picture on its way."""

    def __init__(self, space: DeltaGenerator, planned: PlannedEvent) -> None:
        self._name = f"{planned['id']} {planned['description']}"
        self._picture = space.empty()
        self._bar = space.empty()
        self._bar.progress(0.0, f"{plain(self._name)} · getting ready")

    def wait(self, position: int) -> None:
        """Others are drawn first."""
        self._bar.progress(0.0, f"{plain(self._name)} · {position} before it")

    def progress(self, step: int, of: int) -> None:
        """A step is done."""
        self._bar.progress(step / of, f"{plain(self._name)} · step {step} of {of}")

    def preview(self, image: str) -> None:
        """What it looks like by now."""
        self._picture.image(image, width=PREVIEW, alt=self._name)

    def finish(self, record: PictureRecord, gallery: Gallery) -> None:
        """It is in the gallery."""
        self._bar.empty()
        try:
            with self._picture.container():
                figure(record, gallery)
        except PictureError as error:
            self._picture.warning(plain(str(error)))
