"""What the doctor tells of serving, and of being served."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from minidalle3.graph.settings import Settings
from minidalle3.serve import keys
from minidalle3.ui.doctor import EXTRAS, database, packages, required, serving

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for a GPU costs an import of diffusers."""
    monkeypatch.setenv("MINIDALLE3_DEVICE", "cpu")


def test_keys_and_policy_of_a_server_here(shell, tmp_path, monkeypatch) -> None:
    assert shell("doctor") == 0
    assert "python -m minidalle3.serve.keys add NAME" in shell.out
    keys.main(["--home", str(tmp_path / "home"), "add", "ann"])
    monkeypatch.setenv("MINIDALLE3_POLICY", "support.policies:no_dragons")
    assert shell("doctor") == 0
    assert "Serve 1 with keys; policy: support.policies:no_dragons" in shell.out


def test_every_piece_that_an_extra_brings_is_looked_for() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    brought = {
        (re.match(r"[\w-]+", piece)[0], extra) for extra, pieces in extras.items() for piece in pieces if extra != "dev"
    }
    assert brought == set(EXTRAS.items())


def test_what_nothing_runs_without_is_missing(shell, monkeypatch) -> None:
    core = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert required() == [re.match(r"[\w-]+", piece)[0] for piece in core]
    monkeypatch.setattr("minidalle3.ui.doctor.found", lambda name: name not in ("aiosqlite", "pillow"))
    assert shell("doctor") == 1
    assert [line.split(",")[0].strip() for line in shell.out.split("Missing\n")[1].splitlines()] == [
        "aiosqlite",
        "pillow",
    ]


@pytest.mark.parametrize("missing", [piece for piece, extra in EXTRAS.items() if extra == "serve"])
def test_a_piece_of_the_server_that_is_not_installed_is_named(monkeypatch, missing: str) -> None:
    monkeypatch.setattr("minidalle3.ui.doctor.found", lambda name: name != missing)
    assert list(serving(Settings())) == [
        (f"Serve nothing: {missing} not installed (pip install 'minidalle3[serve]')", True)
    ]


def test_what_is_not_installed_is_told_with_how_to_get_it(monkeypatch) -> None:
    def nothing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("minidalle3.ui.doctor.version", nothing)
    told = dict(packages())
    assert all(told[name] == f"not installed (pip install 'minidalle3[{extra}]')" for name, extra in EXTRAS.items())
    assert told["torch"] == "not installed (pip install 'torch')"


def test_keys_of_a_database_are_not_looked_for_in_a_file(tmp_path) -> None:
    named = Settings(home=tmp_path, database="postgresql:///x")
    assert list(serving(named)) == [("Serve whoever has a key in the database; policy: none (MINIDALLE3_POLICY)", True)]


def test_a_database_that_cannot_be_used_is_missing(monkeypatch, tmp_path) -> None:
    named = Settings(home=tmp_path, database=f"postgresql:///postgres?host={tmp_path}")
    [(said, fine)] = database(named)
    assert not fine
    assert "MINIDALLE3_DATABASE" in said
    assert list(database(Settings(home=tmp_path))) == []
    monkeypatch.setattr("minidalle3.graph.memory.find_spec", lambda name: None)
    assert list(database(named)) == [
        ("Database: A PostgreSQL database needs an extra: pip install 'minidalle3[postgres]'", False)
    ]


def test_a_server_that_does_not_answer(shell, monkeypatch) -> None:
    monkeypatch.setenv("MINIDALLE3_SERVER", "http://127.0.0.1:9")
    assert shell("doctor") == 1
    assert "check it, and MINIDALLE3_SERVER" in shell.out
    assert "the offline assistant" not in shell.out
