"""Which picture a tag means: what the person said comes first, then what the LLM wrote, then the current picture."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage

from minidalle3.gallery.referring import Album, Entry, Meant, fits, meant
from minidalle3.gallery.sentences import ENGLISH, Sentences
from minidalle3.gallery.tree import TreeError, one_line, redo
from minidalle3.graph.state import ChatState
from minidalle3.nodes.history import understood


def album(state: ChatState) -> Album:
    """The thread's pictures as a person may name them; what was deleted cannot be named."""
    pictures, current = state.get("pictures", {}), state.get("current")
    entries = tuple(
        Entry(record["id"], record["kind"], record["parent"], record["description"])
        for record in pictures.values()
        if not record.get("hidden")
    )
    try:
        forward = redo(pictures, current).current
    except TreeError:
        forward = None
    return Album(entries, current, shown_last(state.get("messages", [])), forward)


def shown_last(messages: Sequence[AnyMessage]) -> tuple[str, ...]:
    """The pictures of the last reply that had any."""
    for message in reversed(messages):
        if isinstance(message, AIMessage):
            reply = message.additional_kwargs.get("reply", [])
            if ids := tuple(part["id"] for part in reply if part["type"] == "picture"):
                return ids
    return ()


def spoken_of(state: ChatState) -> Meant:
    """What the person's last message means."""
    messages = state.get("messages", [])
    return meant(understood(messages), album(state)) if messages else Meant()


def sources(said: Meant, written: str | None, current: str | None, pictures: Album, nth: int) -> tuple[str | None, ...]:
    """The pictures that the `nth` change of a reply is about, by the person's words, its `of`, the current one."""
    if written in said.ids or not said.ids:
        return (written or current,)
    if said.every:
        return said.ids
    if len(said.ids) > 1:
        return (written or said.ids[min(nth, len(said.ids) - 1)],)
    if written and not said.sure and agrees(written, said, pictures):
        return (written,)
    return said.ids


def agrees(written: str, said: Meant, pictures: Album) -> bool:
    """Whether the LLM's choice shows the same thing as the one found by its words: then it may know better."""
    chosen, found = pictures.find(written), pictures.find(said.ids[0])
    return bool(chosen and found and fits(found.description, chosen.description))


def question(said: Meant, pictures: Album, say: Sentences = ENGLISH) -> str | None:
    """What to ask where the words fit several pictures equally well, or none."""
    if said.equal:
        there = [entry for entry in pictures.entries if entry.id in said.equal]
        return say.which_of.format(listed(there, say))
    if said.missing:
        there = list(pictures.entries)
        which = " " + say.which_of.format(listed(there, say)) if there else ""
        return say.missing.format(f"“{said.missing}”") + which
    return None


def listed(entries: Sequence[Entry], say: Sentences) -> str:
    """A few pictures by number and description."""
    names = [say.named.format(entry.id, one_line(entry.description)) for entry in entries[:8]]
    return say.either.join([say.comma.join(names[:-1]), names[-1]] if len(names) > 1 else names)
