"""K-SVD: atoms of which a few, added up, come close to any of many signals.

Aharon, Elad, Bruckstein (2006), with the approximate updates of Rubinstein, Zibulevsky, Elad
(2008), "Efficient implementation of the K-SVD algorithm using batch orthogonal matching pursuit":
an atom is improved by one step towards the first singular vector, and its coefficients at once.
Signals and atoms are rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from srcnn.pursuit import pursue
from srcnn.workers import in_order
from trainer.control import check, go_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainer.control import Control

_BLOCK = 8192
"""Signals whose correlations with all atoms are computed at once."""

_PART = 256
"""Of these, so many are pursued at a time: what the cache can take."""

_LOOKED_AT = 5000
"""Signals among which the worst represented one is looked for."""

_TOO_ALIKE = 0.99
_TOO_FEW = 4
"""An atom is replaced if another one is as similar, or if fewer signals use it."""

_NOTHING = 1e-10
"""Of the largest number of a kind: smaller ones are rounding errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """What signals are composed of.

    Attributes
    ----------
    chosen : int, (N, sparsity)
        Atoms of each signal.
    coefficients : float64, (N, sparsity)
        How much of each; 0 where fewer suffice. No atom counts twice in a signal.
    """

    chosen: NDArray[np.intp]
    coefficients: NDArray[np.float64]

    def matrix(self, atoms: int) -> csr_array:
        """Return the coefficients as a sparse matrix (N, atoms)."""
        count, sparsity = self.chosen.shape
        starts = np.arange(0, count * sparsity + 1, sparsity)
        entries = (self.coefficients.ravel(), self.chosen.ravel(), starts)
        return csr_array(entries, shape=(count, atoms))

    def uses(self, atoms: int) -> list[NDArray[np.intp]]:
        """Return, for each atom, the places in the flattened coefficients that are its own."""
        places = np.flatnonzero(self.coefficients)
        owners = self.chosen.ravel()[places]
        order = np.argsort(owners, kind="stable")
        bounds = np.searchsorted(owners[order], np.arange(1, atoms))
        return np.split(places[order], bounds)


def initial_atoms(
    signals: NDArray[np.float64], atoms: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw different signals, and bring each to norm 1.

    Returns
    -------
    float64, (atoms, features)

    Raises
    ------
    ValueError
        If there are fewer signals that are not 0.
    """
    norms = np.linalg.norm(signals, axis=1)
    usable = np.flatnonzero(norms > _NOTHING * norms.max(initial=0))
    if len(usable) < atoms:
        raise ValueError(f"{atoms} atoms need as many signals, not {len(usable)}")
    drawn = rng.choice(usable, atoms, replace=False)
    atoms_found: NDArray[np.float64] = signals[drawn] / norms[drawn, np.newaxis]
    return atoms_found


def encode(
    signals: NDArray[np.float64],
    atoms: NDArray[np.float64],
    sparsity: int,
    threads: int,
    control: Control = go_on,
) -> Codes:
    """Compose every signal of a few atoms, by orthogonal matching pursuit.

    Parameters
    ----------
    signals : float64, (N, features)
        What is composed.
    atoms : float64, (atoms, features)
        Each of norm 1.
    sparsity : int
        Atoms of each signal.
    threads : int
        Blocks of signals at a time; the result does not depend on it.
    control : Control
        Asked between blocks.

    Raises
    ------
    Interrupted
        If it is not to go on.
    """
    gram, columns = atoms @ atoms.T, np.ascontiguousarray(atoms.T)
    found: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []
    for first in range(0, len(signals), _BLOCK):
        if first:
            check(control)
        correlations = signals[first : first + _BLOCK] @ columns
        parts = [correlations[k : k + _PART] for k in range(0, len(correlations), _PART)]
        found += in_order(lambda part: pursue(part, gram, sparsity), parts, threads)
    chosen = np.concatenate([block[0] for block in found])
    coefficients = np.concatenate([block[1] for block in found])
    coefficients[np.abs(coefficients) <= _NOTHING * np.abs(coefficients).max()] = 0
    for k in range(1, sparsity):
        for earlier in range(k):
            twice = chosen[:, k] == chosen[:, earlier]
            coefficients[twice, earlier] += coefficients[twice, k]
            coefficients[twice, k] = 0
    return Codes(chosen, coefficients)


def improve(
    signals: NDArray[np.float64],
    atoms: NDArray[np.float64],
    codes: Codes,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], float, int]:
    """Improve all atoms, one after the other in random order, and replace those of little use.

    Parameters
    ----------
    signals : float64, (N, features)
        What the atoms are for.
    atoms : float64, (atoms, features)
        As they are.
    codes : Codes
        Of the signals in these atoms.
    rng : numpy.random.Generator
        Draws the order and the signals that are looked at for a replacement.

    Returns
    -------
    atoms : float64, (atoms, features)
        As they are now, each of norm 1.
    rmse : float
        Of the signals, with improved atoms and coefficients and before replacements.
    replaced : int
        Atoms that gave way to a signal.
    """
    sparsity = codes.chosen.shape[1]
    atoms, coefficients = atoms.copy(), codes.coefficients.copy().ravel()
    uses = codes.uses(len(atoms))
    residual = signals - codes.matrix(len(atoms)) @ atoms
    spares = _Spares(signals, rng)
    replaced = np.zeros(len(atoms), bool)
    for k in rng.permutation(len(atoms)):
        places = uses[k]
        if len(places) == 0:
            replaced[k] = spares.put_worst(residual, atoms, k)
            continue
        users = places // sparsity
        without = residual[users]
        without += coefficients[places, np.newaxis] * atoms[k]
        towards = coefficients[places] @ without
        norm = np.linalg.norm(towards)
        if norm > 0:
            atoms[k] = towards / norm
        coefficients[places] = without @ atoms[k]
        without -= coefficients[places, np.newaxis] * atoms[k]
        residual[users] = without
    rmse = float(np.sqrt(np.mean(np.square(residual))))
    for k in range(len(atoms)):
        likeness = np.abs(atoms @ atoms[k])
        likeness[k] = 0
        if not replaced[k] and (len(uses[k]) < _TOO_FEW or likeness.max() > _TOO_ALIKE):
            replaced[k] = spares.put_worst(residual, atoms, k)
    return atoms, rmse, int(replaced.sum())


class _Spares:
    """Signals that may take the place of an atom, each only once."""

    def __init__(self, signals: NDArray[np.float64], rng: np.random.Generator) -> None:
        self._signals = signals
        self._rng = rng
        self._is_free = np.ones(len(signals), bool)

    def put_worst(self, residual: NDArray[np.float64], atoms: NDArray[np.float64], k: int) -> bool:
        """Replace atom ``k`` by the worst represented of some signals, if that lacks anything."""
        count = len(self._signals)
        looked_at = self._rng.choice(count, min(count, _LOOKED_AT), replace=False)
        looked_at = looked_at[self._is_free[looked_at]]
        if len(looked_at) == 0:
            return False
        left = residual[looked_at]
        energy = np.einsum("nf,nf->n", left, left)
        worst = looked_at[energy.argmax()]
        norm = np.linalg.norm(self._signals[worst])
        if energy.max() <= (_NOTHING * norm) ** 2:
            return False
        self._is_free[worst] = False
        atoms[k] = self._signals[worst] / norm
        return True


def couple(codes: Codes, atoms: int, targets: NDArray[np.floating]) -> NDArray[np.float64]:
    """Find what each atom means, so that the same coefficients compose the targets best.

    Least squares, as in Zeyde et al.; an atom that nothing uses means 0.

    Parameters
    ----------
    codes : Codes
        Of the signals.
    atoms : int
        How many there are.
    targets : float, (N, values)
        What belongs to each signal.

    Returns
    -------
    float64, (atoms, values)
    """
    matrix = codes.matrix(atoms)
    system, wanted = (matrix.T @ matrix).toarray(), matrix.T @ targets
    diagonal = np.sqrt(system.diagonal())
    size = np.where(diagonal > 0, diagonal, 1)
    even = np.linalg.pinv(system / np.outer(size, size), rcond=1e-10, hermitian=True)
    found: NDArray[np.float64] = even @ (wanted / size[:, np.newaxis]) / size[:, np.newaxis]
    return found
