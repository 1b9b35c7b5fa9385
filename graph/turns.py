"""The front door: every client starts turns here, follows their events, and reads old threads."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from filelock import Timeout
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph

from minidalle3.engines.contract import Capabilities, Stopped
from minidalle3.gallery.ancestry import ancestry
from minidalle3.gallery.store import Gallery
from minidalle3.graph.agent import build
from minidalle3.graph.archive import judge, pack, unpack
from minidalle3.graph.context import Context
from minidalle3.graph.journal import ThreadInfo
from minidalle3.graph.memory import Memory, open_memory
from minidalle3.graph.past import CUT_OFF, History, holds, note_only, noted, past, unanswered
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import ChatInput, ChatOutput, ChatState, Command, DoneEvent, Event, Segment
from minidalle3.graph.stop import STOP
from minidalle3.nodes.history import last_words
from minidalle3.nodes.photos import taken_in
from minidalle3.nodes.services import Services, beside, leave, make

logger = logging.getLogger(__name__)
Graph: TypeAlias = CompiledStateGraph[ChatState, Context, ChatInput, ChatOutput]
PATIENCE = 0.5
"""Seconds after which a turn that waits looks whether it was stopped."""
CHOICES = 32
"""Choices of models by different people that are kept ready."""
REMEMBERED = 100
"""Finished turns whose events can still be read again."""


@dataclass(eq=False)
class Turn:
    """A turn under way or finished, with everything it has told so far."""

    thread: str
    message: HumanMessage
    stop: threading.Event = field(default_factory=threading.Event)
    events: list[Event] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    task: asyncio.Task[None] | None = None
    over: bool = False

    async def tell(self, *events: Event, over: bool = False) -> None:
        """Add to the record and wake the readers."""
        async with self.news:
            self.events.extend(events)
            self.over = self.over or over
            self.news.notify_all()

    async def since(self, after: int) -> tuple[list[Event], bool]:
        """Wait for events from number `after` on; also whether they are the last."""
        async with self.news:
            await self.news.wait_for(lambda: self.over or len(self.events) > after)
            return self.events[after:], self.over


class Turns:
    """Runs turns as tasks of its own, so that none depends on the client that began it.

    All methods belong to the event loop on which it was opened.
    """

    def __init__(self, services: Services, memory: Memory) -> None:
        self.settings: Settings = services.settings
        self.gallery: Gallery = services.gallery
        self._services = services
        self._memory = memory
        self._journal = memory.journal
        self._graph = build(services).compile(checkpointer=memory.saver)
        self._chosen: OrderedDict[Settings, tuple[Services, Graph]] = OrderedDict()
        self._turns: OrderedDict[str, Turn] = OrderedDict()

    @classmethod
    async def open(cls, settings: Settings, services: Services | None = None) -> Turns:
        """Open the house's memory. Raises `LLMError` when the LLM in the settings cannot be set up, `DatabaseError`."""
        if services is None:
            services = await asyncio.to_thread(make, settings)
        return cls(services, await open_memory(settings))

    async def start(
        self,
        thread: str,
        text: str = "",
        photos: Sequence[bytes] = (),
        context: Context | None = None,
        command: Command | None = None,
        tag: Segment | None = None,
        models: Settings | None = None,
    ) -> str:
        """Begin a turn and return its id at once; on a busy thread it waits for the turn before it.

        With a `tag`, what is to be drawn is decided: the LLM is not asked. With `models`, which are the settings with
        other models, those talk and draw (see `nodes.services.beside`); they and their keys stay in memory.

        Raises `PhotoError` for a photo that cannot be read or that the policy refuses, `ValueError` for an empty
        message, `LLMError`.
        """
        if not thread or len(thread) > 200:
            raise ValueError("A conversation's name has 1 to 200 characters.")
        if not (text.strip() or photos or command):
            raise ValueError("Say something, or send a photo.")
        if command and not text:
            text = f"{command['name']} {command['target'] or ''}".strip()
        graph = await self._graph_for(models)
        digests = [await taken_in(photo, self.gallery) for photo in photos]
        turn_id = uuid.uuid4().hex
        content: list[str | dict[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
        content += [{"type": "image", "file_id": digest} for digest in digests]
        extra: dict[str, Any] = {"command": command} if command else {"tag": tag} if tag else {}
        plain = text if not photos else content
        turn = Turn(thread, HumanMessage(plain, id=turn_id, additional_kwargs=extra))
        self._turns[turn_id] = turn
        # A context of its own: else LangChain would report the graph's inner life to what called here.
        turn.task = asyncio.create_task(self._run(turn, graph, context or Context()), context=contextvars.Context())
        self._forget()
        return turn_id

    async def events(self, turn: str, after: int = 0) -> AsyncIterator[Event]:
        """The events of a turn from number `after` on, old ones first, until it is over. Raises `KeyError`."""
        record, over = self._turns[turn], False
        while not over:
            fresh, over = await record.since(after)
            after += len(fresh)
            for event in fresh:
                yield event

    def told(self, turn: str) -> tuple[list[Event], bool]:
        """The events of a turn so far, and whether they are all. Raises `KeyError`."""
        record = self._turns[turn]
        return list(record.events), record.over

    def thread_of(self, turn: str) -> str | None:
        """The thread of a turn that is remembered."""
        record = self._turns.get(turn)
        return record.thread if record else None

    def stop(self, turn: str) -> None:
        """Ask a turn to end soon: between the LLM's words or the engine's steps."""
        if record := self._turns.get(turn):
            record.stop.set()

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
        title, state = await asyncio.to_thread(unpack, data, self.gallery)
        async with self._memory.lock(thread):
            await self._graph.aupdate_state(self._config(thread), state, as_node="deliver")
            await self._journal.add(thread, title)

    async def history(self, thread: str) -> History:
        """A thread with every finished turn, one that was cut off, and the one under way."""
        await self._recover_if_idle(thread)
        own = {id: turn.message.content for id, turn in self._turns.items() if turn.thread == thread and not turn.over}
        unfinished = await self._journal.unfinished(thread)
        state = await self._state(thread)  # after the others: what ends meanwhile is in it
        told: dict[str, Any] = {unfinished["turn"]: unfinished["content"]} if unfinished else {}
        waiting = {id: content for id, content in {**told, **own}.items() if not holds(state, id)}
        return {
            "turns": [*past(state.get("messages", [])), *map(unanswered, waiting.values())],
            "pictures": state.get("pictures", {}),
            "current": state.get("current"),
            "pending": state.get("pending"),
            "running": next((id for id in waiting if id in own), None),
        }

    async def digests(self) -> set[str]:
        """Every picture that some thread names, and what those were made from: what `gallery gc` keeps."""
        states = [await self._state(info["thread"]) for info in await self.threads()]
        named = {digest for state in states for digest in digests_in(state)}
        return await asyncio.to_thread(ancestry, self.gallery, named)

    async def delete(self, thread: str) -> None:
        """Forget a thread: its turns are stopped, its checkpoints go, and the bytes that no other thread names."""
        running = [turn for turn in self._turns.values() if turn.thread == thread]
        for turn in running:
            turn.stop.set()
        await asyncio.gather(*(turn.task for turn in running if turn.task))
        async with self._memory.lock(thread):
            named = await asyncio.to_thread(ancestry, self.gallery, digests_in(await self._state(thread)))
            await self._memory.saver.adelete_thread(thread)
            await self._journal.forget(thread)
        self._turns = OrderedDict((id, turn) for id, turn in self._turns.items() if turn.thread != thread)
        told = [event for turn in self._turns.values() for event in turn.events]
        fresh = {event["record"]["digest"] for event in told if event["type"] == "picture"}
        fresh = await asyncio.to_thread(ancestry, self.gallery, fresh)
        await asyncio.to_thread(self.gallery.remove, named - await self.digests() - fresh)

    async def capabilities(self) -> Capabilities:
        """What the engine can do; loads it if need be. Raises `EngineError`."""
        return await self._services.owner.capabilities()

    def waiting(self) -> int:
        """Drawings in the owner's queue, which holds `settings.queue_limit`."""
        return self._services.owner.waiting()

    async def close(self) -> None:
        """Stop the turns under way, let each say so and be saved, and shut the house."""
        tasks = []
        for turn in self._turns.values():
            turn.stop.set()
            tasks += [turn.task] if turn.task else []
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._memory.close()
        for services, _ in self._chosen.values():
            await asyncio.to_thread(leave, self._services, services)
        await asyncio.to_thread(self._services.close)

    @asynccontextmanager
    async def _when_free(self, turn: Turn) -> AsyncIterator[None]:
        """Holds the thread's lock when the earlier turns are over; raises `Stopped` when it is stopped before that."""
        lock, earlier = self._memory.lock(turn.thread, PATIENCE), self._earlier(turn)
        while not lock.is_locked:
            if earlier:
                _, earlier = await asyncio.wait(earlier, timeout=PATIENCE)
            else:
                with suppress(Timeout):
                    await lock.acquire()
            if turn.stop.is_set() and not lock.is_locked:
                raise Stopped
        try:
            yield
        finally:
            await lock.release()

    def _earlier(self, turn: Turn) -> set[asyncio.Task[None]]:
        """The turns of its thread that began before it and are not over."""
        of_thread = [other for other in self._turns.values() if other.thread == turn.thread]
        return {other.task for other in of_thread[: of_thread.index(turn)] if other.task and not other.over}

    def _config(self, thread: str) -> RunnableConfig:
        return {"configurable": {"thread_id": thread}}

    async def _state(self, thread: str) -> ChatState:
        state: ChatState = (await self._graph.aget_state(self._config(thread))).values  # type: ignore[assignment]
        return state

    async def _said(self, info: ThreadInfo) -> str:
        """Everything that was said in a thread, under its title."""
        state = await self._state(info["thread"])
        return "\n".join([info["title"], *(message.text for message in state.get("messages", []))])

    async def _graph_for(self, models: Settings | None) -> Graph:
        """The house's own, or one over the models that were chosen, which is remembered for a while."""
        if models is None or models == self.settings:
            return self._graph
        if models not in self._chosen:
            services = await asyncio.to_thread(beside, self._services, models)
            self._chosen[models] = (services, build(services).compile(checkpointer=self._memory.saver))
        self._chosen.move_to_end(models)
        if len(self._chosen) > CHOICES:
            _, (unused, _) = self._chosen.popitem(last=False)
            await asyncio.to_thread(leave, self._services, unused)
        return self._chosen[models][1]

    async def _run(self, turn: Turn, graph: Graph, context: Context) -> None:
        STOP.set(turn.stop)
        try:
            async with self._when_free(turn):
                await self._recover(turn.thread)
                await self._journal.begin(turn.thread, last_words([turn.message]), noted(turn.message))
                done = await self._answer(turn, graph, context)
                await self._journal.end(turn.thread)
        except Stopped:
            done = note_only("Stopped while another message was being answered; this one was not sent.", None)
        except Exception as error:  # the memory itself failed: a full disk, a locked database
            logger.exception("A turn could not be saved.")
            note = f"This message could not be saved ({type(error).__name__}: {error}). Send it again."
            await turn.tell({"type": "note", "text": note})
            done = note_only(note, None)
        await turn.tell(done, over=True)

    async def _answer(self, turn: Turn, graph: Graph, context: Context) -> DoneEvent:
        """Run the graph, passing events on but the last: that one is told when the turn is saved."""
        done: DoneEvent | None = None
        try:
            async for event in graph.astream(
                {"messages": [turn.message]},
                self._config(turn.thread),
                context=context,
                stream_mode="custom",
                durability="exit",
            ):
                told = cast(Event, event)
                if told["type"] == "done":
                    done = told
                else:
                    await turn.tell(told)
        except Exception as error:
            logger.exception("A turn failed.")
            note = f"Something went wrong ({type(error).__name__}: {error}). Your message is kept; try it again."
            return await self._note(turn.thread, turn.message, note, turn)
        assert done is not None
        return done

    async def _note(self, thread: str, message: AnyMessage, note: str, turn: Turn | None = None) -> DoneEvent:
        """Save a message whose answer is only a note."""
        done = note_only(note, (await self._state(thread)).get("current"))
        answer = AIMessage(f"({note})", additional_kwargs={"reply": done["reply"]})
        await self._graph.aupdate_state(self._config(thread), {"messages": [message, answer]}, as_node="deliver")
        if turn:
            await turn.tell({"type": "note", "text": note})
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

    def _forget(self) -> None:
        over = [id for id, turn in self._turns.items() if turn.over]
        for id in over[: max(0, len(over) - REMEMBERED)]:
            del self._turns[id]


def digests_in(state: ChatState) -> set[str]:
    """The pictures that a thread names, hidden ones too."""
    return {record["digest"] for record in state.get("pictures", {}).values()}
