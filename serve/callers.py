"""Who is calling, told from the key that every request carries, and whether they may go on."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from minidalle3.graph.turns import Turns
from minidalle3.serve.counts import Counts
from minidalle3.serve.doors import Caller, Doors
from minidalle3.serve.own import Own
from minidalle3.serve.settings import ServeSettings


@dataclass(frozen=True)
class House:
    """What lives as long as the server: `app.state.house`."""

    turns: Turns
    doors: Doors
    counts: Counts
    settings: ServeSettings

    def own(self, caller: Caller) -> Own:
        """The front door as a caller sees it."""
        return Own(self.turns, self.doors, self.counts, caller)

    def link(self, request: Request, caller: Caller, thread: str, id: str) -> str:
        """The address of picture `id` ("#3"), which opens without a key for a while."""
        base = (self.settings.public_url or str(request.base_url)).rstrip("/")
        return base + self.doors.link(caller, thread, int(id.removeprefix("#")), self.settings.link_seconds)


def house(request: Request) -> House:
    """Made when the server starts."""
    made: House = request.app.state.house
    return made


def key_in(request: Request) -> str:
    """The key in a request: as a bearer token, or as the password that a browser asks for; empty if there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def own(request: Request) -> Own:
    """The caller's view of the house; 401 without a good key, 429 for too many requests."""
    there = house(request)
    caller = await there.doors.caller(key_in(request))
    if caller is None:
        raise HTTPException(
            401,
            "A key is needed: Authorization: Bearer md3-…",
            {"WWW-Authenticate": 'Basic realm="minidalle3, any name, your key as password"'},
        )
    await there.counts.asked(caller)
    request.state.own = there.own(caller)
    return there.own(caller)


async def admitted(request: Request, own: Annotated[Own, Depends(own)]) -> Own:
    """A caller who may start a turn. Raises `TooMuch`."""
    if request.method == "POST":
        await own.admit()
    return own


Known = Annotated[Own, Depends(own)]
Admitted = Annotated[Own, Depends(admitted)]
