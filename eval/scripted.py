"""An OpenAI-compatible chat server on this machine, over real HTTP, that answers as the benchmark wishes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar, TypeVar

PIECE = 12
"""Characters of a reply that are streamed at once."""


class ScriptedServer(ThreadingHTTPServer):
    """Says what `answer` makes of a request's JSON, and keeps every request."""

    daemon_threads = False
    handler: ClassVar[type[BaseHTTPRequestHandler]]

    def __init__(self, answer: Callable[[dict[str, Any]], str]) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.answer = answer
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """What belongs in MINIDALLE3_LLM_BASE_URL."""
        return f"http://127.0.0.1:{self.server_port}/v1"


Server = TypeVar("Server", bound=ThreadingHTTPServer)


@contextmanager
def running(make: Callable[[], Server]) -> Iterator[Server]:
    """A server that answers inside the context."""
    server = make()
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request to a `ScriptedServer`."""

    server: ScriptedServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Write no log."""

    def do_POST(self) -> None:
        self.close_connection = True
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            return self.whole(404, {"error": {"message": f"no such path: {self.path}"}})
        self.server.requests.append(body)
        return self.reply(body)

    def reply(self, body: dict[str, Any]) -> None:
        """Answer a chat request, streamed or whole as it asks."""
        said = self.server.answer(body)
        if body.get("stream"):
            return self.stream(events(body, said))
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return self.whole(200, {**frame(body, "chat.completion"), "choices": [choice], "usage": usage(body, said)})

    def whole(self, status: int, content: dict[str, Any]) -> None:
        """An answer in one piece."""
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def stream(self, told: Iterable[str]) -> None:
        """An answer as server-sent events."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        for data in told:
            line = f"data: {data}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.write(b"0\r\n\r\n")


ScriptedServer.handler = Handler


def events(body: dict[str, Any], said: str, more: Iterable[dict[str, Any]] = (), reason: str = "stop") -> Iterator[str]:
    """The data of each event of a streamed reply and `more` deltas; the usage comes only if it was asked for."""
    base = frame(body, "chat.completion.chunk")
    pieces = [said[start : start + PIECE] for start in range(0, len(said), PIECE)]
    told = [*({"role": "assistant", "content": piece} for piece in pieces), *more]
    for delta, end in [*((delta, None) for delta in told), ({}, reason)]:
        yield json.dumps({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": end}]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield json.dumps({**base, "choices": [], "usage": usage(body, said)})
    yield "[DONE]"


def frame(body: dict[str, Any], kind: str) -> dict[str, Any]:
    """What every answer carries."""
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": body["model"]}


def usage(body: dict[str, Any], said: str) -> dict[str, int]:
    """Words for tokens."""
    read, written = sum(len(str(message["content"]).split()) for message in body["messages"]), len(said.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
