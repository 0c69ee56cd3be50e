"""Figures as values, and written down: JSON, CSV, Markdown, LaTeX."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from statistics import fmean
from typing import TypeAlias

from srcnn.metrics import Protocol

_TIMES = "\N{MULTIPLICATION SIGN}"
_DOT = "\N{MIDDLE DOT}"
_DEVICE = "device"


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """The figures of one result.

    Attributes
    ----------
    image : str
        Path relative to the folder, with its ending and forward slashes.
    scale : int or None
        Enlargement factor; None if it is not known.
    method : str
        Id of the method.
    psnr_db : float
        PSNR in dB; ``inf`` if identical to the truth.
    ssim : float
        SSIM, 1 if identical.
    seconds : float or None
        Time of the enlargement; None if it was not seen.
    device : str
        Id of the device, where rows of several are told apart; else empty.
    """

    image: str
    scale: int | None
    method: str
    psnr_db: float
    ssim: float
    seconds: float | None
    device: str = ""


@dataclass(frozen=True, slots=True)
class SkippedImage:
    """A picture that could not be used, and the sentence that says why."""

    image: str
    reason: str


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of all rows of one method at one scale; fields as in ``BenchmarkRow``."""

    scale: int | None
    method: str
    psnr_db: float
    ssim: float
    seconds: float | None
    device: str = ""

    @property
    def title(self) -> str:
        """The method, and the device if it is told."""
        return f"{self.method} {_DOT} {self.device}" if self.device else self.method


@dataclass(frozen=True, slots=True)
class Report:
    """Rows, and what gives them a meaning.

    Attributes
    ----------
    protocols : Mapping[int or None, Protocol]
        By scale; one for each scale of the rows.
    rows : Sequence[BenchmarkRow]
        In the order they were measured.
    skipped : Sequence[SkippedImage]
        Pictures that are missing in ``rows``.
    computed : Mapping[str, object]
        How results were computed: device, threads, whether in 16 bits; empty if not seen.
    """

    protocols: Mapping[int | None, Protocol]
    rows: Sequence[BenchmarkRow]
    skipped: Sequence[SkippedImage] = field(default=())
    computed: Mapping[str, object] = field(default_factory=dict)

    @property
    def averages(self) -> tuple[Average, ...]:
        """The mean of each method (and device) at each scale, in the order of the rows."""
        groups: dict[tuple[int | None, str, str], list[BenchmarkRow]] = {}
        for row in self.rows:
            groups.setdefault((row.scale, row.method, row.device), []).append(row)
        return tuple(
            Average(
                scale,
                method,
                psnr_db=fmean(row.psnr_db for row in rows),
                ssim=fmean(row.ssim for row in rows),
                seconds=_mean([row.seconds for row in rows if row.seconds is not None]),
                device=device,
            )
            for (scale, method, device), rows in groups.items()
        )

    @property
    def protocol(self) -> dict[str, object]:
        """What the figures depend on, as plain values."""
        entries = [protocol.as_dict() for protocol in self.protocols.values()]
        if all(entry == entries[0] for entry in entries):
            return entries[0]
        unknown = ", 0 where it is not known" if None in self.protocols else ""
        return entries[0] | {"shave": f"scale{unknown}"}

    def to_json(self) -> str:
        """Return everything, unrounded; identical pictures have ``"inf"``."""
        content = {
            "protocol": self.protocol,
            **({"computed": dict(self.computed)} if self.computed else {}),
            "rows": [self._plain(row) for row in self.rows],
            "averages": [self._plain(average) for average in self.averages],
            "skipped": [asdict(skipped) for skipped in self.skipped],
        }
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def to_csv(self) -> str:
        """Return the rows, unrounded, under a heading."""
        text = io.StringIO()
        names = [each.name for each in fields(BenchmarkRow)]
        if not self._tells_devices:
            names.remove(_DEVICE)
        writer = csv.DictWriter(text, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._plain(row) for row in self.rows)
        return text.getvalue()

    def to_markdown(self) -> str:
        """Return one table a scale, PSNR and SSIM in a cell, with the protocol below."""
        parts = []
        for table in self.tables():
            aligned = ["---", *("---:" for _ in table.methods)]
            lines = [["image", *table.methods], aligned, *table.lines(_escaped_for_markdown)]
            parts.append(f"## {table.title}\n")
            parts += ["| " + " | ".join(cells) + " |" for cells in lines]
            parts.append(f"\n{table.explanation}\n")
        parts += [f"- skipped: {skipped.image}: {skipped.reason}" for skipped in self.skipped]
        return "\n".join(parts).rstrip("\n") + "\n"

    def to_latex(self) -> str:
        """Return one ``tabular`` a scale, which needs no package."""
        parts = []
        for table in self.tables():
            lines = [["image", *map(_escaped_for_latex, table.methods)]]
            lines += table.lines(_escaped_for_latex)
            lines = [[cell.replace("\N{INFINITY}", r"$\infty$") for cell in line] for line in lines]
            rows = [" & ".join(cells) + r" \\" for cells in lines]
            parts += [
                f"% {table.title}: {table.explanation}",
                rf"\begin{{tabular}}{{l{'r' * len(table.methods)}}}",
                r"\hline",
                rows[0],
                r"\hline",
                *rows[1:-2],
                r"\hline",
                *rows[-2:],
                r"\hline",
                r"\end{tabular}",
                "",
            ]
        parts += [f"% skipped: {skipped.image}: {skipped.reason}" for skipped in self.skipped]
        return "\n".join(parts)

    def tables(self) -> tuple[Table, ...]:
        """Return the rows scale by scale, as people read them."""
        return tuple(
            Table(
                protocol=self.protocols[scale],
                scale=scale,
                rows=tuple(row for row in self.rows if row.scale == scale),
                averages=tuple(mean for mean in self.averages if mean.scale == scale),
            )
            for scale in dict.fromkeys(row.scale for row in self.rows)
        )

    @property
    def _tells_devices(self) -> bool:
        return any(row.device for row in self.rows)

    def _plain(self, figures: Figures) -> dict[str, object]:
        """Return plain values, with text instead of infinity, which JSON does not know."""
        values = {
            key: "inf" if value == math.inf else value for key, value in asdict(figures).items()
        }
        if not self._tells_devices:
            del values[_DEVICE]
        return values


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one scale, a line for each image, a column for each method and device."""

    protocol: Protocol
    scale: int | None
    rows: tuple[BenchmarkRow, ...]
    averages: tuple[Average, ...]

    @property
    def title(self) -> str:
        """The scale, in words."""
        return "scale not known" if self.scale is None else f"{_TIMES}{self.scale}"

    @property
    def explanation(self) -> str:
        """What stands in the cells, of how many pictures, and under which protocol."""
        count = len({row.image for row in self.rows})
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        return f"PSNR in dB / SSIM of {pictures}. {self.protocol.describe()}."

    @property
    def methods(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(average.title for average in self.averages)

    def lines(self, escaped: Callable[[str], str] = str) -> list[list[str]]:
        """Return the cells of each image, then of the averages, then of the mean seconds."""
        figures = {(row.image, row.method, row.device): figures_in_words(row) for row in self.rows}
        columns = [(average.method, average.device) for average in self.averages]
        images = dict.fromkeys(row.image for row in self.rows)
        seconds = [average.seconds for average in self.averages]
        return [
            *(
                [escaped(image), *(figures.get((image, *column), "") for column in columns)]
                for image in images
            ),
            ["average", *(figures_in_words(average) for average in self.averages)],
            ["seconds", *("" if mean is None else f"{mean:.3f}" for mean in seconds)],
        ]


Figures: TypeAlias = BenchmarkRow | Average


def figures_in_words(figures: Figures) -> str:
    """Return PSNR and SSIM as papers print them."""
    return f"{decibels(figures.psnr_db)} / {figures.ssim:.4f}"


def decibels(psnr_db: float) -> str:
    """Return a PSNR with two digits, or the sign for identical pictures."""
    return "\N{INFINITY}" if math.isinf(psnr_db) else f"{psnr_db:.2f}"


def in_words(psnr_db: float) -> str:
    """Return a PSNR with two digits, and what the sign for identical pictures means."""
    return decibels(psnr_db) + (" (identical)" if math.isinf(psnr_db) else "")


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _escaped_for_markdown(text: str) -> str:
    return text.replace("|", r"\|")


def _escaped_for_latex(text: str) -> str:
    special = {character: f"\\{character}" for character in "&%$#_{}"}
    special |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(character, character) for character in text)
