"""All of one picture: full size, against its parent, what it came from, and what can be done with it."""

from __future__ import annotations

import json

import streamlit as st
from PIL import Image, ImageEnhance, ImageOps

from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.gallery.tree import visible_parent
from minidalle3.graph.state import Command, PictureRecord, Segment
from minidalle3.ui import options
from minidalle3.ui.before_after import before_after
from minidalle3.ui.dialogs import act
from minidalle3.ui.language import told, tr
from minidalle3.ui.open_thread import OpenThread
from minidalle3.ui.text import plain
from minidalle3.ui.views import picture_view, provenance, remark

MORE = 2
"""Pictures that "more like this" asks for where no number is chosen."""


def panel(thread: OpenThread, record: PictureRecord) -> None:
    """The contents of a picture's dialog; wide screens show the picture beside the rest."""
    try:
        data = thread.house.gallery.read(record["digest"])
        recipe = thread.house.gallery.recipe(record["digest"])
    except PictureError as error:
        st.warning(plain(str(error)))
        return
    with st.container(horizontal=True, gap="large", key="panel"):
        with st.container(key="panel-picture"):
            looks(thread, record, data)
        with st.container(key="panel-facts"):
            actions(thread, record)
            facts(thread, record, recipe)
            if recipe:
                again(thread, record, recipe)
            downloads(record, data, recipe)


def looks(thread: OpenThread, record: PictureRecord, data: bytes) -> None:
    """The picture by itself, against its parent, and where it was changed."""
    gallery = thread.house.gallery
    parent = visible_parent(thread.history["pictures"], record["id"])
    mask = gallery.mask(record["digest"])
    names = [tr("Picture"), *([tr("Before and after")] if parent else []), *([tr("Where it changed")] if mask else [])]
    tabs = dict(zip(names, st.tabs(names), strict=True))
    image = gallery.image(record["digest"])
    with tabs[tr("Picture")]:
        st.image(data, width="stretch", alt=record["description"], output_format="PNG")
        st.caption(tr("{width}×{height} pixels", width=image.width, height=image.height))
    if parent:
        with tabs[tr("Before and after")]:
            against(thread.history["pictures"][parent], record, gallery)
    if mask:
        with tabs[tr("Where it changed")]:
            alt = tr("{id}: in colour where it was drawn anew, faded where not", id=record["id"])
            st.image(highlighted(image, mask), width="stretch", alt=alt)
            st.caption(alt)


def against(parent: PictureRecord, record: PictureRecord, gallery: Gallery) -> None:
    """The slider, or why there is none."""
    try:
        before_after(parent, record, gallery)
    except PictureError as error:
        st.warning(plain(str(error)))


def highlighted(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture, pale and grey where `mask` is 0."""
    faded = ImageEnhance.Brightness(ImageOps.grayscale(image).convert("RGB")).enhance(0.45)
    return Image.composite(image, faded, mask)


def actions(thread: OpenThread, record: PictureRecord) -> None:
    """Ways to go on from it."""
    id = record["id"]
    go: Command = {"name": "goto", "target": id}
    more: Segment = {"kind": "vary", "text": "", "count": options.context().count or MORE, "source": id}
    finer: Segment = {"kind": "refine", "text": "", "count": 1, "source": id}
    pick: Segment = {"kind": "select", "text": id, "source": id}
    with st.container(horizontal=True, gap="small"):
        if button(thread, tr("Edit from here"), "edit", tr("What you ask for next changes this picture")):
            act(thread, tr("Edit from {id}", id=id), command=go)
        if button(thread, tr("More like this"), "photo_library", tr("The same description from other seeds")):
            act(thread, tr("More like {id}", id=id), tag=more)
        if button(thread, tr("Refine"), "auto_awesome", tr("Drawn again with more steps, or larger")):
            act(thread, tr("Refine {id}", id=id), tag=finer)
        if button(thread, tr("Pick"), "check", tr("This is the one: show it again, and go on from it")):
            act(thread, tr("Pick {id}", id=id), tag=pick)


def button(thread: OpenThread, label: str, icon: str, help: str, key: str | None = None) -> bool:
    """Whether it was clicked; nothing can be begun while a turn is under way."""
    return st.button(label, icon=f":material/{icon}:", help=help, disabled=thread.busy, key=key)


def facts(thread: OpenThread, record: PictureRecord, recipe: Recipe | None) -> None:
    """The three texts, and how it came about."""
    for label, text in (
        (tr("You said"), record["words"]),
        (tr("Description"), record["description"]),
        (tr("Prompt sent"), recipe["prompt"] if recipe else ""),
        (tr("Negative prompt"), recipe["negative_prompt"] if recipe else ""),
    ):
        if text:
            st.markdown(f"**{label}**  \n{plain(text)}")
    view = picture_view(record, thread.house.gallery)
    st.caption(f"{plain(provenance(view, tr))}  \n{plain(told(remark(view)))}")


def again(thread: OpenThread, record: PictureRecord, recipe: Recipe) -> None:
    """Its prompt, to be changed and drawn as a new picture, from the same seed if that is wished."""
    with st.expander(tr("Use this prompt again"), icon=":material/replay:"):
        prompt = st.text_area(tr("Prompt"), recipe["prompt"], key=f"prompt {record['id']}").strip()
        seed = recipe["seed"]
        locked = seed is not None and st.toggle(
            tr("Keep seed {seed}", seed=seed),
            value=True,
            help=tr("The same prompt from the same seed: the same picture"),
        )
        drawn: Segment = {"kind": "image", "text": prompt, "count": 1}
        if st.button(tr("Draw it"), type="primary", disabled=thread.busy or not prompt):
            text = tr("Draw: {prompt}", prompt=prompt)
            act(thread, text, tag=drawn, seed=seed if locked else None)


def downloads(record: PictureRecord, data: bytes, recipe: Recipe | None) -> None:
    """Files to keep; the PNG has its recipe inside."""
    name = f"minidalle3-{record['id'][1:]}-{record['digest'][:8]}"
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            tr("PNG"),
            data,
            f"{name}.png",
            "image/png",
            icon=":material/download:",
            on_click="ignore",
            help=tr("With its recipe inside") if recipe else None,
        )
        if recipe:
            told = json.dumps(recipe, indent=2, ensure_ascii=False)
            icon = ":material/data_object:"
            st.download_button(tr("Recipe"), told, f"{name}.json", "application/json", icon=icon, on_click="ignore")
