"""Small choices of one run, as JSON: what Studio's form, the command line and the page may set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field, with_config

from minidalle3.graph.state import Level

Seed: TypeAlias = Annotated[int, Field(ge=0, lt=2**31)]
Steps: TypeAlias = Annotated[int, Field(ge=1, le=150)]
Guidance: TypeAlias = Annotated[float, Field(ge=0, le=30)]
Size: TypeAlias = Annotated[str, Field(pattern=r"^[1-9]\d{1,3}x[1-9]\d{1,3}$")]
Count: TypeAlias = Annotated[int, Field(ge=1, le=8)]


@with_config(ConfigDict(use_attribute_docstrings=True))
@dataclass(frozen=True)
class Context:
    """Choices of one turn; `None` leaves the choice to the graph. A form shows ranges and docstrings of the fields."""

    seed: Seed | None = None
    """Of the first picture of a request; the others have the seeds after it."""
    steps: Steps | None = None
    """Denoising steps of new pictures."""
    guidance: Guidance | None = None
    """How closely new pictures follow their prompt."""
    level: Level | None = None
    """Overrides the level that the control node would set for every change in this turn."""
    size: Size | None = None
    """Width and height of new pictures, as in `1024x768`."""
    count: Count | None = None
    """How many pictures a request for new ones stands for that says nothing of it."""
    previews: bool = True
    """Whether half-drawn pictures are told of too; never where a policy or a safety checker judges pictures."""
