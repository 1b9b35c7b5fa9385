"""`python -m minidalle3.eval.train_judges --minutes N`: renders frames and grounds, then teaches the judges on them.

Scenes are composed anew for every batch, and shifted, blurred and made noisy a little, so that a drawing that is only
soft is not called wrong. No generated picture is ever shown.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from minidalle3.eval.judges import FILE, Judge, Judges, Words, cut, scaled, truth, verdicts
from minidalle3.eval.pool import SEED, Pool, cast, compose, load, shard, staged
from minidalle3.sketchbook.training.descent import descend, muon_and_adam, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.world.scene import Scene
from minidalle3.sketchbook.world.scenes import Placed, corners, draw_lots, render
from minidalle3.sketchbook.world.words import SUBJECTS

BATCH, RATE = 128, 2e-3
SHARES = {"render": 0.3, "whole": 0.25, "framed": 0.45}  # of the minutes
_RUN = Path(__file__).resolve().parents[1] / ".sketchbook" / "judges"


def soften(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Pictures (B, 3, H, W) in [0, 1], each quarter of them blurred differently, with noise and another exposure."""
    parts = []
    for part in pictures.chunk(4):
        sigma = 1.2 * float(torch.rand(1, generator=random))
        taps = torch.exp(-torch.arange(-3.0, 4.0).square() / (2 * max(sigma, 0.05) ** 2))
        taps = (taps / taps.sum()).expand(3, 1, 1, 7)
        wide = F.conv2d(F.pad(part, (3, 3, 3, 3), mode="replicate"), taps, groups=3)
        parts.append(F.conv2d(wide, taps.transpose(2, 3), groups=3))
    soft = torch.cat(parts)
    size = (len(soft), 1, 1, 1)
    noise = torch.randn(soft.shape, generator=random) * 0.05 * torch.rand(size, generator=random)
    gain = 1 + 0.16 * (torch.rand(size, generator=random) - 0.5)
    return ((soft - 0.5) * gain + 0.5 + 0.08 * (torch.rand(size, generator=random) - 0.5) + noise).clamp(0, 1)


def moved(one: Placed, random: Random) -> Placed:
    """The frame, up to two pixels beside where it should be, but never off the picture."""
    x, y = (min(max(at + random.randint(-2, 2), 0), 128 - one.side) for at in (one.x, one.y))
    return Placed(x, y, one.side, one.subject, one.colour, one.action, one.worn)


def batch(pool: Pool, random: Random, judge: Judge, framed: bool) -> tuple[Tensor, list[Scene]]:
    """What a judge sees, (B, 3, side, side), and the scene that it should name."""
    views, scenes = [], []
    for _ in range(BATCH):
        scene, shown, picture = compose(pool, random)
        view = torch.from_numpy(picture).permute(2, 0, 1).float() / 255
        if framed:
            at = random.randrange(len(shown))
            views.append(cut(view, moved(corners(scene)[at], random), judge.side))
            scenes.append(shown[at])
        else:
            views.append(scaled(view[None], judge.side))
            scenes.append(scene)
    return torch.cat(views), scenes


def targets(scenes: list[Scene], head: str, words: Words) -> Tensor:
    """The index of each scene's word; -100, which the loss passes over, where the head has none for it."""
    index = {word: number for number, word in enumerate(words)}
    return torch.tensor([index.get(truth(scene, head), -100) for scene in scenes])


def teach(judge: Judge, framed: bool, pool: Pool, pace: Pace, seed: int = SEED) -> float:
    """Returns the mean loss of the last batches; another seed composes other scenes."""
    judge.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    random, noise = Random(seed), torch.Generator().manual_seed(seed)
    heads = torch.optim.AdamW(judge.heads.parameters(), RATE)
    optimizers = [*muon_and_adam(judge.trunk.parameters(), RATE, 32), heads]
    recent = 0.0
    for step in pace:
        slow(optimizers, pace.warm_cosine(20))
        views, scenes = batch(pool, random, judge, framed)
        scores = judge(soften(views, noise).contiguous(memory_format=torch.channels_last))
        value = sum(
            (
                F.cross_entropy(scores[name], targets(scenes, name, words), label_smoothing=0.05)
                for name, words in judge.words.items()
            ),
            torch.zeros(()),
        )
        descend(optimizers, judge.parameters(), value)
        recent += (value.item() - recent) * max(0.02, 1 / (1 + step))
        pace.say(loss=recent)
    judge.eval()
    return recent


def accuracy(judges: Judges, scenes: list[Scene], seed: int) -> dict[str, tuple[float, int]]:
    """The share of fresh renders on which each verdict is right, and on how many it was asked."""
    right, total = Counter[str](), Counter[str]()
    for number, scene in enumerate(tqdm(scenes, desc="renders judged")):
        for name, good in verdicts(judges, render(scene, seed + number).image, scene).items():
            right[name] += good
            total[name] += 1
    return {name: (right[name] / total[name], total[name]) for name in total}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, required=True, help="for everything, rendering included")
    parser.add_argument("--run", type=Path, default=_RUN, help="folder of what is rendered")
    parser.add_argument("--scratch", action="store_true", help="do not go on from the shipped judges")
    chosen = parser.parse_args()
    torch.manual_seed(SEED)
    end, index = time.monotonic() + 60 * SHARES["render"] * chosen.minutes, 0
    while index == 0 or time.monotonic() < end:
        shard(chosen.run, index)
        index += 1
    pool = load(chosen.run)
    judges = Judges.load() if FILE.exists() and not chosen.scratch else Judges()
    for name, framed in (("whole", False), ("framed", True)):
        pace = Pace(name, SHARES[name] * chosen.minutes)
        teach(getattr(judges, name), framed, pool, pace, SEED + index)
    judges.save()
    random = Random(2 * SEED)
    fresh = [draw_lots(random) if number % 2 else staged(cast(random.choice(tuple(SUBJECTS)), random), random)
             for number in range(300)]  # fmt: skip
    for name, (share, times) in accuracy(Judges.load(), fresh, 3 * SEED).items():
        print(f"{name:<12}{share:>8.3f} of {times}")
    print(FILE)


if __name__ == "__main__":
    main()
