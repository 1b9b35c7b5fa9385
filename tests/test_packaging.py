"""What a stranger gets: the wheel draws without the checkout, and the lists of rooms agree."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(folder), str(ROOT))
    [made] = folder.glob("*.whl")
    return made


def test_every_room_is_listed_wherever_rooms_are_listed() -> None:
    tracked = run("git", "ls-files", "*/__init__.py", cwd=ROOT).stdout.split()
    rooms = {Path(file).parent.as_posix() for file in tracked if not file.startswith("tests")}
    setuptools = PROJECT["tool"]["setuptools"]
    assert {name.removeprefix("minidalle3.").replace(".", "/") for name in setuptools["packages"]} == rooms
    assert set(setuptools["package-dir"].values()) == rooms
    tops = {room for room in rooms if "/" not in room}
    assert {name.removeprefix("minidalle3.") for name in PROJECT["tool"]["mypy"]["packages"]} == tops
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert set(makefile.split("ROOMS := ")[1].splitlines()[0].split()) == tops


def test_the_wheel_has_prompts_and_weights(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "minidalle3/prompts/chat.md" in names
    assert "minidalle3/sketchbook/weights/model_index.json" in names
    assert not [name for name in names if name.startswith("tests")]


def test_the_source_distribution_has_them_too(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--sdist", "--outdir", str(tmp_path), str(ROOT))
    [made] = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"prompts/chat.md", "sketchbook/weights/model_index.json", "graph/agent.py", "pyproject.toml"} <= names


def test_the_wheel_draws_in_a_venv_that_has_never_seen_the_checkout(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv"))
    python = tmp_path / "venv" / "bin" / "python"
    [site] = (tmp_path / "venv").glob("lib/python*/site-packages")
    # A folder named in a .pth is searched for packages; its own .pth files, the checkout's among them, are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel))
    say = ("-m", "minidalle3.ui.cli", "--home", str(tmp_path / "home"), "say", "a dog", "--thread", "a", "--json")
    answer = json.loads(run(str(python), *say, cwd=tmp_path).stdout)
    [picture] = [part for part in answer["reply"] if part["type"] == "picture"]
    assert Path(picture["path"]).read_bytes().startswith(b"\x89PNG")
    where = run(str(python), "-c", "import minidalle3.graph as g; print(g.__file__)", cwd=tmp_path).stdout
    assert str(tmp_path) in where


def run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command that must succeed; its words are shown when it does not."""
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result
