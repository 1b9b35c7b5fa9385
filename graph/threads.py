"""What is kept of conversations: listed, searched, shown, exported, taken in and forgotten."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias, cast

from filelock import Timeout
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph

from minidalle3.gallery.ancestry import ancestry
from minidalle3.gallery.store import Gallery
from minidalle3.gallery.tree import number
from minidalle3.graph.agent import build
from minidalle3.graph.archive import judge, pack, unpack
from minidalle3.graph.context import Context
from minidalle3.graph.journal import ThreadInfo
from minidalle3.graph.memory import Memory
from minidalle3.graph.past import CUT_OFF, History, holds, note_only, past, photos_in, unanswered
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import ChatInput, ChatOutput, ChatState, DoneEvent, Part, PictureRecord
from minidalle3.graph.turn import Turn
from minidalle3.nodes.history import last_words
from minidalle3.nodes.listen import take_photos
from minidalle3.nodes.notes import in_language
from minidalle3.nodes.services import Services

Graph: TypeAlias = CompiledStateGraph[ChatState, Context, ChatInput, ChatOutput]
OWNER = re.compile(r"[^/]*/(?:[0-9a-f]{32}-)?")
"""Whose a thread is: a caller's or a visitor's before the slash, or a visitor's of a page that is a caller."""


class Threads:
    """A thread belongs to whoever its name names before a slash; without one, to the house itself."""

    def __init__(self, services: Services, memory: Memory) -> None:
        self.settings: Settings = services.settings
        self.gallery: Gallery = services.gallery
        self._services = services
        self._memory = memory
        self._journal = memory.journal
        self._graph: Graph = build(services).compile(checkpointer=memory.saver)
        self._turns: OrderedDict[str, Turn] = OrderedDict()

    async def threads(self) -> list[ThreadInfo]:
        """All threads, the one used last first."""
        return await self._journal.threads()

    async def search(self, words: str, start: str = "") -> list[ThreadInfo]:
        """The threads in whose title, or in what was said there, every one of these words stands; only those whose
        names begin with `start`.
        """
        wanted = words.casefold().split()
        infos = [info for info in await self.threads() if info["thread"].startswith(start)]
        texts = [(info, (await self._said(info)).casefold()) for info in infos]
        return [info for info, text in texts if all(word in text for word in wanted)]

    async def rename(self, thread: str, title: str) -> None:
        """Give a thread another title. Raises `ValueError` for an empty one."""
        if not title.strip():
            raise ValueError("A title has at least one letter.")
        await self._journal.rename(thread, title)

    async def export(self, thread: str) -> bytes:
        """The thread as one zip file, which `take_in` reads."""
        [title] = [info["title"] for info in await self.threads() if info["thread"] == thread] or [""]
        return await asyncio.to_thread(pack, title, await self._state(thread), self.gallery)

    async def take_in(self, thread: str, data: bytes) -> None:
        """Make an exported conversation a new thread. Raises `ArchiveError`, or `ValueError` if the thread is there."""
        if any(info["thread"] == thread for info in await self.threads()):
            raise ValueError(f"There is a conversation {thread!r} already: take another name.")
        await judge(data, self.gallery.policy)
        title, state = await asyncio.to_thread(unpack, data, self.gallery, await self._known_to(thread))
        async with self._memory.lock(thread):
            await self._graph.aupdate_state(self._config(thread), state, as_node="deliver")
            await self._journal.add(thread, title)

    async def history(self, thread: str) -> History:
        """A thread with every finished turn, one that was cut off, and the one under way."""
        await self._recover_if_idle(thread)
        unfinished = await self._journal.unfinished(thread)
        # In this order: what begins meanwhile is nobody's yet, and what ends meanwhile is in the state.
        own = {id: turn.message.content for id, turn in self._turns.items() if turn.thread == thread and not turn.over}
        state = await self._state(thread)
        told: dict[str, Any] = {unfinished["turn"]: unfinished["content"]} if unfinished else {}
        waiting = {id: content for id, content in {**told, **own}.items() if not holds(state, id)}
        return {
            "turns": [*past(state.get("messages", [])), *map(unanswered, waiting.values())],
            "pictures": state.get("pictures", {}),
            "current": state.get("current"),
            "pending": state.get("pending"),
            "running": next((id for id in waiting if id in own), None),
        }

    async def pictures(self, thread: str) -> dict[str, PictureRecord]:
        """The records of a thread, those that a turn under way has just told of too."""
        told = [event for turn in self._turns.values() if turn.thread == thread for event in turn.events]
        fresh = {event["record"]["id"]: event["record"] for event in told if event["type"] == "picture"}
        return {**fresh, **(await self._state(thread)).get("pictures", {})}

    async def digests(self, start: str = "") -> set[str]:
        """Every picture that some thread names whose name begins with `start`, also in a message that is not answered
        yet, and what those were made from: what `gallery gc` keeps.
        """
        infos = [info for info in await self.threads() if info["thread"].startswith(start)]
        named = digests_in([await self._state(info["thread"]) for info in infos])
        for thread, unfinished in await self._journal.all_unfinished():
            named |= set(photos_in(unfinished["content"])) if thread.startswith(start) else set()
        for turn in self._turns.values():
            named |= told_in(turn) if turn.thread.startswith(start) else set()
        return await asyncio.to_thread(ancestry, self.gallery, named)

    async def delete(self, thread: str) -> None:
        """Forget a thread: its turns are stopped, its checkpoints go, and the bytes that no other thread names."""
        running = [turn for turn in self._turns.values() if turn.thread == thread]
        for turn in running:
            turn.stop.set()
        await asyncio.gather(*(turn.task for turn in running if turn.task))
        async with self._memory.lock(thread):
            named = await asyncio.to_thread(ancestry, self.gallery, digests_in([await self._state(thread)]))
            await self._memory.saver.adelete_thread(thread)
            await self._journal.forget(thread)
        self._turns = OrderedDict((id, turn) for id, turn in self._turns.items() if turn.thread != thread)
        await asyncio.to_thread(self.gallery.remove, named - await self.digests())

    async def begin(self, thread: str, messages: Sequence[AnyMessage]) -> None:
        """A new thread in which this was said, elsewhere and in words alone."""
        await self._add(thread, {"messages": [*messages], "pictures": {}, "current": None, "last_number": 0})

    async def branch(self, thread: str, turns: int, name: str) -> None:
        """A new thread that is another as it stood after so many turns; its pictures keep their numbers."""
        state = await self._state(thread)
        messages = up_to(state.get("messages", []), turns)
        shown = [id for turn in past(messages) for id in (*turn["photos"], *shown_in(turn["reply"]))]
        last = max(map(number, shown), default=0)
        pictures = {id: record for id, record in state.get("pictures", {}).items() if number(id) <= last}
        current = shown[-1] if shown else None
        await self._add(name, {"messages": messages, "pictures": pictures, "current": current, "last_number": last})

    async def _add(self, thread: str, state: ChatState) -> None:
        title = next((message.text for message in state["messages"] if isinstance(message, HumanMessage)), thread)
        async with self._memory.lock(thread):
            await self._graph.aupdate_state(self._config(thread), state, as_node="deliver")
            await self._journal.add(thread, title)

    async def _known_to(self, thread: str) -> set[str] | None:
        """The pictures that a file from the thread's owner may name; None: all, for the house's own."""
        owner = OWNER.match(thread)
        return await self.digests(owner[0]) if owner else None

    def _config(self, thread: str) -> RunnableConfig:
        return {"configurable": {"thread_id": thread}}

    async def _state(self, thread: str) -> ChatState:
        """As saved: the graph's own `aget_state` also prepares what would run next, which nobody asks here."""
        saved = await self._memory.saver.aget_tuple(self._config(thread))
        values = saved.checkpoint["channel_values"] if saved else {}
        return cast(ChatState, {name: values[name] for name in ChatState.__annotations__ if name in values})

    async def _said(self, info: ThreadInfo) -> str:
        """Everything that was said in a thread, under its title."""
        state = await self._state(info["thread"])
        return "\n".join([info["title"], *(message.text for message in state.get("messages", []))])

    async def _note(self, thread: str, message: AnyMessage, note: str) -> DoneEvent:
        """Save a message whose answer is only a note; photos in it are there to go on with."""
        state, note = await self._state(thread), in_language(note, last_words([message]))
        taken: ChatState = {"messages": [message], "current": state.get("current")}
        if photos_in(message.content):
            taken = {**taken, **await take_photos(message, state, self.gallery), "notes": []}
        done = note_only(note, taken["current"])
        answer = AIMessage(f"({note})", additional_kwargs={"reply": done["reply"]})
        update = {**taken, "messages": [*taken["messages"], answer]}
        await self._graph.aupdate_state(self._config(thread), update, as_node="deliver")
        return done

    async def _recover_if_idle(self, thread: str) -> None:
        if await self._journal.unfinished(thread) is None:
            return
        with suppress(Timeout):  # it is being answered right now, here or elsewhere
            async with self._memory.lock(thread, timeout=0):
                await self._recover(thread)

    async def _recover(self, thread: str) -> None:
        """Put a message whose process died into the thread, with a note; call with the lock held."""
        if unfinished := await self._journal.unfinished(thread):
            if not holds(await self._state(thread), unfinished["turn"]):
                message = HumanMessage(unfinished["content"], id=unfinished["turn"])  # type: ignore[arg-type]
                await self._note(thread, message, CUT_OFF)
            await self._journal.end(thread)


def digests_in(states: Iterable[ChatState]) -> set[str]:
    """The pictures that threads name, hidden ones too."""
    return {record["digest"] for state in states for record in state.get("pictures", {}).values()}


def up_to(messages: Sequence[AnyMessage], turns: int) -> list[AnyMessage]:
    """The first turns."""
    begins = [at for at, message in enumerate(messages) if isinstance(message, HumanMessage)]
    return [*messages[: begins[turns] if turns < len(begins) else None]]


def shown_in(reply: Iterable[Part]) -> list[str]:
    """The pictures of a reply."""
    return [part["id"] for part in reply if part["type"] == "picture"]


def told_in(turn: Turn) -> set[str]:
    """The pictures that a turn was sent and has drawn so far: it may not be saved yet."""
    drawn = {event["record"]["digest"] for event in turn.events if event["type"] == "picture"}
    return drawn.union(photos_in(turn.message.content))
