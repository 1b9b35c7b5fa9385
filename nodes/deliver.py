"""Write the reply: text and pictures in the order written, and plainly what could not be drawn."""

from __future__ import annotations

from collections.abc import Iterable

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from minidalle3.gallery.lexicon import is_chinese
from minidalle3.graph.context import Context
from minidalle3.graph.state import NO_USAGE, ChatState, Part, Request
from minidalle3.nodes.history import last_words
from minidalle3.nodes.notes import in_chinese
from minidalle3.nodes.services import Services


async def deliver(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """The one node that adds an AI message: nothing is said of a picture that is not in the tree."""
    draft, pictures = state.get("draft"), state.get("pictures", {})
    requests = state.get("requests", [])
    parts: list[Part] = []
    content: list[str] = []
    current = state.get("current")
    chinese = is_chinese(last_words(state["messages"]))
    for index, segment in enumerate(draft["segments"] if draft else []):
        if segment["kind"] == "text":
            content.append(segment["text"])
            parts += text_part(segment["text"])
        for request in (request for request in requests if request["part"] == index):
            shown = [id for id in request["ids"] if id in pictures]
            current = shown[0] if shown else current
            content.append(written(request, shown))
            parts += [{"type": "picture", "id": id} for id in shown]
            parts += notes(failures(request, shown, chinese), runtime)
    said = [in_chinese(note) if chinese else note for note in state.get("notes", [])]
    parts += notes(said, runtime)
    content += [f"\n({note})" for note in said]
    usage = draft["usage"] if draft else NO_USAGE
    message = AIMessage("".join(content).strip(), additional_kwargs={"reply": parts, "usage": usage})
    runtime.stream_writer(
        {"type": "done", "reply": parts, "current": current, "pending": state.get("pending"), "usage": usage}
    )
    return {"messages": [message], "current": current, "draft": None, "requests": [], "notes": [], "attempts": 0}


def text_part(text: str) -> list[Part]:
    """Prose with the blank edges around tags taken off."""
    return [{"type": "text", "text": text.strip()}] if text.strip() else []


def failures(request: Request, shown: list[str], chinese: bool) -> list[str]:
    """What the person must be told about one request, with the pictures it did not become, in their language."""
    told = request.get("notes", [])
    lost = [id for id in request["ids"] if id not in shown]
    if not lost:
        return told
    if chinese:
        why = "".join(map(in_chinese, told)) or "出了差错。"
        return [f"{'、'.join(lost)}（{request['description']}）没有画成：{why}"]
    why = " ".join(told) or "It could not be drawn."
    return [f"{', '.join(lost)} ({request['description']}) {'was' if len(lost) == 1 else 'were'} not drawn: {why}"]


def notes(texts: Iterable[str], runtime: Runtime[Context]) -> list[Part]:
    """Notes as parts, told as events too."""
    parts: list[Part] = []
    for text in texts:
        runtime.stream_writer({"type": "note", "text": text})
        parts.append({"type": "note", "text": text})
    return parts


def written(request: Request, shown: list[str]) -> str:
    """A tag as the LLM will read it in its history: with ids, and only for pictures that exist."""
    if request["kind"] == "select":
        return f"<select>{request['ids'][0]}</select>"
    of = f' of="{request["source"]}"' if request["source"] else ""
    tags = [f'<{request["kind"]} id="{id}"{of}>{request["description"]}</{request["kind"]}>' for id in shown]
    return "\n".join(tags) or f"(not drawn: {request['description']})"
