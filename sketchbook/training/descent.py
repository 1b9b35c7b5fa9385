"""One step of training, the same in every stage."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

_QUINTIC = (3.4445, -4.7750, 2.0315)


def descend(optimizers: Iterable[torch.optim.Optimizer], parameters: Iterable[Parameter], value: Tensor) -> None:
    """Downhill from `value`, with the gradient's norm cut at 1."""
    chosen = list(optimizers)
    for optimizer in chosen:
        optimizer.zero_grad()
    torch.autograd.backward(value)
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    for optimizer in chosen:
        optimizer.step()


def evened(matrix: Tensor, rounds: int = 5) -> Tensor:
    """The matrix with its singular values brought near 1, by a Newton–Schulz iteration of fifth order."""
    a, b, c = _QUINTIC
    wide = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    wide = wide / (wide.norm() + 1e-7)
    for _ in range(rounds):
        square = wide @ wide.T
        wide = a * wide + (b * square + c * square @ square) @ wide
    found: Tensor = wide.T if matrix.shape[0] > matrix.shape[1] else wide
    return found


class Muon(torch.optim.Optimizer):
    """Momentum whose every update has all singular values alike (K. Jordan and others, 2024); for matrices and kernels.

    A step costs some twenty multiplications of each matrix with itself, so it pays where a batch costs much more.
    """

    def __init__(self, parameters: Iterable[Parameter], rate: float, momentum: float = 0.95) -> None:
        super().__init__(parameters, {"lr": rate, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                past = self.state[parameter].setdefault("past", torch.zeros_like(parameter))
                past.lerp_(parameter.grad, 1 - group["momentum"])
                way = evened(parameter.grad.lerp(past, group["momentum"]).flatten(1))
                steep = max(1.0, way.shape[0] / way.shape[1]) ** 0.5
                parameter.mul_(1 - 0.01 * group["lr"]).sub_(way.view_as(parameter), alpha=group["lr"] * steep)


def muon_and_adam(parameters: Iterable[Parameter], rate: float, least: int) -> list[torch.optim.Optimizer]:
    """Muon, at ten times the rate, for what has at least `least` rows and columns; AdamW for the rest."""
    every = list(parameters)
    large = [one for one in every if one.ndim > 1 and min(one.shape[:2]) >= least]
    small = [one for one in every if not any(one is other for other in large)]
    adam = torch.optim.AdamW(small, lr=rate, betas=(0.9, 0.98), weight_decay=1e-4)
    return [Muon(large, 10 * rate), adam] if large else [adam]


def slow(optimizers: Iterable[torch.optim.Optimizer], share: float) -> None:
    """Sets every rate to a share of what it began with."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = share * group.setdefault("initial_lr", group["lr"])
