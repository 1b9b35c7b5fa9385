"""The real house in a folder of its own, with the offline assistant and an engine that costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.graph.settings import Settings
from minidalle3.llms.load import load
from minidalle3.nodes.services import Services
from minidalle3.ui.bridge import Bridge, close_all
from minidalle3.ui.cli import main


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Swatch]:
    """What every house opened in the test draws with."""
    engine = Swatch()

    def make(settings: Settings) -> Services:
        return Services.of(settings, load(settings), Owner(lambda: engine))

    monkeypatch.setattr("minidalle3.graph.turns.make", make)
    monkeypatch.setattr("minidalle3.nodes.services.make", make)
    monkeypatch.setenv("MINIDALLE3_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    config.set_option("server.address", "localhost")
    yield engine
    if engine.gate:
        engine.gate.set()
    st.cache_resource.clear()
    close_all()


@pytest.fixture
def house(engine: Swatch) -> Bridge:
    """An open front door."""
    return Bridge(Settings())


class Shell:
    """Runs commands as a person would, and keeps what the last one printed."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd
        self.out = self.err = ""

    def __call__(self, *argv: str) -> int:
        status = main(argv)
        self.out, self.err = self._capfd.readouterr()
        return status


@pytest.fixture
def shell(engine: Swatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., int]:
    """The command line."""
    return Shell(capfd)
