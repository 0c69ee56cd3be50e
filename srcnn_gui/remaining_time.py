"""How long work will take, from how long it has taken."""

from __future__ import annotations

import math

ESTIMATE_AFTER_S = 1.0
MEMORY_S = 5.0


class RemainingTime:
    """Estimates the time left from the pace of the last seconds.

    The pace is work over time, both forgotten exponentially: what is ``MEMORY_S`` old counts
    1/e. So the estimate follows a change of pace without jumping at every tile.
    """

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._last_done = 0.0
        self._work = 0.0
        self._time_s = 0.0
        self._observed_s = 0.0

    def update(self, now_s: float, done: float, total: float) -> float | None:
        """Take in that ``done`` of ``total`` was reached at ``now_s``; return seconds left."""
        if self._last_s is not None:
            step_s = now_s - self._last_s
            kept = math.exp(-step_s / MEMORY_S)
            self._work = self._work * kept + done - self._last_done
            self._time_s = self._time_s * kept + step_s
            self._observed_s += step_s
        self._last_s, self._last_done = now_s, done
        if self._observed_s < ESTIMATE_AFTER_S or self._work <= 0:
            return None
        return max(total - done, 0.0) * self._time_s / self._work
