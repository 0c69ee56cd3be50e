"""Where the axes of the curves begin, end and carry numbers, and how those are written. No Qt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from trainer.report import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Tick: TypeAlias = tuple[float, str]
"""A place on an axis and what is written there."""

_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_DAY = 86400
_FAR = 3
"""A goal is left behind if it is so many times farther below a run than the run is high."""
_SHORTEST = 0.06
"""Least that an axis of values spans: decibels, or powers of 10."""


def linear_steps(low: float, high: float, most: int) -> tuple[NDArray[np.float64], float]:
    """Return at most about ``most`` round values in [low, high], and the step between them."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return np.array([]), 1.0
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return np.arange(first, last + 1, dtype=np.float64) * np.float64(step), step


def linear_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Return ticks with as many decimals as it takes to tell them apart."""
    values, step = linear_steps(low, high, most)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(float(value), f"{value:.{decimals}f}") for value in values]


def backprop_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Return ticks such as 500, 100k and 2.5M; none below 0."""
    values, _ = linear_steps(max(0.0, low), high, most)
    return [(float(value), short_number(float(value))) for value in values]


def whole_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Return ticks at whole numbers from 1 on."""
    return [tick for tick in backprop_ticks(low, high, most) if tick[0] >= 1 and tick[0] % 1 == 0]


def log_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Return ticks of an axis in powers of 10: at 1, 2 and 5, at 1 only if it is long."""
    if not high > low:
        return []
    decades = range(math.floor(low), math.ceil(high) + 1)
    shown: list[Tick] = []
    for factors in ((1, 2, 5), (1,)):
        places = [(factor, power) for power in decades for factor in factors]
        shown = [
            (power + math.log10(factor), _scientific(factor * 10.0**power))
            for factor, power in places
            if low <= power + math.log10(factor) <= high
        ]
        if len(shown) <= max(3, most):
            break
    if len(shown) >= 2:
        return shown
    values, _ = linear_steps(10.0**low, 10.0**high, most)
    return [(math.log10(value), f"{value:.4g}") for value in values if value > 0]


def time_steps(low: float, high: float, most: int) -> list[float]:
    """Return at most about ``most`` round times in [low, high], in seconds."""
    if not high > low:
        return []
    rough = (high - low) / max(1, most)
    step: float = next((step for step in _TIME_STEPS if step >= rough), 0)
    if not step:
        step = _DAY * math.ceil(rough / _DAY)
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def clock(seconds: float) -> str:
    """Return a time for an axis: ``12:05`` in minutes and seconds, ``1:30 h``, ``2 d 6 h``."""
    return duration(seconds).removesuffix(" min")


def short_number(value: float) -> str:
    """Return a number with a letter for its thousands: ``950``, ``1.5k``, ``120k``, ``2.5M``."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.6g}{letter}"
    return f"{value:.6g}"


def psnr_range(psnr_db: NDArray[np.float64], goals: Sequence[float]) -> tuple[float, float]:
    """Return the least and the most PSNR that a plot is to show.

    That is everything, but for two things that would flatten what matters: the first seconds of
    a run from chance, once it beats the lowest goal; and goals that a run which only refines
    has long left behind.

    Parameters
    ----------
    psnr_db : float64
        Of the runs.
    goals : float
        What they are compared with: bicubic, the paper; NaN if not known.
    """
    values = psnr_db[np.isfinite(psnr_db)]
    goals = [goal for goal in goals if math.isfinite(goal)]
    if not values.size:
        return (min(goals), max(goals)) if goals else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if not goals:
        return low, high
    if low - min(goals) > _FAR * (high - low) + 0.1:
        return min([low, *(goal for goal in goals if goal >= low)]), max(high, *goals)
    top = max(high, *goals)
    if high > min(goals):
        low = max(low, min(goals) - max(0.3, (top - min(goals)) / 2))
    return min(low, *goals), top


def loss_range(losses: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """Return the least and the greatest power of 10 that a plot of losses is to show."""
    values = np.concatenate([*losses, np.array([])])
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return -4.0, -2.0
    powers = np.log10(values)
    return float(powers.min()), float(powers.max())


def with_room(low: float, high: float, below: float, above: float) -> tuple[float, float]:
    """Return a range whose shares ``below`` and ``above`` (of the whole) stay free."""
    inner = max(0.1, 1 - below - above)
    length = max(high - low, _SHORTEST) / inner
    start = (low + high) / 2 - length * inner / 2 - length * below
    return start, start + length


def _scientific(value: float) -> str:
    """Return a number as short as it can be read: ``0.002``, ``5e-5``."""
    text = f"{value:.4g}"
    return text.replace("e-0", "e-").replace("e+0", "e")
