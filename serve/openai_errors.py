"""Errors as OpenAI's clients read them."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request that cannot be served, in OpenAI's terms; `param` names what was wrong with it."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


KINDS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


def body(status: int, message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """The whole answer."""
    kind = KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
