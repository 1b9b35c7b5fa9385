"""What a person may choose for their session, and what runs.

Choices live in the session's state, which is in the server's memory: a key that is typed here is never written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st
from pydantic import SecretStr

from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Level
from minidalle3.llms.load import NO_KEY
from minidalle3.ui.doctor import llms, t2is
from minidalle3.ui.language import KEY, LANGUAGES, language, tr
from minidalle3.ui.notice import EMBEDDED, bigger
from minidalle3.ui.visitors import at_home

SIZES = ("512x512", "768x768", "1024x1024", "1024x768", "768x1024", "1216x832", "832x1216")
MOST_STEPS = 150
MOST_PICTURES = 8
LEVELS: tuple[Level | None, ...] = (None, "small", "large", "none")
Kind = Literal["llm", "t2i"]


def section(settings: Settings) -> None:
    """In the sidebar."""
    running(settings)
    with st.expander(tr("Settings"), icon=":material/tune:"):
        st.segmented_control(
            tr("Language of this page"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            default=language() if KEY not in st.session_state else None,
            key=KEY,
            required=True,
            bind="query-params",
        )
        if settings.server is None:
            model("llm", settings, tr("Who talks"), llms(settings))
            model("t2i", settings, tr("Who draws"), t2is(settings))
        drawing(settings)


def running(settings: Settings) -> None:
    """What talks and draws for this session, and how to have more than the embedded models."""
    if settings.server:
        st.caption(tr("Talking and drawing: the server at {server}.", server=settings.server))
        return
    now = models(settings) or settings
    st.caption(tr("Talking: {llm}. Drawing: {t2i}.", llm=named("llm", now.llm), t2i=named("t2i", now.t2i)))
    if hints := bigger(now):
        with st.expander(tr("Small models, embedded"), icon=":material/info:"):
            st.caption(
                tr("They need no key, no network and no GPU. Bigger ones talk more freely, and draw more finely.")
            )
            st.caption(tr("For this session: Settings, below. For good, before the start:"))
            for hint in hints:
                st.caption(tr(hint))


def named(kind: Kind, model: str) -> str:
    """A model as a person knows it."""
    if kind == "llm" and model == "offline":
        return tr(EMBEDDED["llm"])
    return tr(EMBEDDED["t2i"]) if kind == "t2i" and model == "sketchbook" else model


def model(kind: Kind, settings: Settings, label: str, found: list[str]) -> None:
    """One of those that were found, or another by its name, with a key and an address of its own."""
    short = {"offline": tr("Offline assistant"), "sketchbook": tr("Sketchbook")}
    names = {name: short.get(name, name) for name in with_typed(kind, found)}
    chosen = st.selectbox(
        label,
        list(names),
        format_func=lambda name: names.get(name, name),
        key=kind,
        accept_new_options=True,
        help=tr("Another one by its name: provider:model, such as openai:gpt-5") if kind == "llm" else
        tr("Weights are in memory once, for all: others are set before the start. An images API can be named here."),
    )  # fmt: skip
    if chosen in ("offline", "sketchbook") or (kind == "t2i" and not str(chosen).startswith("openai:")):
        return
    st.text_input(
        tr("Key"),
        key=f"{kind} key",
        type="password",
        autocomplete="off",
        help=tr("For this session only: it stays in the server's memory, and is gone when this page is reloaded"),
    )
    if chosen != getattr(settings, kind) and at_home():  # a server asks nobody's address for whoever comes by
        st.text_input(tr("Address, if it is not the provider's own"), key=f"{kind} url", placeholder="http://…/v1")


def with_typed(key: str, options: Sequence[str]) -> list[str]:
    """The options, with what was typed in their place."""
    typed = st.session_state.get(key)
    return list(dict.fromkeys([*options, *([typed] if typed else [])]))


def drawing(settings: Settings) -> None:
    """How new pictures are drawn, and what becomes of changes."""
    st.number_input(tr("Pictures at a time"), 1, MOST_PICTURES, 1, key="count")
    if settings.t2i != "sketchbook":
        st.selectbox(
            tr("Size"),
            with_typed("size", SIZES),
            None,
            key="size",
            placeholder=tr("The model's own"),
            accept_new_options=True,
        )
    st.number_input(tr("Steps"), 1, MOST_STEPS, None, key="steps", placeholder=tr("The model's own"))
    told = {
        None: tr("Decide each time"),
        "small": tr("Keep the layout"),
        "large": tr("Keep the subject only"),
        "none": tr("Start over"),
    }
    st.selectbox(tr("When I ask for a change"), LEVELS, key="level", format_func=told.__getitem__)


def context() -> Context:
    """The session's choices for the turn that begins."""
    chosen = st.session_state
    count = chosen.get("count", 1)
    size = (chosen.get("size") or "").strip().lower().replace("×", "x").replace(" ", "")
    return Context(
        steps=chosen.get("steps"),
        level=chosen.get("level"),
        size=size or None,
        count=count if count > 1 else None,
    )


def models(settings: Settings) -> Settings | None:
    """The settings with the models that the session chose; None for the house's own."""
    changes = {**choice("llm", settings), **choice("t2i", settings)}
    return settings.model_copy(update=changes) if changes else None


def choice(kind: Kind, settings: Settings) -> dict[str, Any]:
    """What differs. The house's own keys go to nobody whom the settings do not name."""
    house = getattr(settings, kind)
    chosen = (st.session_state.get(kind) or house).strip()
    key = (st.session_state.get(f"{kind} key") or "").strip()
    if chosen == house:
        return {f"{kind}_api_key": SecretStr(key)} if key and chosen not in ("offline", "sketchbook") else {}
    url = ((at_home() and st.session_state.get(f"{kind} url")) or "").strip() or None
    secret = SecretStr(key or NO_KEY) if key or url else None
    return {kind: chosen, f"{kind}_base_url": url, f"{kind}_api_key": secret}
