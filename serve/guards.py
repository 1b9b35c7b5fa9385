"""What is looked at before a request reaches any route: its size, and the web page that sent it."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Refuses bodies over `most` bytes, counted as they come, and pages of other hosts than `origins`."""

    def __init__(self, app: ASGIApp, most: int, origins: Collection[str]) -> None:
        self._app, self._most, self._origins = app, most, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A browser sends a remembered password along with any page's request: so the page must be a known one."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and not self._from_here(headers):
            return await refusal(403, "Pages of other hosts may not call here.")(scope, receive, send)
        if not (length := headers.get("content-length", "0")).isdecimal():
            return await refusal(400, "The request has no readable length.")(scope, receive, send)
        if int(length) > self._most:
            return await refusal(413, self._too_large)(scope, receive, send)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise HTTPException(413, self._too_large)
            return message

        return await self._app(scope, counted, send)

    @property
    def _too_large(self) -> str:
        return f"A request may have {self._most // 2**20} MiB."

    def _from_here(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        return origin is None or origin in self._origins or urlsplit(origin).netloc == headers.get("host")


def refusal(status: int, why: str) -> JSONResponse:
    """An answer in both manners: the house's and OpenAI's."""
    error = {"message": why, "type": "invalid_request_error", "param": None, "code": None}
    return JSONResponse({"detail": why, "error": error}, status)
