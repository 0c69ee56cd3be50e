"""The runs of a folder as rows: what stands in the cells."""

from __future__ import annotations

import math
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPalette, QPixmap
from typing_extensions import override

from srcnn_gui.theme import Severity, severity_colours
from srcnn_gui.training.run_colours import ACTIVE, COLOURS, run_colour
from srcnn_gui.training.run_summary import RunStatus, RunSummary
from trainer.report import duration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
SUMMARY, SORT = int(Role.UserRole), int(Role.UserRole) + 1
_SWATCH = 10
_TIMES = "\N{MULTIPLICATION SIGN}"
_NOT_KNOWN = "\N{EN DASH}"


class Column(IntEnum):
    """What stands where."""

    SHOW = 0
    NAME = 1
    STATUS = 2
    NETWORK = 3
    PRESET = 4
    SCALE = 5
    BACKPROPS = 6
    PSNR = 7
    GAIN = 8
    RMSE = 9
    TIME = 10


_TITLES = {
    Column.SHOW: ("", "Whether its curves are shown beside those of the run in front"),
    Column.NAME: ("Name", "Name of the run and of its folder"),
    Column.STATUS: ("Status", "How it stands"),
    Column.NETWORK: ("Kind", "Filter sizes of the three layers; or the kind of dictionary"),
    Column.PRESET: ("Preset", "What its settings began as; or the size of a dictionary"),
    Column.SCALE: (_TIMES, "Enlargement factor"),
    Column.BACKPROPS: ("Backprops", "Sub-images seen"),
    Column.PSNR: ("PSNR", "Best mean PSNR on the validation pictures, in dB"),
    Column.GAIN: ("Gain", "Best PSNR less that of bicubic, in dB"),
    Column.RMSE: ("RMSE", "Of a dictionary, after its last iteration"),
    Column.TIME: ("Time", "Time spent training"),
}
_WORDS = {Column.NAME, Column.NETWORK, Column.PRESET, Column.STATUS}


class RunTable(QAbstractTableModel):
    """Runs, one a row; which of them are shown in the plots, and in which colour."""

    shown_changed = Signal()
    renamed = Signal(object, str)  # RunSummary, the wish; nothing is changed here

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[RunSummary, ...] = ()
        self._active: Path | None = None
        self._colours: dict[Path, int] = {}
        self._palette = QPalette()

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show other runs; those that are shown in the plots stay so."""
        self.beginResetModel()
        self.runs = tuple(runs)
        paths = {run.path for run in self.runs}
        self._colours = {path: c for path, c in self._colours.items() if path in paths}
        self.endResetModel()

    def set_active(self, path: Path | None) -> None:
        """Say whose curves are in front: they are always shown, and are no overlay."""
        self._active = path
        if path is not None:
            self._colours.pop(path, None)
        self._refresh()

    def dress(self, palette: QPalette) -> None:
        """Wear the colours of the window."""
        self._palette = palette
        self._refresh()

    @property
    def shown(self) -> tuple[RunSummary, ...]:
        """The runs that are shown beside the one in front, in the order of their colours."""
        chosen = [run for run in self.runs if run.path in self._colours]
        return tuple(sorted(chosen, key=lambda run: self._colours[run.path]))

    def colour_of(self, run: RunSummary) -> int | None:
        """Return the number of the colour of a run's curves; None if they are not shown."""
        return ACTIVE if run.path == self._active else self._colours.get(run.path)

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.runs)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, tip = _TITLES[Column(section)]
        match role:
            case Role.DisplayRole:
                return title
            case Role.ToolTipRole:
                return tip
            case Role.TextAlignmentRole:
                return _alignment(Column(section))
        return None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        run = self.runs[index.row()]
        if index.column() == Column.SHOW and run.path != self._active:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if index.column() == Column.NAME and run.status is not RunStatus.RUNNING:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        run, column = self.runs[index.row()], Column(index.column())
        match role:
            case Role.DisplayRole | Role.EditRole:
                return cell(run, column)
            case Role.ToolTipRole:
                return described(run)
            case Role.TextAlignmentRole:
                return _alignment(column)
            case Role.CheckStateRole if column is Column.SHOW:
                is_shown = self.colour_of(run) is not None
                return Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked
            case Role.DecorationRole if column is Column.SHOW:
                return self._swatch(self.colour_of(run))
            case Role.ForegroundRole if column is Column.STATUS:
                return self._status_colour(run.status)
        return {SUMMARY: run, SORT: _sort_key(run, column)}.get(role)

    @override
    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        run = self.runs[index.row()]
        if role == Role.EditRole and index.column() == Column.NAME:
            name = str(value).strip()
            if name != run.name:
                self.renamed.emit(run, name)
            return False  # the folder is renamed first, then the runs are read again
        if role == Role.CheckStateRole and run.path != self._active:
            if Qt.CheckState(value) is Qt.CheckState.Checked:
                self._colours[run.path] = self._free_colour()
            else:
                self._colours.pop(run.path, None)
            self.dataChanged.emit(index, index)
            self.shown_changed.emit()
            return True
        return False

    def _free_colour(self) -> int:
        """Return the first colour that no run has, the last one again if all are taken."""
        taken = set(self._colours.values())
        return next((c for c in range(1, COLOURS) if c not in taken), COLOURS - 1)

    def _refresh(self) -> None:
        if self.runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, len(Column) - 1))

    def _swatch(self, colour: int | None) -> QPixmap:
        pixmap = QPixmap(_SWATCH, _SWATCH)
        pixmap.fill(Qt.GlobalColor.transparent)
        if colour is not None:
            with QPainter(pixmap) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(self._palette.color(QPalette.ColorRole.Base))  # seen if chosen
                painter.setBrush(run_colour(colour, self._palette))
                painter.drawEllipse(pixmap.rect().adjusted(0, 0, -1, -1))
        return pixmap

    def _status_colour(self, status: RunStatus) -> Any:
        grave = {RunStatus.DAMAGED: Severity.ERROR, RunStatus.DIVERGED: Severity.WARNING}
        if status not in grave:
            return None
        return severity_colours(grave[status], self._palette)[1]


def cell(run: RunSummary, column: Column) -> str:
    """Return what a cell says."""
    is_used = run.is_in_use and run.status in (RunStatus.FINISHED, RunStatus.STOPPED)
    return {
        Column.SHOW: "",
        Column.NAME: run.name,
        Column.STATUS: "in use" if is_used else run.status.value,
        Column.NETWORK: run.network or _NOT_KNOWN,
        Column.PRESET: run.preset or _NOT_KNOWN,
        Column.SCALE: f"{_TIMES}{run.scale}" if run.scale else _NOT_KNOWN,
        Column.BACKPROPS: f"{run.backprops:,}" if run.backprops else _NOT_KNOWN,
        Column.PSNR: _NOT_KNOWN if run.best_db is None else f"{run.best_db:.2f}",
        Column.GAIN: _NOT_KNOWN if run.gain_db is None else f"{run.gain_db:+.2f}",
        Column.RMSE: _NOT_KNOWN if run.rmse is None else f"{run.rmse:.5f}",
        Column.TIME: duration(run.seconds) if run.seconds else _NOT_KNOWN,
    }[column]


def described(run: RunSummary) -> str:
    """Return all there is to say of a run, a line for each thing."""
    lines = [str(run.path)]
    if run.problem:
        lines.append(run.problem)
    else:
        lines.append(f"{run.network} {_TIMES}{run.scale}, {run.preset}: {run.status.value}")
        lines[-1] += ", in use" if run.is_in_use else ""
        done = f"{run.backprops:,} backprops"
        if run.is_dictionary:
            done = f"{run.iteration:,} of {run.of:,} iterations"
        lines.append(f"{done} in {duration(run.seconds)}")
    if run.rmse is not None:
        lines.append(f"RMSE {run.rmse:.6f}")
    if run.best_db is not None:
        gain = "" if run.gain_db is None else f" ({run.gain_db:+.3f} dB over bicubic)"
        lines.append(f"best {run.best_db:.3f} dB{gain} on {run.validation_name}")
    if run.modified:
        lines.append(f"{datetime.fromtimestamp(run.modified):%Y-%m-%d %H:%M}")
    return "\n".join(lines)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column in _WORDS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _sort_key(run: RunSummary, column: Column) -> str | float:
    numbers = {
        Column.SHOW: -run.modified,
        Column.SCALE: run.scale,
        Column.BACKPROPS: run.backprops,
        Column.PSNR: -math.inf if run.best_db is None else run.best_db,
        Column.GAIN: -math.inf if run.gain_db is None else run.gain_db,
        Column.RMSE: math.inf if run.rmse is None else run.rmse,
        Column.TIME: run.seconds,
    }
    return float(numbers[column]) if column in numbers else cell(run, column).casefold()
