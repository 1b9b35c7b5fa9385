"""What went wrong with the LLM, in words that say what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from minidalle3.graph.settings import Settings


class LLMError(Exception):
    """The LLM in the settings cannot be set up; the message says how to put it right."""


STATUS = re.compile(r"status_code: (\d{3})|<Response \[(\d{3})\]>")
"""Where Tongyi and Baichuan hide the status: in the words of a plain ValueError."""

KINDS = {
    "timeout": {"TimeoutError", "TimeoutException", "APITimeoutError", "Timeout"},
    "lost": {"RemoteProtocolError", "ReadError", "ChunkedEncodingError", "IncompleteRead"},
    "down": {"APIConnectionError", "ConnectError", "ConnectionError", "NetworkError", "UnsupportedProtocol"},
    "garbled": {"JSONDecodeError", "APIResponseValidationError", "SSEError"},
    "overflow": {"ContextOverflowError"},
}
"""Names of exception classes, of every client and their bases; the first kind that fits wins."""


def explain(error: Exception, settings: Settings) -> str | None:
    """One plain sentence for the person, without anything secret; `None` if the error is a stranger."""
    where = f" at {settings.llm_base_url}" if settings.llm_base_url else ""
    llm = f"The LLM {settings.llm}{where}"
    sentences = {
        "timeout": f"{llm} was silent for {settings.llm_timeout:g} seconds; ask again or raise MINIDALLE3_LLM_TIMEOUT.",
        "lost": f"{llm} broke off in the middle of its answer; ask again.",
        "down": f"{llm} cannot be reached; check that its server runs, the network, and MINIDALLE3_LLM_BASE_URL.",
        "garbled": f"{llm} did not answer as such a server does; check MINIDALLE3_LLM_BASE_URL (most end in /v1).",
        "overflow": f"This conversation has grown too long for the LLM {settings.llm}; start a new one.",
        "key": f"{llm} did not accept the key; check MINIDALLE3_LLM_API_KEY, or the provider's own variable.",
        "missing": f"{llm} does not exist; check the model's name in MINIDALLE3_LLM, and MINIDALLE3_LLM_BASE_URL.",
        "quota": f"{llm} has no credit left on this key; look at the provider's billing page, or choose another LLM.",
        "busy": f"{llm} takes no more requests for now; wait a little and ask again.",
        "failing": f"{llm} has trouble of its own; wait a little and ask again.",
        "refused": f"{llm} refused the request as it stands; check MINIDALLE3_LLM and MINIDALLE3_LLM_TEMPERATURE.",
    }
    kinds = [kind for link in chain(error) if (kind := kind_of(link))]
    exact = [kind for kind in kinds if kind != "down"]  # clients say "connection error" of much that is none
    return next((sentences[kind] for kind in exact or kinds), None)


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then what caused it."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__


def kind_of(error: BaseException) -> str | None:
    """Which of the sentences fits, by class names and attributes, so that no client need be imported."""
    names = {base.__name__ for base in type(error).__mro__}
    if "ContextOverflowError" in names or getattr(error, "code", None) == "context_length_exceeded":
        return "overflow"
    if status := status_of(error):
        return by_status(status, str(getattr(error, "code", "")))
    if "ValueError" in names and str(error).startswith("Invalid API key"):
        return "key"
    return next((kind for kind, known in KINDS.items() if names & known), None)


def by_status(status: int, code: str) -> str | None:
    """The kind of an HTTP status; `code` is the provider's own word for it."""
    if status == 429:
        return "quota" if code == "insufficient_quota" else "busy"
    if status in (408, 504):
        return "timeout"
    if status >= 500:
        return "failing"
    known = {400: "refused", 401: "key", 403: "key", 402: "quota", 404: "missing", 413: "overflow", 422: "refused"}
    return known.get(status)


def status_of(error: BaseException) -> int | None:
    """The HTTP status that the error carries, wherever its client put it."""
    response = getattr(error, "response", None)
    inside = response.get("status_code") if isinstance(response, dict) else getattr(response, "status_code", None)
    status = getattr(error, "status_code", None) or inside
    if isinstance(status, int) and status >= 400:
        return status
    found = STATUS.search(str(error)) if isinstance(error, ValueError) else None
    return int(found[1] or found[2]) if found else None
