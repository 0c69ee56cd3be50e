"""The formats that a table is copied and saved in: what ``srcnn benchmark`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from srcnn.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable


class TableFormat(NamedTuple):
    """A format: what people call it, the ending of its files, and what makes it."""

    label: str
    suffix: str
    write: Callable[[Report], str]


FORMATS = (
    TableFormat("CSV", ".csv", Report.to_csv),
    TableFormat("Markdown", ".md", Report.to_markdown),
    TableFormat("LaTeX", ".tex", Report.to_latex),
    TableFormat("JSON", ".json", Report.to_json),
)
"""In the order of the menus."""


def format_of(suffix: str) -> TableFormat | None:
    """Return the format of files of that ending, or None if there is none."""
    return next((one for one in FORMATS if one.suffix == suffix.lower()), None)
