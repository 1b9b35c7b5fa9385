"""A pipeline under control: every sampler, what is wrapped, what is left behind, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import diffusers
import pytest
import torch
from diffusers.models.attention_processor import AttnProcessor2_0
from support.steered import changed, pipeline, run, source_of

from minidalle3.engines.contract import EngineError
from minidalle3.tools.attention.alignment import align
from minidalle3.tools.attention.plan import Cross, Plan, Watched, Window
from minidalle3.tools.attention.session import steered
from minidalle3.tools.attention.words import read

SOURCE, TARGET = "a red dog", "a blue dog"
EXACT = 1e-10


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return pipeline("sd1", tmp_path_factory.mktemp("models"))


def words(pipe: Any, target: str = TARGET, window: Window = Window()) -> Plan:  # noqa: B008
    found = align(read(SOURCE, pipe.tokenizer), read(target, pipe.tokenizer), "replace")
    return Plan(cross=Cross(window, found.moved * found.weights, 1 - found.kept), layout=window, coarse=1.0)


POSE = Plan(mutual=Window())
SAMPLERS = {
    "DDIMScheduler": {},
    "DPMSolverMultistepScheduler": {},
    "EulerDiscreteScheduler": {},
    "EulerAncestralDiscreteScheduler": {},
    "LCMScheduler": {},
    "PNDMScheduler": {"skip_prk_steps": True},
    "HeunDiscreteScheduler": {},
}


@pytest.fixture(params=SAMPLERS)
def sampled(pipe: Any, request: pytest.FixtureRequest) -> Any:
    before = pipe.scheduler
    options = {"steps_offset": 1, "clip_sample": False, **SAMPLERS[request.param]}
    known = getattr(diffusers, request.param)
    options = {
        name: value for name, value in options.items() if name in known.__init__.__wrapped__.__code__.co_varnames
    }
    pipe.scheduler = known(**options)
    yield pipe
    pipe.scheduler = before


@pytest.mark.parametrize("guidance", [5.0, 1.0])
def test_the_same_words_give_the_same_picture(sampled: Any, guidance: float) -> None:
    origin = source_of(sampled, SOURCE, 4, guidance)
    scale = origin.trace.latents.abs().max()
    for plan in (words(sampled, SOURCE), POSE):
        found, _ = changed(sampled, plan, origin, SOURCE, guidance, 4)
        assert (found - origin.trace.latents).abs().max() <= EXACT * scale


def test_the_rows_of_the_source_see_what_the_source_saw(sampled: Any) -> None:
    """What the UNet says of them is what it said when the source was drawn: scaled input, words and time are right."""
    said: list[torch.Tensor] = []
    hook = sampled.unet.register_forward_hook(lambda unet, args, output: said.append(output[0].clone()))
    origin = source_of(sampled, SOURCE, 4, 5.0)
    first, said[:] = list(said), []
    changed(sampled, POSE, origin, TARGET, 5.0, 4)
    hook.remove()
    assert len(said) == len(first) > 0
    for alone, together in zip(first, said, strict=True):
        assert len(together) == 4
        assert (together[2:] - alone).abs().max() <= EXACT * alone.abs().max()


def test_a_plan_that_is_never_on_changes_nothing(sampled: Any) -> None:
    origin = source_of(sampled, SOURCE, 4, 5.0)
    plain = run(sampled, [TARGET], 4, 5.0)[:, 0]
    for plan in (Plan(), words(sampled, window=Window(low=2.0)), Plan(mutual=Window(high=-1.0))):
        assert (changed(sampled, plan, origin, TARGET, 5.0, 4)[0] - plain).abs().max() <= EXACT * plain.abs().max()


def test_a_control_does_something(sampled: Any) -> None:
    """Words and shapes of the source bring the picture nearer to it than its own words do."""
    origin = source_of(sampled, SOURCE, 4, 5.0)
    clean = origin.trace.latents[-1]
    plain = run(sampled, [TARGET], 4, 5.0)[-1, 0]
    kept = changed(sampled, words(sampled), origin, TARGET, 5.0, 4)[0][-1]
    moved = changed(sampled, POSE, origin, TARGET, 5.0, 4)[0][-1]
    assert 0 < (kept - clean).norm() < (plain - clean).norm()
    assert (moved - plain).norm() > 1e-3 * plain.norm()


def test_what_is_predicted_alike_stays(pipe: Any) -> None:
    """Where no word is watched, the difference of the predictions tells what a change is about."""
    origin = source_of(pipe, SOURCE, 4, 5.0)
    watched = Watched(Window(), frozenset(), (), ())
    plan = replace(words(pipe, window=Window(low=0.5)), watched=watched, blend=Window(), by_difference=True)
    path, session = changed(pipe, plan, origin, TARGET, 5.0, 4)
    clean = origin.trace.latents[-1]
    assert session.mask is not None and 0 < session.mask.float().mean() < 1
    assert torch.equal(path[-1][:, ~session.mask], clean[:, ~session.mask])
    assert not torch.equal(path[-1][:, session.mask], clean[:, session.mask])
    plan = replace(plan, cross=words(pipe, SOURCE).cross)
    same, session = changed(pipe, plan, origin, SOURCE, 5.0, 4)
    assert (same[-1] - clean).abs().max() <= EXACT * clean.abs().max(), "the same words change nothing anywhere"


@pytest.mark.parametrize("steps", [4, 20, 50])
def test_windows_are_of_noise_and_not_of_steps(pipe: Any, steps: int) -> None:
    pipe.scheduler.set_timesteps(steps)
    plan = words(pipe, window=Window(low=0.2))
    levels = [float(t) / 1000 for t in pipe.scheduler.timesteps]
    on = [level for level in levels if plan.halves(level, guided=True)]
    assert on == [level for level in levels if level >= 0.2]
    assert abs(len(on) / steps - 0.8) <= 0.06


def test_rows_are_added_only_where_they_are_needed(pipe: Any) -> None:
    rows: list[int] = []
    hook = pipe.unet.register_forward_hook(lambda unet, args, output: rows.append(len(output[0])))
    origin = source_of(pipe, SOURCE, 4, 5.0)
    rows.clear()
    changed(pipe, words(pipe, window=Window(low=0.5)), origin, TARGET, 5.0, 4)
    assert rows == [3, 3, 2, 2], "the source's words alone, and only inside the window"
    hook.remove()


class Tinted:
    """A processor of somebody else's, which adds something of its own to every row it is given."""

    def __init__(self, strength: float) -> None:
        self._strength, self._plain = strength, AttnProcessor2_0()

    def __call__(
        self,
        attn: Any,
        hidden_states: Any,
        encoder_hidden_states: Any = None,
        attention_mask: Any = None,
        temb: Any = None,
    ) -> Any:
        return self._plain(attn, hidden_states, encoder_hidden_states, attention_mask, temb) + self._strength


def wrapped(pipe: Any, strength: float) -> dict[str, Any]:
    processors = {name: Tinted(strength) if ".attn2." in name else p for name, p in pipe.unet.attn_processors.items()}
    pipe.unet.set_attn_processor(dict(processors))
    return processors


def test_what_was_there_before_still_works_on_the_target_alone(pipe: Any) -> None:
    origin = source_of(pipe, SOURCE, 4, 5.0)
    alone = changed(pipe, words(pipe), origin, TARGET, 5.0, 4)[0]
    usual = dict(pipe.unet.attn_processors)
    try:
        wrapped(pipe, 0.0)
        assert torch.equal(changed(pipe, words(pipe), origin, TARGET, 5.0, 4)[0], alone)
        wrapped(pipe, 0.1)
        tinted = run(pipe, [TARGET], 4, 5.0)[:, 0]
        assert (changed(pipe, Plan(), origin, TARGET, 5.0, 4)[0] - tinted).abs().max() <= EXACT
        both = changed(pipe, words(pipe), origin, TARGET, 5.0, 4)[0]
        assert (both - alone).abs().max() > 1e-3
        assert (both - tinted).abs().max() > 1e-3
    finally:
        pipe.unet.set_attn_processor(usual)


def adapter(pipe: Any) -> dict[str, dict[str, torch.Tensor]]:
    """Random weights of a plain IP-Adapter for this UNet."""
    random = torch.Generator().manual_seed(0)
    words = pipe.unet.config.cross_attention_dim
    image = {
        "proj.weight": torch.randn(4 * words, 12, generator=random),
        "proj.bias": torch.zeros(4 * words),
        "norm.weight": torch.ones(words),
        "norm.bias": torch.zeros(words),
    }
    layers = {}
    for at, name in enumerate(name for name in pipe.unet.attn_processors if ".attn2." in name):
        width = pipe.unet.get_submodule(name.removesuffix(".processor")).to_q.out_features
        for part in ("to_k_ip", "to_v_ip"):
            layers[f"{2 * at + 1}.{part}.weight"] = torch.randn(width, words, generator=random)
    return {"image_proj": image, "ip_adapter": layers}


def test_an_ip_adapter_goes_together_with_changed_words(pipe: Any) -> None:
    origin = source_of(pipe, SOURCE, 4, 5.0)
    alone = changed(pipe, words(pipe), origin, TARGET, 5.0, 4)[0]
    pipe.load_ip_adapter([adapter(pipe)], subfolder=[""], weight_name=[""], image_encoder_folder=None)
    pipe.unet.to(torch.float64)
    image = torch.randn(2, 1, 12, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    more = {"ip_adapter_image_embeds": [image]}
    try:
        pipe.set_ip_adapter_scale(0.0)
        assert torch.equal(changed(pipe, words(pipe), origin, TARGET, 5.0, 4, **more)[0], alone)
        pipe.set_ip_adapter_scale(0.8)
        shown = run(pipe, [TARGET], 4, 5.0, **more)[:, 0]
        assert (changed(pipe, Plan(), origin, TARGET, 5.0, 4, **more)[0] - shown).abs().max() <= EXACT
        both = changed(pipe, words(pipe), origin, TARGET, 5.0, 4, **more)[0]
        assert (both - alone).abs().max() > 1e-3
        assert (both - shown).abs().max() > 1e-3
    finally:
        pipe.unload_ip_adapter()


def state(pipe: Any) -> tuple[list[int], int, int]:
    unet = pipe.unet
    kept = [id(processor) for processor in unet.attn_processors.values()]
    return kept, len(unet._forward_hooks), len(unet._forward_pre_hooks)


def test_nothing_is_left_behind(pipe: Any) -> None:
    origin = source_of(pipe, SOURCE, 4, 5.0)
    before = state(pipe)
    changed(pipe, words(pipe), origin, TARGET, 5.0, 4)
    assert state(pipe) == before
    with pytest.raises(ZeroDivisionError), steered(pipe, words(pipe), origin):
        raise ZeroDivisionError
    assert state(pipe) == before
    with steered(pipe, words(pipe), origin):
        inside = state(pipe)
        assert inside[0] != before[0]
        with steered(pipe, POSE, origin):
            assert state(pipe)[0] != inside[0]
        assert state(pipe) == inside
    assert state(pipe) == before


def test_one_control_inside_another(pipe: Any) -> None:
    origin = source_of(pipe, SOURCE, 4, 5.0)
    alone = changed(pipe, POSE, origin, TARGET, 5.0, 4)[0]
    with steered(pipe, Plan(mutual=Window(high=-1.0)), origin):
        idle = changed(pipe, POSE, origin, TARGET, 5.0, 4)[0]
    assert (idle - alone).abs().max() <= EXACT
    with steered(pipe, words(pipe), origin):
        both = changed(pipe, POSE, origin, TARGET, 5.0, 4)[0]
    assert (both - alone).abs().max() > 1e-3


def test_another_schedule_or_several_pictures_are_refused(pipe: Any) -> None:
    origin = source_of(pipe, SOURCE, 4, 5.0)
    before = state(pipe)
    with pytest.raises(EngineError, match="steps of its source"):
        changed(pipe, words(pipe), origin, TARGET, 5.0, 5)
    with pytest.raises(EngineError, match="one picture at a time"), steered(pipe, words(pipe), origin):
        run(pipe, [TARGET, TARGET], 4, 5.0)
    assert state(pipe) == before
