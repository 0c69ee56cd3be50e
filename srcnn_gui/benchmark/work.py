"""Measuring as a job: every picture at every scale by every method, told step by step.

What is remembered is not measured again unless that is wanted: so a measurement that was cancelled
goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from srcnn.benchmark import compare, measure
from srcnn.errors import Cancelled, PictureError
from srcnn.files import list_pictures
from srcnn.paper import content_hash
from srcnn.picture import load_picture
from srcnn.report import SkippedImage
from srcnn.samples import SAMPLES
from srcnn_gui.benchmark.forecast import Forecast
from srcnn_gui.benchmark.plan import Finding, Measured, Plan, Remark, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from srcnn.benchmark import Comparison
    from srcnn.picture import Picture
    from srcnn.report import BenchmarkRow
    from srcnn_gui.benchmark.memory import Memory
    from srcnn_gui.benchmark.plan import Column

STEP_INTERVAL_S = 0.1
"""How often it is told how far a row is."""

_TIMES = "\N{MULTIPLICATION SIGN}"


def pictures_of(folder: Path | None) -> list[tuple[str, Path]]:
    """Return name and file of every picture of a folder, or of the samples.

    Raises
    ------
    DataError
        If there is no such folder, or no picture in it.
    """
    if folder is None:
        return [(sample.path.name, sample.path) for sample in SAMPLES]
    return [(path.relative_to(folder).as_posix(), path) for path in list_pictures(folder)]


def measure_all(
    plan: Plan,
    memory: Memory,
    tell: Callable[[Finding], object],
    should_stop: Callable[[], bool],
) -> None:
    """Measure what the plan says.

    Parameters
    ----------
    plan : Plan
        What to measure.
    memory : Memory
        Read and filled; used by no other thread meanwhile.
    tell : callable
        Takes each finding as it comes, in this thread.
    should_stop : callable
        Asked before every tile.

    Raises
    ------
    DataError
        If there is no picture.
    Cancelled
        If ``should_stop`` said so.
    """
    _Measurement(plan, memory, tell, should_stop).run()


class _Measurement:
    """One pass over the pictures."""

    def __init__(
        self,
        plan: Plan,
        memory: Memory,
        tell: Callable[[Finding], object],
        should_stop: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._memory = memory
        self._tell = tell
        self._should_stop = should_stop
        self._pictures = pictures_of(plan.folder)
        self._total = len(self._pictures) * len(plan.pairs)
        self._forecast = Forecast(plan.pairs, len(self._pictures))
        self._done = 0
        self._told_s = 0.0
        self._warm: set[tuple[int, str]] = set()

    def run(self) -> None:
        for number, (name, path) in enumerate(self._pictures):
            if self._should_stop():
                raise Cancelled
            self._say(0.0, f"Reading {name}", None)
            try:
                picture = load_picture(path, max_megapixels=self._plan.max_megapixels)
            except PictureError as error:
                self._tell(SkippedImage(name, str(error)))
                self._pass_over(self._plan.scales)
            else:
                self._measure_picture(picture, name, path)
            self._done = (number + 1) * len(self._plan.pairs)
        self._say(0.0, "", 0.0)

    def _measure_picture(self, picture: Picture, name: str, path: Path) -> None:
        content = content_hash(picture.pixels)
        for scale in self._plan.scales:
            try:
                self._measure_scale(picture, scale, name, path, content)
            except PictureError as error:
                self._tell(SkippedImage(name, f"{_TIMES}{scale}: {error}"))
                self._pass_over([scale])

    def _measure_scale(
        self, picture: Picture, scale: int, name: str, path: Path, content: str
    ) -> None:
        comparison: Comparison | None = None
        plan = self._plan
        for column in (c for s, c in plan.pairs if s == scale):
            key = scale, column.id
            row = None if plan.anew else self._memory.find(plan, column, scale, content)
            if row is not None:
                self._forecast.pass_over(key)
                known = replace(row, image=name, method=column.method.id, device=column.device)
                self._tell(Measured(known, column.id, path, content, is_remembered=True))
            else:
                started_s = monotonic()
                if comparison is None:
                    comparison = compare(picture, scale, plan.border)
                row = self._measure_row(comparison, column, name)
                self._memory.keep(plan, column, content, row)
                told = replace(row, device=column.device)
                self._tell(Measured(told, column.id, path, content))
                self._forecast.finish(key, monotonic() - started_s)
            self._done += 1

    def _measure_row(self, comparison: Comparison, column: Column, name: str) -> BenchmarkRow:
        key = comparison.scale, column.id
        started_s = monotonic()
        doing = f"{name}  {_TIMES}{comparison.scale}  {column.label}"

        def on_tile(done: float, total: int) -> None:
            if monotonic() - self._told_s >= STEP_INTERVAL_S:
                spent_s = monotonic() - started_s
                self._say(done / total, doing, self._forecast.left_s(key, spent_s))

        self._say(0.0, doing, self._forecast.left_s(key, 0.0))
        measurement = measure(
            comparison,
            column.method,
            name,
            warm_up=key not in self._warm,
            progress=on_tile,
            should_stop=self._should_stop,
            note=self._remark,
        )
        self._warm.add(key)
        return measurement.row

    def _pass_over(self, scales: Sequence[int]) -> None:
        """Expect no time for a picture at these scales."""
        for scale, column in self._plan.pairs:
            if scale in scales:
                self._forecast.pass_over((scale, column.id))

    def _say(self, part: float, doing: str, left_s: float | None) -> None:
        self._told_s = monotonic()
        self._tell(Step(self._done + part, self._total, doing, left_s))

    def _remark(self, text: str) -> None:
        self._tell(Remark(text))
