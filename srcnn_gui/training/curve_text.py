"""Curves in words and as tables. No Qt."""

from __future__ import annotations

import csv as csv_module
import io
import math
from typing import TYPE_CHECKING

from srcnn_gui.training.ticks import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.training.curve import Reading, RunCurve

_COLUMNS = ("backprops", "seconds", "loss", "rate", "psnr_db")


def said(reading: Reading) -> str:
    """Say what a run had reached, a line for each figure that is known."""
    lines = [f"{reading.backprops:,.0f} backprops", f"time {clock(reading.seconds)}"]
    if math.isfinite(reading.loss):
        lines.append(f"loss {reading.loss:.3g}")
    if math.isfinite(reading.rate):
        lines.append(f"rate {reading.rate:.2g}")
    if math.isfinite(reading.psnr_db):
        is_here = reading.psnr_backprops == reading.backprops
        at = "" if is_here else f" at {reading.psnr_backprops:,.0f}"
        lines.append(f"{reading.psnr_db:.3f} dB{at}")
    return "\n".join(lines)


def csv(curve: RunCurve) -> str:
    """Return the points of a run as comma separated values, what is not known left empty."""
    return _table([curve], with_names=False)


def csv_of_runs(curves: Sequence[RunCurve]) -> str:
    """Return the points of several runs, with a first column that names them."""
    return _table(curves, with_names=True)


def _table(curves: Sequence[RunCurve], *, with_names: bool) -> str:
    text = io.StringIO()
    writer = csv_module.writer(text, lineterminator="\n")
    writer.writerow((["run"] if with_names else []) + list(_COLUMNS))
    for curve in curves:
        name = [curve.name] if with_names else []
        writer.writerows(name + row for row in _rows(curve))
    return text.getvalue()


def _rows(curve: RunCurve) -> list[list[str]]:
    """Return a row for each number of backprops: seconds, loss, rate, PSNR."""
    rows: dict[float, list[float]] = {}
    loss, validation = curve.loss_points, curve.validation_points
    for x, *known in zip(loss.backprops, loss.seconds, loss.loss, loss.rate, strict=True):
        rows[x] = [*known, math.nan]
    for x, seconds, psnr in zip(
        validation.backprops, validation.seconds, validation.psnr_db, strict=True
    ):
        rows[x] = [seconds, *rows.get(x, [math.nan] * 4)[1:3], psnr]
    return [
        [f"{x:.0f}", *("" if math.isnan(value) else f"{value:.10g}" for value in rows[x])]
        for x in sorted(rows)
    ]
