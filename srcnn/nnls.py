"""Least squares without negative weights, of many small problems at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PATIENCE = 3
_MAX_ROUNDS = 500
_TOLERANCE = 1e-12
_RIDGE = 1e-10
"""Relative to the mean square of a column: the answer is one even where A has too few rows."""


def solve_nonnegative(
    gram: NDArray[np.float64], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Minimise ``|A x - b|`` over ``x >= 0``.

    By block principal pivoting (Portugal, Judice, Vicente 1994; Kim, Park 2011): which weights
    are 0 is guessed for all at once, and all wrong guesses are changed at once, or, if that did
    not help for some rounds, one by one, which always ends. The result is that of Lawson and
    Hanson's method.

    Parameters
    ----------
    gram : float64, (N, k, k)
        A' A of each problem.
    wanted : float64, (N, k)
        A' b of each.

    Returns
    -------
    float64, (N, k)
    """
    count, size = wanted.shape
    result = np.zeros((count, size))
    scale = np.abs(wanted).max(axis=1, initial=1e-300)[:, np.newaxis]
    problems = np.arange(count)
    free = np.zeros((count, size), np.bool_)
    fewest = np.full(count, size + 1)
    patience = np.full(count, _PATIENCE)
    eye = np.eye(size)
    ridge = _RIDGE * np.trace(gram, axis1=1, axis2=2) / size
    gram = gram + np.maximum(ridge, np.finfo(np.float64).tiny)[:, np.newaxis, np.newaxis] * eye
    for _ in range(_MAX_ROUNDS):
        some, b = gram[problems], wanted[problems]
        both = free[:, :, np.newaxis] & free[:, np.newaxis, :]
        system = np.where(both, some, eye)
        x = np.linalg.solve(system, np.where(free, b, 0)[..., np.newaxis])[..., 0]
        slope = (some @ x[..., np.newaxis])[..., 0] - b
        wrong = np.where(free, x < 0, slope < -_TOLERANCE * scale[problems])
        many = wrong.sum(axis=1)
        done = many == 0
        result[problems[done]] = x[done]
        if done.all():
            break
        keep = ~done
        problems, free, wrong, many = problems[keep], free[keep], wrong[keep], many[keep]
        fewest, patience = fewest[keep], patience[keep]
        better = many < fewest
        patience = np.where(better, _PATIENCE, patience - 1)
        fewest = np.minimum(fewest, many)
        one_by_one = patience < 0
        last = size - 1 - wrong[:, ::-1].argmax(axis=1)
        only = np.zeros_like(wrong)
        only[np.arange(len(only)), last] = True
        free ^= np.where(one_by_one[:, np.newaxis], only, wrong)
    return result
