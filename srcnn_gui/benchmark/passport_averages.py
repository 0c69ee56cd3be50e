"""The averages of a metric passport: protocols down, methods across."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from srcnn_gui.benchmark.cells import EMPTY, Cell, Quantity, in_words, signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from srcnn.passport import Stamp
    from srcnn.report import SkippedImage
    from srcnn_gui.benchmark.passport_work import Stamped


@dataclass(slots=True)
class Averages:
    """Pictures as they come.

    Attributes
    ----------
    methods : Sequence[tuple[str, str]]
        Id and label of each method, in the order of the columns.
    pictures : dict
        By image and by method, its stamps; the first is the paper's.
    skipped : list of SkippedImage
        Pictures that are missing.
    """

    methods: Sequence[tuple[str, str]] = ()
    pictures: dict[str, Mapping[str, Sequence[Stamp]]] = field(default_factory=dict)
    skipped: list[SkippedImage] = field(default_factory=list)

    def add(self, stamped: Stamped) -> None:
        """Take in a picture."""
        self.pictures[stamped.image] = stamped.stamps

    @property
    def protocols(self) -> tuple[str, ...]:
        """What is done otherwise in each row, the paper's first; none before the first picture."""
        stamps = next((s for each in self.pictures.values() for s in each.values()), ())
        return tuple(stamp.protocol for stamp in stamps)

    def mean(self, row: int, method: str, quantity: Quantity) -> float:
        """Return the mean of the pictures so far, unrounded; NaN if the protocol says nothing."""
        values = [_of(each[method][row], quantity) for each in self.pictures.values()]
        return fmean(values) if values else math.nan

    def cell(self, row: int, method: str, quantity: Quantity) -> Cell:
        """Return an average, and how far it is from that of the paper's protocol."""
        value = self.mean(row, method, quantity)
        if math.isnan(value):
            return EMPTY
        moved = value - self.mean(0, method, quantity) if row else math.nan
        digits = 2 if quantity is Quantity.PSNR else 4
        return Cell(value, in_words(value, quantity), signed(moved, digits))

    def lines(self, quantity: Quantity) -> list[list[str]]:
        """Return the table in words, its heading first; the difference behind the figure."""
        lines = [["protocol", *(label for _, label in self.methods)]]
        for row, protocol in enumerate(self.protocols):
            cells = (self.cell(row, method, quantity) for method, _ in self.methods)
            lines.append([protocol, *(f"{cell.text} {cell.beside}".rstrip() for cell in cells)])
        return lines

    def to_text(self, quantity: Quantity) -> str:
        """Return the table with tabs between the cells, as spreadsheets take it."""
        return "".join("\t".join(line) + "\n" for line in self.lines(quantity))

    def to_markdown(self, quantity: Quantity, title: str) -> str:
        """Return the table as Markdown, with the title above it."""
        heading, *lines = (
            [cell.replace("|", r"\|") for cell in line] for line in self.lines(quantity)
        )
        aligned = ["---", *("---:" for _ in self.methods)]
        rows = ["| " + " | ".join(cells) + " |" for cells in (heading, aligned, *lines)]
        return "\n".join([f"## {title}", "", *rows, ""])


def _of(stamp: Stamp, quantity: Quantity) -> float:
    value = stamp.psnr_db if quantity is Quantity.PSNR else stamp.ssim
    return math.nan if value is None else value
