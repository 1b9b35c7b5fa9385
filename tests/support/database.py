"""A PostgreSQL server of the tests' own, from the programs of the `pgserver` wheel; root or not."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def postgres() -> Iterator[str]:
    """Its address. It listens on a socket in a folder of its own, which goes with it; skips where there is no wheel."""
    found = find_spec("pgserver")
    if found is None or found.origin is None:
        if "postgres" in os.environ.get("MINIDALLE3_REQUIRE", ""):
            pytest.fail("pgserver is not installed")
        pytest.skip("pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket has a limit
    site, run = Path(found.origin).parents[1], options(folder)
    try:
        if run:  # another user may not come to where the wheel lies
            site = copied(site, folder)
        programs = site / "pgserver" / "pginstall"
        data, socket = folder / "data", f"-h '' -k {folder} -F"
        execute(programs / "bin" / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N", **run)
        control = [programs / "bin" / "pg_ctl", "-D", data, "-w"]
        execute(*control, "-l", folder / "log", "-o", socket, "start", **run)
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            execute(*control, "-m", "immediate", "stop", **run)
    finally:
        shutil.rmtree(folder)


def options(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then the nameless user of every Unix runs it."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    return {"user": "nobody", "extra_groups": []}


def copied(site: Path, folder: Path) -> Path:
    """The wheel's programs and libraries, as far from one another as they were."""
    for part in ("pgserver/pginstall", "pgserver.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, folder / part)
    return folder


def execute(*command: str | Path, **run: Any) -> None:
    """Raises `CalledProcessError`."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **run)
