"""Sparse coding without negative coefficients: the path of the LASSO, of many signals at once.

Efron, Hastie, Johnstone, Tibshirani (2004), "Least angle regression". While the penalty falls,
coefficients follow straight lines between *knots*, where an atom comes into use or goes out of
it. All signals go from knot to knot together, and those that have arrived leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_ROOM = 8
"""Atoms in use that there is room for at first; as many are added when it does not suffice."""

_NEARLY_ZERO = 1e-12
"""Smaller gaps and pivots are roundings."""

_MAX_KNOTS = 1000
"""Paths with more go round in circles, between atoms that tie; they end where they are."""

_BLOCK = 32
"""Atoms that a product is computed with at a time."""

_ALONE = 1 << 18
"""Multiplications of a matrix product up to which OpenBLAS uses one thread."""


class PathSolver:
    """Minimises ``|y - D x|^2 / 2 + penalty * sum(x)`` over ``x >= 0``, nearly.

    As the code of Yang et al. (2008) does: it does not stop at the penalty, but at the first knot
    that is not above it or, as they have it, at the one after that. So the coefficients belong
    to a smaller penalty.

    Parameters
    ----------
    atoms : float64, (features, atoms)
        D.
    """

    def __init__(self, atoms: NDArray[np.float64]) -> None:
        features, size = atoms.shape
        padded = np.zeros((features, -(-size // _BLOCK) * _BLOCK))
        padded[:, :size] = atoms
        blocks = padded.reshape(features, -1, _BLOCK).swapaxes(0, 1)
        self._blocks = np.ascontiguousarray(blocks)
        self._gram = atoms.T @ atoms

    def solve(
        self, signals: NDArray[np.float64], penalty: float, knots_beyond: int = 1
    ) -> csr_array[np.float64, tuple[int, int]]:
        """Compute the coefficients of every signal.

        Parameters
        ----------
        signals : float64, (N, features)
            The y.
        penalty : float
            A signal whose correlations are all below it gets no coefficients.
        knots_beyond : int
            How many knots to go on after the first one not above the penalty; the path ends
            where the penalty is 0.

        Returns
        -------
        csr_array of float64, (N, atoms)
        """
        from scipy.sparse import csr_array

        correlations = self._correlations(signals)
        highest = correlations.max(axis=1, initial=0)
        numbers = np.flatnonzero(highest >= max(penalty, _NEARLY_ZERO))
        paths = _Paths(self._gram, correlations[numbers], highest[numbers])
        left = np.full(len(numbers), knots_beyond + 1)
        found: list[tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.float64]]] = []
        for knot in range(1, _MAX_KNOTS + 1):
            if len(numbers) == 0:
                break
            at_end = paths.advance()
            left -= paths.penalty <= penalty
            done = at_end | (left == 0) | (knot == _MAX_KNOTS)
            if done.any():
                rows, slots = np.nonzero(paths.used & done[:, np.newaxis])
                found.append((numbers[rows], paths.chosen[rows, slots], paths.x[rows, slots]))
                numbers, left = numbers[~done], left[~done]
                paths.keep(~done)
            paths.turn()
        shape = correlations.shape
        if not found:
            return csr_array(shape)
        signal, atom, x = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return csr_array((x, (signal, atom)), shape=shape)

    def _correlations(self, signals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply signals and atoms, by blocks that OpenBLAS computes in the calling thread.

        For larger products it uses every core, and callers in several threads wait for it.
        """
        count, size = len(signals), len(self._gram)
        blocks, features, width = self._blocks.shape
        result = np.empty((count, blocks, width))
        step = max(1, _ALONE // (features * width))
        for first in range(0, count, step):
            part = signals[first : first + step]
            np.matmul(part, self._blocks, out=result[first : first + step].swapaxes(0, 1))
        return result.reshape(count, blocks * width)[:, :size]


class _Paths:
    """Where signals are on their paths.

    Atoms in use have a slot each. A slot that is free has a 0 in ``x`` and in ``direction``, and
    nothing but 0 in its row and column of ``inverse``.

    Attributes
    ----------
    penalty : float64, (n,)
        What the correlations of all atoms in use are.
    gap : float64, (n, atoms)
        How far the correlations of others are below; infinite for those in use.
    chosen : int32, (n, slots)
        Atoms in use.
    used : bool, (n, slots)
        Which slots are not free.
    x, direction : float64, (n, slots)
        Coefficients, and how they grow as the penalty falls.
    inverse : float64, (n, slots, slots)
        Of the products of atoms in use.
    """

    def __init__(
        self,
        gram: NDArray[np.float64],
        correlations: NDArray[np.float64],
        highest: NDArray[np.float64],
    ) -> None:
        count = len(correlations)
        self._gram = gram
        self.penalty = highest
        self.gap = np.maximum(highest[:, np.newaxis] - correlations, _NEARLY_ZERO)
        self.chosen = np.zeros((count, _ROOM), np.int32)
        self.used = np.zeros((count, _ROOM), np.bool_)
        self.x = np.zeros((count, _ROOM))
        self.inverse = np.zeros((count, _ROOM, _ROOM))
        self._leaving = np.full(count, -1)
        self._coming = correlations.argmax(axis=1)
        self.turn()

    def advance(self) -> NDArray[np.bool_]:
        """Go to the next knot; return which paths end there, with a penalty of 0."""
        rows = np.arange(len(self.penalty))
        closing = self._closing()
        gone = np.flatnonzero(self._leaving >= 0)
        haste = closing / self.gap
        haste[gone, self.chosen[gone, self._leaving[gone]]] = 0
        self._coming = haste.argmax(axis=1)
        until_coming = 1 / np.maximum(haste[rows, self._coming], _NEARLY_ZERO)
        falling = self.direction < 0
        until_zero = np.where(falling, self.x, np.inf)
        np.divide(self.x, -self.direction, out=until_zero, where=falling)
        self._leaving = until_zero.argmin(axis=1)
        until_leaving = until_zero[rows, self._leaving]
        step = np.minimum(np.minimum(until_coming, until_leaving), self.penalty)
        at_end: NDArray[np.bool_] = step == self.penalty
        self._leaving[until_leaving > step] = -1
        self._coming[until_coming > step] = -1
        self._coming[self._leaving >= 0] = -1
        self.x += step[:, np.newaxis] * self.direction
        np.maximum(self.x, 0, out=self.x)
        self.penalty = self.penalty - step
        closing *= step[:, np.newaxis]
        self.gap -= closing
        np.maximum(self.gap, _NEARLY_ZERO, out=self.gap)
        return at_end

    def _closing(self) -> NDArray[np.float64]:
        """Return how fast gaps close as the penalty falls.

        The few rows of the products that are needed are added one by one: that takes a third of
        the time of a dense matrix product, and the sums do not depend on other signals.
        """
        from scipy.sparse import csr_array

        starts = np.zeros(len(self.used) + 1, np.int32)
        self.used.sum(axis=1).cumsum(out=starts[1:])
        used = self.direction[self.used], self.chosen[self.used], starts
        directions = csr_array(used, shape=(len(self.used), len(self._gram)))
        falling: NDArray[np.float64] = directions @ self._gram
        return np.subtract(1, falling, out=falling)

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Forget all other signals."""
        for name in ("penalty", "gap", "chosen", "used", "x", "inverse", "_leaving", "_coming"):
            setattr(self, name, getattr(self, name)[kept])

    def turn(self) -> None:
        """Take atoms into use, or out of it, and find the direction from here."""
        self._take_out(np.flatnonzero(self._leaving >= 0))
        self._take_in(np.flatnonzero(self._coming >= 0))
        self.direction = self.inverse.sum(axis=2)

    def _take_out(self, rows: NDArray[np.intp]) -> None:
        if len(rows) == 0:
            return
        each, slots = np.arange(len(rows)), self._leaving[rows]
        inverse = self.inverse[rows]
        column = inverse[each, :, slots]
        scaled = column / column[each, slots, np.newaxis]
        inverse -= column[:, :, np.newaxis] * scaled[:, np.newaxis]
        inverse[each, slots] = 0
        inverse[each, :, slots] = 0
        self.inverse[rows] = inverse
        self.used[rows, slots] = False
        self.x[rows, slots] = 0
        self.gap[rows, self.chosen[rows, slots]] = _NEARLY_ZERO

    def _take_in(self, rows: NDArray[np.intp]) -> None:
        if len(rows) == 0:
            return
        if self.used[rows].all(axis=1).any():
            self._make_room()
        each, atoms, slots = np.arange(len(rows)), self._coming[rows], self.used[rows].argmin(1)
        products = np.where(self.used[rows], self._gram[atoms[:, np.newaxis], self.chosen[rows]], 0)
        inverse = self.inverse[rows]
        weights = (inverse @ products[..., np.newaxis])[..., 0]
        pivots = self._gram[atoms, atoms] - (weights * products).sum(axis=1)
        weights[each, slots] = -1
        scaled = weights / np.maximum(pivots, _NEARLY_ZERO)[:, np.newaxis]
        inverse += weights[:, :, np.newaxis] * scaled[:, np.newaxis]
        self.inverse[rows] = inverse
        self.chosen[rows, slots] = atoms
        self.used[rows, slots] = True
        self.gap[rows, atoms] = np.inf

    def _make_room(self) -> None:
        more = ((0, 0), (0, _ROOM))
        self.chosen = np.pad(self.chosen, more).astype(np.int32)
        self.used = np.pad(self.used, more).astype(np.bool_)
        self.x = np.pad(self.x, more).astype(np.float64)
        self.inverse = np.pad(self.inverse, (*more, (0, _ROOM))).astype(np.float64)
