"""What is minimised: one function of result and truth each. A new one is one more row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import torch
from torch.nn.functional import mse_loss

from trainer.config import LossKind

Loss: TypeAlias = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Of two (N, C, H, W) tensors; a mean over the N, so that parts of a batch can be averaged."""

_SMOOTH = 1e-3
"""Charbonnier: errors below a quarter of a grey level count as squares."""


def sum_of_squares(result: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Sum squared errors over each sub-image, halve, average: Caffe's EuclideanLoss."""
    return (result - truth).square().sum() / (2 * len(result))


def charbonnier(result: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Average the smooth absolute error (Charbonnier et al. 1994)."""
    return ((result - truth).square() + _SMOOTH**2).sqrt().mean()


LOSSES: Mapping[LossKind, Loss] = MappingProxyType(
    {
        LossKind.MSE: mse_loss,
        LossKind.SUM_OF_SQUARES: sum_of_squares,
        LossKind.CHARBONNIER: charbonnier,
    }
)
"""By their name in a configuration."""
