"""Fixtures of more than one folder."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from support.images_server import ImagesServer
from support.openai_server import OpenAIServer, running

hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """An OpenAI-compatible server of the test's own."""
    with running(OpenAIServer) as server:
        yield server


@pytest.fixture
def images_server() -> Iterator[ImagesServer]:
    """A server with OpenAI's images API, of the test's own."""
    with running(ImagesServer) as server:
        yield server
