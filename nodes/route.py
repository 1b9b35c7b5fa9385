"""Turn tags into requests: which picture each one means, which numbers the new ones get, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime
from langgraph.types import Command

from minidalle3.gallery.sentences import Sentences, sentences_for
from minidalle3.graph.context import Context
from minidalle3.graph.state import ChatState, Draft, PictureRecord, Request, RequestKind, Segment
from minidalle3.nodes.answers import asked_back
from minidalle3.nodes.history import last_words, understood
from minidalle3.nodes.promises import asks_for_picture, breaks_promise, may_change, own_words
from minidalle3.nodes.references import album, question, sources, spoken_of
from minidalle3.nodes.services import Services

LIMIT = 8
"""Pictures that one reply may draw."""


async def route(
    state: ChatState, runtime: Runtime[Context], services: Services
) -> Command[Literal["respond", "control", "deliver"]]:
    """Draw what was asked; else ask the LLM once more if it broke a promise; else just deliver."""
    draft = state.get("draft")
    segments = draft["segments"] if draft else []
    notes = state.get("notes", [])
    desk = Desk(
        state, None if "tag" in state["messages"][-1].additional_kwargs else (runtime.context or Context()).count
    )
    draft_update: ChatState = {}
    pending: str | None = None
    for part, segment in enumerate(segments):
        if segment["kind"] != "text":
            desk.take(part, segment)
    if not desk.requests and not desk.question and not notes:
        wrong = fault(segments, words := understood(state["messages"]), desk.say)
        if wrong and not state.get("attempts"):
            return Command(update={"attempts": 1}, goto="respond")
        if wrong and draft:
            draft_update = mend(draft, wrong, desk, runtime)
        pending = None if wrong else asked_back(segments, words)
    for request in desk.requests:
        announce(request, runtime)
    update: ChatState = {
        **draft_update,
        "requests": desk.requests,
        "last_number": desk.last_number,
        "notes": [*notes, *desk.notes, *([desk.question] if desk.question else [])],
        "pending": desk.question or pending,
    }
    drawing = any(request["kind"] != "select" for request in desk.requests)
    return Command(update=update, goto="control" if drawing else "deliver")


def announce(request: Request, runtime: Runtime[Context]) -> None:
    """Tell the client which pictures will stand where."""
    if request["kind"] != "select":
        for id in request["ids"]:
            runtime.stream_writer(
                {"type": "planned", "part": request["part"], "id": id, "description": request["description"]}
            )


def fault(segments: Sequence[Segment], words: str, say: Sentences) -> str:
    """What is wrong with a reply that holds no tag, as the person is told it; empty if nothing is."""
    prose = "".join(segment["text"] for segment in segments)
    if not prose.strip():
        return say.silent
    return say.phantom if breaks_promise(prose, words) else ""


def mend(draft: Draft, wrong: str, desk: Desk, runtime: Runtime[Context]) -> ChatState:
    """Draw from the person's own words what the LLM twice did not ask for; else tell them what is wrong."""
    own = in_own_words(desk.state, wrong == desk.say.phantom)
    if own is None:
        desk.notes.append(wrong)
        return {}
    runtime.stream_writer({"type": "reset"})
    desk.take(0, own)
    desk.notes.append(desk.say.own_words)
    return {"draft": {**draft, "segments": [own]}}


def in_own_words(state: ChatState, promised: bool) -> Segment | None:
    """The tag that the LLM owes for the person's last message; None if that did not ask for a picture or a change."""
    said = [understood([message]) for message in state["messages"] if isinstance(message, HumanMessage)]
    current = state.get("pictures", {}).get(state.get("current") or "")
    if asks_for_picture(said[-1]) and (description := own_words(said)):
        return {"kind": "image", "text": description, "count": 1}
    if current and promised and may_change(said[-1]):
        return {"kind": "edit", "text": f"{current['description']}, {said[-1].strip(' .!。！')}", "count": 1}
    return None


@dataclass
class Desk:
    """Where the requests of one reply are filled in, in the order written."""

    state: ChatState
    count: int | None = None
    """How many pictures a request stands for that says nothing of it."""
    requests: list[Request] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    question: str | None = None
    last_number: int = 0
    described: dict[str, str] = field(default_factory=dict)
    """What every picture that may be named shows: those of the thread and those planned in this reply."""
    current: str | None = None

    def __post_init__(self) -> None:
        self.last_number = self.state.get("last_number", 0)
        self.current = self.state.get("current")
        self.described = visible(self.state.get("pictures", {}))
        self.album = album(self.state)
        self.said = spoken_of(self.state)
        messages = self.state.get("messages", [])
        self.say = sentences_for(last_words(messages) if messages else "")
        self.changes = 0

    def take(self, part: int, segment: Segment) -> None:
        """Make requests of one tag, or a question to the person where it names no picture there is."""
        if segment["kind"] == "image":
            return self.ask_for(part, segment, None)
        for source in self.sources(segment):
            self.ask_for(part, segment, source)
        self.changes += 1
        return None

    def sources(self, segment: Segment) -> tuple[str | None, ...]:
        """The pictures that a change is of; one that builds on what this reply draws keeps to that."""
        written = segment.get("source")
        if twin := self.twin(segment):
            return (twin["source"],)
        planned = {id for request in self.requests for id in request["ids"]}
        if (written or self.current) in planned and (written or not self.said.ids[1:]):
            return (written or self.current,)
        if asked := question(self.said, self.album, self.say):
            self.question = asked
            return ()
        found = sources(self.said, written, self.current, self.album, self.changes)
        shown = [self.described.get(source or "", "") for source in found]
        alike = all(one.startswith(min(shown, key=len)) for one in shown)  # candidates for one description
        return found if alike or segment["kind"] != "edit" else (written or self.current,)

    def twin(self, segment: Segment) -> Request | None:
        """What this reply asked for in the same words already: both are candidates, made from the same picture."""
        if segment["kind"] != "edit" or segment.get("source"):
            return None
        said = segment["text"].casefold()
        return next((one for one in self.requests if one["source"] and one["description"].casefold() == said), None)

    def ask_for(self, part: int, segment: Segment, source: str | None) -> None:
        """Make a request about one source, which must exist."""
        if source is not None and source not in self.described:
            return self.ask(source)
        if source is None and segment["kind"] in ("vary", "refine", "select"):
            return self.ask(None)
        if segment["kind"] == "select":
            assert source is not None
            self.current = source
            self.requests.append(self.request("select", part, self.described[source], [source], None))
            return None
        kind, description = self.meaning(segment, source)
        ids = self.numbers(self.wished(segment))
        if ids:
            self.requests.append(self.request(kind, part, description, ids, source if kind != "image" else None))
            if kind == "image" and "embedding" in segment:
                self.requests[-1]["embedding"] = segment["embedding"]
            self.current = ids[0]
        return None

    def meaning(self, segment: Segment, source: str | None) -> tuple[RequestKind, str]:
        """An edit that changes nothing asks for more of the same; an edit of nothing is a new picture."""
        kind = segment["kind"]
        assert kind != "text"
        if source is None or kind == "image":
            return "image", segment["text"]
        description = segment["text"] or self.described[source]
        if kind == "edit" and description.casefold() == self.described[source].casefold():
            return "vary", description
        return kind, description

    def wished(self, segment: Segment) -> int:
        """A change is one picture unless more are asked for."""
        count = segment.get("count", 1)
        return self.count if self.count and count == 1 and segment["kind"] in ("image", "vary") else count

    def numbers(self, count: int) -> list[str]:
        """Ids for `count` new pictures, as far as one reply may go."""
        free = LIMIT - sum(len(request["ids"]) for request in self.requests if request["kind"] != "select")
        if count > free:
            self.notes.append(self.say.too_many.format(LIMIT))
        first = self.last_number + 1
        self.last_number += min(count, free)
        return [f"#{number}" for number in range(first, self.last_number + 1)]

    def request(self, kind: RequestKind, part: int, description: str, ids: list[str], source: str | None) -> Request:
        """A request, whose pictures later tags of the same reply may name."""
        self.described.update(dict.fromkeys(ids, description))
        return {"kind": kind, "part": part, "description": description, "ids": ids, "source": source}

    def ask(self, missing: str | None) -> None:
        """A picture that does not exist is never drawn on; the person is asked which one they mean."""
        said = self.say.no_such.format(missing) if missing else self.say.no_picture
        which = self.say.there.format(", ".join(self.described))
        self.question = f"{said} {which}" if self.described else said


def visible(pictures: Mapping[str, PictureRecord]) -> dict[str, str]:
    """Descriptions of the pictures that were not deleted, by id."""
    return {id: record["description"] for id, record in pictures.items() if not record.get("hidden")}
