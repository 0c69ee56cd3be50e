"""Gradients: the same however many threads share the batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import mse_loss

from srcnn.network import Srcnn, network_from
from srcnn.spec import SrcnnSpec
from trainer.config import LossKind, Precision, TrainConfig
from trainer.gradients import LocalGradients, make_gradients
from trainer.initial import he_arrays
from trainer.workers import workers_of_one_thread

SPEC = SrcnnSpec(8, 4, 5, 1, 3)


@pytest.fixture
def network() -> Srcnn:
    return network_from(he_arrays(SPEC, np.random.default_rng(0)))


def batch(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(1)
    inner = 15 - 2 * SPEC.halo
    return (
        torch.from_numpy(rng.random((count, 1, 15, 15), np.float32)),
        torch.from_numpy(rng.random((count, 1, inner, inner), np.float32)),
    )


def of_whole_batch(network: Srcnn, kind: LossKind, count: int) -> list[torch.Tensor]:
    """Return the gradients by plain autograd, the loss written out here."""
    low, truth = batch(count)
    error = network(low) - truth
    match kind:
        case LossKind.MSE:
            loss = error.square().mean()
        case LossKind.SUM_OF_SQUARES:
            loss = error.square().sum() / (2 * count)
        case LossKind.CHARBONNIER:
            loss = (error.square() + 1e-6).sqrt().mean()
    return list(torch.autograd.grad(loss, list(network.parameters())))


@pytest.mark.parametrize("kind", LossKind)
@pytest.mark.parametrize(("threads", "count"), [(1, 16), (2, 16), (3, 24), (2, 19), (3, 9), (1, 1)])
def test_parts_average_to_the_gradient_of_the_batch(
    network: Srcnn, kind: LossKind, threads: int, count: int
) -> None:
    config = TrainConfig(spec=SPEC, crop=15, batch=count, threads=threads, loss=kind)
    low, truth = batch(count)
    with workers_of_one_thread(threads) as workers:
        error = LocalGradients(network, config, workers)(low, truth)
    with torch.no_grad():
        assert error.item() == pytest.approx(mse_loss(network(low), truth).item(), rel=1e-5)
    assert error.shape == ()
    assert not error.requires_grad
    for parameter, expected in zip(
        network.parameters(), of_whole_batch(network, kind, count), strict=True
    ):
        assert parameter.grad is not None
        atol = 1e-5 * expected.abs().max().item()
        torch.testing.assert_close(parameter.grad, expected, atol=atol, rtol=1e-5)


def test_any_number_of_threads_gives_the_same_bits(network: Srcnn) -> None:
    """Threads end in any order; sums are made in one."""
    seen = set()
    for threads in (1, 2, 3):
        config = TrainConfig(spec=SPEC, crop=15, batch=27, threads=threads)
        with workers_of_one_thread(threads) as workers:
            gradients = make_gradients(network, config, workers)
            for _ in range(10):
                gradients(*batch(27))
                grads = [parameter.grad for parameter in network.parameters()]
                seen.add(b"".join(grad.numpy().tobytes() for grad in grads if grad is not None))
    assert len(seen) == 1


def test_each_call_replaces_the_gradients_of_the_one_before(network: Srcnn) -> None:
    config = TrainConfig(spec=SPEC, crop=15, batch=4)
    with workers_of_one_thread(1) as workers:
        gradients = make_gradients(network, config, workers)
        gradients(*batch(4))
        first = [parameter.grad for parameter in network.parameters()]
        gradients(*batch(4))
    for parameter, grad in zip(network.parameters(), first, strict=True):
        assert grad is not None
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, grad)


def test_coarser_products_give_about_the_same_gradients(network: Srcnn) -> None:
    config = TrainConfig(spec=SPEC, crop=15, batch=8, threads=2, precision=Precision.BFLOAT16)
    with workers_of_one_thread(2) as workers:
        LocalGradients(network, config, workers)(*batch(8))
        rough = [parameter.grad for parameter in network.parameters()]
        LocalGradients(network, replace(config, precision=Precision.FLOAT32), workers)(*batch(8))
    for parameter, grad in zip(network.parameters(), rough, strict=True):
        assert grad is not None
        assert parameter.grad is not None
        difference = (grad - parameter.grad).abs().max() / parameter.grad.abs().max()
        assert 0 < difference < 0.05
