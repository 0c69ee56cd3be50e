"""SOAP: faster than Adam in narrow valleys, and saved bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from trainer.soap import LARGEST_SIDE, Soap, _as_matrix, _from_matrix


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Let small products not wait for busy cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def layer(outputs: int, inputs: int, side: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Return the weights and the biases of a layer, drawn."""
    rng = np.random.default_rng(outputs + side)
    weights = rng.standard_normal((outputs, inputs, side, side))
    return (
        nn.Parameter(torch.from_numpy(weights.astype(np.float32))),
        nn.Parameter(torch.from_numpy(rng.standard_normal(outputs).astype(np.float32))),
    )


@pytest.mark.parametrize(
    ("shape", "matrix_shape", "is_alone"),
    [
        ((64, 1, 9), (64, 82), False),
        ((64, 3, 9), (64, 244), False),
        ((32, 64, 1), (32, 65), False),
        ((1, 32, 5), (25, 32), True),
        ((3, 32, 5), (75, 32), True),
        ((4, 9, 2), (4, 37), False),  # as many outputs as places
        ((4, 4, 3), (4, 37), False),  # and as inputs
    ],
)
def test_a_layer_as_a_matrix_and_back(
    shape: tuple[int, int, int], matrix_shape: tuple[int, int], is_alone: bool
) -> None:
    weights, biases = (parameter.detach() for parameter in layer(*shape))
    matrix, rest = _as_matrix(weights, biases)
    assert matrix.shape == matrix_shape
    assert (rest is not None) == is_alone
    again, biases_again = _from_matrix(matrix, rest, weights.shape)
    assert torch.equal(again, weights)
    assert torch.equal(biases_again, biases)


def test_the_last_layer_is_spread_over_its_places() -> None:
    """Row (output, y, x), column input: the places of a filter vary with one another."""
    weights, biases = (parameter.detach() for parameter in layer(1, 4, 3))
    matrix, _ = _as_matrix(weights, biases)
    for place in range(9):
        assert torch.equal(matrix[place], weights[0, :, place // 3, place % 3])


def valley() -> tuple[torch.Tensor, torch.Tensor]:
    """Return patches (400, 25) whose pixels are nearly alike, and what 30 filters make of them.

    The covariance has eigenvalues from 1 to 1e-4, in a basis of its own: the valley is a hundred
    times as long as wide and runs along no axis.
    """
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.standard_normal((25, 25)))[0]
    patches = rng.standard_normal((400, 25)) * np.logspace(0, -2, 25) @ basis
    wanted = patches @ rng.standard_normal((25, 30)) + 0.5
    return torch.from_numpy(patches).float(), torch.from_numpy(wanted).float()


def loss_after(name: str, rate: float, steps: int) -> float:
    """Return the squared error after so many steps whose rate falls to nothing."""
    patches, wanted = valley()
    weights, biases = nn.Parameter(torch.zeros(30, 1, 5, 5)), nn.Parameter(torch.zeros(30))
    optimiser = (
        Soap([{"params": [weights, biases]}])
        if name == "soap"
        else torch.optim.Adam([weights, biases])
    )
    (group,) = optimiser.param_groups
    for step in range(steps + 1):
        group["lr"] = group["bias_lr"] = rate * (1 - step / steps)
        optimiser.zero_grad()
        loss = (patches @ weights.flatten(1).t() + biases - wanted).square().mean()
        loss.backward()
        optimiser.step()
    return loss.item()


def test_it_beats_adam_in_a_narrow_valley() -> None:
    """At equal steps, each at the best of its rates."""
    adam, soap = (
        min(loss_after(name, rate, 200) for rate in (0.03, 0.1, 0.3, 1.0))
        for name in ("adam", "soap")
    )
    assert soap < adam / 100


def test_the_first_gradient_is_only_looked_at() -> None:
    weights, biases = layer(4, 2, 3)
    before = weights.detach().clone(), biases.detach().clone()
    optimiser = Soap([{"params": [weights, biases], "lr": 0.1, "bias_lr": 0.1}])
    (weights.sum() + biases.sum()).backward()
    optimiser.step()
    assert torch.equal(weights, before[0])
    assert torch.equal(biases, before[1])
    optimiser.step()
    assert not torch.equal(weights, before[0])


@pytest.mark.parametrize("shape", [(8, 1, 3), (1, 6, 3), (3, 6, 5)])
def test_weights_and_biases_have_rates_of_their_own(shape: tuple[int, int, int]) -> None:
    weights, biases = layer(*shape)
    before = weights.detach().clone(), biases.detach().clone()
    optimiser = Soap([{"params": [weights, biases], "lr": 0.0, "bias_lr": 0.1}])
    for _ in range(2):
        optimiser.zero_grad()
        ((weights - 1).square().sum() + (biases - 1).square().sum()).backward()
        optimiser.step()
    assert torch.equal(weights, before[0])
    assert not torch.equal(biases, before[1])


def gradients(step: int, shapes: list[torch.Size]) -> list[torch.Tensor]:
    rng = np.random.default_rng((7, step))
    return [torch.from_numpy(rng.standard_normal(shape).astype(np.float32)) for shape in shapes]


def run(optimiser: Soap, parameters: list[nn.Parameter], steps: range) -> None:
    for step in steps:
        for parameter, grad in zip(
            parameters, gradients(step, [each.shape for each in parameters]), strict=True
        ):
            parameter.grad = grad
        optimiser.step()


def soap_of(parameters: list[nn.Parameter]) -> Soap:
    pairs = [parameters[i : i + 2] for i in range(0, len(parameters), 2)]
    return Soap([{"params": pair, "lr": 0.01, "bias_lr": 0.02} for pair in pairs])


def as_from_a_file(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state as a file gives it back: each tensor on its own, row by row."""
    moments = {
        index: {
            name: torch.from_numpy(value.numpy().copy(order="C")) for name, value in each.items()
        }
        for index, each in state["state"].items()
    }
    return {"state": moments, "param_groups": state["param_groups"]}


def test_the_state_goes_on_bit_for_bit() -> None:
    parameters = [*layer(64, 1, 9), *layer(32, 64, 1), *layer(1, 32, 5)]
    optimiser = soap_of(parameters)
    run(optimiser, parameters, range(13))
    copies = [nn.Parameter(parameter.detach().clone()) for parameter in parameters]
    restored = soap_of(copies)
    restored.load_state_dict(as_from_a_file(optimiser.state_dict()))

    run(optimiser, parameters, range(13, 40))  # past three corrections of the bases
    run(restored, copies, range(13, 40))
    for one, other in zip(parameters, copies, strict=True):
        assert torch.equal(one, other)
    for one, other in zip(
        optimiser.state_dict()["state"].values(),
        restored.state_dict()["state"].values(),
        strict=True,
    ):
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)
        # in another layout products would differ in their last bits
        assert all(value.is_contiguous() for value in one.values())


def test_bases_stay_orthogonal_and_come_to_diagonalise_the_moments() -> None:
    weights, biases = layer(6, 1, 5)
    optimiser = Soap([{"params": [weights, biases]}], decay=0.99)
    rng = np.random.default_rng(0)
    spread = np.linalg.qr(rng.standard_normal((25, 25)))[0] * np.logspace(0, -1.5, 25)
    for step in range(200):
        (noise,) = gradients(step, [torch.Size((6, 25))])
        weights.grad = (noise @ torch.from_numpy(spread.T).float()).view_as(weights)
        biases.grad = torch.zeros(6)
        optimiser.step()
    state = optimiser.state[weights]
    for name, size in (("rows", 6), ("columns", 26)):
        basis = state[f"{name}_basis"]
        torch.testing.assert_close(basis.t() @ basis, torch.eye(size), atol=1e-5, rtol=0)
    square, basis = state["columns"], state["columns_basis"]
    assert off_diagonal(basis.t() @ square @ basis) < 0.3 * off_diagonal(square)


def off_diagonal(square: torch.Tensor) -> float:
    return (square - square.diag().diag()).norm().item()


def test_a_side_too_large_keeps_its_axes() -> None:
    weights, biases = layer(4, LARGEST_SIDE, 1)  # a matrix of 4 x 513
    optimiser = Soap([{"params": [weights, biases], "lr": 0.1, "bias_lr": 0.1}])
    run(optimiser, [weights, biases], range(12))
    state = optimiser.state[weights]
    assert "rows" in state
    assert "columns" not in state
    assert torch.isfinite(weights).all()
