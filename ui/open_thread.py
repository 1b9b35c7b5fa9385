"""What a tab of the browser shows: one conversation, and the way to go on with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from minidalle3.engines.contract import EngineError
from minidalle3.graph.past import History
from minidalle3.graph.state import Command, Segment
from minidalle3.llms.errors import LLMError
from minidalle3.ui import options
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.language import told, tr
from minidalle3.ui.text import plain

REFUSED = "refused"
"""Where a session keeps why its last message was not taken, until the page has said so."""


@dataclass(frozen=True)
class OpenThread:
    """A conversation as it stands in this run of the script."""

    house: Bridge
    id: str
    history: History
    shown: Counter[str] = field(default_factory=Counter)
    """How often each picture stands on the page so far: each time its widgets need names of their own."""

    @property
    def busy(self) -> bool:
        """A turn is under way: what would begin another one waits."""
        return self.history["running"] is not None

    def begin(
        self,
        text: str = "",
        photos: Sequence[bytes] = (),
        command: Command | None = None,
        tag: Segment | None = None,
        seed: int | None = None,
    ) -> None:
        """Start a turn, as the callback of a widget: the run after it shows the turn, or why it was refused."""
        choices = options.context() if seed is None else replace(options.context(), seed=seed)
        try:
            models = options.models(self.house.settings)
            self.house.start(self.id, text, photos, choices, command, tag, models)
        except (ValueError, EngineError, LLMError) as error:
            unsent = f"  \n{tr('Not sent:')} {plain(text)}" if text else ""
            st.session_state[REFUSED] = f"{told(str(error))}{unsent}"
