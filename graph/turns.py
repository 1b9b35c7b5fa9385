"""The front door: every client starts turns here, follows their events, and reads old threads."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from filelock import Timeout
from langchain_core.messages import HumanMessage

from minidalle3.engines.contract import Capabilities, Stopped
from minidalle3.graph.agent import build
from minidalle3.graph.context import Context
from minidalle3.graph.memory import Memory, open_memory
from minidalle3.graph.meter import METER, Meter
from minidalle3.graph.past import note_only, noted
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Command, DoneEvent, Event, Segment
from minidalle3.graph.stop import STOP
from minidalle3.graph.threads import Graph, Threads
from minidalle3.graph.turn import Turn
from minidalle3.nodes.history import last_words
from minidalle3.nodes.notes import in_language
from minidalle3.nodes.photos import names_others, taken_in
from minidalle3.nodes.services import Services, beside, caller_of, leave, make

logger = logging.getLogger(__name__)
PATIENCE = 0.5
"""Seconds after which a turn that waits looks whether it was stopped."""
CHOICES = 32
"""Choices of models by different people that are kept ready."""
REMEMBERED = 100
"""Finished turns whose events can still be read again."""


class Turns(Threads):
    """Runs turns as tasks of its own, so that none depends on the client that began it.

    All methods belong to the event loop on which it was opened.
    """

    def __init__(self, services: Services, memory: Memory) -> None:
        super().__init__(services, memory)
        self._chosen: OrderedDict[Settings, tuple[Services, Graph]] = OrderedDict()

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
        meter: Meter | None = None,
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
        turn_id = uuid.uuid4().hex
        content: list[str | dict[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
        content += [{"type": "image", "file_id": digest} for digest in await self._digests_of(photos, thread)]
        extra: dict[str, Any] = {"command": command} if command else {"tag": tag} if tag else {}
        plain = text if not photos else content
        turn = Turn(thread, HumanMessage(plain, id=turn_id, additional_kwargs=extra), meter)
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

    async def capabilities(self) -> Capabilities:
        """What the engine can do; loads it if need be. Raises `EngineError`."""
        return await self._services.owner.capabilities()

    def waiting(self) -> int:
        """Drawings in the owner's queue."""
        return self._services.owner.waiting()

    def full(self, thread: str = "") -> str | None:
        """Why a drawing for this thread would be refused now, or, of none, for anybody."""
        return self._services.owner.full(caller_of(thread))

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

    async def _digests_of(self, photos: Sequence[bytes], thread: str) -> list[str]:
        known = await self._known_to(thread) if any(map(names_others, photos)) else None
        return [await taken_in(photo, self.gallery, known) for photo in photos]

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

    async def _run(self, turn: Turn, graph: Graph, context: Context) -> None:
        STOP.set(turn.stop)
        METER.set(turn.meter)
        said = last_words([turn.message])
        try:
            async with self._when_free(turn):
                await self._recover(turn.thread)
                await self._journal.begin(turn.thread, said, noted(turn.message))
                done = await self._answer(turn, graph, context)
                await self._journal.end(turn.thread)
        except Stopped:
            note = "Stopped while another message was being answered; this one was not sent."
            done = note_only(in_language(note, said), None)
        except Exception as error:  # the memory itself failed: a full disk, a locked database
            logger.exception("A turn could not be saved.")
            note = f"This message could not be saved ({type(error).__name__}: {error}). Send it again."
            done = note_only(in_language(note, said), None)
            turn.tell({"type": "note", "text": in_language(note, said)})
        turn.tell(done, over=True)

    async def _answer(self, turn: Turn, graph: Graph, context: Context) -> DoneEvent:
        """Run the graph, passing events on but the last: that one is told when the turn is saved."""
        done: DoneEvent | None = None
        owner = self._services.owner
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
                    continue
                if told["type"] == "planned":
                    owner.expect(turn.stop)
                turn.tell(told)
        except Exception as error:
            logger.exception("A turn failed.")
            note = f"Something went wrong ({type(error).__name__}: {error}). Your message is kept; try it again."
            done = await self._note(turn.thread, turn.message, note)
            turn.tell({"type": "note", "text": in_language(note, last_words([turn.message]))})
        finally:
            owner.came(turn.stop)
        assert done is not None
        return done

    def _forget(self) -> None:
        over = [id for id, turn in self._turns.items() if turn.over]
        for id in over[: max(0, len(over) - REMEMBERED)]:
            del self._turns[id]
