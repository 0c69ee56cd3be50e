"""Calls that take turns, so that a slow minute is slow for all of them."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def median_seconds(
    calls: Sequence[Callable[[], object]], rounds: int, seconds_a_call: float
) -> list[float]:
    """Return the median seconds of each call.

    Parameters
    ----------
    calls : Sequence of callable
        What to measure; each is called once in a round.
    rounds : int
        How many are counted; one more before them warms up.
    seconds_a_call : float
        A call that would exceed that many seconds has no more turns, once one was counted.
    """
    taken: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 1):
        for call, times in zip(calls, taken, strict=True):
            if len(times) > 1 and sum(times) + min(times) > seconds_a_call:
                continue
            started = time.perf_counter()
            call()
            times.append(time.perf_counter() - started)
        print(f"{number} of {rounds} rounds done" if number else "warmed up", flush=True)
    return [statistics.median(times[1:]) for times in taken]
