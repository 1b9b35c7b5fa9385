"""`python -m minidalle3.sketchbook.training --minutes N`: trains for N minutes in all and stops cleanly."""

import argparse
from pathlib import Path

import torch

from minidalle3.sketchbook.training.config import Config
from minidalle3.sketchbook.training.export import WEIGHTS
from minidalle3.sketchbook.training.run import Run

_CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(prog="minidalle3.sketchbook.training", description=__doc__)
    parser.add_argument("--minutes", type=float, required=True, help="for everything, rendering included")
    parser.add_argument("--run", type=Path, default=_CHECKOUT / ".sketchbook", help="folder to go on from")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the finished model goes")
    parser.add_argument("--scratch", action="store_true", help="do not start from the shipped weights")
    parser.add_argument("--widen", action="store_true", help="teach all of the world, not only the words known so far")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    chosen = parser.parse_args()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    run = Run(chosen.run, chosen.minutes, Config(), shipped=None if chosen.scratch else WEIGHTS, widen=chosen.widen)
    run.train(chosen.out)
    print(f"The model is in {chosen.out}; the run goes on from {chosen.run}.")


if __name__ == "__main__":
    main()
