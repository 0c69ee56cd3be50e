import numpy as np
import pytest
from scipy.optimize import nnls

from srcnn.lars import PathSolver


def some_problems(
    rng: np.random.Generator, count: int = 60, features: int = 12, size: int = 30
) -> tuple[np.ndarray, np.ndarray]:
    """Return atoms (features, size) and signals (count, features), all of norm 1."""
    atoms = rng.normal(size=(features, size))
    atoms /= np.linalg.norm(atoms, axis=0)
    signals = rng.normal(size=(count, features))
    return atoms, signals / np.linalg.norm(signals, axis=1, keepdims=True)


def solved(
    atoms: np.ndarray, signals: np.ndarray, penalty: float, knots_beyond: int = 1
) -> np.ndarray:
    return PathSolver(atoms).solve(signals, penalty, knots_beyond).toarray()


def exact(atoms: np.ndarray, signal: np.ndarray, penalty: float) -> np.ndarray:
    """Minimise by least squares: for x >= 0 the penalty is linear, so it can be completed.

    ``|y - D x|^2 / 2 + p 1'x`` is ``|R x - R'^-1 (D'y - p 1)|^2 / 2`` and a constant, where
    ``R'R = D'D``; here D has full column rank.
    """
    r = np.linalg.cholesky(atoms.T @ atoms).T
    return nnls(r, np.linalg.solve(r.T, atoms.T @ signal - penalty))[0]


def penalty_of(atoms: np.ndarray, signal: np.ndarray, x: np.ndarray) -> float:
    """Return the penalty that makes ``x`` the minimum, after asserting that there is one."""
    correlations = atoms.T @ (signal - atoms @ x)
    assert (x >= 0).all()
    penalty = correlations.max()
    used = x > 1e-9
    np.testing.assert_allclose(correlations[used], penalty, atol=1e-9)
    return float(penalty)


@pytest.mark.parametrize("knots_beyond", [0, 1, 3])
@pytest.mark.parametrize(("features", "size"), [(12, 30), (20, 8), (40, 200), (5, 1)])
def test_every_result_is_the_minimum_for_a_penalty_not_above(
    rng: np.random.Generator, features: int, size: int, knots_beyond: int
):
    atoms, signals = some_problems(rng, 60, features, size)
    found = solved(atoms, signals, 0.1, knots_beyond)
    assert found.shape == (60, size)
    for signal, x in zip(signals, found, strict=True):
        penalty = penalty_of(atoms, signal, x)
        if (atoms.T @ signal).max() < 0.1:
            np.testing.assert_array_equal(x, 0)
        else:
            assert penalty <= 0.1 + 1e-12


@pytest.mark.parametrize("penalty", [0.02, 0.1, 0.3])
def test_it_agrees_with_least_squares_at_the_penalty_where_it_stopped(
    rng: np.random.Generator, penalty: float
):
    atoms, signals = some_problems(rng, 50, 30, 25)
    found = solved(atoms, signals, penalty)
    assert (np.count_nonzero(found, axis=1) > 3).any()
    for signal, x in zip(signals, found, strict=True):
        if x.any():
            reached = penalty_of(atoms, signal, x)
            np.testing.assert_allclose(x, exact(atoms, signal, reached), atol=1e-9)


def knots(atoms: np.ndarray, signal: np.ndarray) -> list[float]:
    """Find the penalties where the set of atoms in use changes, by bisection."""

    def used(penalty: float) -> tuple[int, ...]:
        return tuple(np.flatnonzero(exact(atoms, signal, penalty) > 1e-12))

    def between(low: float, high: float) -> list[float]:
        if used(low) == used(high) and high - low < 0.01:
            return []
        if high - low < 1e-9:
            return [(low + high) / 2]
        middle = (low + high) / 2
        return [*between(middle, high), *between(low, middle)]

    return between(0.0, 1.0)


def test_it_stops_one_knot_after_the_first_not_above_the_penalty(rng: np.random.Generator):
    atoms, signals = some_problems(rng, 6, 14, 10)
    went_out = False
    for signal in signals:
        path = knots(atoms, signal)
        below = [knot for knot in path if knot <= 0.1]
        for beyond in (0, 1, 2):
            (x,) = solved(atoms, signal[np.newaxis], 0.1, beyond)
            expected = below[beyond] if beyond < len(below) else 0
            assert penalty_of(atoms, signal, x) == pytest.approx(expected, abs=1e-7)
        went_out |= len(path) > np.count_nonzero(exact(atoms, signal, 0))
    assert went_out  # an atom that is taken out of use is a knot too


def test_at_the_end_of_the_path_are_nonnegative_least_squares(rng: np.random.Generator):
    atoms, signals = some_problems(rng, 40, 25, 18)
    found = solved(atoms, signals, 0.0, 1000)
    for signal, x in zip(signals, found, strict=True):
        np.testing.assert_allclose(x, nnls(atoms, signal)[0], atol=1e-9)


def test_an_atom_alone_shrinks_by_the_penalty():
    signals = np.array([[0.05, 0.02], [0.5, 0.0], [-0.9, -0.8], [0.0, 0.0]])
    found = solved(np.eye(2), signals, 0.1, 0)
    np.testing.assert_allclose(found, [[0, 0], [0.5, 0], [0, 0], [0, 0]], atol=1e-15)
    (x,) = solved(np.eye(2), np.array([[0.5, 0.3]]), 0.4, 0)
    np.testing.assert_allclose(x, [0.2, 0], atol=1e-15)  # the knot where the other comes
    (x,) = solved(np.eye(2), np.array([[0.5, 0.3]]), 0.4, 1)
    np.testing.assert_allclose(x, [0.5, 0.3], atol=1e-15)


def test_atoms_that_are_there_twice_or_tie_do_no_harm(rng: np.random.Generator):
    atoms, signals = some_problems(rng)
    twice = np.concatenate([atoms, atoms], axis=1)
    found = solved(twice, signals, 0.1)
    alone = solved(atoms, signals, 0.1)
    size = atoms.shape[1]
    np.testing.assert_allclose(found[:, :size] + found[:, size:], alone, atol=1e-9)
    (x,) = solved(np.eye(4), np.full((1, 4), 0.5), 0.1, 5)
    np.testing.assert_allclose(x, 0.5, atol=1e-9)


def test_a_signal_does_not_depend_on_its_company(rng: np.random.Generator):
    atoms, signals = some_problems(rng, 90, 20, 70)
    together = solved(atoms, signals, 0.05)
    np.testing.assert_array_equal(together, solved(atoms, signals, 0.05))
    apart = [solved(atoms, signal[np.newaxis], 0.05)[0] for signal in signals]
    np.testing.assert_allclose(together, apart, atol=1e-12)


def test_nothing_in_nothing_out(rng: np.random.Generator):
    atoms, signals = some_problems(rng)
    assert solved(atoms, signals[:0], 0.1).shape == (0, atoms.shape[1])
