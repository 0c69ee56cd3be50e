"""The figures of a measurement, as the table and the plot show them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean
from typing import TYPE_CHECKING

from srcnn.paper import paper_picture
from srcnn.report import BenchmarkRow, Report, SkippedImage
from srcnn_gui.benchmark.cells import EMPTY, Cell, Quantity, in_words, signed, times_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from srcnn.metrics import Protocol
    from srcnn_gui.benchmark.plan import Measured

BASELINE = "bicubic"
_CLOCK = "srcnn"
"""Whose time others are told in."""


class Beside(StrEnum):
    """What stands beside a figure: nothing, its gain over bicubic, its distance to print.

    Beside a time it is what multiple of SRCNN's time it is, here and in print.
    """

    NOTHING = "nothing"
    GAIN = "gain"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a picture at a scale, or the average of a scale.

    Attributes
    ----------
    scale : int
        Factor.
    image : str
        Name of the picture; empty for the average.
    """

    scale: int
    image: str = ""

    @property
    def is_average(self) -> bool:
        """Whether it is the mean of all pictures at its scale."""
        return not self.image


@dataclass(slots=True)
class Results:
    """Rows as they come.

    Attributes
    ----------
    scales : Sequence[int]
        In the order of the table.
    methods : Sequence[tuple[str, str]]
        Id and label of each column: a method, or a method on a device.
    rows : dict
        By scale, image and column.
    skipped : list of SkippedImage
        Pictures that are missing.
    paths, contents : dict
        File and hash of each image.
    order : dict
        By scale, the images that have a row, in the order they came.
    remembered : set
        Which rows were measured before.
    """

    scales: Sequence[int] = ()
    methods: Sequence[tuple[str, str]] = ()
    rows: dict[tuple[int, str, str], BenchmarkRow] = field(default_factory=dict)
    skipped: list[SkippedImage] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    order: dict[int, dict[str, None]] = field(default_factory=dict)
    remembered: set[tuple[int, str, str]] = field(default_factory=set)

    def add(self, measured: Measured) -> None:
        """Take in a row."""
        row = measured.row
        if row.scale is None:
            return
        self.order.setdefault(row.scale, {})[row.image] = None
        key = row.scale, row.image, measured.column
        self.rows[key] = row
        if measured.is_remembered:
            self.remembered.add(key)
        self.paths[row.image] = measured.path
        self.contents[row.image] = measured.content

    def images(self, scale: int) -> tuple[str, ...]:
        """Return the images that have a row at that scale, in the order they came."""
        return tuple(self.order.get(scale, ()))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the table: scale by scale, the average last."""
        return tuple(
            line
            for scale in self.scales
            if self.images(scale)
            for line in (*(Line(scale, image) for image in self.images(scale)), Line(scale))
        )

    @property
    def recognised(self) -> tuple[str, ...]:
        """The images that are in the paper's tables."""
        return tuple(i for i, content in self.contents.items() if paper_picture(content))

    def cell(self, line: Line, method: str, quantity: Quantity, beside: Beside) -> Cell:
        """Return what stands in the cell of a line and a method."""
        value = self._value(line, method, quantity)
        if math.isnan(value):
            return EMPTY
        return Cell(value, in_words(value, quantity), self._beside(line, method, quantity, beside))

    def best(self, line: Line, quantity: Quantity) -> frozenset[str]:
        """Return the methods with the best figure of a line, as far as the digits shown tell.

        None for a single method, and for an average while methods lack different pictures.
        """
        values = {m: self._value(line, m, quantity) for m, _ in self.methods}
        known = {m: value for m, value in values.items() if not math.isnan(value)}
        counts = {self.count(line.scale, method) for method in known}
        if len(known) < 2 or (line.is_average and len(counts) > 1):
            return frozenset()
        choose = min if quantity is Quantity.SECONDS else max
        best = in_words(choose(known.values()), quantity)
        return frozenset(m for m, value in known.items() if in_words(value, quantity) == best)

    def count(self, scale: int, method: str) -> int:
        """Return how many pictures are measured."""
        return sum((scale, image, method) in self.rows for image in self.images(scale))

    def mean(self, scale: int, method: str, quantity: Quantity) -> float:
        """Return the mean of all pictures of a scale; NaN if there is none."""
        return self._value(Line(scale), method, quantity)

    def count_remembered(self, line: Line, method: str) -> int:
        """Return how many of the figures of a cell were measured before."""
        keys = ((line.scale, image, method) for image in self._images(line))
        return sum(key in self.remembered for key in keys)

    @property
    def clock(self) -> str:
        """The column of SRCNN, on the processor if there are several; empty if there is none."""
        ours = [id_ for id_, _ in self.methods if _is_srcnn(id_)]
        return next((id_ for id_ in ours if id_.endswith(" cpu")), ours[0] if ours else "")

    def multiple(self, line: Line, method: str) -> float:
        """Return how many times as long as SRCNN a method takes.

        NaN if either is missing, or both lack different pictures.
        """
        clock = self.clock
        if line.is_average and self.count(line.scale, method) != self.count(line.scale, clock):
            return math.nan
        times = (self._value(line, each, Quantity.SECONDS) for each in (method, clock))
        return _quotient(*times)

    def printed_seconds(self, line: Line, method: str) -> float:
        """Return the time that the paper prints; NaN if it is not printed for all pictures."""
        times = []
        for image in self._images(line):
            row = self.rows.get((line.scale, image, method))
            picture = paper_picture(self.contents[image])
            if row is None or picture is None:
                return math.nan
            times.append(picture.seconds.get((line.scale, row.method), math.nan))
        return fmean(times) if times else math.nan

    def printed_multiple(self, line: Line, method: str) -> float:
        """Return how many times as long as SRCNN it takes by the paper.

        NaN if that is not printed, or it is SRCNN itself: the paper has it on one device.
        """
        if _is_srcnn(method):
            return math.nan
        return _quotient(*(self.printed_seconds(line, each) for each in (method, self.clock)))

    def report(
        self, protocols: Mapping[int | None, Protocol], computed: Mapping[str, object]
    ) -> Report:
        """Return the rows in the order of the table, as the command line would write them."""
        known = [
            self.rows[scale, image, method]
            for scale in self.scales
            for image in self.images(scale)
            for method, _ in self.methods
            if (scale, image, method) in self.rows
        ]
        return Report(protocols, known, tuple(self.skipped), computed)

    def _value(self, line: Line, method: str, quantity: Quantity) -> float:
        found = (self.rows.get((line.scale, image, method)) for image in self._images(line))
        values = [_of(row, quantity) for row in found if row is not None]
        return fmean(values) if values else math.nan

    def _images(self, line: Line) -> Sequence[str]:
        return self.images(line.scale) if line.is_average else (line.image,)

    def _beside(self, line: Line, method: str, quantity: Quantity, beside: Beside) -> str:
        if beside is Beside.NOTHING:
            return ""
        if quantity is Quantity.SECONDS:
            return self._beside_time(line, method, beside)
        if beside is Beside.PAPER:
            return signed(self._to_paper(line, method), 2) if quantity is Quantity.PSNR else ""
        if method == BASELINE:
            return ""
        gain = self._value(line, method, quantity) - self._value(line, BASELINE, quantity)
        return signed(gain, 2 if quantity is Quantity.PSNR else 4)

    def _beside_time(self, line: Line, method: str, beside: Beside) -> str:
        own, printed = self.multiple(line, method), self.printed_multiple(line, method)
        if method == self.clock or math.isnan(own):
            return ""
        has_print = beside is Beside.PAPER and not math.isnan(printed)
        return times_in_words(own) + (f", paper {times_in_words(printed)}" if has_print else "")

    def _to_paper(self, line: Line, method: str) -> float:
        """Return PSNR less what is printed, in dB; NaN if it is not printed for all pictures."""
        differences = []
        for image in self._images(line):
            row = self.rows.get((line.scale, image, method))
            picture = paper_picture(self.contents[image])
            if row is None or picture is None:
                return math.nan
            printed = picture.psnr_db.get((line.scale, row.method))
            if printed is None:
                return math.nan
            differences.append(row.psnr_db - printed)
        return fmean(differences)


def _of(row: BenchmarkRow, quantity: Quantity) -> float:
    value = {
        Quantity.PSNR: row.psnr_db,
        Quantity.SSIM: row.ssim,
        Quantity.SECONDS: row.seconds,
    }[quantity]
    return math.nan if value is None else value


def _is_srcnn(column: str) -> bool:
    return column.partition(" ")[0] == _CLOCK


def _quotient(value: float, by: float) -> float:
    return value / by if by > 0 else math.nan
