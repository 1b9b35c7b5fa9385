"""How well the embedded model draws what it is told, by judges taught on rendered scenes; what it costs.

`python -m minidalle3.eval.sketchbook [--quick] [--split tuning] [--weights FOLDER]`. Shares of frozen prompts on
which the judges see what the prompt says: `subject style place colour action`, `count` (of two or three), `pair`
(subject and companion both), and besides `relation worn weather time`; only prompts whose words the weights know are
asked. `unseen_gap`: prompts with pairs in training less those without, the mean over the shares. `diversity`: mean
distance between pictures of one prompt. `psnr` in dB: the autoencoder alone on rendered prompts. `ip_identity`,
`ip_place`: shares of pictures in which IP-Adapter keeps the subject and colour of a render that it is shown, and
draws the new place that the words say, where only the subject's colour is left to the picture. `seconds_8` by
DPM-Solver++, `seconds_20` by the shipped scheduler, `unet_seconds_20` its bare UNet calls. `peak_mib`: of this
process when its first picture is drawn.
"""

from __future__ import annotations

import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline
from PIL import Image
from tqdm import tqdm

import minidalle3.sketchbook
from minidalle3.engines.diffusion import HABITS
from minidalle3.eval.cost import fastest
from minidalle3.eval.judges import TRUSTED, Judges, features, pixels, verdicts
from minidalle3.eval.looks import alone, looks
from minidalle3.eval.prompts import Prompt, prompts
from minidalle3.eval.report import parser, report
from minidalle3.sketchbook.world.learnt import within
from minidalle3.sketchbook.world.scenes import render

HABIT = HABITS["sketchbook"]
WEIGHTS = Path(minidalle3.sketchbook.__path__[0]) / "weights"
SHARES = ("subject", "style", "place", "colour", "action", "count", "pair", "relation", "worn", "weather", "time")
TARGETS = SHARES[:7]
BATCH, SEEDS = 10, 4
SIZES, QUICK = {"held_out": (500, 500, 10, 60), "tuning": (200, 200, 10, 40)}, (12, 12, 2, 4)
"""Prompts drawn, renders judged, rounds of each time, and renders shown to the adapter."""
Right = dict[str, list[tuple[bool, bool]]]
"""By verdict: whether it was right, and whether training may have met the prompt's pairs."""


def draw(pipe: Any, chosen: Sequence[Prompt], seeds: Iterable[int], steps: int = HABIT.steps) -> list[Image.Image]:
    """One picture a prompt, as the house's engine would draw it."""
    found: list[Image.Image] = pipe(
        [prompt.caption for prompt in chosen],
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds],
        num_inference_steps=steps,
        guidance_scale=HABIT.guidance,
        guidance_rescale=HABIT.guidance_rescale,
    ).images
    return found


def drawn(pipe: Any, chosen: Sequence[Prompt]) -> list[Image.Image]:
    starts = tqdm(range(0, len(chosen), BATCH), desc="pictures", unit=f"{BATCH}")
    parts = (chosen[start : start + BATCH] for start in starts)
    return [image for part in parts for image in draw(pipe, part, [prompt.seed for prompt in part])]


def judged(judges: Judges, chosen: Sequence[Prompt], images: Iterable[Image.Image]) -> Right:
    right: Right = defaultdict(list)
    for prompt, image in zip(chosen, images, strict=True):
        found = verdicts(judges, image, prompt.scene)
        if prompt.scene.companion:
            found["pair"] = found["subject"] and found["companion"]
        for name, good in found.items():
            right[name].append((good, prompt.seen))
    return right


def share(marks: Sequence[tuple[bool, bool]], seen: bool | None = None) -> float | None:
    """Of all, or of those with seen or unseen pairs; None of none."""
    counted = [good for good, known in marks if seen in (None, known)]
    return sum(counted) / len(counted) if counted else None


def distrusted(right: Right) -> dict[str, str]:
    """Verdict -> why it is not given: what the judges make of renders, where every verdict should be right."""
    own = {name: share(marks) or 0.0 for name, marks in right.items()}
    own["pair"] = min(own.get("subject", 0.0), own.get("companion", 0.0))
    return {
        name: f"not judged: of renders the judge is right on {own.get(name, 0.0):.3f}, less than {TRUSTED}"
        for name in SHARES
        if own.get(name, 0.0) < TRUSTED
    }


def gap(right: Right, names: Iterable[str]) -> float | None:
    """Kind by kind, since prompts with unseen pairs say more of the hard ones."""
    halves = [(share(right[name], True), share(right[name], False)) for name in names]
    gaps = [seen - unseen for seen, unseen in halves if seen is not None and unseen is not None]
    return sum(gaps) / len(gaps) if gaps else None


def spread(judges: Judges, images: Sequence[Image.Image]) -> float:
    """Mean distance of a picture's features to each other's, 0 (all alike) to 2."""
    seen = features(judges, images)
    number = len(images)
    return float((1 - seen @ seen.T).sum() / (number * (number - 1)))


@torch.no_grad()
def psnr(vae: Any, images: Sequence[Image.Image]) -> float:
    """Mean over pictures, in dB, of the mean latent decoded."""
    clean = pixels(images)
    again = torch.cat(
        [vae.decode(vae.encode(part * 2 - 1).latent_dist.mean).sample for part in torch.split(clean, BATCH)]
    )
    wrong = ((again.clamp(-1, 1) + 1) / 2 - clean).square().mean((1, 2, 3))
    return float((-10 * wrong.log10()).mean())


def seconds(pipe: Any, prompt: Prompt, rounds: int) -> dict[str, float]:
    """Of one picture at its fastest; the bare calls are of the rows and words that the picture takes."""
    slow = pipe.scheduler
    fast = DPMSolverMultistepScheduler.from_config(slow.config)
    slow.set_timesteps(HABIT.steps)
    times = list(slow.timesteps)
    words = torch.cat(pipe.encode_prompt(prompt.caption, "cpu", 1, True))
    unet = pipe.unet.config
    noise = torch.randn(2, unet.in_channels, unet.sample_size, unet.sample_size)

    def picture(scheduler: Any, steps: int) -> None:
        pipe.scheduler = scheduler
        draw(pipe, [prompt], [prompt.seed], steps)

    @torch.no_grad()
    def bare() -> None:
        for moment in times:
            pipe.unet(noise, moment, encoder_hidden_states=words, return_dict=False)

    works: dict[str, Callable[[], object]] = {
        "seconds_8": lambda: picture(fast, 8),
        "seconds_20": lambda: picture(slow, HABIT.steps),
        "unet_seconds_20": bare,
    }
    taken = fastest(works, rounds)
    pipe.scheduler = slow
    return taken


def measure(
    pipe: Any, weights: Path, number: int, renders: int, rounds: int, shown: int, split: str = "held_out"
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Figures and notes: `number` prompts are drawn, the judges are first tried on the renders of `renders`, and the
    adapter on those of `shown`."""
    known = [prompt for prompt in prompts(split) if not within(prompt.scene)[1]]
    every, judges = known[:number], Judges.load()
    draw(pipe, every[:1], [0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** (20 if sys.platform == "darwin" else 10)
    truth = [render(prompt.scene, prompt.seed).image for prompt in tqdm(every[:renders], desc="renders")]
    own = judged(judges, every[:renders], truth)
    for name, marks in own.items():
        print(f"judge of {name:<15}{share(marks):>12.3f}  of {len(marks)} rendered")
    notes = distrusted(own)
    right = judged(judges, every, drawn(pipe, every))
    figures = {name: None if name in notes else share(right[name]) for name in SHARES}
    notes |= {name: f"of {len(right[name])}" for name in SHARES if name not in notes}
    figures["unseen_gap"] = gap(right, [name for name in TARGETS if figures[name] is not None])
    several = every[: max(2, len(every) // 25)]
    figures["diversity"] = sum(spread(judges, draw(pipe, [one] * SEEDS, range(SEEDS))) for one in several) / len(
        several
    )
    notes["diversity"] = f"of features of the judge of whole pictures, {SEEDS} seeds each of {len(several)} prompts"
    figures["psnr"] = psnr(pipe.vae, truth)
    figures |= seconds(pipe, every[0], rounds)
    found, said = looks(pipe, weights, judges, alone(known)[:shown])
    figures, notes = figures | found, notes | said
    return figures | {"peak_mib": peak, "prompts": len(every)}, notes | {
        "prompts": "those of words that the weights know"
    }


def main() -> None:
    options = parser("What the embedded model draws of what it is told, and at what cost.")
    options.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of another model in the same shape")
    options.add_argument("--split", choices=SIZES, default="held_out", help="tune on the tuning split")
    chosen = options.parse_args()
    pipe = StableDiffusionPipeline.from_pretrained(chosen.weights, safety_checker=None, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    sizes = QUICK if chosen.quick else SIZES[chosen.split]
    figures, notes = measure(pipe, chosen.weights, *sizes, chosen.split)
    name = "sketchbook" if chosen.split == "held_out" else f"sketchbook.{chosen.split}"
    report(name, figures, chosen.quick, notes)


if __name__ == "__main__":
    main()
