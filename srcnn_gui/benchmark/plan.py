"""What is to be measured, and what comes of it, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from srcnn.padding import Padding
from srcnn.picture import DEFAULT_MAX_MEGAPIXELS
from srcnn.resize import Border

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from srcnn.method import Method
    from srcnn.report import BenchmarkRow, SkippedImage


@dataclass(frozen=True, slots=True)
class Column:
    """A method on a device.

    Attributes
    ----------
    method : Method
        As it is there.
    label : str
        For people.
    place : str
        What the device is called, since times depend on it.
    device : str
        Its id, where several are measured; else empty.
    """

    method: Method
    label: str
    place: str
    device: str = ""

    @property
    def id(self) -> str:
        """What tells it from other columns: what the command line calls it."""
        has_choice = self.device and self.method.needs_torch
        return f"{self.method.id} --device {self.device}" if has_choice else self.method.id


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured.

    Attributes
    ----------
    folder : Path or None
        Searched with the folders below it; None for the samples that come with the program.
    columns : Sequence[Column]
        A method is left out at the scales that it cannot enlarge by.
    scales : Sequence[int]
        Factors.
    border : Border
        Border rule.
    max_megapixels : float
        Larger pictures are left out.
    padding : Padding
        What networks among the methods see outside the picture.
    anew : bool
        Whether what was measured before is measured again.
    """

    folder: Path | None
    columns: Sequence[Column]
    scales: Sequence[int]
    border: Border = Border.CLAMP
    max_megapixels: float = DEFAULT_MAX_MEGAPIXELS
    padding: Padding = Padding.REPLICATE
    anew: bool = False

    @property
    def pairs(self) -> tuple[tuple[int, Column], ...]:
        """Every scale with every column whose method can enlarge by it, in order."""
        return tuple((s, c) for s in self.scales for c in self.columns if s in c.method.scales)


@dataclass(frozen=True, slots=True)
class Measured:
    """A row, and what it is of.

    Attributes
    ----------
    row : BenchmarkRow
        The figures.
    column : str
        Id of the column that they stand in.
    path : Path
        The file.
    content : str
        Hash of its pixels (see ``srcnn.paper.content_hash``).
    is_remembered : bool
        Whether it was measured before and not now.
    """

    row: BenchmarkRow
    column: str
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
