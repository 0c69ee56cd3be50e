"""The table of the paper as a model: pictures down, methods across, scale by scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QPalette
from typing_extensions import override

from srcnn.paper import paper_picture
from srcnn_gui.benchmark.cells import Quantity, in_words, times_in_words
from srcnn_gui.benchmark.results import Beside, Line, Results

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
BESIDE = int(Role.UserRole)
"""Role of the difference that stands beside a figure; of a column, of the longest one."""
IMAGE, SCALE, FIRST_METHOD = 0, 1, 2
"""Columns."""

_LOOKED_AT = 60
"""Lines that tell how wide a column is to be."""
_TIMES = "\N{MULTIPLICATION SIGN}"


class BenchmarkTable(QAbstractTableModel):
    """Shows ``Results``; sorted within every scale, so that the average stays last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.results = Results()
        self.quantity = Quantity.PSNR
        self.beside = Beside.NOTHING
        self.lines: list[Line] = []
        self._palette = QPalette()
        self._sorting = -1, Qt.SortOrder.AscendingOrder
        self._best: dict[Line, frozenset[str]] = {}
        self._widest: dict[int, str] = {}

    def set_results(self, results: Results) -> None:
        """Show other results."""
        self.beginResetModel()
        self.results = results
        self._forget()
        self.lines = self._arranged()
        self.endResetModel()

    def refresh(self) -> None:
        """Show the rows that have come; what is selected stays so."""
        self._forget()
        wanted = self._arranged()
        known = set(self.lines)
        self._reorder([line for line in wanted if line in known])
        for place, line in enumerate(wanted):
            if line not in known:
                self.beginInsertRows(QModelIndex(), place, place)
                self.lines.insert(place, line)
                self.endInsertRows()
        self._tell_changed()

    def show_quantity(self, quantity: Quantity, beside: Beside) -> None:
        """Show other figures, and another difference beside them."""
        self.quantity, self.beside = quantity, beside
        self._forget()
        self._reorder(self._arranged())
        self._tell_changed()

    def dress(self, palette: QPalette) -> None:
        """Wear the colours of the window."""
        self._palette = palette
        self._tell_changed()

    def widest_beside(self, column: int) -> str:
        """Return the longest difference of a column, in the first lines; empty if it has none."""
        if column < FIRST_METHOD or self.beside is Beside.NOTHING:
            return ""
        if column not in self._widest:
            method = self._methods[column - FIRST_METHOD][0]
            cells = (
                self.results.cell(line, method, self.quantity, self.beside)
                for line in self.lines[:_LOOKED_AT]
            )
            self._widest[column] = max((cell.beside for cell in cells), key=len, default="")
        return self._widest[column]

    def text_of(self, line: Line, method: str) -> str:
        """Return a cell in words, the difference behind the figure."""
        cell = self.results.cell(line, method, self.quantity, self.beside)
        return f"{cell.text} {cell.beside}".rstrip()

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        is_child = parent is not None and parent.isValid()
        return 0 if is_child else FIRST_METHOD + len(self.results.methods)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        titles = [
            ("Image", "The pictures; sort by any column, the averages stay last"),
            (_TIMES, "Enlargement factor"),
            *((label, f"Id on the command line: {method}") for method, label in self._methods),
        ]
        match role:
            case Role.DisplayRole:
                return titles[section][0]
            case Role.ToolTipRole:
                return titles[section][1]
            case Role.TextAlignmentRole if section == IMAGE:
                return _alignment(section)
            case Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
        return self.widest_beside(section) if role == BESIDE else None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        line, column = self.lines[index.row()], index.column()
        match role:
            case Role.DisplayRole | Role.ToolTipRole if column < FIRST_METHOD:
                return self._name(line, column, is_tip=role == Role.ToolTipRole)
            case Role.ToolTipRole:
                return self._described(line, self._methods[column - FIRST_METHOD][0])
            case Role.TextAlignmentRole:
                return _alignment(column)
            case Role.BackgroundRole if line.is_average:
                return self._palette.color(QPalette.ColorRole.Midlight)
            case Role.FontRole:
                return self._font(line, column)
        if column < FIRST_METHOD or role not in (Role.DisplayRole, BESIDE):
            return None
        method = self._methods[column - FIRST_METHOD][0]
        cell = self.results.cell(line, method, self.quantity, self.beside)
        return cell.beside if role == BESIDE else cell.text

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorting = column, order
        self._reorder(self._arranged())

    @property
    def _methods(self) -> Sequence[tuple[str, str]]:
        return self.results.methods

    def _arranged(self) -> list[Line]:
        """Return the lines as they are sorted; where there is no figure, last."""
        column, order = self._sorting
        lines = list(self.results.lines)
        is_backward = order is Qt.SortOrder.DescendingOrder
        scales = list(self.results.scales)
        if not 0 <= column < self.columnCount():
            return lines
        if column == SCALE:
            scales.sort(reverse=is_backward)
        groups = {s: [line for line in lines if line.scale == s] for s in scales}
        arranged = []
        for group in groups.values():
            pictures = [line for line in group if not line.is_average]
            if column == IMAGE:
                pictures.sort(key=_name_key, reverse=is_backward)
            elif column >= FIRST_METHOD:
                method, sign = self._methods[column - FIRST_METHOD][0], -1 if is_backward else 1
                keys = {line: self._value(line, method) * sign for line in pictures}
                pictures.sort(key=lambda line: (math.isnan(keys[line]), keys[line]))
            arranged += [*pictures, *(line for line in group if line.is_average)]
        return arranged

    def _value(self, line: Line, method: str) -> float:
        return self.results.cell(line, method, self.quantity, Beside.NOTHING).value

    def _forget(self) -> None:
        self._best.clear()
        self._widest.clear()

    def _reorder(self, wanted: list[Line]) -> None:
        if wanted == self.lines:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = {line: place for place, line in enumerate(wanted)}
        after = [self.index(places[self.lines[i.row()]], i.column()) for i in before]
        self.lines = wanted
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _tell_changed(self) -> None:
        if self.lines:
            last = self.index(len(self.lines) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _name(self, line: Line, column: int, *, is_tip: bool) -> str:
        if column == SCALE:
            return f"{_TIMES}{line.scale}"
        if line.is_average:
            count = len(self.results.images(line.scale))
            return f"Mean of each method over its pictures, {count} in all" if is_tip else "average"
        picture = paper_picture(self.results.contents[line.image])
        if not is_tip:
            return line.image
        known = f"\nRecognised: {picture.name} of {picture.set_name}" if picture else ""
        return f"{line.image}{known}\nA double click opens it in the panes"

    def _described(self, line: Line, method: str) -> str:
        """Return all figures of a cell, with more digits than the table shows."""
        if not self.results.count(line.scale, method):
            return "Not measured at this scale"
        cells = {q: self.results.cell(line, method, q, Beside.PAPER) for q in Quantity}
        psnr, seconds = cells[Quantity.PSNR], cells[Quantity.SECONDS]
        if math.isnan(psnr.value):
            return "Not measured yet"
        parts = [
            f"PSNR {psnr.value:.4f} dB",
            f"SSIM {cells[Quantity.SSIM].value:.5f}",
            f"{in_words(seconds.value, Quantity.SECONDS)} s",
        ]
        if psnr.beside:
            parts.append(f"{psnr.beside} dB to the paper")
        parts += self._described_time(line, method)
        if line.is_average:
            parts.append(f"mean of {self.results.count(line.scale, method)}")
        remembered = self.results.count_remembered(line, method)
        if remembered:
            count = f"{remembered} of them " if line.is_average else ""
            parts.append(f"{count}remembered from before, the time too")
        return "\n".join(parts)

    def _described_time(self, line: Line, method: str) -> Iterator[str]:
        """Yield what multiple of the time of SRCNN it is, and what the paper prints."""
        results = self.results
        own, printed = results.multiple(line, method), results.printed_multiple(line, method)
        if method != results.clock and not math.isnan(own):
            yield f"{times_in_words(own)} the time of SRCNN"
        seconds = results.printed_seconds(line, method)
        if not math.isnan(seconds):
            multiple = "" if math.isnan(printed) else f", {times_in_words(printed)} that of SRCNN"
            yield f"The paper prints {seconds:.2f} s{multiple}"

    def _font(self, line: Line, column: int) -> QFont | None:
        if column < FIRST_METHOD:
            return None
        if line not in self._best:
            self._best[line] = self.results.best(line, self.quantity)
        method = self._methods[column - FIRST_METHOD][0]
        is_best = method in self._best[line]
        is_old = self.quantity is Quantity.SECONDS and self.results.count_remembered(line, method)
        if not is_best and not is_old:
            return None
        font = QFont()
        font.setBold(is_best)
        font.setItalic(bool(is_old))
        return font


def _name_key(line: Line) -> str:
    return line.image.casefold()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == IMAGE else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
