"""K-SVD on made-up signals, of which it is known what they are composed of."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer import ksvd
from trainer.ksvd import Codes, couple, encode, improve, initial_atoms


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    normed: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return normed


def planted(
    atoms: int = 24, features: int = 16, count: int = 3000
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return atoms, and signals of which each is two of them."""
    draw = rng(5)
    truth = unit(draw.normal(size=(atoms, features)))
    chosen = np.array([draw.choice(atoms, 2, replace=False) for _ in range(count)])
    amounts = draw.uniform(0.5, 2, (count, 2)) * draw.choice((-1, 1), (count, 2))
    return truth, np.einsum("nk,nkf->nf", amounts, truth[chosen])


def trained(
    signals: NDArray[np.float64], atoms: NDArray[np.float64], iterations: int
) -> tuple[NDArray[np.float64], list[float]]:
    curve = []
    for iteration in range(iterations):
        codes = encode(signals, atoms, 2, 1)
        atoms, rmse, _ = improve(signals, atoms, codes, rng(iteration))
        curve.append(rmse)
    return atoms, curve


def test_a_planted_dictionary_is_found():
    truth, signals = planted()
    atoms, curve = trained(signals, initial_atoms(signals, len(truth), rng()), 40)
    found = np.abs(truth @ atoms.T).max(axis=1) > 0.99
    assert found.mean() >= 0.9
    assert curve[-1] < curve[0] / 3
    np.testing.assert_allclose(np.linalg.norm(atoms, axis=1), 1, atol=1e-12)


def test_the_error_falls_in_every_iteration():
    signals = rng(1).normal(size=(800, 10))
    _, curve = trained(signals, initial_atoms(signals, 20, rng()), 6)
    assert curve == sorted(curve, reverse=True)


def test_the_error_is_that_of_improved_atoms_with_improved_coefficients():
    """One atom: the best step towards the first singular vector, written out."""
    signals = rng(2).normal(size=(50, 6))
    atoms = initial_atoms(signals, 1, rng())
    codes = encode(signals, atoms, 1, 1)
    better = unit((signals @ atoms[0])[np.newaxis] @ signals)
    left = signals - (signals @ better[0])[:, np.newaxis] * better
    found, rmse, replaced = improve(signals, atoms, codes, rng())
    np.testing.assert_allclose(found, better, atol=1e-12)
    assert rmse == pytest.approx(np.sqrt(np.mean(left**2)), rel=1e-12)
    assert replaced == 0


def test_initial_atoms_are_different_signals_of_norm_1():
    signals = rng(3).normal(size=(40, 5))
    signals[::2] = 0
    atoms = initial_atoms(signals, 20, rng())
    likeness = np.abs(atoms @ unit(signals[1::2]).T)
    assert sorted(likeness.argmax(axis=1)) == list(range(20))
    np.testing.assert_allclose(likeness.max(axis=1), 1)
    with pytest.raises(ValueError, match="21 atoms need as many signals, not 20"):
        initial_atoms(signals, 21, rng())


@pytest.mark.parametrize("threads", [1, 2])
def test_blocks_and_threads_do_not_matter(threads: int, monkeypatch: pytest.MonkeyPatch):
    signals = rng(4).normal(size=(300, 8))
    atoms = initial_atoms(signals, 30, rng())
    whole = encode(signals, atoms, 3, 1)
    monkeypatch.setattr(ksvd, "_BLOCK", 64)
    monkeypatch.setattr(ksvd, "_PART", 7)
    parts = encode(signals, atoms, 3, threads)
    np.testing.assert_array_equal(parts.chosen, whole.chosen)
    np.testing.assert_allclose(parts.coefficients, whole.coefficients, atol=1e-12)


def test_no_atom_counts_twice_in_a_signal_that_one_suffices_for():
    atoms = unit(rng(6).normal(size=(12, 6)))
    signals = 3 * atoms[[4, 4, 7]]
    codes = encode(np.concatenate([signals, np.zeros((1, 6))]), atoms, 3, 1)
    assert (codes.coefficients != 0).sum(axis=1).tolist() == [1, 1, 1, 0]
    np.testing.assert_allclose(codes.matrix(12) @ atoms, [*signals, np.zeros(6)], atol=1e-9)
    assert [len(places) for places in codes.uses(12)] == [0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0]


def test_an_atom_that_nothing_uses_gives_way_to_the_worst_represented_signal():
    signals = np.zeros((20, 4))
    signals[:, 0] = np.arange(1, 21)
    signals[6, 2] = 5  # all that atom 0 leaves
    atoms = np.eye(4)[[0, 3]]
    found, rmse, replaced = improve(signals, atoms, encode(signals, atoms, 1, 1), rng())
    assert replaced == 1
    np.testing.assert_allclose(found[1], signals[6] / np.linalg.norm(signals[6]))
    assert rmse > 0


def test_an_atom_that_three_signals_use_is_replaced_and_one_that_four_use_stays():
    for users, expected in ((3, 1), (4, 0)):
        signals = np.zeros((30, 4))
        signals[:, 0] = 1
        signals[:users] = [0, 0, 2, 0]
        signals[-6:] = [1, 0.3, 0, 0]
        atoms = np.eye(4)[[0, 2]]
        _, _, replaced = improve(signals, atoms, encode(signals, atoms, 1, 1), rng())
        assert replaced == expected


def test_of_two_atoms_that_are_alike_one_is_replaced():
    signals = np.concatenate([np.tile([1, 0.03, 0.0], (10, 1)), np.tile([1, -0.03, 0.0], (10, 1))])
    signals = np.concatenate([signals, [[1, 0.03, 0.4]]])
    atoms = unit(np.array([[1, 0.03, 0.0], [1, -0.03, 0.0]]))
    found, _, replaced = improve(signals, atoms, encode(signals, atoms, 1, 1), rng())
    assert replaced == 1
    assert abs(found[0] @ found[1]) < 0.99


def test_where_nothing_is_lacking_no_atom_is_replaced():
    signals = np.zeros((10, 3))
    signals[:5, 0] = 1
    atoms = np.eye(3)[[0, 1]]
    found, rmse, replaced = improve(signals, atoms, encode(signals, atoms, 1, 1), rng())
    assert rmse == pytest.approx(0, abs=1e-15)
    assert replaced == 0
    np.testing.assert_allclose(found, atoms)


def test_the_meaning_of_atoms_is_found_again():
    codes = Codes(
        np.array([rng(i).choice(6, 2, replace=False) for i in range(60)]),
        rng(8).normal(size=(60, 2)) * [1, 1e-3],
    )
    meaning = rng(9).normal(size=(8, 5))
    meaning[6:] = 0  # nothing uses them
    targets = codes.matrix(8) @ meaning
    np.testing.assert_allclose(couple(codes, 8, targets), meaning, atol=1e-9)
