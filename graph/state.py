"""The state of a thread and the events of a turn: JSON only, imported by every room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

RequestKind: TypeAlias = Literal["image", "edit", "vary", "refine", "select"]
PictureKind: TypeAlias = Literal["image", "edit", "vary", "refine", "photo"]
Level: TypeAlias = Literal["none", "small", "large"]
CommandName: TypeAlias = Literal["undo", "redo", "goto", "delete", "compare"]


class Command(TypedDict):
    """A move along the version tree that needs no LLM; `target` names a picture for all but `undo` and `redo`."""

    name: CommandName
    target: str | None
    other: NotRequired[str]
    """The picture that `compare` compares the target with."""


class PictureRecord(TypedDict):
    """One node of the version tree; everything heavier is in the gallery under `digest`."""

    id: str
    digest: str
    parent: str | None
    kind: PictureKind
    words: str
    description: str
    level: Level
    reason: str
    hidden: NotRequired[bool]
    last_child: NotRequired[str]
    """The child left last by an undo: where a redo goes."""


class TextPart(TypedDict):
    """Prose of the reply."""

    type: Literal["text"]
    text: str


class NotePart(TypedDict):
    """Something the house, not the LLM, tells the person."""

    type: Literal["note"]
    text: str


class PicturePart(TypedDict):
    """A picture in its place in the reply; its record is `pictures[id]`."""

    type: Literal["picture"]
    id: str


Part: TypeAlias = TextPart | NotePart | PicturePart


class Segment(TypedDict):
    """A stretch of the LLM's text: prose (`kind` "text") or one tag; its index is the event's `part`."""

    kind: Literal["text", "image", "edit", "vary", "refine", "select"]
    text: str
    """The prose, or the tag's description (for `select`: the picture named)."""
    count: NotRequired[int]
    source: NotRequired[str]
    embedding: NotRequired[str]
    """As in a request; no LLM writes one."""


class Usage(TypedDict):
    """Tokens that the LLM calls of one turn cost, as far as the LLM reports them."""

    input_tokens: int
    output_tokens: int


NO_USAGE: Usage = {"input_tokens": 0, "output_tokens": 0}


class Draft(TypedDict):
    """What the LLM answered, before any of it is believed."""

    segments: list[Segment]
    usage: Usage


class Prompt(TypedDict):
    """What is sent to the T2I model for one picture."""

    prompt: str
    negative_prompt: str
    seed: int


class Request(TypedDict):
    """One parsed tag, filled in by route, control and refine on its way to draw."""

    kind: RequestKind
    part: int
    description: str
    descriptions: NotRequired[list[str]]
    """One for each of several pictures, where they differ."""
    embedding: NotRequired[str]
    """Digest of the embedding in the gallery that a new picture is drawn from, in the place of its description."""
    ids: list[str]
    """The pictures it will become, or for `select` the one it picks."""
    source: str | None
    level: NotRequired[Level]
    tool: NotRequired[str]
    parameters: NotRequired[dict[str, Any]]
    weights: NotRequired[dict[str, float]]
    """How strongly words of the prompt are meant, where not as strongly as the others (1)."""
    reason: NotRequired[str]
    caption: NotRequired[str]
    """What the source shows, in the words of the engine."""
    prompts: NotRequired[list[Prompt]]
    notes: NotRequired[list[str]]
    """What the person must be told about it: a word the model does not know, a failure."""


def merge_pictures(
    old: Mapping[str, PictureRecord] | None, new: Mapping[str, PictureRecord] | None
) -> dict[str, PictureRecord]:
    """Add or replace records by id; nothing is ever removed, a deleted branch is only hidden."""
    return {**(old or {}), **(new or {})}


class ChatInput(TypedDict):
    """What a turn starts from."""

    messages: Annotated[list[AnyMessage], add_messages]


class ChatOutput(TypedDict, total=False):
    """What a client may rely on after a turn."""

    messages: Annotated[list[AnyMessage], add_messages]
    pictures: Annotated[dict[str, PictureRecord], merge_pictures]
    current: str | None
    pending: str | None


class ChatState(ChatOutput, total=False):
    """A thread, and the turn under way."""

    last_number: int
    draft: Draft | None
    requests: list[Request]
    notes: list[str]
    attempts: int


class TextEvent(TypedDict):
    """A few more characters of prose in part `part` of the reply."""

    type: Literal["text"]
    part: int
    delta: str


class PlannedEvent(TypedDict):
    """A picture will appear in part `part`."""

    type: Literal["planned"]
    part: int
    id: str
    description: str


class QueuedEvent(TypedDict):
    """How many drawings are ahead of picture `id`."""

    type: Literal["queued"]
    id: str
    position: int


class ProgressEvent(TypedDict):
    """Denoising step `step` of `of` is done for picture `id`."""

    type: Literal["progress"]
    id: str
    step: int
    of: int


class PreviewEvent(TypedDict):
    """A picture half drawn, as a data URL; never stored."""

    type: Literal["preview"]
    id: str
    image: str


class PictureEvent(TypedDict):
    """Picture `id` stands in part `part`; `record` says what it is."""

    type: Literal["picture"]
    part: int
    record: PictureRecord


class NoteEvent(TypedDict):
    """Something the house tells the person."""

    type: Literal["note"]
    text: str


class ResetEvent(TypedDict):
    """Drop this turn's parts: the reply is being written again."""

    type: Literal["reset"]


class DoneEvent(TypedDict):
    """The turn is over and saved."""

    type: Literal["done"]
    reply: list[Part]
    current: str | None
    pending: str | None
    usage: Usage


Event: TypeAlias = (
    TextEvent
    | PlannedEvent
    | QueuedEvent
    | ProgressEvent
    | PreviewEvent
    | PictureEvent
    | NoteEvent
    | ResetEvent
    | DoneEvent
)
