"""What an engine is: it turns prompts into pixels, and says what it can do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from minidalle3.gallery.embeddings import Embedding
from minidalle3.gallery.trace import Trace

if TYPE_CHECKING:
    import torch
    from PIL import Image

Dialect = Literal["sketchbook", "tags", "prose"]


class Stopped(Exception):
    """The person stopped the drawing."""


class EngineError(Exception):
    """The engine cannot do what was asked; the message tells a person what to do about it."""


class NoEditEndpoint(EngineError):
    """The engine turned out to have nothing that changes a picture: what was wanted can be drawn anew."""


class Busy(EngineError):
    """The owner's queue is full."""


@dataclass(frozen=True)
class Capabilities:
    """What an engine can do and what it does unless told otherwise."""

    engine: str
    """The name in the recipe: `sketchbook`, a hub id, a folder's name, or `openai:` and a model."""
    fingerprint: str | None
    """Hex digest of the weights: two engines with the same one draw the same pictures. `None`: nobody can know."""
    dialect: Dialect
    token_budget: int
    """Tokens of a prompt that take part in the drawing; what is longer is cut off."""
    width: int
    height: int
    sizes: tuple[tuple[int, int], ...]
    """The sizes it draws at; empty where any will do that is a multiple of 8, or that a server takes."""
    steps: int | None
    """`None`, here and below: not for us to choose or to know."""
    guidance: float | None
    scheduler: str | None
    negative_prompt: bool
    attention_control: bool
    """Its attention can be steered, and a photo inverted into a trace."""
    image_to_image: bool
    """It can start from the noised latents of a picture: a `Job` may have a `start`."""
    adapters: bool
    """It has an IP-Adapter: a `Job` may have a `look`."""
    edit_endpoint: bool
    """It changes a picture that is shown to it: a `Job` may have a `source`."""
    embeddings: bool = False
    """It can be shown an embedding in the place of words: a `Job` may have one."""
    adapter_fingerprint: str | None = None
    """Hex digest of the weights of its IP-Adapter, where it has one."""
    upscaler: str | None = None
    """Hex digest of the weights of its network for larger pictures, where it has one: it is an `Enlarges` then."""

    @property
    def repeatable(self) -> bool:
        """The same recipe draws the same picture."""
        return self.fingerprint is not None


@dataclass(frozen=True)
class Look:
    """Pictures of any size whose looks go into every row of a job, through an IP-Adapter."""

    images: tuple[Image.Image, ...]
    scale: float
    """0 is no influence, 1 the strongest that is of use."""


@dataclass(frozen=True)
class Start:
    """The picture, as large as the job's pictures, from whose noised latents every row starts."""

    image: Image.Image
    strength: float
    """Above 0, up to 1: the share of the job's steps that is drawn, and so how far from the picture it may go."""


@dataclass(frozen=True)
class Job:
    """One batch: row i is drawn from `prompts[i]` and a generator of its own, seeded with `seeds[i]`.

    What the engine lets nobody choose (see `Capabilities`) is 0 here and looked at by nobody.
    """

    prompts: tuple[str, ...]
    negative_prompts: tuple[str, ...]
    seeds: tuple[int, ...]
    steps: int
    guidance: float
    width: int
    height: int
    source: Image.Image | None = None
    """A picture to be changed, for engines with an edit endpoint."""
    mask: Image.Image | None = None
    """Mode L, as large as the source: white where it may change; without one, everywhere."""
    control: Control | None = None
    """For engines with attention control, and for jobs of one row."""
    look: Look | None = None
    """For engines with an adapter."""
    start: Start | None = None
    """For engines with image-to-image; not together with `control`."""
    embedding: Embedding | None = None
    """Stands for the prompts of all rows, for engines that take one; not together with `control` or `start`."""


@dataclass(frozen=True)
class Sketch:
    """A text tower whose padding pictures what some words name, so that attention to those words falls on it too."""

    first: int
    """Index of the first padding token that does so; all after it do."""
    subject: Callable[[str], frozenset[str]]
    """The words of a prompt, in lower case, that the padding pictures."""
    layer: str
    """How the name of the attention layer begins whose cells look at the padding only where the subject is."""


class Steering(Protocol):
    """A drawing under control."""

    def start(self, steps: int) -> torch.Tensor:
        """The first latents, (1, channels, h, w), of unit variance."""

    def after_step(self, step: int, latents: torch.Tensor) -> torch.Tensor:
        """The latents with which the drawing goes on after `step`, counted from 0."""


class Control(Protocol):
    """What a control tool does to a pipeline while one picture is drawn."""

    def over(self, pipe: Any, sketch: Sketch | None) -> AbstractContextManager[Steering]:
        """The pipeline is under control inside the context and as before outside of it, whatever happens."""


@dataclass(frozen=True)
class Drawn:
    """One finished row of a job."""

    image: Image.Image
    trace: Trace | None
    batch_size: int = 1
    batch_row: int = 0
    """Where it was really drawn: the owner may have put other jobs' rows beside it."""
    unsafe: bool = False
    """The model's own safety checker made it black."""


def refuse_source(can: Capabilities, job: Job) -> None:
    """Raises `EngineError` for a job with a picture, on behalf of an engine without an edit endpoint."""
    if job.source is not None:
        raise EngineError(f"{can.engine} cannot be shown a picture to change.")


class Watch(Protocol):
    """Somebody who follows a drawing. Called in the owner's thread; must not block."""

    def queued(self, position: int) -> None:
        """`position` drawings are ahead."""

    def progress(self, step: int, of: int) -> None:
        """Step `step` of `of` is done."""

    def wants_preview(self, row: int) -> bool:
        """Whether `preview` of row `row` is of use to anybody: it costs time."""

    def preview(self, row: int, image: Image.Image) -> None:
        """Row `row` looks like this by now; only told where it is wanted."""

    def stopped(self) -> bool:
        """Asked between steps; `True` ends the drawing with `Stopped`."""


class Engine(Protocol):
    """A loaded pipeline. Only its owner's thread may call it."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        """Draw a batch; raises `Stopped` when the watch says so and `EngineError` for what it cannot do."""


@runtime_checkable
class Inverter(Protocol):
    """An engine that can find the latents from which it would draw a given picture."""

    def invert(self, image: Image.Image, prompt: str, steps: int, iterations: int, watch: Watch) -> Trace:
        """The trace of an RGB picture at a size the engine draws at, from so many looks a step; raises `Stopped`."""


@runtime_checkable
class Enlarges(Protocol):
    """An engine that may have a network of its own for larger pictures."""

    def enlarge(self, image: Image.Image) -> Image.Image:
        """RGB, at twice the width and height; raises `EngineError` where its capabilities name no such network."""
