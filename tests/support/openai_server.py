"""A small OpenAI-compatible server over real HTTP, whose replies and faults are a test's to choose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

Fault: TypeAlias = Literal["hang", "drop", "bad_json"] | int
"""Say nothing, break off in mid-reply, write what is no JSON, or answer with this HTTP status."""

PIECE = 4
PATIENCE = 30.0


class OpenAIServer(ThreadingHTTPServer):
    """Says `replies` in order, the last one again and again; keeps every request's JSON and key."""

    daemon_threads = False
    handler: ClassVar[type[BaseHTTPRequestHandler]]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.replies: list[str] = ["Hello."]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Tool calls at the end of every streamed reply: names and arguments."""
        self.fault: Fault | None = None
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.over = Event()

    @property
    def url(self) -> str:
        """What belongs in MINIDALLE3_LLM_BASE_URL."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def next_reply(self) -> str:
        """The reply to the request that came last."""
        return self.replies[min(len(self.requests), len(self.replies)) - 1]


Server = TypeVar("Server", bound="OpenAIServer")


@contextmanager
def running(kind: type[Server]) -> Iterator[Server]:
    """A server for the length of a test."""
    server = kind()
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request to an `OpenAIServer`."""

    server: OpenAIServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Keep the tests' output clean."""

    def do_POST(self) -> None:
        self.close_connection = True
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            return self.whole(404, {"error": {"message": f"no such path: {self.path}"}})
        self.server.requests.append(body)
        self.server.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if isinstance(self.server.fault, int):
            return self.whole(self.server.fault, {"error": {"message": "as the test wished", "code": None}})
        if self.server.fault == "hang":
            self.server.over.wait(PATIENCE)
            return None
        return self.stream(body) if body.get("stream") else self.plain(body)

    def plain(self, body: dict[str, Any]) -> None:
        reply = self.server.next_reply()
        message = {"role": "assistant", "content": reply}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self.whole(200, {**frame(body, "chat.completion"), "choices": [choice], "usage": usage(body, reply)})

    def whole(self, status: int, content: dict[str, Any]) -> None:
        data = b"{no json" if self.server.fault == "bad_json" else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data) * (2 if self.server.fault == "drop" else 1)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def stream(self, body: dict[str, Any]) -> None:
        reply = self.server.next_reply()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        for index, event in enumerate(events(body, reply, self.server.calls)):
            if self.server.fault == "drop" and index == 1:
                return
            self.event("{no json" if self.server.fault == "bad_json" else event)
        self.wfile.write(b"0\r\n\r\n")

    def event(self, data: str) -> None:
        line = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))


OpenAIServer.handler = Handler


def events(body: dict[str, Any], reply: str, calls: Sequence[tuple[str, dict[str, Any]]] = ()) -> Iterator[str]:
    """The data of each server-sent event of a streamed reply; the usage comes only if it was asked for."""
    base = frame(body, "chat.completion.chunk")
    pieces = [reply[start : start + PIECE] for start in range(0, len(reply), PIECE)]
    told = [{"role": "assistant", "content": piece} for piece in pieces] + list(call_deltas(calls))
    for delta, reason in [*((delta, None) for delta in told), ({}, "tool_calls" if calls else "stop")]:
        yield json.dumps({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield json.dumps({**base, "choices": [], "usage": usage(body, reply)})
    yield "[DONE]"


def call_deltas(calls: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Each call by its name, then its arguments in pieces."""
    for index, (name, arguments) in enumerate(calls):
        function = {"name": name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function", "function": function}]}
        text = json.dumps(arguments)
        for start in range(0, len(text), PIECE):
            yield {"tool_calls": [{"index": index, "function": {"arguments": text[start : start + PIECE]}}]}


def frame(body: dict[str, Any], kind: str) -> dict[str, Any]:
    """What every answer carries."""
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": body["model"]}


def usage(body: dict[str, Any], reply: str) -> dict[str, int]:
    """Words for tokens."""
    read, written = sum(len(str(message["content"]).split()) for message in body["messages"]), len(reply.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
