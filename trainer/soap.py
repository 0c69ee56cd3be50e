"""SOAP: Adam in the eigenbasis of the gradients' second moments.

After Vyas, Morwani, Zhao, Kwun, Shapira, Brandfonbrener, Janson and Kakade, *SOAP: Improving and
Stabilizing Shampoo using Adam* (2024), algorithm 3. Neighbouring pixels are so alike that the
gradients of a filter's weights are, too; Adam, which looks at each weight alone, then creeps along
a narrow valley. In the eigenbasis the weights are nearly independent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from typing_extensions import override

LARGEST_SIDE = 512
"""A larger side of a matrix is left as it is: its basis would cost more than it brings."""


class Soap(torch.optim.Optimizer):
    """Steps for layers of weights and biases.

    A layer's weights (outputs, inputs, rows, columns) and biases are one matrix: outputs by
    inputs x rows x columns, the biases as its last column. Where there are fewer outputs than
    inputs and than places in a filter, as in SRCNN's last layer, it is outputs x rows x columns
    by inputs, and the biases go alone.

    Parameters
    ----------
    layers : iterable of mappings
        A group each: ``params`` (weights, biases), ``lr`` and ``bias_lr``.
    momentum : float
        Weight of the past in the first moments.
    decay : float
        Weight of the past in the second moments and in what the bases are taken from.
    refresh_every : int
        Steps between two corrections of the eigenbases.
    """

    def __init__(
        self,
        layers: Iterable[Mapping[str, Any]],
        *,
        momentum: float = 0.9,
        decay: float = 0.97,
        refresh_every: int = 20,
    ) -> None:
        defaults = {
            "lr": 1e-3, "bias_lr": 1e-3,
            "momentum": momentum, "decay": decay, "refresh_every": refresh_every,
        }  # fmt: skip
        super().__init__([dict(layer) for layer in layers], defaults)

    @torch.no_grad()
    @override
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]  # no closure is evaluated
        for group in self.param_groups:
            weights, biases = group["params"]
            matrix, rest = _as_matrix(weights.grad, biases.grad)
            update = self._update(weights, matrix, group)
            bias_update = None if rest is None else self._update(biases, rest, group)
            change, bias_change = _from_matrix(update, bias_update, weights.shape)
            weights.sub_(group["lr"] * change)
            biases.sub_(group["bias_lr"] * bias_change)

    def _update(
        self, key: torch.Tensor, gradient: torch.Tensor, group: Mapping[str, Any]
    ) -> torch.Tensor:
        """Return the direction (of about unit size) for a gradient (M, N)."""
        state, momentum, decay = self.state[key], group["momentum"], group["decay"]
        if not state:
            _begin(state, gradient)
            return torch.zeros_like(gradient)
        state["step"] += 1
        steps = int(state["step"])
        rotated = _rotated(gradient, state)
        state["first"].lerp_(gradient, 1 - momentum)
        state["second"].lerp_(rotated.square(), 1 - decay)
        direction = _rotated(state["first"], state) / (1 - momentum**steps)
        direction /= (state["second"] / (1 - decay**steps)).sqrt_().add_(1e-8)
        update = _rotated_back(direction, state)
        if "rows" in state:
            state["rows"].lerp_(gradient @ gradient.t(), 1 - decay)
        if "columns" in state:
            state["columns"].lerp_(gradient.t() @ gradient, 1 - decay)
        if steps % group["refresh_every"] == 0:
            _refresh(state)
        return update


def _as_matrix(
    weights: torch.Tensor, biases: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor | None]:
    outputs, inputs, rows, columns = weights.shape
    if outputs < min(inputs, rows * columns):
        spread = weights.permute(0, 2, 3, 1).reshape(-1, inputs).contiguous()
        return spread, biases[:, None].clone()
    return torch.cat([weights.flatten(1), biases[:, None]], dim=1), None


def _from_matrix(
    matrix: torch.Tensor, rest: torch.Tensor | None, shape: torch.Size
) -> tuple[torch.Tensor, torch.Tensor]:
    outputs, inputs, rows, columns = shape
    if rest is not None:
        spread = matrix.view(outputs, rows, columns, inputs)
        return spread.permute(0, 3, 1, 2), rest[:, 0]
    return matrix[:, :-1].reshape(shape), matrix[:, -1]


def _begin(state: dict[str, torch.Tensor], gradient: torch.Tensor) -> None:
    """Take the eigenbases of the first gradient; no step is made on it."""
    state["step"] = torch.zeros((), dtype=torch.int64)
    state["first"] = torch.zeros_like(gradient)
    state["second"] = torch.zeros_like(gradient)
    for name, square in (("rows", gradient @ gradient.t()), ("columns", gradient.t() @ gradient)):
        if 1 < len(square) <= LARGEST_SIDE:
            state[name] = square
            basis = torch.linalg.eigh(square.cpu())[1].flip(1).contiguous()  # not every GPU can
            state[f"{name}_basis"] = basis.to(square.device)


def _rotated(matrix: torch.Tensor, state: Mapping[str, torch.Tensor]) -> torch.Tensor:
    if "rows" in state:
        matrix = state["rows_basis"].t() @ matrix
    return matrix @ state["columns_basis"] if "columns" in state else matrix


def _rotated_back(matrix: torch.Tensor, state: Mapping[str, torch.Tensor]) -> torch.Tensor:
    if "rows" in state:
        matrix = state["rows_basis"] @ matrix
    return matrix @ state["columns_basis"].t() if "columns" in state else matrix


def _refresh(state: dict[str, torch.Tensor]) -> None:
    """Correct the eigenbases by one step of the power iteration, largest eigenvalues first."""
    for axis, name in enumerate(("rows", "columns")):
        if name not in state:
            continue
        square, basis = state[name], state[f"{name}_basis"]
        order = (basis * (square @ basis)).sum(0).argsort(descending=True)
        state["second"] = state["second"].index_select(axis, order)
        # laid out as it is when read back, or the last bits of a resumed run would differ
        basis = torch.linalg.qr((square @ basis[:, order]).cpu())[0].contiguous()
        state[f"{name}_basis"] = basis.to(square.device)
