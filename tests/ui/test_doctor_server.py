"""What the doctor tells of serving, and of being served."""

from __future__ import annotations

import pytest

from minidalle3.serve import keys


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


def test_a_piece_of_the_server_that_is_not_installed_is_named(shell, monkeypatch) -> None:
    monkeypatch.setattr("minidalle3.ui.doctor.found", lambda name: name != "limits")
    assert shell("doctor") == 0
    assert "Serve nothing: limits not installed (pip install 'minidalle3[serve]')" in shell.out


def test_a_server_that_does_not_answer(shell, monkeypatch) -> None:
    monkeypatch.setenv("MINIDALLE3_SERVER", "http://127.0.0.1:9")
    assert shell("doctor") == 1
    assert "check it, and MINIDALLE3_SERVER" in shell.out
    assert "the offline assistant" not in shell.out
