"""The front door as one caller sees it: every thread they name is theirs, and no other can be named."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from urllib.parse import parse_qs, urlsplit

from langchain_core.messages import AnyMessage

from minidalle3.gallery.store import PhotoError
from minidalle3.graph.context import Context
from minidalle3.graph.journal import ThreadInfo
from minidalle3.graph.past import History
from minidalle3.graph.state import Command, Event, Segment
from minidalle3.graph.turns import Turns
from minidalle3.serve.counts import Counts, TooMuch
from minidalle3.serve.doors import Caller, Doors
from minidalle3.serve.metered import Metered

THREAD = r"[A-Za-z0-9_-]{1,64}"
PICTURE = re.compile(rf"/threads/({THREAD})/pictures/([0-9]{{1,6}})$")
GLANCE = 0.2
"""Seconds between two looks at whether who asked is still there."""
BUSY_SECONDS = 5


class Unknown(LookupError):
    """The caller has no such thread or picture; whether somebody else has is not told."""


class Own:
    """All that routes may do for a caller; names of threads match `THREAD`."""

    def __init__(self, turns: Turns, doors: Doors, counts: Counts, caller: Caller) -> None:
        self._turns, self._doors, self._counts = turns, doors, counts
        self.caller = caller

    async def start(
        self,
        thread: str,
        text: str = "",
        photos: Sequence[bytes] = (),
        context: Context | None = None,
        command: Command | None = None,
        tag: Segment | None = None,
    ) -> str:
        """Begin a turn, which is counted whoever follows it. Raises as `Turns.start` does."""
        full = self._full(thread)
        meter = Metered(self._counts, self.caller, full)
        return await self._turns.start(full, text, photos, context, command, tag, meter=meter)

    async def admit(self, pictures: int = 1) -> None:
        """Whether so many may be asked for now: there is quota left, and room in the queue. Raises `TooMuch`."""
        await self._counts.allow(self.caller, pictures)
        if why := self._turns.full(self._full("")):
            raise TooMuch(why, BUSY_SECONDS)

    async def events(self, turn: str, gone: Callable[[], Awaitable[bool]] | None = None) -> AsyncIterator[Event]:
        """The events of a turn until it is over; who leaves before that, or is found `gone`, ends it."""
        over = False
        looking = asyncio.create_task(self._stop_once(turn, gone)) if gone else None
        try:
            async for event in self._turns.events(turn):
                over = event["type"] == "done"
                yield event
        finally:
            if looking:
                looking.cancel()
            if not over:
                self._turns.stop(turn)

    async def _stop_once(self, turn: str, gone: Callable[[], Awaitable[bool]]) -> None:
        """A turn that waits or draws tells nothing for a while, so it is looked at by the clock."""
        while not await gone():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(GLANCE)
        self._turns.stop(turn)

    async def follow(self, turn: str, after: int = 0) -> AsyncIterator[Event]:
        """The events of a turn of the caller's from number `after` on; leaving changes nothing."""
        async for event in self._turns.events(self.known(turn), after):
            yield event

    def known(self, turn: str) -> str:
        """The turn, if it is the caller's. Raises `Unknown`."""
        if not (self._turns.thread_of(turn) or "").startswith(self._full("")):
            raise Unknown(f"You have no turn {turn!r}.")
        return turn

    def stop(self, turn: str) -> None:
        """Ask a turn to end soon. Raises `Unknown`."""
        self._turns.stop(self.known(turn))

    async def threads(self, words: str = "") -> list[ThreadInfo]:
        """The caller's threads in which all these words stand, the one used last first."""
        start = self._full("")
        found = await self._turns.search(words, start) if words else await self._turns.threads()
        infos = [info for info in found if info["thread"].startswith(start)]
        return [{**info, "thread": info["thread"].removeprefix(start)} for info in infos]

    async def rename(self, thread: str, title: str) -> None:
        """Give a thread another title. Raises `Unknown`, `ValueError`."""
        await self.history(thread)
        await self._turns.rename(self._full(thread), title)

    async def export(self, thread: str) -> bytes:
        """A thread as a zip. Raises `Unknown`."""
        await self.history(thread)
        return await self._turns.export(self._full(thread))

    async def take_in(self, thread: str, data: bytes) -> None:
        """Make an exported conversation a new thread. Raises `ArchiveError`, `ValueError`."""
        await self._turns.take_in(self._full(thread), data)

    async def begin(self, thread: str, messages: Sequence[AnyMessage]) -> None:
        """As `Turns.begin`."""
        await self._turns.begin(self._full(thread), messages)

    async def branch(self, thread: str, turns: int, name: str) -> None:
        """As `Turns.branch`."""
        await self._turns.branch(self._full(thread), turns, self._full(name))

    async def history(self, thread: str) -> History:
        """A thread as it stands. Raises `Unknown`."""
        history = await self._turns.history(self._full(thread))
        if not history["turns"] and thread not in [info["thread"] for info in await self.threads()]:
            raise Unknown(f"You have no thread {thread!r}.")
        return history

    async def delete(self, thread: str) -> None:
        """Remove a thread and what only it names. Raises `Unknown`."""
        await self.history(thread)
        await self._turns.delete(self._full(thread))
        await self._doors.forget(self.caller, thread)

    async def picture(self, thread: str, number: int) -> bytes:
        """The PNG. Raises `Unknown`, also for a picture that was deleted, and `PictureError` when the file is lost."""
        return await asyncio.to_thread(self._turns.gallery.read, await self._digest(thread, number))

    async def mask(self, thread: str, number: int) -> bytes:
        """Where the picture was changed, as a PNG. Raises `Unknown`, also for one that is new everywhere."""
        mask = await asyncio.to_thread(self._turns.gallery.mask_png, await self._digest(thread, number))
        if mask is None:
            raise Unknown(f"Picture {number} of thread {thread!r} has no mask.")
        return mask

    async def photo(self, address: str) -> bytes:
        """The bytes of a photo: base64, a data URL, or a link to a picture of the caller's. Nothing is fetched.

        Raises `PhotoError`, or as `picture` does.
        """
        split = urlsplit(address) if address.startswith(("http://", "https://", "/")) else None
        if split is None:
            return decoded(address)
        match = PICTURE.search(split.path)  # a proxy may have put something before it
        if match is None or parse_qs(split.query).get("caller", [self.caller.id]) != [self.caller.id]:
            raise PhotoError("A photo must come with its bytes (base64): addresses are not fetched.")
        return await self.picture(match[1], int(match[2]))

    async def _digest(self, thread: str, number: int) -> str:
        record = (await self._turns.pictures(self._full(thread))).get(f"#{number}")
        if record is None or record.get("hidden"):
            raise Unknown(f"Thread {thread!r} has no picture {number}.")
        return record["digest"]

    def _full(self, thread: str) -> str:
        """A caller's id has no slash and one length, so that no name leads out of their own."""
        return f"{self.caller.id}/{thread}"


def decoded(text: str) -> bytes:
    """Base64, as it is or in a data URL of an image. Raises `PhotoError`."""
    if text.startswith("data:"):
        kind, _, text = text.partition(";base64,")
        if not kind.startswith("data:image/"):
            raise PhotoError("A data URL of a photo begins with data:image/ and goes on with ;base64,")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PhotoError("The photo's base64 is damaged; send it again.") from error
