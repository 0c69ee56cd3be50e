"""What is to be measured, and what comes of it, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from srcnn.picture import DEFAULT_MAX_MEGAPIXELS
from srcnn.resize import Border

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from srcnn.method import Method
    from srcnn.report import BenchmarkRow, SkippedImage


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured.

    Attributes
    ----------
    folder : Path or None
        Searched with the folders below it; None for the samples that come with the program.
    methods : Sequence[Method]
        A method is left out at the scales that it cannot enlarge by.
    scales : Sequence[int]
        Factors.
    border : Border
        Border rule.
    max_megapixels : float
        Larger pictures are left out.
    """

    folder: Path | None
    methods: Sequence[Method]
    scales: Sequence[int]
    border: Border = Border.CLAMP
    max_megapixels: float = DEFAULT_MAX_MEGAPIXELS

    @property
    def pairs(self) -> tuple[tuple[int, Method], ...]:
        """Every scale with every method that can enlarge by it, in order."""
        return tuple((s, m) for s in self.scales for m in self.methods if s in m.scales)


@dataclass(frozen=True, slots=True)
class Measured:
    """A row, and what it is of.

    Attributes
    ----------
    row : BenchmarkRow
        The figures.
    path : Path
        The file.
    content : str
        Hash of its pixels (see ``srcnn.paper.content_hash``).
    is_remembered : bool
        Whether it was measured before and not now.
    """

    row: BenchmarkRow
    path: Path
    content: str
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is.

    Attributes
    ----------
    done, total : float
        Rows; the first has a fraction while one is computed.
    doing : str
        What is computed now, for people.
    left_s : float or None
        Seconds left; None while there is too little to go by.
    """

    done: float
    total: int
    doing: str
    left_s: float | None

    @property
    def fraction(self) -> float:
        """Part that is done, in [0, 1]."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about how it is computed, such as that memory did not suffice."""

    text: str


Finding: TypeAlias = "Measured | SkippedImage | Step | Remark"
