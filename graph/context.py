"""Small choices of one run, as JSON: what Studio's form, the command line and the page may set."""

from __future__ import annotations

from dataclasses import dataclass

from minidalle3.graph.state import Level


@dataclass(frozen=True)
class Context:
    """Choices of one turn; `None` leaves the choice to the graph."""

    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    level: Level | None = None
    """Overrides the level that the control node would set for every change in this turn."""
    size: str | None = None
    """Width and height of new pictures, as in `1024x768`."""
    count: int | None = None
    """How many pictures a request for new ones stands for that says nothing of it."""
    previews: bool = True
    """Whether half-drawn pictures are told of too; never where a policy or a safety checker judges pictures."""
