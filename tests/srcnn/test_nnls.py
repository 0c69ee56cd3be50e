"""Weights that are not negative: against Lawson and Hanson's method in scipy."""

import numpy as np
import pytest
from scipy.optimize import nnls

from srcnn.nnls import solve_nonnegative


@pytest.mark.parametrize(("rows", "size"), [(30, 24), (12, 5), (8, 8), (5, 1)])
def test_it_agrees_with_scipy(rows: int, size: int):
    random = np.random.default_rng(size)
    matrices = random.normal(size=(60, rows, size)) + random.normal(size=(60, 1, 1))
    wanted = random.normal(size=(60, rows))
    gram = matrices.swapaxes(1, 2) @ matrices
    found = solve_nonnegative(gram, (matrices.swapaxes(1, 2) @ wanted[..., np.newaxis])[..., 0])
    assert (found >= 0).all()
    for matrix, right, weights in zip(matrices, wanted, found, strict=True):
        expected, _ = nnls(matrix, right)
        np.testing.assert_allclose(weights, expected, atol=1e-8)


def test_where_all_would_be_negative_all_are_zero():
    np.testing.assert_array_equal(solve_nonnegative(np.eye(3)[np.newaxis], -np.ones((1, 3))), 0)


def test_of_many_answers_it_gives_one_of_the_best():
    random = np.random.default_rng(0)
    matrices, wanted = random.normal(size=(40, 12, 24)), random.normal(size=(40, 12))
    right = (matrices.swapaxes(1, 2) @ wanted[..., np.newaxis])[..., 0]
    found = solve_nonnegative(matrices.swapaxes(1, 2) @ matrices, right)
    assert (found >= 0).all()
    for matrix, b, weights in zip(matrices, wanted, found, strict=True):
        _, least = nnls(matrix, b)
        assert np.linalg.norm(matrix @ weights - b) == pytest.approx(least, abs=1e-5)


def test_no_problems_no_answers():
    assert solve_nonnegative(np.zeros((0, 4, 4)), np.zeros((0, 4))).shape == (0, 4)
