"""A server for a test: the real app over the real graph, a scripted LLM and a cheap engine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
import uvicorn
from support.house import services
from support.watching import until

from minidalle3.engines.contract import Engine
from minidalle3.serve.app import make_app
from minidalle3.serve.callers import House
from minidalle3.serve.settings import ServeSettings


class Server:
    """A running app and the clients of its callers."""

    def __init__(self, app: Any) -> None:
        self.app = app

    @property
    def house(self) -> House:
        return self.app.state.house

    def client(self, key: str | None = None, **more: Any) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://test", headers=headers, **more
        )

    @asynccontextmanager
    async def live(self) -> AsyncIterator[str]:
        """The app over real HTTP, at this address."""
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(self.app, lifespan="off", ws="none", log_level="error"))
            task = asyncio.create_task(server.serve([sock]))
            try:
                await until(lambda: server.started)
                yield f"http://127.0.0.1:{sock.getsockname()[1]}"
            finally:
                server.should_exit = True
                await task

    async def caller(self, name: str) -> httpx.AsyncClient:
        """A client with a key of its own."""
        return self.client(await self.house.doors.add(name))


Opens: TypeAlias = Callable[..., AbstractAsyncContextManager[Server]]


@pytest.fixture
def serving(tmp_path: Path) -> Opens:
    """A server whose LLM says the given replies."""

    @asynccontextmanager
    async def opened(
        *replies: str,
        engine: Engine | None = None,
        queue_limit: int = 64,
        policy: str | None = None,
        **settings: Any,
    ) -> AsyncIterator[Server]:
        made = services(tmp_path, replies, engine, queue_limit, policy=policy)
        app = make_app(made.settings, ServeSettings(**settings), made)
        async with app.router.lifespan_context(app):
            yield Server(app)

    return opened
