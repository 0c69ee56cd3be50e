"""Orthogonal matching pursuit of many signals at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pursue(
    correlations: NDArray[np.float64], gram: NDArray[np.float64], sparsity: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Choose atoms one by one, the most correlated with what is left first.

    After Rubinstein, Zibulevsky, Elad (2008), "Efficient implementation of the K-SVD algorithm
    using batch orthogonal matching pursuit": what is left of a signal is never computed, only its
    correlations.

    Parameters
    ----------
    correlations : float64, (N, atoms)
        Of the signals with the atoms, each of norm 1.
    gram : float64, (atoms, atoms)
        Of the atoms with each other.
    sparsity : int
        Atoms of each signal.

    Returns
    -------
    chosen : int, (N, sparsity)
        Atoms, in the order they were chosen.
    coefficients : float64, (N, sparsity)
        Least squares on these atoms; 0 for atoms that add nothing.
    """
    count = len(correlations)
    signals = np.arange(count)
    chosen = np.zeros((count, sparsity), np.intp)
    coefficients = np.zeros((count, sparsity))
    left = correlations.copy()
    for size in range(1, sparsity + 1):
        magnitude = np.abs(left)
        magnitude[signals[:, np.newaxis], chosen[:, : size - 1]] = -1
        chosen[:, size - 1] = magnitude.argmax(axis=1)
        atoms = chosen[:, :size]
        system = gram[atoms[:, :, np.newaxis], atoms[:, np.newaxis, :]]
        system[:, range(size), range(size)] += 1e-12  # two atoms may be alike
        wanted = correlations[signals[:, np.newaxis], atoms]
        found = np.linalg.solve(system, wanted[..., np.newaxis])[..., 0]
        coefficients[:, :size] = found
        if size < sparsity:
            np.copyto(left, correlations)
            for k in range(size):
                left -= found[:, k, np.newaxis] * gram[atoms[:, k]]
    return chosen, coefficients
