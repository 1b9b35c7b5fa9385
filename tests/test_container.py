"""The container's commands are the project's own, and they run in a clean folder with a venv of its own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.database import postgres

from minidalle3.graph.settings import Settings
from minidalle3.serve.settings import ServeSettings

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
PATIENCE = 300.0


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, in order."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line and not line.startswith("#")]


def makes() -> list[list[str]]:
    """Every command of the image and its services that goes through make."""
    told = [shlex.split(text) for name, text in instructions() if name == "RUN"]
    told += [json.loads(text) for name, text in instructions() if name == "CMD"]
    told += [service["command"] for service in SERVICES.values() if "command" in service]
    return [command for command in told if command[0] == "make"]


def test_what_is_built_and_started_is_a_make_target() -> None:
    targets = [command[1] for command in makes()]
    assert targets == ["setup", "serve", "serve", "run"]
    help = run(["make", "help"], ROOT).stdout
    assert all(f"make {target} " in help for target in targets)


def test_services_name_what_is_there() -> None:
    known = {f"MINIDALLE3_{name.upper()}" for name in Settings.model_fields}
    known |= {f"MINIDALLE3_SERVE_{name.upper()}" for name in ServeSettings.model_fields}
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])
        assert {name for name in service["environment"] if name.startswith("MINIDALLE3_")} <= known
    exposed = next(text for name, text in instructions() if name == "EXPOSE").split()
    for name in ("server", "page"):
        [port] = SERVICES[name]["ports"]
        assert port.rpartition(":")[2] in exposed
        assert f"--port {port.rpartition(':')[2]}" in SERVICES[name]["command"][-1]


def test_the_commands_run_in_a_clean_folder_and_venv(tmp_path: Path) -> None:
    house, [setup, *_] = tmp_path / "house", makes()
    for name in run(["git", "ls-files"], ROOT).stdout.splitlines():
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, house / name)
    borrow(house)
    clean = {**os.environ, "MINIDALLE3_HOME": str(tmp_path / "data"), "PYTHON": sys.executable}
    run([word.replace("$TORCH_INDEX", "") for word in setup], house, clean)
    with postgres() as database:
        environment = {**clean, "MINIDALLE3_DATABASE": database}
        with service("server", house, environment, "/ready") as server:
            assert not (tmp_path / "data" / "threads.sqlite").exists(), "conversations are in the database"
            adding = ["-m", "minidalle3.serve.keys", "add", "page"]
            key = run([".venv/bin/python", *adding], house, environment).stdout.strip()
            connected = {"MINIDALLE3_SERVER": server, "MINIDALLE3_SERVER_KEY": key}
            with service("page", house, {**clean, **connected}, "/_stcore/health"):
                assert run([".venv/bin/minidalle3", "threads"], house, {**clean, **connected}).stdout == ""


def borrow(house: Path) -> None:
    """A venv that sees the packages of this one, so that setting up finds them there."""
    run([sys.executable, "-m", "venv", "--without-pip", ".venv"], house)
    [site] = (house / ".venv").glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")


@contextmanager
def service(name: str, house: Path, environment: Mapping[str, str], path: str) -> Iterator[str]:
    """A service of the compose file, at a free port instead of its own, once it answers at `path`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = SERVICES[name]["ports"][0].rpartition(":")[2]
    command = [word.replace(f"--port {own}", f"--port {port}") for word in SERVICES[name]["command"]]
    with (house / f"{name}.log").open("wb") as log:
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        process = subprocess.Popen(command, cwd=house, env=environment, start_new_session=True, **streams)
    try:
        answered(f"http://127.0.0.1:{port}{path}", process, house / f"{name}.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def answered(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(url, timeout=PATIENCE).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer: {log.read_text('utf-8')}")


def run(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command that must succeed; its words are shown when it does not."""
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result
