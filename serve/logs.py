"""The server's log: one JSON object a line, which says what happened and to whom, and nothing that anybody said."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

TOLD = ("minidalle3", "uvicorn")
"""Loggers whose messages are known to hold no words of callers."""


class Lines(logging.Formatter):
    """With `words`, also the messages of libraries and of exceptions: those may quote what callers said."""

    def __init__(self, words: bool = False) -> None:
        super().__init__()
        self._words = words

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if self._words or record.name.partition(".")[0] in TOLD:
            line["event"] = record.getMessage().strip()
        else:
            line["at"] = f"{record.module}:{record.lineno}"
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = told(record.exc_info[1], self._words)
        return json.dumps(line, default=str)


def told(error: BaseException, words: bool) -> dict[str, Any]:
    """Its kind and the places it came through; its message and lines of code only with `words`."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    more = {"trace": "".join(traceback.format_exception(error))} if words else {}
    return {"kind": type(error).__name__, "places": places, **more}


def config(words: bool) -> dict[str, Any]:
    """For `logging.config.dictConfig`: everything as lines on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": Lines, "words": words}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {name: {"level": "INFO"} for name in TOLD},
    }
