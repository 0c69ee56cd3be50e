"""Optimisers: which rate goes where, and how it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from srcnn.network import Srcnn
from srcnn.spec import SrcnnSpec
from trainer.config import OptimiserKind, Schedule, TrainConfig
from trainer.optimiser import make_optimiser, rate_at, set_rate
from trainer.soap import Soap

FACTORS = {"layer_rates": (1.0, 0.5, 0.25), "bias_rates": (0.1, 0.2, 0.0)}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (OptimiserKind.SOAP, Soap),
        (OptimiserKind.ADAM, torch.optim.Adam),
        (OptimiserKind.SGD, torch.optim.SGD),
    ],
)
def test_every_kind_has_an_optimiser_of_all_parameters(kind: OptimiserKind, expected: type) -> None:
    network = Srcnn(SrcnnSpec(4, 3))
    optimiser = make_optimiser(network, TrainConfig(optimiser=kind))
    assert type(optimiser) is expected
    held = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    assert [id(each) for each in held] == [id(each) for each in network.parameters()]


@pytest.mark.parametrize("kind", OptimiserKind)
def test_every_weight_and_bias_moves_at_its_own_rate(kind: OptimiserKind) -> None:
    """A rate of 0 leaves a parameter where it is, and no other."""
    for still in range(6):
        factors = [1.0] * 6
        factors[still] = 0.0
        config = TrainConfig(
            optimiser=kind,
            layer_rates=(factors[0], factors[2], factors[4]),
            bias_rates=(factors[1], factors[3], factors[5]),
        )
        network = Srcnn(SrcnnSpec(4, 3, 3, 1, 3))
        before = [parameter.detach().clone() for parameter in network.parameters()]
        optimiser = make_optimiser(network, config)
        for step in range(2):
            for index, parameter in enumerate(network.parameters()):
                rng = np.random.default_rng((step, index))
                parameter.grad = torch.from_numpy(
                    rng.standard_normal(parameter.shape).astype(np.float32)
                )
            set_rate(optimiser, config, 0.1)
            optimiser.step()
        moved = [
            not torch.equal(old, new) for old, new in zip(before, network.parameters(), strict=True)
        ]
        assert moved == [index != still for index in range(6)]


def test_rates_are_factors_times_the_rate() -> None:
    config = TrainConfig(optimiser=OptimiserKind.ADAM, **FACTORS)
    optimiser = make_optimiser(Srcnn(), config)
    set_rate(optimiser, config, 2e-3)
    rates = [group["lr"] for group in optimiser.param_groups]
    assert rates == pytest.approx([2e-3, 2e-4, 1e-3, 4e-4, 5e-4, 0])
    config = replace(config, optimiser=OptimiserKind.SOAP)
    soap = make_optimiser(Srcnn(), config)
    set_rate(soap, config, 2e-3)
    assert [group["lr"] for group in soap.param_groups] == pytest.approx([2e-3, 1e-3, 5e-4])
    assert [group["bias_lr"] for group in soap.param_groups] == pytest.approx([2e-4, 4e-4, 0])


def test_the_rate_rises_and_then_falls_to_nothing() -> None:
    config = TrainConfig(rate=1e-3, warmup=0.1)
    rates = [rate_at(config, progress / 100) for progress in range(101)]
    assert rates[0] == 0
    assert 0.95e-3 < max(rates) < 1e-3
    assert rates.index(max(rates)) == 10
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == 0
    assert rate_at(TrainConfig(rate=1e-3, warmup=0), 0.5) == pytest.approx(0.5e-3)


def test_the_rate_falls_in_steps() -> None:
    config = TrainConfig(rate=1e-3, warmup=0, schedule=Schedule.STEP)
    rates = {progress: rate_at(config, progress) for progress in (0, 0.59, 0.6, 0.84, 0.85, 1)}
    assert list(rates.values()) == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4, 1e-5, 1e-5])


def test_a_rate_without_a_budget_is_what_it_is_from_the_start() -> None:
    config = TrainConfig(
        rate=1e-3, warmup=0.1, schedule=Schedule.CONSTANT, backprops=None, patience=5
    )
    assert rate_at(config, 0.0) == 1e-3
    assert rate_at(replace(config, backprops=100), 0.05) == pytest.approx(0.5e-3)
