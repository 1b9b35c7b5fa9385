"""Steers a stock pipeline while it draws: adds rows of the source to every pass of the UNet and routes attention."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.attention_processor import AttnProcessor2_0

from minidalle3.engines.contract import EngineError
from minidalle3.gallery.trace import Trace
from minidalle3.tools.attention.masks import Differences, Sightings
from minidalle3.tools.attention.plan import Half, Layer, Plan, layers
from minidalle3.tools.attention.routes import Call, attend

PLAIN = AttnProcessor2_0()


@dataclass(frozen=True)
class Source:
    """The picture that is changed: the prompts it was drawn with and its trace."""

    prompt: str
    negative_prompt: str
    trace: Trace


class Session:
    """One drawing under a plan; a pass of the UNet takes its step from the trace, in order."""

    def __init__(self, pipe: Any, plan: Plan, source: Source) -> None:
        self.plan = plan
        self.call: Call | None = None
        """What the routers obey during a pass; `None` where the step needs no source."""
        self._pipe = pipe
        self._trace = source.trace
        self._step = 0
        height, width = source.trace.latents.shape[-2:]
        self._sightings, self._differences = Sightings((height, width)), Differences()
        self._nested = any(isinstance(processor, Router) for processor in pipe.unet.attn_processors.values())
        self._texts = conditions(pipe, source)

    @property
    def mask(self) -> torch.Tensor | None:
        """Where the drawing differs from the source, (h, w) of the latents; `None` for everywhere."""
        return self._touched() if self.plan.blend else None

    def _touched(self) -> torch.Tensor | None:
        return self._differences.place() if self.plan.by_difference else self._sightings.either()

    def start(self, steps: int) -> torch.Tensor:
        """The source's first noise, (1, channels, h, w), as a pipeline wants it: of unit variance."""
        scheduler = self._pipe.scheduler
        scheduler.set_timesteps(steps)
        first = self._trace.latents[:1].cpu().double() / float(scheduler.init_noise_sigma)
        return first.to(self._pipe._execution_device, self._pipe.unet.dtype)

    def after_step(self, step: int, latents: torch.Tensor) -> torch.Tensor:
        """The latents after step `step`, with the source's where the plan keeps them."""
        blend = self.plan.blend
        mask = self._touched() if blend and blend.holds(self._level(step)) else None
        if mask is None:
            return latents
        return torch.where(mask, latents, self._trace.latents[step + 1].to(latents))

    def before_pass(self, unet: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Adds the rows of the source that this step needs, scaled as the sampler scales the target's."""
        sample, timestep, *rest = args
        step, self._step = self._step, self._step + 1
        if step >= len(self._trace.timesteps) or abs(float(timestep) - float(self._trace.timesteps[step])) > 0.01:
            raise EngineError("The trace is of another schedule: a change is drawn with the steps of its source.")
        guided = bool(self._pipe.do_classifier_free_guidance)
        if len(sample) != 1 + guided and not self._nested:
            raise EngineError(f"A change is drawn one picture at a time, not with {len(sample)} rows.")
        level = self._level(step)
        halves = self.plan.halves(level, guided)
        self.call = None
        if not halves:
            return None
        target: dict[Half, int] = {"uncond": 0, "cond": 1} if guided else {"cond": 0}
        source = {half: len(sample) + at for at, half in enumerate(halves)}
        height, width = sample.shape[-2:]
        self.call = Call(level, len(sample), target, source, (height, width), self._sightings)
        latents = self._pipe.scheduler.scale_model_input(self._trace.latents[step][None].to(sample), timestep)
        return (torch.cat([sample, *[latents] * len(halves)]), timestep, *rest), self._with_texts(kwargs, halves)

    def after_pass(self, unet: Any, args: tuple[Any, ...], output: tuple[torch.Tensor, ...]) -> Any:
        """Takes the source's rows off again."""
        call, self.call = self.call, None
        if call is None:
            return output
        if self.plan.blend and self.plan.by_difference:
            self._differences.add(output[0][call.source["cond"]], output[0][call.target["cond"]])
        return output[0][: call.targets], *output[1:]

    def _level(self, step: int) -> float:
        return float(self._trace.timesteps[step]) / float(self._pipe.scheduler.config.num_train_timesteps)

    def _with_texts(self, kwargs: dict[str, Any], halves: tuple[Half, ...]) -> dict[str, Any]:
        """What the UNet is told beside the latents, for the source's rows too."""
        texts = [self._texts[half] for half in halves]
        more = dict(kwargs)
        more["encoder_hidden_states"] = torch.cat([kwargs["encoder_hidden_states"], *(text[0] for text in texts)])
        if kwargs.get("timestep_cond") is not None:
            more["timestep_cond"] = torch.cat([kwargs["timestep_cond"], *[kwargs["timestep_cond"][-1:]] * len(texts)])
        added = dict(kwargs.get("added_cond_kwargs") or {})
        if "text_embeds" in added:
            added["text_embeds"] = torch.cat([added["text_embeds"], *(text[1] for text in texts)])
            added["time_ids"] = torch.cat([added["time_ids"], *[added["time_ids"][-1:]] * len(texts)])
            more["added_cond_kwargs"] = added
        return more


class Router:
    """The processor of one layer while a session lasts; what it wraps still adds to the target what it always adds."""

    def __init__(self, wrapped: Any, layer: Layer, session: Session) -> None:
        self._wrapped, self._layer, self._session = wrapped, layer, session

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: Any = None,
        attention_mask: torch.Tensor | None = None,
        temb: torch.Tensor | None = None,
        ip_adapter_masks: Any = None,
    ) -> torch.Tensor:
        masks = {} if ip_adapter_masks is None else {"ip_adapter_masks": ip_adapter_masks}
        call = self._session.call
        if call is None:
            rest = (encoder_hidden_states, attention_mask, temb)
            return self._wrapped(attn, hidden_states, *rest, **masks)  # type: ignore[no-any-return]
        if attention_mask is not None:
            raise EngineError("Attention that masks its tokens cannot be steered.")
        images = encoder_hidden_states[1:] if isinstance(encoder_hidden_states, tuple) else ()
        words = encoder_hidden_states[0] if images else encoder_hidden_states
        q, k, v = projected(attn, hidden_states, words)
        attended = attend(self._session.plan, self._layer, call, q, k, v).transpose(1, 2).flatten(2)
        result: torch.Tensor = attn.to_out[1](attn.to_out[0](attended))
        if type(self._wrapped) is not AttnProcessor2_0:
            mine = hidden_states[: call.targets]
            heard = None if words is None else words[: call.targets]
            whole = self._wrapped(attn, mine, (heard, *images) if images else heard, None, temb, **masks)
            result[: call.targets] += whole - PLAIN(attn, mine, heard, None, temb)
        return result


def projected(
    attn: Any, hidden: torch.Tensor, words: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Queries, keys and values of shape (rows, heads, cells or tokens, width)."""
    if words is not None and attn.norm_cross:
        words = attn.norm_encoder_hidden_states(words)
    context = hidden if words is None else words
    q, k, v = (
        part.unflatten(-1, (attn.heads, -1)).transpose(1, 2)
        for part in (attn.to_q(hidden), attn.to_k(context), attn.to_v(context))
    )
    return q, k, v


@torch.no_grad()
def conditions(pipe: Any, source: Source) -> dict[Half, list[torch.Tensor]]:
    """The source's words, and pooled words where the pipeline has them, for either half."""
    words, negative, *pooled = pipe.encode_prompt(
        prompt=source.prompt,
        device=pipe._execution_device,
        num_images_per_prompt=1,
        do_classifier_free_guidance=True,
        negative_prompt=source.negative_prompt,
    )
    return {"cond": [words, *pooled[:1]], "uncond": [negative, *pooled[1:]]}


@contextmanager
def steered(pipe: Any, plan: Plan, source: Source) -> Iterator[Session]:
    """While it lasts `pipe` draws under the plan; afterwards, whatever happened, its processors are those from before.

    Draws one picture, once, with the steps of the source's trace. Raises `EngineError` for a pipeline whose attention
    cannot be steered and for a trace of another schedule.
    """
    unet = pipe.unet
    known, session, before = layers(unet), Session(pipe, plan, source), dict(unet.attn_processors)
    with ExitStack() as stack:
        stack.callback(unet.set_attn_processor, dict(before))
        unet.set_attn_processor(
            {
                name: Router(wrapped, known[name], session) if name in known else wrapped
                for name, wrapped in before.items()
            }
        )
        stack.callback(unet.register_forward_pre_hook(session.before_pass, with_kwargs=True).remove)
        stack.callback(unet.register_forward_hook(session.after_pass).remove)
        yield session
