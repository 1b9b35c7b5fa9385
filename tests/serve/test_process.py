"""The server as a deployer starts it, and a page's front door in this process that shares it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.serve import keys
from minidalle3.ui.bridge import Bridge

PATIENCE = 300


@dataclass
class Process:
    """A server, its address, and what it writes."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """`python -m minidalle3.serve` with the embedded models."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "minidalle3.serve", "--port", str(port), "--home", str(tmp_path / "home")]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stderr=log, stdout=log)
        running = Process(process, f"http://127.0.0.1:{port}", tmp_path / "log")
        try:
            wait(running)
            yield running
        finally:
            process.kill()
            process.wait()


def wait(server: Process) -> None:
    """Until it answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.process.poll() is None, server.log.read_text()
        try:
            urllib.request.urlopen(f"{server.url}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(server.log.read_text())


def test_a_page_shares_the_servers_model_and_the_log_tells_no_words(server, tmp_path, capsys) -> None:
    assert keys.main(["--home", str(tmp_path / "home"), "add", "the page"]) == 0
    key = capsys.readouterr().out.strip()
    settings = Settings(server=server.url, server_key=key, home=tmp_path / "page")
    with Bridge(settings) as house:
        turn = house.start("dogs", "Draw a cute dog", context=Context(seed=3, steps=1))
        assert list(house.events(turn))[-1]["type"] == "done"
        record = house.history("dogs")["pictures"]["#1"]
        recipe = house.gallery.recipe(record["digest"])
        assert (recipe["engine"], recipe["seed"], recipe["steps"]) == ("sketchbook", 3, 1)
        assert [info["thread"] for info in house.threads()] == ["dogs"]
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=PATIENCE) in (0, -signal.SIGTERM)
    written = server.log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    [turn_line] = [line for line in lines if line.get("event") == "turn"]
    assert (turn_line["pictures"], turn_line["failure"], turn_line["caller"]) == (1, None, key.split("-")[1][:8])
    assert "Application shutdown complete." in [line.get("event") for line in lines]
    assert "cute" not in written
    assert key not in written


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MINIDALLE3_POLICY", "nowhere:policy", "MINIDALLE3_POLICY"),
        ("MINIDALLE3_SERVE_RATE", "often", "MINIDALLE3_SERVE_RATE"),
        ("MINIDALLE3_LLM", "nobody:knows", "nobody"),
        ("MINIDALLE3_DATABASE", "postgresql:///postgres?host=/nowhere", "MINIDALLE3_DATABASE"),
        ("MINIDALLE3_GALLERY", "nonsense://pictures", "MINIDALLE3_GALLERY"),
    ],
)
def test_settings_that_cannot_be_meant_are_told_at_the_start(monkeypatch, capsys, tmp_path, name, value, said) -> None:
    from minidalle3.serve.__main__ import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(["--home", str(tmp_path)])
    assert ended.value.code == 2
    [line] = [line for line in capsys.readouterr().err.splitlines() if "error: " in line]
    assert said in line
    assert os.listdir(tmp_path) in ([], ["gallery"])
