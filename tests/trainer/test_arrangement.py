"""The fast arrangement is the network, in values and in gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from srcnn.network import Srcnn, network_from
from srcnn.spec import SrcnnSpec
from trainer.arrangement import arranged
from trainer.initial import he_arrays

SPECS = [
    SrcnnSpec(),
    SrcnnSpec(channels=3),
    SrcnnSpec(8, 6, f2=3),
    SrcnnSpec(5, 7, 11, 1, 7),
    SrcnnSpec(6, 5, 3, 1, 1, 3),
    SrcnnSpec(6, 4, 3, 5, 1, 3),
    SrcnnSpec(1, 1, 1, 1, 1),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_values_and_gradients_are_those_of_the_three_convolutions(spec: SrcnnSpec) -> None:
    network, x = example(spec)
    expected, expected_gradients = outcome(network, network(x))
    actual, actual_gradients = outcome(network, arranged(network, x))

    assert actual.shape == (3, spec.channels, 9, 5)
    np.testing.assert_allclose(actual, expected, atol=5e-6)
    for one, other in zip(actual_gradients, expected_gradients, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=2e-5 * np.abs(other).max())


@pytest.mark.parametrize("spec", SPECS[:3], ids=lambda spec: spec.name)
def test_coarser_products_give_about_the_same(spec: SrcnnSpec) -> None:
    network, x = example(spec)
    expected, expected_gradients = outcome(network, network(x))
    actual, actual_gradients = outcome(network, arranged(network, x, torch.bfloat16))

    assert 0 < np.abs(actual - expected).max() < 0.05 * np.abs(expected).max()
    for one, other in zip(actual_gradients, expected_gradients, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=0.1 * np.abs(other).max())


def test_a_gradient_is_that_of_finite_differences() -> None:
    """A third opinion, by arithmetic in float64 that knows neither arrangement nor autograd."""
    spec = SrcnnSpec(3, 2, 3, 1, 3)
    network, x = example(spec)
    _, gradients = outcome(network, arranged(network, x))
    exact = network_from(he_arrays(spec, np.random.default_rng(3))).double()
    exact.load_state_dict({k: v.double() for k, v in network.state_dict().items()})
    rng = np.random.default_rng(1)
    for parameter, gradient in zip(exact.parameters(), gradients, strict=True):
        direction = torch.from_numpy(rng.standard_normal(parameter.shape))
        losses = []
        for sign in (1, -1):
            with torch.no_grad():
                parameter.add_(direction, alpha=sign * 1e-6)
                losses.append(exact(x.double()).square().mean().item())
                parameter.sub_(direction, alpha=sign * 1e-6)
        slope = (losses[0] - losses[1]) / 2e-6
        assert (gradient * direction.numpy()).sum() == pytest.approx(slope, rel=1e-3, abs=1e-6)


def example(spec: SrcnnSpec) -> tuple[Srcnn, torch.Tensor]:
    """Return a network with biases that are not 0, and something to look at."""
    rng = np.random.default_rng(3)
    network = network_from(he_arrays(spec, rng))
    with torch.no_grad():
        for bias in (network.conv1.bias, network.conv2.bias, network.conv3.bias):
            assert bias is not None
            bias.add_(0.1)
    side = 2 * spec.halo
    return network, torch.from_numpy(rng.random((3, spec.channels, side + 9, side + 5), np.float32))


def outcome(network: Srcnn, result: torch.Tensor) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return a result and the gradients of its mean square."""
    gradients = torch.autograd.grad(result.square().mean(), list(network.parameters()))
    return result.detach().numpy(), [gradient.numpy() for gradient in gradients]
