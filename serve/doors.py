"""Who may come in: keys, hashed at rest; links that open one picture for a while; which thread a conversation is."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiosqlite

from minidalle3.graph.journal import Execute
from minidalle3.graph.memory import SETUP, open_memory, statements
from minidalle3.graph.settings import Settings

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BYTEA NOT NULL, made DOUBLE PRECISION NOT NULL
    )""",
    "CREATE TABLE IF NOT EXISTS secret (one INTEGER PRIMARY KEY CHECK (one = 1), value BYTEA NOT NULL)",
    """CREATE TABLE IF NOT EXISTS conversations (
        caller TEXT, said TEXT, thread TEXT NOT NULL, PRIMARY KEY (caller, said)
    )""",
)
"""As SQLite and PostgreSQL both read it."""
KEY = re.compile(r"md3-([0-9a-f]{16})-([A-Za-z0-9_-]{43})")
NOBODY = bytes(32)
"""Compared with when there is no such key, so that both cases take as long."""


@dataclass(frozen=True)
class Caller:
    """Somebody with a key."""

    id: str
    name: str


class Doors:
    """Where the threads are; a key made or removed by another process counts at once."""

    def __init__(self, execute: Execute, close: Callable[[], Awaitable[None]], secret: bytes) -> None:
        self._execute = execute
        self.close = close
        """End the connection to the database."""
        self._secret = secret

    @classmethod
    async def open(cls, settings: Settings) -> Doors:
        """The doors of a house, made if there are none: in its database, or a file that only its owner may read.

        Raises `DatabaseError`.
        """
        if settings.database is None:
            connection = await private(settings.home)
            return await cls._made(statements(connection), connection.close)
        memory = await open_memory(settings)
        async with memory.lock(SETUP):  # another process may be making the tables
            return await cls._made(memory.execute, memory.close)

    @classmethod
    async def _made(cls, execute: Execute, close: Callable[[], Awaitable[None]]) -> Doors:
        for statement in SCHEMA:
            await execute(statement)
        await execute("INSERT INTO secret VALUES (1, ?) ON CONFLICT (one) DO NOTHING", (secrets.token_bytes(32),))
        [row] = await execute("SELECT value FROM secret")
        return cls(execute, close, row[0])

    async def add(self, name: str) -> str:
        """A new key, which is told this once and kept nowhere: of 256 random bits a plain hash gives nothing away."""
        id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        await self._execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (id, name, digest(secret), time.time()))
        return f"md3-{id}-{secret}"

    async def remove(self, id: str) -> bool:
        """Whether there was such a key; its threads stay."""
        return bool(await self._execute("DELETE FROM keys WHERE id = ? RETURNING id", (id,)))

    async def callers(self) -> list[Caller]:
        """Everybody with a key, the oldest first."""
        return [Caller(*row) for row in await self._execute("SELECT id, name FROM keys ORDER BY made")]

    async def caller(self, key: str) -> Caller | None:
        """Whose key this is."""
        shape = KEY.fullmatch(key)
        id, secret = shape.groups() if shape else ("", "")
        rows = await self._execute("SELECT name, hash FROM keys WHERE id = ?", (id,))
        name, kept = rows[0] if rows else ("", NOBODY)
        return Caller(id, name) if hmac.compare_digest(digest(secret), kept) else None

    def link(self, caller: Caller, thread: str, number: int, seconds: int) -> str:
        """The path of one picture, with what opens it without a key for so long."""
        until = int(time.time()) + seconds
        seal = self._seal(caller.id, thread, number, until)
        return f"/threads/{thread}/pictures/{number}?caller={caller.id}&until={until}&seal={seal}"

    async def opener(self, caller: str, thread: str, number: int, until: int, seal: str) -> Caller | None:
        """Who gave this link away; nobody if it is forged, or too old, or its key is gone."""
        right = hmac.compare_digest(self._seal(caller, thread, number, until).encode(), seal.encode())
        if not right or until < time.time():
            return None
        rows = await self._execute("SELECT id, name FROM keys WHERE id = ?", (caller,))
        return Caller(*rows[0]) if rows else None

    async def thread_of(self, caller: Caller, said: str) -> str | None:
        """The thread in which a conversation with this digest took place."""
        query = "SELECT thread FROM conversations WHERE caller = ? AND said = ?"
        rows = await self._execute(query, (caller.id, said))
        return str(rows[0][0]) if rows else None

    async def remember(self, caller: Caller, said: str, thread: str) -> None:
        """A conversation has come to this in a thread; of equal ones the last counts."""
        await self._execute(
            "INSERT INTO conversations VALUES (?, ?, ?) "
            "ON CONFLICT (caller, said) DO UPDATE SET thread = excluded.thread",
            (caller.id, said, thread),
        )

    async def forget(self, caller: Caller, thread: str) -> None:
        """The thread is no more."""
        await self._execute("DELETE FROM conversations WHERE caller = ? AND thread = ?", (caller.id, thread))

    def _seal(self, caller: str, thread: str, number: int, until: int) -> str:
        return hmac.digest(self._secret, f"{caller}/{thread}/{number}/{until}".encode(), "sha256").hex()


async def private(home: Path) -> aiosqlite.Connection:
    """The file beside the threads."""
    os.makedirs(home, exist_ok=True)
    path = home / "doors.sqlite"
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return await aiosqlite.connect(path)


def digest(secret: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).digest()
