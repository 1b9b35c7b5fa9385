"""One step of training, the same in every stage."""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import Parameter


def descend(optimizer: torch.optim.Optimizer, parameters: Iterable[Parameter], value: Tensor) -> None:
    """Downhill from `value`, with the gradient's norm cut at 1."""
    optimizer.zero_grad()
    torch.autograd.backward(value)
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
