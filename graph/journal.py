"""What checkpoints cannot tell: which threads there are, and which message was being answered when a process died."""

from __future__ import annotations

import json
import time
from typing import Any

import aiosqlite
from typing_extensions import TypedDict

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    thread TEXT PRIMARY KEY, title TEXT NOT NULL, updated REAL NOT NULL, unfinished TEXT
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


class Journal:
    """One row a thread, in the checkpoints' database."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, connection: aiosqlite.Connection) -> Journal:
        """The journal in a database, made if it is not there."""
        await connection.execute(SCHEMA)
        await connection.commit()
        return cls(connection)

    async def begin(self, thread: str, title: str, unfinished: Unfinished) -> None:
        """Note a message before anything is done about it; the first one names the thread."""
        await self._connection.execute(
            "INSERT INTO threads VALUES (?, ?, ?, ?) "
            "ON CONFLICT (thread) DO UPDATE SET updated = excluded.updated, unfinished = excluded.unfinished",
            (thread, titled(title), time.time(), json.dumps(unfinished)),
        )
        await self._connection.commit()

    async def end(self, thread: str) -> None:
        """The message is answered and saved."""
        await self._connection.execute("UPDATE threads SET unfinished = NULL WHERE thread = ?", (thread,))
        await self._connection.commit()

    async def rename(self, thread: str, title: str) -> None:
        """Give a thread a title of the person's own."""
        await self._connection.execute("UPDATE threads SET title = ? WHERE thread = ?", (titled(title), thread))
        await self._connection.commit()

    async def add(self, thread: str, title: str) -> None:
        """A thread that comes from elsewhere, whole."""
        row = (thread, titled(title), time.time(), None)
        await self._connection.execute("INSERT INTO threads VALUES (?, ?, ?, ?)", row)
        await self._connection.commit()

    async def forget(self, thread: str) -> None:
        """The thread is no more."""
        await self._connection.execute("DELETE FROM threads WHERE thread = ?", (thread,))
        await self._connection.commit()

    async def unfinished(self, thread: str) -> Unfinished | None:
        """The message that is being answered, or was when its process died."""
        query = "SELECT unfinished FROM threads WHERE thread = ?"
        async with self._connection.execute(query, (thread,)) as rows:
            row = await rows.fetchone()
        found: Unfinished | None = json.loads(row[0]) if row and row[0] else None
        return found

    async def threads(self) -> list[ThreadInfo]:
        """All threads, the one used last first."""
        query = "SELECT thread, title, updated FROM threads ORDER BY updated DESC"
        async with self._connection.execute(query) as rows:
            return [ThreadInfo(thread=row[0], title=row[1], updated=row[2]) async for row in rows]


def titled(text: str) -> str:
    """As one line of a list."""
    return " ".join(text.split())[:TITLE_LENGTH]
