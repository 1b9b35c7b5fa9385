"""Who may come in: keys, hashed at rest; links that open one picture for a while; which thread a conversation is."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import aiosqlite

SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL, made REAL NOT NULL);
CREATE TABLE IF NOT EXISTS secret (one INTEGER PRIMARY KEY CHECK (one = 1), value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS conversations (
    caller TEXT, said TEXT, thread TEXT NOT NULL, PRIMARY KEY (caller, said)
);
"""
KEY = re.compile(r"md3-([0-9a-f]{16})-([A-Za-z0-9_-]{43})")
NOBODY = bytes(32)
"""Compared with when there is no such key, so that both cases take as long."""


@dataclass(frozen=True)
class Caller:
    """Somebody with a key."""

    id: str
    name: str


class Doors:
    """A small database beside the threads; a key made or removed by another process counts at once."""

    def __init__(self, connection: aiosqlite.Connection, secret: bytes) -> None:
        self._connection = connection
        self._secret = secret

    @classmethod
    async def open(cls, home: Path) -> Doors:
        """The doors of a house, made if there are none; only the file's owner may read it."""
        os.makedirs(home, exist_ok=True)
        path = home / "doors.sqlite"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = await aiosqlite.connect(path)
        await connection.executescript(SCHEMA)
        await connection.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (secrets.token_bytes(32),))
        await connection.commit()
        async with connection.execute("SELECT value FROM secret") as rows:
            [secret] = await rows.fetchall()
        return cls(connection, secret[0])

    async def close(self) -> None:
        """End the database's thread."""
        await self._connection.close()

    async def add(self, name: str) -> str:
        """A new key, which is told this once and kept nowhere: of 256 random bits a plain hash gives nothing away."""
        id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        row = (id, name, digest(secret), time.time())
        await self._connection.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", row)
        await self._connection.commit()
        return f"md3-{id}-{secret}"

    async def remove(self, id: str) -> bool:
        """Whether there was such a key; its threads stay."""
        cursor = await self._connection.execute("DELETE FROM keys WHERE id = ?", (id,))
        await self._connection.commit()
        return cursor.rowcount > 0

    async def callers(self) -> list[Caller]:
        """Everybody with a key, the oldest first."""
        async with self._connection.execute("SELECT id, name FROM keys ORDER BY made") as rows:
            return [Caller(row[0], row[1]) async for row in rows]

    async def caller(self, key: str) -> Caller | None:
        """Whose key this is."""
        shape = KEY.fullmatch(key)
        id, secret = shape.groups() if shape else ("", "")
        async with self._connection.execute("SELECT name, hash FROM keys WHERE id = ?", (id,)) as rows:
            row = await rows.fetchone()
        name, kept = row if row else ("", NOBODY)
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
        return next((known for known in await self.callers() if known.id == caller), None)

    async def thread_of(self, caller: Caller, said: str) -> str | None:
        """The thread in which a conversation with this digest took place."""
        query = "SELECT thread FROM conversations WHERE caller = ? AND said = ?"
        async with self._connection.execute(query, (caller.id, said)) as rows:
            row = await rows.fetchone()
        return str(row[0]) if row else None

    async def remember(self, caller: Caller, said: str, thread: str) -> None:
        """A conversation has come to this in a thread; of equal ones the last counts."""
        await self._connection.execute(
            "INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)", (caller.id, said, thread)
        )
        await self._connection.commit()

    async def forget(self, caller: Caller, thread: str) -> None:
        """The thread is no more."""
        await self._connection.execute("DELETE FROM conversations WHERE caller = ? AND thread = ?", (caller.id, thread))
        await self._connection.commit()

    def _seal(self, caller: str, thread: str, number: int, until: int) -> str:
        return hmac.digest(self._secret, f"{caller}/{thread}/{number}/{until}".encode(), "sha256").hex()


def digest(secret: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).digest()
