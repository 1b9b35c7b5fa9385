"""What the doctor tells."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save_file


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for a GPU costs an import of diffusers."""
    monkeypatch.setenv("MINIDALLE3_DEVICE", "cpu")


@pytest.fixture
def model(tmp_path):
    """A folder that looks like a model."""
    (tmp_path / "sdxl-turbo").mkdir()
    (tmp_path / "sdxl-turbo" / "unet").mkdir()
    save_file({"weight": torch.zeros(2**18)}, tmp_path / "sdxl-turbo" / "unet" / "model.safetensors")
    return str(tmp_path / "sdxl-turbo")


def test_all_is_well(shell, model, tmp_path) -> None:
    assert shell("doctor", "--t2i", model) == 0
    assert "Ready." in shell.out
    assert "the offline assistant" in shell.out
    assert "Stability AI" in shell.out
    assert f"{model} (1 MiB)" in shell.out
    assert "memory: single precision, 0.0 GiB" in shell.out
    assert "small changes: Prompt-to-Prompt and MasaCtrl, from traces" in shell.out
    assert str(tmp_path / "home") in shell.out


def test_what_is_missing_is_named_with_its_remedy(shell, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    home = str(tmp_path / "file" / "home")
    assert shell("doctor", "--llm", "openai:gpt-5", "--t2i", str(tmp_path / "empty"), "--home", home) == 1
    missing = shell.out.split("Missing")[1]
    assert "OPENAI_API_KEY" in missing
    assert "no safetensors weights" in missing
    assert "MINIDALLE3_HOME" in missing


def test_a_model_from_a_hub_is_not_fetched(shell, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    assert shell("doctor", "--t2i", "stabilityai/stable-diffusion-xl-base-1.0") == 0
    assert "downloads them from huggingface.co" in shell.out
    assert "OpenRAIL++-M" in shell.out
    assert not (tmp_path / "cache").exists()


def test_what_can_be_no_model_is_said_so(shell) -> None:
    assert shell("doctor", "--t2i", "no/such/folder") == 1
    assert "neither a folder here nor a model's id" in shell.out


def test_an_images_api_is_set_up_but_not_called(shell, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert shell("doctor", "--t2i", "openai:gpt-image-2") == 1
    assert "MINIDALLE3_T2I_API_KEY" in shell.out.split("Missing")[1]
    monkeypatch.setenv("MINIDALLE3_T2I_BASE_URL", "http://localhost:9/v1")
    assert shell("doctor", "--t2i", "openai:gpt-image-2") == 0
    assert "openai:gpt-image-2 at http://localhost:9/v1, 1024x1024" in shell.out


def test_a_cluster_that_does_not_run_is_told_with_how_to_start_it(shell) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'minidalle3[ray]'")
    assert shell("doctor", "--t2i", "ray:pictures") == 1
    assert "python -m minidalle3.engines.cluster --app pictures" in shell.out.split("Missing")[1]
