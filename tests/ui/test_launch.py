"""The page as it is really served."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from streamlit import config
from support.browser import serving


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def answers(url: str, within: float) -> str:
    """What the address says, once it does."""
    end = time.monotonic() + within
    while True:
        try:
            return urllib.request.urlopen(url, timeout=2).read().decode()
        except (urllib.error.URLError, TimeoutError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_the_page_is_served_and_ends_when_told(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "minidalle3.ui.cli", "ui", "--port", str(port), "--home", str(tmp_path / "home")]
    server = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)})
    try:
        assert answers(f"http://localhost:{port}/_stcore/health", within=60) == "ok"
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()
        server.wait()


def test_the_page_brings_its_own_settings() -> None:
    with serving():
        assert config.get_option("server.fileWatcherType") == "none", "it would walk every module of torch"
        assert config.get_option("runner.postScriptGC") is False, "every refresh would walk all that is in memory"
        assert config.get_option("server.maxUploadSize") == 50
        assert config.get_option("theme.light.primaryColor") != config.get_option("theme.dark.primaryColor")
