"""The fast arrangement is the network, in values and in gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from srcnn.network import Srcnn, network_from
from srcnn.spec import SrcnnSpec
from trainer.arrangement import arranged
from trainer.initial import he_arrays


@pytest.mark.parametrize(
    "spec",
    [SrcnnSpec(), SrcnnSpec(8, 6, f2=3), SrcnnSpec(5, 7, 11, 1, 7), SrcnnSpec(6, 4, 3, 5, 1, 3)],
    ids=lambda spec: spec.name,
)
def test_values_and_gradients_are_those_of_the_three_convolutions(spec: SrcnnSpec) -> None:
    rng = np.random.default_rng(3)
    network = network_from(he_arrays(spec, rng))
    with torch.no_grad():  # biases that are not 0
        for bias in (network.conv1.bias, network.conv2.bias, network.conv3.bias):
            assert bias is not None
            bias.add_(0.1)
    side = 2 * spec.halo
    x = torch.from_numpy(rng.random((3, spec.channels, side + 9, side + 5), np.float32))

    expected, expected_gradients = outcome(network, network(x))
    actual, actual_gradients = outcome(network, arranged(network, x))

    assert actual.shape == (3, spec.channels, 9, 5)
    np.testing.assert_allclose(actual, expected, atol=5e-6)
    for one, other in zip(actual_gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5 * np.abs(other).max())


def outcome(network: Srcnn, result: torch.Tensor) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return a result and the gradients of its mean square."""
    gradients = torch.autograd.grad(result.square().mean(), list(network.parameters()))
    return result.detach().numpy(), [gradient.numpy() for gradient in gradients]
