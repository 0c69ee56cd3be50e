"""Losses against their formulas."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from trainer.config import LossKind
from trainer.loss import LOSSES


@pytest.fixture
def planes() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    return rng.random((5, 3, 7, 6)), rng.random((5, 3, 7, 6))


def by_formula(kind: LossKind, result: np.ndarray, truth: np.ndarray) -> float:
    error = result - truth
    match kind:
        case LossKind.MSE:
            return float((error**2).sum() / error.size)
        case LossKind.SUM_OF_SQUARES:
            return float(np.mean([(one**2).sum() / 2 for one in error]))
        case LossKind.CHARBONNIER:
            return float(np.mean(np.hypot(error, 1e-3)))


@pytest.mark.parametrize("kind", LossKind)
def test_a_loss_is_its_formula(kind: LossKind, planes: tuple[np.ndarray, np.ndarray]) -> None:
    result, truth = map(torch.from_numpy, planes)
    assert LOSSES[kind](result, truth).item() == pytest.approx(by_formula(kind, *planes))


@pytest.mark.parametrize("kind", LossKind)
def test_the_loss_of_a_batch_is_the_weighted_mean_of_its_parts(
    kind: LossKind, planes: tuple[np.ndarray, np.ndarray]
) -> None:
    result, truth = map(torch.from_numpy, planes)
    parts = [LOSSES[kind](result[part], truth[part]) for part in (slice(2), slice(2, 5))]
    assert (2 * parts[0] + 3 * parts[1]).item() / 5 == pytest.approx(by_formula(kind, *planes))


def test_a_new_kind_of_loss_has_a_function() -> None:
    assert set(LOSSES) == set(LossKind)
