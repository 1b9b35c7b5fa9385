"""What an engine is: it turns prompts into pixels, and says what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from minidalle3.gallery.trace import Trace

if TYPE_CHECKING:
    from PIL import Image

Dialect = Literal["sketchbook", "tags", "prose"]


class Stopped(Exception):
    """The person stopped the drawing."""


class EngineError(Exception):
    """The engine cannot do what was asked; the message tells a person what to do about it."""


class Busy(EngineError):
    """The owner's queue is full."""


@dataclass(frozen=True)
class Capabilities:
    """What an engine can do and what it does unless told otherwise."""

    engine: str
    """The name in the recipe: `sketchbook`, a hub id, or a folder's name."""
    fingerprint: str
    """Hex digest of the weights: two engines with the same one draw the same pictures."""
    dialect: Dialect
    token_budget: int
    width: int
    height: int
    steps: int
    guidance: float
    scheduler: str
    negative_prompt: bool


@dataclass(frozen=True)
class Job:
    """One batch: row i is drawn from `prompts[i]` and a generator of its own, seeded with `seeds[i]`."""

    prompts: tuple[str, ...]
    negative_prompts: tuple[str, ...]
    seeds: tuple[int, ...]
    steps: int
    guidance: float
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """One finished row of a job."""

    image: Image.Image
    trace: Trace | None


class Watch(Protocol):
    """Somebody who follows a drawing. Called in the owner's thread; must not block."""

    def queued(self, position: int) -> None:
        """`position` drawings are ahead."""

    def progress(self, step: int, of: int) -> None:
        """Step `step` of `of` is done."""

    def preview(self, row: int, image: Image.Image) -> None:
        """Row `row` looks like this by now."""

    def stopped(self) -> bool:
        """Asked between steps; `True` ends the drawing with `Stopped`."""


class Engine(Protocol):
    """A loaded pipeline. Only its owner's thread may call it."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        """Draw a batch; raises `Stopped` when the watch says so and `EngineError` for what it cannot do."""
