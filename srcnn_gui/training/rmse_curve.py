"""The RMSE of a dictionary after each iteration, as numbers. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RmseCurve:
    """What the training of one dictionary has come to.

    Attributes
    ----------
    name : str
        What people call it.
    values : tuple of float
        RMSE of the iterations, the last one last.
    last, of : int
        Number of the last iteration, and how many there are to be.
    colour : int, optional
        Which colour it is drawn in (``run_colours.run_colour``); None: by its place.
    """

    name: str
    values: tuple[float, ...]
    last: int
    of: int
    colour: int | None = None

    @property
    def iterations(self) -> NDArray[np.float64]:
        """The iterations of the values."""
        return np.arange(self.last - len(self.values) + 1, self.last + 1, dtype=np.float64)

    def after(self, iteration: int, rmse: float) -> RmseCurve:
        """Return the curve with one more point."""
        return replace(self, values=(*self.values, rmse), last=iteration)

    def named(self, name: str) -> RmseCurve:
        """Return the curve under another name."""
        return replace(self, name=name)

    def nearest(self, iteration: float) -> tuple[int, float] | None:
        """Return iteration and RMSE of the point nearest to a place; None if there is none."""
        if not self.values:
            return None
        place = int(np.argmin(np.abs(self.iterations - iteration)))
        return int(self.iterations[place]), self.values[place]
