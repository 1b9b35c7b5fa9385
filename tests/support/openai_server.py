"""The benchmarks' OpenAI-compatible server, with replies, tool calls and faults that are a test's to choose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from threading import Event
from typing import Any, Literal, TypeAlias

from minidalle3.eval import scripted
from minidalle3.eval.scripted import PIECE, ScriptedServer, events, running

__all__ = ["Fault", "Handler", "OpenAIServer", "running"]

Fault: TypeAlias = Literal["hang", "drop", "bad_json"] | int
"""Say nothing, break off in mid-reply, write what is no JSON, or answer with this HTTP status."""

PATIENCE = 30.0


class OpenAIServer(ScriptedServer):
    """Says `replies` in order, the last one again and again; keeps every request's JSON and key."""

    def __init__(self) -> None:
        super().__init__(lambda body: self.replies[min(len(self.requests), len(self.replies)) - 1])
        self.replies: list[str] = ["Hello."]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Tool calls at the end of every streamed reply: names and arguments."""
        self.fault: Fault | None = None
        self.unknown: str | None = None
        """A parameter that this server does not know, and refuses with 400."""
        self.keys: list[str] = []
        self.over = Event()

    def shutdown(self) -> None:
        self.over.set()
        super().shutdown()


class Handler(scripted.Handler):
    """One request to an `OpenAIServer`."""

    server: OpenAIServer

    def reply(self, body: dict[str, Any]) -> None:
        server = self.server
        server.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if server.unknown in body:
            return self.whole(400, {"error": {"message": f"unknown parameter: {server.unknown}", "code": None}})
        if isinstance(server.fault, int):
            return self.whole(server.fault, {"error": {"message": "as the test wished", "code": None}})
        if server.fault == "hang":
            server.over.wait(PATIENCE)
            return None
        if body.get("stream") and server.calls:
            return self.stream(events(body, server.answer(body), call_deltas(server.calls), "tool_calls"))
        return super().reply(body)

    def whole(self, status: int, content: dict[str, Any]) -> None:
        if self.server.fault not in ("drop", "bad_json"):
            return super().whole(status, content)
        data = b"{no json" if self.server.fault == "bad_json" else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data) * (2 if self.server.fault == "drop" else 1)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
        return None

    def stream(self, told: Iterable[str]) -> None:
        if self.server.fault == "bad_json":
            told = ("{no json" for _ in told)
        with suppress(ConnectionAbortedError):
            super().stream(dropped(told) if self.server.fault == "drop" else told)


OpenAIServer.handler = Handler


def dropped(told: Iterable[str]) -> Iterator[str]:
    """The first event, and then the connection is gone."""
    yield from islice(told, 1)
    raise ConnectionAbortedError


def call_deltas(calls: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Each call by its name, then its arguments in pieces."""
    for index, (name, arguments) in enumerate(calls):
        function = {"name": name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function", "function": function}]}
        text = json.dumps(arguments)
        for start in range(0, len(text), PIECE):
            yield {"tool_calls": [{"index": index, "function": {"arguments": text[start : start + PIECE]}}]}
