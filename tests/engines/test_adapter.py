"""IP-Adapters on tiny pipelines: found, loaded once, at work for one drawing, and out of the way for all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from support import tiny
from support.adapters import adapter
from support.watching import Watching

from minidalle3.engines.adapter import find
from minidalle3.engines.contract import Drawn, EngineError, Job, Look, Stopped
from minidalle3.engines.diffusion import DiffusionEngine, load
from minidalle3.engines.fingerprint import fingerprint

RED, BLUE = Image.new("RGB", (40, 30), "red"), Image.linear_gradient("L").resize((30, 50)).convert("RGB")


def with_adapter(kind: str, folder: Path, plus: bool = False) -> Path:
    """A tiny model with an adapter in its own folder."""
    model = getattr(tiny, kind)(folder)
    adapter(model, UNet2DConditionModel.from_pretrained(model / "unet"), plus)
    return model


@pytest.fixture(scope="module", params=[("sd1", False), ("sd1", True), ("sdxl", False), ("sdxl", True), ("lcm", False)])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The same model without and with an adapter."""
    kind, plus = request.param
    folder = with_adapter(kind, tmp_path_factory.mktemp("models"), plus)
    plain = getattr(tiny, kind)(tmp_path_factory.mktemp("plain"))
    return load(str(plain), "cpu"), load(str(folder), "cpu")


def draw(engine: DiffusionEngine, *looks: Image.Image, scale: float = 0.6, rows: int = 1, **more: Any) -> list[Drawn]:
    job = Job(("a dog",) * rows, ("",) * rows, tuple(range(rows)), 3, 5.0, 64, 64, **more)
    look = Look(looks, scale) if looks else None
    return engine.draw(Job(**{**vars(job), "look": look}), Watching())


def latents(drawn: list[Drawn]) -> torch.Tensor:
    assert drawn[0].trace is not None
    return drawn[0].trace.latents[-1]


def test_it_says_whether_it_has_one(pair: tuple[Any, Any]) -> None:
    without, having = (engine.capabilities for engine in pair)
    assert (without.adapters, without.adapter_fingerprint) == (False, None)
    assert having.adapters and len(having.adapter_fingerprint) == 64
    assert without.fingerprint == having.fingerprint, "plain pictures have nothing to do with it"


def test_plain_pictures_do_not_differ_by_a_bit_before_between_and_after(pair: tuple[Any, Any]) -> None:
    without, having = pair
    wanted = draw(without)
    assert torch.equal(latents(draw(having)), latents(wanted))
    assert not torch.equal(latents(draw(having, RED)), latents(wanted))
    assert torch.equal(latents(draw(having)), latents(wanted))
    with pytest.raises(Stopped):
        job = Job(("a dog",), ("",), (0,), 3, 5.0, 64, 64, look=Look((RED,), 0.6))
        having.draw(job, Watching(stop_after=1))
    again = draw(having)
    assert torch.equal(latents(again), latents(wanted))
    assert np.array_equal(again[0].image, wanted[0].image)


def test_looks_matter_as_much_as_the_scale_says(pair: tuple[Any, Any]) -> None:
    _, having = pair
    plain = latents(draw(having))
    assert torch.equal(latents(draw(having, RED, scale=0.0)), plain)
    moved = [float((latents(draw(having, RED, scale=scale)) - plain).abs().mean()) for scale in (0.05, 0.3, 1.0)]
    assert 0 < moved[0] < moved[1] < moved[2]
    one, other, both = (latents(draw(having, *looks)) for looks in ((RED,), (BLUE,), (RED, BLUE)))
    assert not torch.equal(one, other)
    assert not torch.equal(both, one) and not torch.equal(both, other)
    assert torch.equal(latents(draw(having, RED)), one)


def test_a_look_goes_into_every_row_and_without_guidance_too(pair: tuple[Any, Any]) -> None:
    _, having = pair
    rows = draw(having, RED, rows=2)
    assert not np.array_equal(rows[0].image, rows[1].image)
    alone = latents(draw(having, RED))
    assert (latents(rows) - alone).abs().max() <= 1e-3 * alone.abs().max(), "a row is drawn as it is alone"
    free = Job(("a dog",), ("",), (0,), 3, 1.0, 64, 64)
    shown = having.draw(Job(**{**vars(free), "look": Look((RED,), 0.6)}), Watching())
    assert not torch.equal(latents(shown), latents(having.draw(free, Watching())))


def test_an_engine_without_one_says_how_to_get_it(pair: tuple[Any, Any]) -> None:
    with pytest.raises(EngineError, match="Set MINIDALLE3_IP_ADAPTER to"):
        draw(pair[0], RED)


def test_the_setting_names_one_for_a_model_that_has_none(tmp_path: Path) -> None:
    model = tiny.sd1(tmp_path)
    unet = UNet2DConditionModel.from_pretrained(model / "unet")
    file = adapter(tmp_path / "mine", unet, seed=1)
    by_file, by_folder = (load(str(model), "cpu", str(place)) for place in (file, file.parent))
    assert by_file.capabilities.adapter_fingerprint == by_folder.capabilities.adapter_fingerprint
    other = load(str(model), "cpu", str(adapter(tmp_path / "other", unet, seed=2)))
    assert other.capabilities.adapter_fingerprint != by_file.capabilities.adapter_fingerprint
    assert other.capabilities.fingerprint == by_file.capabilities.fingerprint == fingerprint(model)
    assert not torch.equal(latents(draw(other, RED)), latents(draw(by_file, RED)))


def test_what_does_not_fit_is_said_before_anything_is_drawn(tmp_path: Path) -> None:
    model = tiny.sd1(tmp_path)
    unet = UNet2DConditionModel.from_pretrained(model / "unet")
    wide = adapter(tmp_path / "wide", unet, words=64)
    with pytest.raises(EngineError, match=r"its words are 64 wide, and the UNet's 32.*MINIDALLE3_IP_ADAPTER"):
        load(str(model), "cpu", str(wide))
    blind = adapter(tmp_path / "blind", unet)
    (blind.parent.parent / "image_encoder" / "config.json").unlink()
    with pytest.raises(EngineError, match="no folder image_encoder"):
        load(str(model), "cpu", str(blind))
    broken = adapter(tmp_path / "broken", unet)
    broken.write_bytes(b"nothing")
    with pytest.raises(EngineError, match="does not fit this model"):
        load(str(model), "cpu", str(broken))
    pickled = adapter(tmp_path / "pickled", unet)
    pickled.rename(pickled.with_suffix(".bin"))
    with pytest.raises(EngineError, match="no safetensors file"):
        load(str(model), "cpu", str(pickled.parent))


def test_a_hub_that_is_out_of_reach_and_a_place_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EngineError, match="not on this machine, and the hub cannot be reached"):
        find(tmp_path, "h94/IP-Adapter", 768)
    with pytest.raises(EngineError, match="Which file of h94/IP-Adapter is meant"):
        find(tmp_path, "h94/IP-Adapter", 1234)
    with pytest.raises(EngineError, match="There is no IP-Adapter at"):
        find(tmp_path, str(tmp_path / "nowhere"), 768)
    assert find(tmp_path, None, 768) is None


def test_the_encoder_of_a_wide_adapter_lies_where_its_makers_put_it(tmp_path: Path) -> None:
    for folder in ("models", "sdxl_models"):
        (tmp_path / folder / "image_encoder").mkdir(parents=True)
        (tmp_path / folder / "image_encoder" / "config.json").write_text("{}", "utf-8")
    for name, folder in (("ip-adapter_sdxl", "sdxl_models"), ("ip-adapter-plus_sdxl_vit-h", "models")):
        file = tmp_path / "sdxl_models" / f"{name}.safetensors"
        file.write_bytes(b"")
        found = find(tmp_path, str(file), 2048)
        assert found is not None and found.encoder == tmp_path / folder / "image_encoder"
