"""The metric passport as a job: every picture by every method, measured by all protocols."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from srcnn.errors import Cancelled, PictureError
from srcnn.passport import passport
from srcnn.picture import DEFAULT_MAX_MEGAPIXELS, load_picture
from srcnn.report import SkippedImage
from srcnn.resize import Border
from srcnn_gui.benchmark.forecast import Forecast
from srcnn_gui.benchmark.plan import Step
from srcnn_gui.benchmark.work import pictures_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from srcnn.method import Method
    from srcnn.passport import Stamp
    from srcnn.picture import Picture


@dataclass(frozen=True, slots=True)
class PassportPlan:
    """What is to be measured by all protocols.

    Attributes
    ----------
    folder : Path or None
        Searched with the folders below it; None for the samples that come with the program.
    methods : Sequence of Mapping[Border, Method]
        Each with either border rule of bicubic; all can enlarge by ``scale``.
    scale : int
        Factor.
    max_megapixels : float
        Larger pictures are left out.
    """

    folder: Path | None
    methods: Sequence[Mapping[Border, Method]]
    scale: int
    max_megapixels: float = DEFAULT_MAX_MEGAPIXELS

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Id and label of each method."""
        return tuple((each[Border.CLAMP].id, each[Border.CLAMP].label) for each in self.methods)


@dataclass(frozen=True, slots=True)
class Stamped:
    """A picture that is measured.

    Attributes
    ----------
    image : str
        Its name.
    stamps : Mapping of Sequence[Stamp]
        By the id of the method: always the same protocols in the same order.
    """

    image: str
    stamps: Mapping[str, Sequence[Stamp]]


PassportFinding: TypeAlias = "Stamped | SkippedImage | Step"
"""A ``Step`` counts pictures here, with a fraction while one is computed."""


def stamp_all(
    plan: PassportPlan,
    tell: Callable[[PassportFinding], object],
    should_stop: Callable[[], bool],
) -> None:
    """Measure what the plan says.

    Parameters
    ----------
    plan : PassportPlan
        What to measure.
    tell : callable
        Takes each finding as it comes, in this thread: a picture once all methods are done.
    should_stop : callable
        Asked before every tile.

    Raises
    ------
    DataError
        If there is no picture.
    Cancelled
        If ``should_stop`` said so.
    """
    _Stamping(plan, tell, should_stop).run()


class _Stamping:
    """One pass over the pictures."""

    def __init__(
        self,
        plan: PassportPlan,
        tell: Callable[[PassportFinding], object],
        should_stop: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._tell = tell
        self._should_stop = should_stop
        self._pictures = pictures_of(plan.folder)
        pairs = [(plan.scale, each[Border.CLAMP]) for each in plan.methods]
        self._forecast = Forecast(pairs, len(self._pictures))

    def run(self) -> None:
        total = len(self._pictures)
        for number, (name, path) in enumerate(self._pictures):
            if self._should_stop():
                raise Cancelled
            self._tell(Step(number, total, f"Reading {name}", None))
            try:
                picture = load_picture(path, max_megapixels=self._plan.max_megapixels)
                self._tell(Stamped(name, self._stamps(picture, name, number)))
            except PictureError as error:
                self._tell(SkippedImage(name, str(error)))
                for method, _ in self._plan.names:
                    self._forecast.pass_over((self._plan.scale, method))
        self._tell(Step(total, total, "", 0.0))

    def _stamps(self, picture: Picture, name: str, number: int) -> dict[str, list[Stamp]]:
        """Measure a picture by every method."""
        plan, stamps = self._plan, {}
        named = zip(plan.names, plan.methods, strict=True)
        took_s: dict[str, float] = {}
        for place, ((method, label), by_border) in enumerate(named):
            left_s = self._forecast.left_s((plan.scale, method), 0.0)
            done = number + place / len(plan.methods)
            self._tell(Step(done, len(self._pictures), f"{name}  {label}", left_s))
            started_s = monotonic()
            stamps[method] = passport(picture, plan.scale, by_border, self._should_stop)
            took_s[method] = monotonic() - started_s
        for method, seconds in took_s.items():
            self._forecast.finish((plan.scale, method), seconds)
        return stamps
