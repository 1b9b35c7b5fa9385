"""Where threads are kept, and who may write one now: a file and its locks, or a PostgreSQL of several processes."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import aiosqlite
from filelock import AsyncFileLock
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from minidalle3.graph.journal import Execute, Journal, Row
from minidalle3.graph.settings import Settings

SETUP = ""
"""The lock under which tables are made; no thread has an empty name."""
STRICT = JsonPlusSerializer(allowed_msgpack_modules=None)


class DatabaseError(ConnectionError):
    """The database cannot be used; the message says what to do."""


class ThreadLock(Protocol):
    """One turn per thread at a time, across processes; a dead process holds nothing."""

    @property
    def is_locked(self) -> bool:
        """Whether this very lock is held."""

    async def acquire(self) -> Any:
        """Raises `filelock.Timeout` after the seconds that the lock was made with."""

    async def release(self) -> None:
        """Let the next one in; nothing if it is not held."""

    async def __aenter__(self) -> Any:
        """Acquire."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release."""


class Memory(Protocol):
    """Checkpoints and the journal in one database, and the locks of its threads."""

    @property
    def saver(self) -> BaseCheckpointSaver[Any]:
        """For the graph."""

    @property
    def journal(self) -> Journal:
        """Over the same threads."""

    @property
    def execute(self) -> Execute:
        """For what is kept beside the threads."""

    def lock(self, thread: str, timeout: float = -1) -> ThreadLock:
        """Not held yet; acquiring it waits so many seconds, without end if negative."""

    async def close(self) -> None:
        """Let go of the database."""


def statements(connection: aiosqlite.Connection) -> Execute:
    """Each is committed at once."""

    async def execute(query: str, values: Row = ()) -> list[Row]:
        rows = [tuple(row) for row in await connection.execute_fetchall(query, values)]
        if not query.startswith("SELECT"):
            await connection.commit()
        return rows

    return execute


class SqliteMemory:
    """A file in the house's folder, which every process on this machine may open."""

    def __init__(self, connection: aiosqlite.Connection, home: Path) -> None:
        self.saver = AsyncSqliteSaver(connection, serde=STRICT)
        self.execute = statements(connection)
        self.journal = Journal(self.execute)
        self._connection = connection
        self._locks = home / "locks"

    @classmethod
    async def open(cls, home: Path) -> SqliteMemory:
        """The memory of a house whose folder is there. Raises `DatabaseError`."""
        try:
            connection = await aiosqlite.connect(home / "threads.sqlite")
        except sqlite3.Error as error:
            raise DatabaseError(f"{home}/threads.sqlite cannot be opened ({error}). See MINIDALLE3_HOME.") from error
        memory = cls(connection, home)
        await memory.journal.setup()
        return memory

    def lock(self, thread: str, timeout: float = -1) -> ThreadLock:
        """A file's, which the system releases when its process dies."""
        self._locks.mkdir(exist_ok=True)
        return AsyncFileLock(self._locks / f"{hashlib.sha256(thread.encode()).hexdigest()[:32]}.lock", timeout)

    async def close(self) -> None:
        """End the database's thread."""
        await self._connection.close()


async def open_memory(settings: Settings) -> Memory:
    """What the settings name. Raises `DatabaseError`."""
    await asyncio.to_thread(settings.home.mkdir, parents=True, exist_ok=True)
    if settings.database is None:
        return await SqliteMemory.open(settings.home)
    if any(find_spec(package) is None for package in ("psycopg", "psycopg_pool")):
        raise DatabaseError("A PostgreSQL database needs an extra: pip install 'minidalle3[postgres]'")
    from minidalle3.graph.postgres import PostgresMemory

    return await PostgresMemory.open(settings.database.get_secret_value())
