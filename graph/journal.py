"""What checkpoints cannot tell: which threads there are, and which message was being answered when a process died."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable
from typing import Any, Protocol, TypeAlias

from typing_extensions import TypedDict

Row: TypeAlias = tuple[Any, ...]

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    thread TEXT PRIMARY KEY, title TEXT NOT NULL, updated DOUBLE PRECISION NOT NULL, unfinished TEXT
)
"""
TITLE_LENGTH = 60


class ThreadInfo(TypedDict):
    """A conversation in a list."""

    thread: str
    title: str
    updated: float
    """Seconds since 1970."""


class Unfinished(TypedDict):
    """A message on its way: what the person said, and the turn that answers it."""

    turn: str
    content: list[dict[str, Any]]


class Execute(Protocol):
    """Runs one statement, with `?` where a value goes, and commits it."""

    def __call__(self, query: str, values: Row = ()) -> Awaitable[list[Row]]:
        """The rows it gives, none if it only writes."""


class Journal:
    """One row a thread, in the checkpoints' database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    async def setup(self) -> None:
        """Make the table if it is not there."""
        await self._execute(SCHEMA)

    async def begin(self, thread: str, title: str, unfinished: Unfinished) -> None:
        """Note a message before anything is done about it; the first one names the thread."""
        await self._execute(
            "INSERT INTO threads VALUES (?, ?, ?, ?) "
            "ON CONFLICT (thread) DO UPDATE SET updated = excluded.updated, unfinished = excluded.unfinished",
            (thread, titled(title), time.time(), json.dumps(unfinished)),
        )

    async def end(self, thread: str) -> None:
        """The message is answered and saved."""
        await self._execute("UPDATE threads SET unfinished = NULL WHERE thread = ?", (thread,))

    async def rename(self, thread: str, title: str) -> None:
        """Give a thread a title of the person's own."""
        await self._execute("UPDATE threads SET title = ? WHERE thread = ?", (titled(title), thread))

    async def add(self, thread: str, title: str) -> None:
        """A thread that comes from elsewhere, whole."""
        row = (thread, titled(title), time.time(), None)
        await self._execute("INSERT INTO threads VALUES (?, ?, ?, ?)", row)

    async def forget(self, thread: str) -> None:
        """The thread is no more."""
        await self._execute("DELETE FROM threads WHERE thread = ?", (thread,))

    async def unfinished(self, thread: str) -> Unfinished | None:
        """The message that is being answered, or was when its process died."""
        query = "SELECT unfinished FROM threads WHERE thread = ?"
        rows = await self._execute(query, (thread,))
        found: Unfinished | None = json.loads(rows[0][0]) if rows and rows[0][0] else None
        return found

    async def all_unfinished(self) -> list[tuple[str, Unfinished]]:
        """The same of every thread that has one, with its name."""
        rows = await self._execute("SELECT thread, unfinished FROM threads WHERE unfinished IS NOT NULL")
        return [(thread, json.loads(found)) for thread, found in rows]

    async def threads(self) -> list[ThreadInfo]:
        """All threads, the one used last first."""
        query = "SELECT thread, title, updated FROM threads ORDER BY updated DESC"
        return [ThreadInfo(thread=row[0], title=row[1], updated=row[2]) for row in await self._execute(query)]


def titled(text: str) -> str:
    """As one line of a list; PostgreSQL keeps no NUL."""
    return " ".join(text.replace("\0", " ").split())[:TITLE_LENGTH]
