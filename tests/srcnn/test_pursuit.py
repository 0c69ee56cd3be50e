"""Matching pursuit: against the textbook's way, one signal at a time."""

import numpy as np
import pytest

from srcnn.pursuit import pursue


def textbook(signal: np.ndarray, atoms: np.ndarray, sparsity: int) -> tuple[list[int], np.ndarray]:
    """Choose by what is left of the signal, then solve least squares."""
    chosen: list[int] = []
    left, found = signal, np.zeros(0)
    for _ in range(sparsity):
        chosen.append(int(np.abs(atoms.T @ left).argmax()))
        found = np.linalg.lstsq(atoms[:, chosen], signal, rcond=None)[0]
        left = signal - atoms[:, chosen] @ found
    return chosen, found


@pytest.mark.parametrize("sparsity", [1, 2, 3, 5])
def test_it_is_orthogonal_matching_pursuit(sparsity: int):
    random = np.random.default_rng(sparsity)
    atoms = random.normal(size=(14, 40))
    atoms /= np.linalg.norm(atoms, axis=0)
    signals = random.normal(size=(30, 14))
    chosen, coefficients = pursue(signals @ atoms, atoms.T @ atoms, sparsity)
    for row, signal in enumerate(signals):
        expected, values = textbook(signal, atoms, sparsity)
        assert chosen[row].tolist() == expected
        np.testing.assert_allclose(coefficients[row], values, atol=1e-9)


def test_a_signal_that_is_an_atom_needs_no_other():
    atoms = np.eye(6)
    chosen, coefficients = pursue(3 * atoms[2:3], atoms, 3)
    assert chosen[0, 0] == 2
    np.testing.assert_allclose(coefficients, [[3, 0, 0]], atol=1e-9)


def test_nothing_is_made_of_nothing():
    _, coefficients = pursue(np.zeros((4, 6)), np.eye(6), 2)
    np.testing.assert_array_equal(coefficients, 0)
