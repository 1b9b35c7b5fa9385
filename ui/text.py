"""Text of people and models on the page."""

from __future__ import annotations

import re
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")


def plain(text: str) -> str:
    """As Markdown that shows exactly this text."""
    return MARKUP.sub(r"\\\1", text).replace("\n", "  \n")


def note(space: DeltaGenerator | ModuleType, text: str) -> None:
    """Something that the house, not the LLM, tells the person."""
    space.caption(f":material/info: {plain(text)}")
