"""The figures of a measurement, as the table and the plot show them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean
from typing import TYPE_CHECKING

from srcnn.paper import paper_picture
from srcnn.report import BenchmarkRow, Report, SkippedImage, decibels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from srcnn.metrics import Protocol
    from srcnn_gui.benchmark.plan import Measured

BASELINE = "bicubic"
_NOT_THERE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


class Quantity(StrEnum):
    """What a cell shows."""

    PSNR = "psnr"
    SSIM = "ssim"
    SECONDS = "seconds"


class Beside(StrEnum):
    """What stands beside a figure: nothing, its gain over bicubic, its distance to print."""

    NOTHING = "nothing"
    GAIN = "gain"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure, and the difference beside it.

    Attributes
    ----------
    value : float
        Unrounded; NaN if there is none.
    text, beside : str
        In words; ``beside`` may be empty.
    """

    value: float
    text: str
    beside: str = ""


EMPTY = Cell(math.nan, _NOT_THERE)


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
        Id and label of each method, in the order of the columns.
    rows : dict
        By scale, image and method.
    skipped : list of SkippedImage
        Pictures that are missing.
    paths, contents : dict
        File and hash of each image.
    order : dict
        By scale, the images that have a row, in the order they came.
    """

    scales: Sequence[int] = ()
    methods: Sequence[tuple[str, str]] = ()
    rows: dict[tuple[int, str, str], BenchmarkRow] = field(default_factory=dict)
    skipped: list[SkippedImage] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    order: dict[int, dict[str, None]] = field(default_factory=dict)

    def add(self, measured: Measured) -> None:
        """Take in a row."""
        row = measured.row
        if row.scale is None:
            return
        self.order.setdefault(row.scale, {})[row.image] = None
        self.rows[row.scale, row.image, row.method] = row
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
        images = self.images(line.scale) if line.is_average else (line.image,)
        found = (self.rows.get((line.scale, image, method)) for image in images)
        values = [_of(row, quantity) for row in found if row is not None]
        return fmean(values) if values else math.nan

    def _beside(self, line: Line, method: str, quantity: Quantity, beside: Beside) -> str:
        if beside is Beside.NOTHING or quantity is Quantity.SECONDS:
            return ""
        if beside is Beside.PAPER:
            return signed(self._to_paper(line, method), 2) if quantity is Quantity.PSNR else ""
        if method == BASELINE:
            return ""
        gain = self._value(line, method, quantity) - self._value(line, BASELINE, quantity)
        return signed(gain, 2 if quantity is Quantity.PSNR else 4)

    def _to_paper(self, line: Line, method: str) -> float:
        """Return PSNR less what is printed, in dB; NaN if it is not printed for all pictures."""
        images = self.images(line.scale) if line.is_average else (line.image,)
        differences = []
        for image in images:
            row = self.rows.get((line.scale, image, method))
            picture = paper_picture(self.contents[image])
            printed = None if picture is None else picture.psnr_db.get((line.scale, method))
            if row is None or printed is None:
                return math.nan
            differences.append(row.psnr_db - printed)
        return fmean(differences)


def in_words(value: float, quantity: Quantity) -> str:
    """Return a figure with the digits that papers print."""
    match quantity:
        case Quantity.PSNR:
            return decibels(value)
        case Quantity.SSIM:
            return f"{value:.4f}"
        case Quantity.SECONDS:
            return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def signed(difference: float, digits: int) -> str:
    """Return a difference with its sign; empty if it is no number."""
    if not math.isfinite(difference):
        return ""
    rounded = round(difference, digits)
    sign = _MINUS if rounded < 0 else "+" if rounded > 0 else "\N{PLUS-MINUS SIGN}"
    return f"{sign}{abs(rounded):.{digits}f}"


def _of(row: BenchmarkRow, quantity: Quantity) -> float:
    value = {
        Quantity.PSNR: row.psnr_db,
        Quantity.SSIM: row.ssim,
        Quantity.SECONDS: row.seconds,
    }[quantity]
    return math.nan if value is None else value
