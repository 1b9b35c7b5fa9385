"""The front door of a house in another process: `Turns` over a server's HTTP, for pages that share its models."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote

import httpx
from httpx_sse import SSEError, aconnect_sse

from minidalle3.engines.contract import Busy, Capabilities, EngineError
from minidalle3.gallery.remote import RemoteGallery
from minidalle3.gallery.store import cleaned
from minidalle3.graph.archive import ArchiveError
from minidalle3.graph.context import Context
from minidalle3.graph.journal import ThreadInfo
from minidalle3.graph.past import History
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Command, Event, Segment

TRIES = 5
"""How often a broken stream of events is taken up again before its reader is told."""
PAUSE = 0.5
TIMEOUT = httpx.Timeout(60.0)
"""Seconds; a stream of events is kept alive by the server's pings."""
EMPTY: History = {"turns": [], "pictures": {}, "current": None, "pending": None, "running": None}


@dataclass
class Followed:
    """A turn that somebody asks about again and again."""

    task: asyncio.Task[None]
    events: list[Event] = field(default_factory=list)
    over: bool = False


class RemoteTurns:
    """Raises what `Turns` raises, and `EngineError` where the server cannot be reached, or lets nobody in.

    All methods belong to the event loop on which it was opened; only the gallery is for any thread.
    """

    def __init__(self, settings: Settings, client: httpx.AsyncClient, gallery: RemoteGallery) -> None:
        self.settings = settings
        self.gallery = gallery
        self._client = client
        self._threads: dict[str, str] = {}
        self._followed: dict[str, Followed] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, settings: Settings) -> RemoteTurns:
        """At the server that the settings name; its pictures are kept in a folder of its own beside the gallery."""
        assert settings.server is not None
        url = settings.server.rstrip("/")
        key = settings.server_key.get_secret_value() if settings.server_key else ""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        folder = settings.home / "servers" / hashlib.sha256(f"{url} {key}".encode()).hexdigest()[:16]
        sync = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT)
        gallery = await asyncio.to_thread(RemoteGallery, folder, sync)
        turns = cls(settings, httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT), gallery)
        try:
            await turns.threads()  # a wrong address or key is told now
        except BaseException:
            await turns.close()
            raise
        return turns

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
        """As `Turns.start`; the names of threads are letters, digits, `_` and `-`, and the models are the server's."""
        if models is not None and models != self.settings:
            raise ValueError("The server's models are not a page's to choose.")
        for photo in photos:
            await asyncio.to_thread(cleaned, photo)
        body: dict[str, Any] = {
            "text": text,
            "photos": [base64.b64encode(photo).decode() for photo in photos],
            "context": asdict(context or Context()),
            "command": command,
            "tag": tag,
        }
        turn: str = (await self._asked("POST", f"{at(thread)}/turns", json=body)).json()["turn"]
        self._threads[turn] = thread
        for photo in photos:  # only now: the server may have refused them
            await asyncio.to_thread(self.gallery.put_photo, photo)
        return turn

    async def events(self, turn: str, after: int = 0) -> AsyncIterator[Event]:
        """As `Turns.events`; a stream that breaks off is taken up where it broke."""
        tries = 0
        while True:
            try:
                async for event in self._stream(turn, after):
                    tries, after = 0, after + 1
                    yield event
                    if event["type"] == "done":
                        return
            except (httpx.TransportError, SSEError):
                pass
            tries += 1
            if tries == TRIES:
                raise EngineError(f"{self.settings.server} broke off. The turn goes on there: look again in a moment.")
            await asyncio.sleep(PAUSE)

    def told(self, turn: str) -> tuple[list[Event], bool]:
        """As `Turns.told`: what has come so far; the first call begins to follow the turn."""
        if turn not in self._followed:
            self._followed[turn] = Followed(asyncio.create_task(self._follow(turn)))
        followed = self._followed[turn]
        if followed.task.done() and not followed.over:
            del self._followed[turn]
            followed.task.result()
        return list(followed.events), followed.over

    def stop(self, turn: str) -> None:
        """As `Turns.stop`."""
        task = asyncio.create_task(self._stop(turn))
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    async def threads(self) -> list[ThreadInfo]:
        """As `Turns.threads`: those of the key."""
        found: list[ThreadInfo] = (await self._asked("GET", "/threads")).json()
        return found

    async def search(self, words: str, start: str = "") -> list[ThreadInfo]:
        """As `Turns.search`, among those of the key."""
        found: list[ThreadInfo] = (await self._asked("GET", "/threads", params={"words": words})).json()
        return [info for info in found if info["thread"].startswith(start)]

    async def rename(self, thread: str, title: str) -> None:
        """As `Turns.rename`."""
        await self._asked("PATCH", at(thread), json={"title": title})

    async def export(self, thread: str) -> bytes:
        """As `Turns.export`."""
        return (await self._asked("GET", f"{at(thread)}/archive")).content

    async def take_in(self, thread: str, data: bytes) -> None:
        """As `Turns.take_in`."""
        try:
            await self._asked("PUT", f"{at(thread)}/archive", content=data)
        except ValueError as error:
            raise ArchiveError(str(error)) from error

    async def history(self, thread: str) -> History:
        """As `Turns.history`."""
        try:
            history: History = (await self._asked("GET", at(thread))).json()
        except KeyError:
            return EMPTY
        if history["running"]:
            self._threads[history["running"]] = thread
        self.gallery.learn(thread, history["pictures"].values())
        return history

    async def digests(self) -> set[str]:
        """As `Turns.digests`, but for what pictures were made from: that lies at the server alone."""
        histories = [await self.history(info["thread"]) for info in await self.threads()]
        return {record["digest"] for history in histories for record in history["pictures"].values()}

    async def delete(self, thread: str) -> None:
        """As `Turns.delete`."""
        with suppress(KeyError):
            await self._asked("DELETE", at(thread))

    async def capabilities(self) -> Capabilities:
        """As `Turns.capabilities`."""
        told = (await self._asked("GET", "/capabilities")).json()
        return Capabilities(**{**told, "sizes": tuple(tuple(size) for size in told["sizes"])})

    async def close(self) -> None:
        """Leave; turns under way go on at the server."""
        for followed in self._followed.values():
            followed.task.cancel()
        tasks = [*self._stopping, *(followed.task for followed in self._followed.values())]
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()
        await asyncio.to_thread(self.gallery.close)

    async def _stream(self, turn: str, after: int) -> AsyncIterator[Event]:
        async with aconnect_sse(self._client, "GET", f"/turns/{turn}/events", params={"after": after}) as source:
            if source.response.status_code != 200:
                await source.response.aread()
                self._refuse(source.response)
            async for message in source.aiter_sse():
                event: Event = json.loads(message.data)
                if event["type"] == "picture" and turn in self._threads:
                    self.gallery.learn(self._threads[turn], [event["record"]])
                yield event

    async def _follow(self, turn: str) -> None:
        async for event in self.events(turn):
            self._followed[turn].events.append(event)
        self._followed[turn].over = True

    async def _stop(self, turn: str) -> None:
        with suppress(EngineError, KeyError):
            await self._asked("POST", f"/turns/{turn}/stop")

    async def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise EngineError(
                f"{self.settings.server} cannot be reached ({type(error).__name__}); check that it runs, and "
                "MINIDALLE3_SERVER."
            ) from error
        if answer.is_error:
            self._refuse(answer)
        return answer

    def _refuse(self, answer: httpx.Response) -> NoReturn:
        """Raise what `Turns` would have raised, in the server's words."""
        try:
            told = answer.json()["detail"]
            said = told if isinstance(told, str) else "; ".join(str(one["msg"]) for one in told)
        except (ValueError, KeyError, TypeError):
            said = f"{self.settings.server} does not answer as this house does; check MINIDALLE3_SERVER."
        status = answer.status_code
        if status == 404:
            raise KeyError(said)
        if status in (401, 403):
            raise EngineError(f"{self.settings.server}: {said} Set MINIDALLE3_SERVER_KEY.")
        if status == 429:
            raise Busy(said)
        raise ValueError(said) if status < 500 else EngineError(said)


def at(thread: str) -> str:
    """The path of a thread; what the server does not take for a name, it refuses."""
    return f"/threads/{quote(thread, safe='')}"
