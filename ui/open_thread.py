"""What a tab of the browser shows: one conversation, and the way to go on with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

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
AHEAD = "ahead"
"""Where a session keeps what a refresh has begun, and the browser will ask for again."""


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
    ) -> None:
        """Start a turn once, as the callback of a widget.

        A refresh that falls between a click, or Enter, and its sending takes it along, and then it is sent once more.
        """
        asked = hash((text, tuple(photos), str(command), str(tag)))
        again = asked == st.session_state.pop(AHEAD, None)
        if refreshing():
            st.session_state[AHEAD] = asked
        if not again:
            self.start(text, photos, command, tag)

    def start(
        self,
        text: str = "",
        photos: Sequence[bytes] = (),
        command: Command | None = None,
        tag: Segment | None = None,
        seed: int | None = None,
    ) -> None:
        """Start a turn: the run after this one shows it, or why it was refused."""
        choices = options.context() if seed is None else replace(options.context(), seed=seed)
        try:
            models = options.models(self.house.settings)
            self.house.start(self.id, text, photos, choices, command, tag, models)
        except (ValueError, EngineError, LLMError) as error:
            unsent = f"  \n{tr('Not sent:')} {plain(text)}" if text else ""
            st.session_state[REFUSED] = f"{told(str(error))}{unsent}"


def refreshing() -> bool:
    """Whether this run only looks again at a part of the page, such as a reply under way."""
    run = get_script_run_ctx()
    return bool(run and run.fragment_ids_this_run)
