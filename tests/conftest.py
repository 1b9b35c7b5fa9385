"""Fixtures of more than one folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.openai_server import OpenAIServer, running


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """An OpenAI-compatible server of the test's own."""
    with running() as server:
        yield server
