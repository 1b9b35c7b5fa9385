"""Kinds of models, told by their own files; and what is said of what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from diffusers import PNDMScheduler
from support import tiny

from minidalle3.engines.contract import EngineError
from minidalle3.engines.diffusion import load
from minidalle3.engines.kinds import check, first_order


@pytest.mark.parametrize(
    ("kind", "steps", "guidance", "negative", "scheduler"),
    [
        ("sd1", 30, 7.5, True, "DDIMScheduler"),
        ("sdxl", 30, 5.0, True, "EulerDiscreteScheduler"),
        ("turbo", 4, 0.0, False, "EulerAncestralDiscreteScheduler"),
        ("lcm", 4, 8.0, False, "LCMScheduler"),
    ],
)
def test_each_kind_draws_as_its_makers_meant(
    kind: str, steps: int, guidance: float, negative: bool, scheduler: str, tmp_path: Path
) -> None:
    can = load(str(getattr(tiny, kind)(tmp_path)), "cpu").capabilities
    assert (can.steps, can.guidance, can.negative_prompt, can.scheduler) == (steps, guidance, negative, scheduler)


def test_pndm_gives_way_to_ddim_on_the_same_betas() -> None:
    before = PNDMScheduler(beta_schedule="scaled_linear", skip_prk_steps=True, prediction_type="v_prediction")
    after = first_order(before)
    assert type(after).__name__ == "DDIMScheduler"
    assert after.alphas_cumprod.equal(before.alphas_cumprod)
    assert (after.config.prediction_type, after.config.clip_sample) == ("v_prediction", False)
    assert first_order(after) is after


def model(folder: Path, **index: object) -> str:
    (folder / "model_index.json").write_text(json.dumps(index), "utf-8")
    return str(folder)


def test_what_is_no_model_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="There is no folder"):
        check(str(tmp_path / "nowhere"))
    with pytest.raises(EngineError, match=r"no model_index\.json"):
        check(str(tmp_path))
    with pytest.raises(EngineError, match="is a AudioLDMPipeline; Mini-DALLE3 draws with StableDiffusionPipeline"):
        check(model(tmp_path, _class_name="AudioLDMPipeline"))
    (tmp_path / "model_index.json").write_text("{", "utf-8")
    with pytest.raises(EngineError, match="damaged"):
        check(str(tmp_path))


def test_code_that_a_model_brings_is_never_run(tmp_path: Path) -> None:
    (tmp_path / "pipeline.py").write_text("raise SystemExit('run')", "utf-8")
    with pytest.raises(EngineError, match="code of its own, which is never run"):
        load(model(tmp_path, _class_name=["pipeline", "Mine"]), "cpu")
    with pytest.raises(EngineError, match=r"its unet brings code of its own \(my_unet\)"):
        load(model(tmp_path, _class_name="StableDiffusionPipeline", unet=["my_unet", "UNet"]), "cpu")


def test_only_safetensors_are_loaded(tmp_path: Path) -> None:
    folder = tiny.sd1(tmp_path)
    weights = next((folder / "unet").glob("*.safetensors"))
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(EngineError, match="safetensors"):
        load(str(folder), "cpu")


def test_without_a_network_a_hub_model_is_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EngineError, match="not on this machine, and the hub cannot be reached"):
        check("stabilityai/stable-diffusion-xl-base-1.0")
