"""What went wrong between us and an images API, in one sentence that says what to do."""

from __future__ import annotations

from json import JSONDecodeError
from urllib.error import URLError

import openai

from minidalle3.graph.settings import Settings

REFUSED = ("content_policy", "moderation", "content_filter", "safety")
"""Parts of the codes by which servers say that they will not draw this."""


def explained(error: Exception, settings: Settings) -> str:
    """Never holds the key."""
    return settings.hide(sentence(error, settings))


def sentence(error: Exception, settings: Settings) -> str:
    """One sentence for the error."""
    where = f" at {settings.t2i_base_url}" if settings.t2i_base_url else ""
    server = f"{settings.t2i}{where}"
    if isinstance(error, openai.APIStatusError):
        return by_status(error, server)
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return f"{server} was silent for {settings.t2i_timeout:g} seconds; ask again or raise MINIDALLE3_T2I_TIMEOUT."
    if isinstance(error, openai.APIConnectionError):
        return f"{server} cannot be reached; check that it runs, the network, and MINIDALLE3_T2I_BASE_URL."
    if isinstance(error, URLError):
        return f"{server} drew the picture, but its address could not be fetched ({error.reason}); ask again."
    if isinstance(error, (openai.OpenAIError, JSONDecodeError)):
        return f"{server} did not answer as an images API does; check MINIDALLE3_T2I_BASE_URL (most end in /v1)."
    return f"{server} sent {error}; ask again."


def by_status(error: openai.APIStatusError, server: str) -> str:
    """One sentence for the HTTP status, in the server's words where they alone say what is wrong."""
    code, status, said = str(error.code or ""), error.status_code, message_of(error)
    if any(part in code for part in REFUSED):
        return f"{server} will not draw this: {said} Say it in other words."
    sentences = {
        401: f"{server} did not accept the key; check MINIDALLE3_T2I_API_KEY, or OPENAI_API_KEY.",
        402: f"{server} has no credit left on this key; look at its billing page.",
        403: f"{server} does not let this key draw: {said}",
        404: f"{server} does not exist; check the model's name in MINIDALLE3_T2I, and MINIDALLE3_T2I_BASE_URL.",
        408: f"{server} took too long; ask again.",
        429: f"{server} takes no more requests for now; wait a little and ask again.",
    }
    if code == "insufficient_quota":
        return sentences[402]
    if status >= 500:
        return f"{server} has trouble of its own (HTTP {status}); wait a little and ask again."
    return sentences.get(status, f"{server} refused the request: {said} (MINIDALLE3_T2I_SIZE sets the size asked for.)")


def message_of(error: openai.APIStatusError) -> str:
    """What the server said, at a bearable length, as a sentence."""
    body = error.body if isinstance(error.body, dict) else {}
    said = str(body.get("message") or f"HTTP {error.status_code}").strip().splitlines()[0][:300]
    return said if said.endswith((".", "!", "?")) else f"{said}."
