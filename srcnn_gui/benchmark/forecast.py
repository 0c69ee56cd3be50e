"""How long the rest of a measurement takes."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

Key = tuple[int, str]
"""A scale and the id of a method, or of a method on a device."""


class Named(Protocol):
    """What has an id."""

    @property
    def id(self) -> str:
        """What tells it from others."""


class Forecast:
    """Expects of every method what it took before, at that scale, on the mean picture so far.

    Methods differ a thousandfold, so the pace of the last seconds would say little.

    Parameters
    ----------
    pairs : Sequence of (int, Named)
        Computed for every picture, in that order.
    pictures : int
        How many there are.
    """

    def __init__(self, pairs: Sequence[tuple[int, Named]], pictures: int) -> None:
        self._took_s: dict[Key, list[float]] = {}
        self._waiting = {(scale, named.id): pictures for scale, named in pairs}

    def pass_over(self, key: Key) -> None:
        """Take in that a row needs no time."""
        self._waiting[key] -= 1

    def finish(self, key: Key, seconds: float) -> None:
        """Take in that a row is done, and how long it took."""
        self._took_s.setdefault(key, []).append(seconds)
        self._waiting[key] -= 1

    def left_s(self, key: Key, spent_s: float) -> float | None:
        """Return the seconds left while the row of ``key`` is computed for ``spent_s`` seconds.

        None until every method that is still needed was seen once.
        """
        needed = {pair: count for pair, count in self._waiting.items() if count > 0}
        if any(pair not in self._took_s for pair in needed):
            return None
        means = {pair: fmean(self._took_s[pair]) for pair in needed}
        total = sum(count * means[pair] for pair, count in needed.items())
        return max(total - min(spent_s, means.get(key, 0.0)), 0.0)
