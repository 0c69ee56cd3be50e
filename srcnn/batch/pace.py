"""How far a batch is and how long it will take, by megapixels: pictures differ in size."""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING

from srcnn.batch.events import Standing
from srcnn.errors import SrcnnError
from srcnn.picture import announced_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn.batch.plan import Task

_SURVEY_S = 2.0
"""Longest time for reading headers before the work; other pictures are taken for average ones."""

_ENOUGH_S = 1.0
"""So much time must have been worked before the rest is estimated."""


class Pace:
    """Counts what is done and estimates what is left.

    Parameters
    ----------
    tasks : Sequence[Task]
        All tasks; the headers of their pictures are read, as far as that is quick.
    paused_s : callable
        Seconds of pause since the start.
    clock : callable
        Seconds, never going back.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        paused_s: Callable[[], float],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock, self._paused_s = clock, paused_s
        began = clock()
        self._areas: dict[Task, float | None] = {}
        for task in tasks:
            self._areas[task] = _area(task) if clock() - began < _SURVEY_S else None
        known = [area for area in self._areas.values() if area]
        self._average = sum(known) / len(known) if known else 1.0
        self._left = sum(map(self._area_of, tasks))
        self._began_s = clock()
        self._worked = 0.0
        self._worked_s = 0.0
        self._counts = {"done": 0, "skipped": 0, "failed": 0}
        self._megapixels = 0.0

    @property
    def now_s(self) -> float:
        """Seconds since the start, without pauses."""
        return self._clock() - self._began_s - self._paused_s()

    def ended(
        self, task: Task, outcome: str, *, seconds: float = 0.0, megapixels: float = 0.0
    ) -> Standing:
        """Take in that a task came to ``done``, ``skipped`` or ``failed``."""
        self._counts[outcome] += 1
        self._left -= self._area_of(task)
        if outcome == "done":
            self._worked += self._area_of(task)
            self._worked_s += seconds
            self._megapixels += megapixels
        return self.standing()

    def standing(
        self, task: Task | None = None, share: float = 0.0, seconds: float = 0.0
    ) -> Standing:
        """Return how far the batch is, with a ``share`` of a task done in ``seconds``."""
        part = self._area_of(task) * share if task else 0.0
        worked, worked_s = self._worked + part, self._worked_s + seconds
        eta = None
        if worked > 0 and worked_s >= _ENOUGH_S:
            eta = max(self._left - part, 0.0) * worked_s / worked
        return Standing(
            total=len(self._areas),
            **self._counts,
            megapixels=self._megapixels,
            seconds=self.now_s,
            eta_seconds=eta,
        )

    def _area_of(self, task: Task) -> float:
        return self._areas[task] or self._average


def _area(task: Task) -> float | None:
    """Return the megapixels that a picture's header announces; None if it cannot be read."""
    try:
        return announced_size(task.picture, max_megapixels=math.inf).megapixels
    except SrcnnError:
        return None
