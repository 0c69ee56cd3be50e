"""How a gradient becomes a step, and how large."""

from __future__ import annotations

from math import cos, pi
from typing import TYPE_CHECKING

import torch

from trainer.config import OptimiserKind, Schedule
from trainer.soap import Soap

if TYPE_CHECKING:
    from srcnn.network import Srcnn
    from trainer.config import TrainConfig


def make_optimiser(network: Srcnn, config: TrainConfig) -> torch.optim.Optimizer:
    """Return the optimiser, weights and biases of each layer with their own rates."""
    layers = (network.conv1, network.conv2, network.conv3)
    if config.optimiser is OptimiserKind.SOAP:
        return Soap({"params": list(layer.parameters())} for layer in layers)
    groups = [{"params": [each]} for layer in layers for each in (layer.weight, layer.bias)]
    if config.optimiser is OptimiserKind.SGD:
        return torch.optim.SGD(groups, lr=config.rate, momentum=config.momentum)
    return torch.optim.Adam(groups, lr=config.rate)


def set_rate(optimiser: torch.optim.Optimizer, config: TrainConfig, rate: float) -> None:
    """Give every layer its rate: its factor times ``rate``."""
    if isinstance(optimiser, Soap):
        for group, weight, bias in zip(
            optimiser.param_groups, config.layer_rates, config.bias_rates, strict=True
        ):
            group["lr"], group["bias_lr"] = rate * weight, rate * bias
        return
    factors = [f for pair in zip(config.layer_rates, config.bias_rates, strict=True) for f in pair]
    for group, factor in zip(optimiser.param_groups, factors, strict=True):
        group["lr"] = rate * factor


def rate_at(config: TrainConfig, progress: float) -> float:
    """Return the rate when ``progress`` (0..1) of the budget is used up."""
    rising = progress / config.warmup if config.warmup and config.has_budget else 1.0
    rate = config.rate * min(1.0, rising)
    match config.schedule:
        case Schedule.COSINE:
            return rate * (1 + cos(pi * progress)) / 2
        case Schedule.STEP:
            return rate * (1.0 if progress < 0.6 else 0.1 if progress < 0.85 else 0.01)
        case Schedule.CONSTANT:
            return rate
