"""Threads in a PostgreSQL database that several processes share. Imported only where the settings name one."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from types import TracebackType
from typing import Any

from filelock import Timeout
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncConnection, Error, OperationalError, ProgrammingError
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import AsyncConnectionPool

from minidalle3.graph.journal import Journal, Row
from minidalle3.graph.memory import SETUP, STRICT, DatabaseError

logger = logging.getLogger(__name__)
CONNECTIONS = 10
"""Of one process at most, beside the one that holds its locks."""
POLL = 0.1
"""Seconds between two tries for a lock that another process holds."""
CONNECT_SECONDS = 10


class PostgresMemory:
    """Checkpoints and journal through a pool; locks on a session of their own, which dies with the process."""

    def __init__(self, pool: AsyncConnectionPool[Any], session: Session) -> None:
        self.saver = AsyncPostgresSaver(pool, serde=STRICT)
        self.journal = Journal(self.execute)
        self._pool = pool
        self._session = session

    @classmethod
    async def open(cls, url: str) -> PostgresMemory:
        """The tables are made if they are not there. Raises `DatabaseError`."""
        session = Session(url)
        await session.connection()  # first, since it says why it fails
        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
            check=AsyncConnectionPool.check_connection,
            open=False,
        )
        memory = cls(pool, session)
        try:
            await pool.open(wait=True, timeout=CONNECT_SECONDS)
            async with memory.lock(SETUP):
                await memory.saver.setup()
                await memory.journal.setup()
        except Error as error:
            await memory.close()
            raise DatabaseError(f"The database cannot keep threads: {one_line(error)}") from error
        return memory

    def lock(self, thread: str, timeout: float = -1) -> AdvisoryLock:
        """An advisory lock of PostgreSQL's, which it releases when the session ends."""
        return AdvisoryLock(self._session, thread, timeout)

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.close()
        await self._session.close()

    async def execute(self, query: str, values: Row = ()) -> list[Row]:
        """Each statement is committed at once."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(query.replace("?", "%s"), values)
            return await cursor.fetchall() if cursor.description else []


class Session:
    """The one connection that holds this process's locks, so that a hundred turns do not need a hundred."""

    def __init__(self, url: str) -> None:
        self.held: set[str] = set()
        """Threads locked from here: to PostgreSQL one session may take the same lock twice."""
        self._url = url
        self._connection: AsyncConnection[Any] | None = None
        self._connecting = asyncio.Lock()

    async def connection(self) -> AsyncConnection[Any]:
        """Made anew when the last one was lost. Raises `DatabaseError`."""
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                try:
                    self._connection = await AsyncConnection.connect(
                        self._url, autocommit=True, connect_timeout=CONNECT_SECONDS
                    )
                except (OperationalError, ProgrammingError) as error:
                    advice = "See that it runs and that MINIDALLE3_DATABASE is right"
                    raise DatabaseError(f"The database cannot be reached. {advice}: {one_line(error)}") from error
            return self._connection

    async def ask(self, function: str, thread: str) -> bool:
        """What one of PostgreSQL's functions of advisory locks says; it knows threads by 64 bits of their digest."""
        key = int.from_bytes(hashlib.sha256(thread.encode()).digest()[:8], signed=True)
        cursor = await (await self.connection()).execute(f"SELECT {function}(%s::bigint)", (key,))
        row = await cursor.fetchone()
        return bool(row and row[0])

    async def close(self) -> None:
        """Lets every lock go."""
        if self._connection:
            await self._connection.close()


class AdvisoryLock:
    """`graph.memory.ThreadLock` over a session."""

    def __init__(self, session: Session, thread: str, timeout: float) -> None:
        self.is_locked = False
        self._session = session
        self._thread = thread
        self._timeout = timeout

    async def acquire(self) -> None:
        """By asking again and again: a query that waits would hold up the session's other locks."""
        end = time.monotonic() + self._timeout
        while not await self._try():
            if self._timeout >= 0 and time.monotonic() >= end:
                raise Timeout(self._thread)
            await asyncio.sleep(POLL)

    async def release(self) -> None:
        """Nothing if it is not held."""
        if not self.is_locked:
            return
        self.is_locked = False
        try:
            if not await self._session.ask("pg_advisory_unlock", self._thread):
                logger.warning("The database let go of a thread's lock before its turn was over.")
        except (Error, DatabaseError):
            logger.warning("The database was lost while a thread was locked; its lock went with the connection.")
        finally:
            self._session.held.discard(self._thread)

    async def __aenter__(self) -> AdvisoryLock:
        await self.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.release()

    async def _try(self) -> bool:
        if self._thread in self._session.held:
            return False
        self._session.held.add(self._thread)
        try:
            self.is_locked = await self._session.ask("pg_try_advisory_lock", self._thread)
        finally:
            if not self.is_locked:
                self._session.held.discard(self._thread)
        return self.is_locked


def one_line(error: Error) -> str:
    """What PostgreSQL says, which may be several."""
    return " ".join(str(error).split())
