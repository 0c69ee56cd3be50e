"""The curves of one run as numbers: loss and validation PSNR against backprops and time. No Qt."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from trainer.events import RunStarted, StepDone, Validated, WeightsSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from trainer.events import CurveEvent, TrainEvent

SMOOTHING = 0.9
"""Weight of the past in a smoothed loss: it looks back over some ten reports."""


@dataclass(frozen=True, slots=True)
class LossPoints:
    """The reported losses, in order; arrays of equal length.

    Attributes
    ----------
    backprops, seconds : float64
        Sub-images seen and time spent training.
    loss, smooth : float64
        Mean squared error of the planes in [0, 1] as reported, and smoothed.
    rate : float64
        Rate of learning.
    """

    backprops: NDArray[np.float64]
    seconds: NDArray[np.float64]
    loss: NDArray[np.float64]
    smooth: NDArray[np.float64]
    rate: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ValidationPoints:
    """The validations, in order: sub-images seen, time spent training, mean PSNR in dB."""

    backprops: NDArray[np.float64]
    seconds: NDArray[np.float64]
    psnr_db: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run had reached at a place of its curves; NaN where nothing is known.

    Attributes
    ----------
    backprops, seconds : float
        Of the report of the loss nearest to the place.
    loss, rate : float
        Smoothed loss and rate of that report.
    psnr_backprops, psnr_db : float
        The nearest validation.
    """

    backprops: float
    seconds: float
    loss: float
    rate: float
    psnr_backprops: float
    psnr_db: float


class RunCurve:
    """What one run has reported, fit for plotting.

    Parameters
    ----------
    name : str
        What people call the run.
    scale : int
        Enlargement factor.
    bicubic_db : float
        PSNR of bicubic interpolation on the validation pictures; NaN if not known.
    paper_db : float, optional
        What the paper reports on them, if it does.
    validation_name : str
        What is validated on, for people.
    colour : int, optional
        Which colour it is drawn in (``run_colours.run_colour``); None: by its place.
    """

    def __init__(
        self,
        name: str,
        scale: int,
        bicubic_db: float,
        paper_db: float | None = None,
        validation_name: str = "",
        colour: int | None = None,
    ) -> None:
        self.name = name
        self.scale = scale
        self.bicubic_db = bicubic_db
        self.paper_db = paper_db
        self.validation_name = validation_name
        self.colour = colour
        self._smoother = _Smoother()
        self._loss = tuple(array("d") for _ in range(5))
        self._validation = tuple(array("d") for _ in range(3))
        self._clock = tuple(array("d") for _ in range(2))
        self._snapshots: list[WeightsSnapshot] = []

    @classmethod
    def started(cls, name: str, event: RunStarted) -> Self:
        """Return the curve of a run that starts, with what it had reported if it is resumed."""
        curve = cls(name, event.scale, event.bicubic_db, event.paper_db, event.validation_name)
        for earlier in event.curve:
            curve.add(earlier)
        return curve

    @classmethod
    def from_events(cls, name: str, events: Iterable[TrainEvent]) -> Self:
        """Return the curve of what a run has written down.

        It may have been resumed, so that there are several ``RunStarted``; if there is none, its
        scale is 0 and nothing is known of bicubic.
        """
        curve: Self | None = None
        for event in events:
            match event:
                case RunStarted():
                    curve = cls.started(name, event) if curve is None else curve
                case StepDone() | Validated() | WeightsSnapshot():
                    curve = cls(name, 0, math.nan) if curve is None else curve
                    curve.add(event)
        return cls(name, 0, math.nan) if curve is None else curve

    def add(self, event: CurveEvent) -> None:
        """Add a point; points at or after it are dropped first: the run went back to before."""
        match event:
            case StepDone():
                loss = float(event.loss)  # of an infinite one, JSON keeps the name
                if _cut(self._loss, event.backprops):
                    self._smoother = _Smoother()
                    for earlier in self._loss[2]:
                        self._smoother.add(earlier)
                smooth = self._smoother.add(loss)
                _append(self._loss, event.backprops, event.seconds, loss, smooth, event.rate)
            case Validated():
                _cut(self._validation, event.backprops)
                _append(self._validation, event.backprops, event.seconds, float(event.psnr_db))
            case WeightsSnapshot():
                self._snapshots = [s for s in self._snapshots if s.backprops < event.backprops]
                self._snapshots.append(event)
        _cut(self._clock, event.backprops)
        _append(self._clock, event.backprops, event.seconds)

    @property
    def loss_points(self) -> LossPoints:
        """The reported losses."""
        return LossPoints(*(np.array(column) for column in self._loss))

    @property
    def validation_points(self) -> ValidationPoints:
        """The validations."""
        return ValidationPoints(*(np.array(column) for column in self._validation))

    @property
    def losses(self) -> tuple[NDArray[np.float64], ...]:
        """The losses as reported and smoothed."""
        return np.array(self._loss[2]), np.array(self._loss[3])

    @property
    def snapshots(self) -> tuple[WeightsSnapshot, ...]:
        """Where the weights of the way lie, the oldest first."""
        return tuple(self._snapshots)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self._loss[0] and not self._validation[0]

    @property
    def last_backprops(self) -> float:
        """Sub-images seen at the last point; 0 before the first."""
        return self._clock[0][-1] if self._clock[0] else 0.0

    @property
    def start_db(self) -> float | None:
        """PSNR of the weights that it began with, if they were measured."""
        backprops, _, psnr_db = self._validation
        return psnr_db[0] if backprops and backprops[0] == 0 else None

    @property
    def best(self) -> tuple[float, float] | None:
        """Backprops and PSNR of the best validation, the first of equal ones."""
        points = self.validation_points
        finite = np.isfinite(points.psnr_db)
        if not finite.any():
            return None
        place = int(np.argmax(np.where(finite, points.psnr_db, -np.inf)))
        return float(points.backprops[place]), float(points.psnr_db[place])

    def seconds_at(self, backprops: float) -> float:
        """Return the time spent training until then, between two reports in proportion."""
        return _between(backprops, *self._clock)

    def backprops_at(self, seconds: float) -> float:
        """Return the sub-images seen until then, between two reports in proportion."""
        return _between(seconds, *reversed(self._clock))

    def reading(self, backprops: float) -> Reading | None:
        """Return what was reported nearest to a place; None if there is nothing."""
        loss, validation = self.loss_points, self.validation_points
        step = _nearest(loss.backprops, backprops)
        measured = _nearest(validation.backprops, backprops)
        if step is None and measured is None:
            return None
        psnr = (math.nan, math.nan)
        if measured is not None:
            psnr = float(validation.backprops[measured]), float(validation.psnr_db[measured])
        if step is None:
            return Reading(psnr[0], self.seconds_at(psnr[0]), math.nan, math.nan, *psnr)
        return Reading(
            float(loss.backprops[step]),
            float(loss.seconds[step]),
            float(loss.smooth[step]),
            float(loss.rate[step]),
            *psnr,
        )


def smoothed(values: Iterable[float], weight: float = SMOOTHING) -> NDArray[np.float64]:
    """Return the exponential moving average of noisy values, without a bias towards 0.

    Parameters
    ----------
    values : float
        In order; those that are no finite numbers are passed over.
    weight : float
        Of the past, in [0, 1).
    """
    smoother = _Smoother(weight)
    return np.array([smoother.add(value) for value in values], dtype=np.float64)


class _Smoother:
    """An exponential moving average that is fed value by value."""

    def __init__(self, weight: float = SMOOTHING) -> None:
        self._weight = weight
        self._sum = 0.0
        self._trust = 0.0  # what the sum would be if every value were 1

    def add(self, value: float) -> float:
        """Return the average including ``value``; NaN before the first finite one."""
        if math.isfinite(value):
            self._sum = self._weight * self._sum + (1 - self._weight) * value
            self._trust = self._weight * self._trust + (1 - self._weight)
        return self._sum / self._trust if self._trust else math.nan


def _append(columns: Sequence[array[float]], *values: float) -> None:
    for column, value in zip(columns, values, strict=True):
        column.append(value)


def _cut(columns: Sequence[array[float]], backprops: float) -> bool:
    """Drop the rows from ``backprops`` on; tell whether there were any."""
    was = len(columns[0])
    while columns[0] and columns[0][-1] >= backprops:
        for column in columns:
            column.pop()
    return len(columns[0]) < was


def _between(value: float, known: Sequence[float], wanted: Sequence[float]) -> float:
    """Interpolate; both begin at 0, and after the last point it goes no further."""
    return float(np.interp(value, [0.0, *known], [0.0, *wanted]))


def _nearest(places: NDArray[np.float64], place: float) -> int | None:
    """Return the position of the nearest of ascending places."""
    if not places.size:
        return None
    after = int(np.searchsorted(places, place))
    around = [p for p in (after - 1, after) if 0 <= p < places.size]
    return min(around, key=lambda p: abs(float(places[p]) - place))
