"""A Ray cluster of the tests' own, in processes of its own, on this machine."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 300.0
TESTS = Path(__file__).parents[1]


@contextmanager
def cluster(cpus: int) -> Iterator[None]:
    """This process is connected to it."""
    import ray
    from ray import serve

    folder = Path(tempfile.mkdtemp(prefix="ray"))  # short: sockets lie in it
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        *("--node-ip-address=127.0.0.1", f"--port={port}", f"--temp-dir={folder}"),
        *(f"--num-cpus={cpus}", f"--object-store-memory={80 * 2**20}", "--include-dashboard=false"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(TESTS))  # replicas import the tests' engines from there
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))  # else it leaves one in the person's home
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else it warns
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        with (folder / "log").open("wb") as log:
            head = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            connect(folder, head)
            try:
                yield
            finally:
                serve.shutdown()
                ray.shutdown()
        finally:
            head.terminate()  # it ends the others
            head.wait()
            shutil.rmtree(folder, ignore_errors=True)


def connect(folder: Path, head: subprocess.Popen[bytes]) -> None:
    """As soon as it can be done."""
    import ray

    end, log = time.monotonic() + PATIENCE, folder / "log"
    while b"Ray runtime started" not in log.read_bytes():
        assert head.poll() is None and time.monotonic() < end, log.read_text()
        time.sleep(0.1)
    ray.init(address="auto", log_to_driver=False, _temp_dir=str(folder))


def required() -> bool:
    """Whether its absence is a failure."""
    return "ray" in os.environ.get("MINIDALLE3_REQUIRE", "")
