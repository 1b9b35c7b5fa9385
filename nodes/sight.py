"""The pictures in question as pixels, for an LLM that takes images: in one call, never in the state."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.state import ChatState
from minidalle3.nodes.references import spoken_of
from minidalle3.nodes.services import Services

MOST = 4
"""Pictures that one call shows: those that the person names, then the current one."""
SIDE = 768
"""Pixels of the longer side: more of them cost tokens and tell an LLM little."""
TOKENS = 1000
"""What one picture of that size costs, rather too high: providers count 765 to about 800."""
SHARE = 0.5
"""Of the window, what pictures may take."""


def sees(services: Services) -> bool:
    """Whether the LLM takes images: as the setting says, else as its client knows."""
    said = services.settings.llm_images
    return bool((services.llm.profile or {}).get("image_inputs")) if said is None else said


def pixels_for(state: ChatState, gallery: Gallery, window: int) -> list[dict[str, Any]]:
    """The pictures in question as blocks of a message, as many as leave most of the window to words."""
    most = min(MOST, int(window * SHARE) // TOKENS)
    return list(blocks(state, gallery, most))


def cost(shown: Sequence[dict[str, Any]]) -> int:
    """Tokens of the window that they take."""
    return TOKENS * len([block for block in shown if block["type"] == "image"])


def with_pixels(messages: Sequence[BaseMessage], shown: Sequence[dict[str, Any]]) -> list[BaseMessage]:
    """The same messages, the last with the pictures beside its words; the state's own stay as they are."""
    *earlier, last = messages
    return [*earlier, HumanMessage([{"type": "text", "text": last.text}, *shown])] if shown else list(messages)


def blocks(state: ChatState, gallery: Gallery, most: int) -> Iterator[dict[str, Any]]:
    """Each picture behind its number; one whose file is missing is left out, as its description is there still."""
    pictures, said = state.get("pictures", {}), spoken_of(state)
    named = dict.fromkeys(id for id in (*said.ids, *said.equal, state.get("current")) if id in pictures)
    for id in list(named)[:most]:
        try:
            data = pixels(pictures[id]["digest"], gallery)
        except PictureError:
            continue
        yield {"type": "text", "text": f"{id}:"}
        yield {"type": "image", "base64": base64.b64encode(data).decode(), "mime_type": "image/png"}


def pixels(digest: str, gallery: Gallery) -> bytes:
    """A PNG of the picture alone, without the recipe that its file holds. Raises `PictureError`."""
    image, out = gallery.image(digest), io.BytesIO()
    image.thumbnail((SIDE, SIDE))
    image.info.clear()
    image.save(out, "PNG")
    return out.getvalue()
