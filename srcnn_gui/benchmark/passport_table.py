"""The averages of a metric passport as a model; the first row is the paper's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from typing_extensions import override

from srcnn_gui.benchmark.cells import Quantity
from srcnn_gui.benchmark.passport_averages import Averages
from srcnn_gui.benchmark.table import BESIDE

if TYPE_CHECKING:
    from srcnn_gui.benchmark.cells import Cell

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
PROTOCOL, FIRST_METHOD = 0, 1
"""Columns."""


class PassportTable(QAbstractTableModel):
    """Shows ``Averages``: PSNR or SSIM."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.averages = Averages()
        self.quantity = Quantity.PSNR
        self._protocols: tuple[str, ...] = ()

    def set_averages(self, averages: Averages) -> None:
        """Show others; they may grow: see ``refresh``."""
        self.beginResetModel()
        self.averages = averages
        self._protocols = averages.protocols
        self.endResetModel()

    def refresh(self) -> None:
        """Show the pictures that have come; what is selected stays so."""
        if self._protocols != self.averages.protocols:
            self.set_averages(self.averages)
        self._tell_changed()

    def show_quantity(self, quantity: Quantity) -> None:
        """Show other figures."""
        self.quantity = quantity
        self._tell_changed()

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._protocols)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        is_child = parent is not None and parent.isValid()
        return 0 if is_child else FIRST_METHOD + len(self.averages.methods)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        titles = [
            ("Protocol", "What is done otherwise than in the paper"),
            *((label, f"Id on the command line: {id_}") for id_, label in self.averages.methods),
        ]
        match role:
            case Role.DisplayRole:
                return titles[section][0]
            case Role.ToolTipRole:
                return titles[section][1]
            case Role.TextAlignmentRole if section == PROTOCOL:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            case Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
        if role == BESIDE and section >= FIRST_METHOD:
            cells = (self._cell(row, section) for row in range(len(self._protocols)))
            return max((cell.beside for cell in cells), key=len, default="")
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        row, column = index.row(), index.column()
        match role:
            case Role.DisplayRole | Role.ToolTipRole if column == PROTOCOL:
                return self._protocols[row]
            case Role.DisplayRole:
                return self._cell(row, column).text
            case Role.ToolTipRole:
                return self._described(row, self.averages.methods[column - FIRST_METHOD][0])
            case Role.FontRole if row == 0:
                font = QFont()
                font.setBold(True)
                return font
        if role == BESIDE and column >= FIRST_METHOD:
            return self._cell(row, column).beside
        return None

    def _cell(self, row: int, column: int) -> Cell:
        method = self.averages.methods[column - FIRST_METHOD][0]
        return self.averages.cell(row, method, self.quantity)

    def _described(self, row: int, method: str) -> str:
        """Return both figures of a cell, with more digits than the table shows."""
        psnr_db = self.averages.mean(row, method, Quantity.PSNR)
        ssim = self.averages.mean(row, method, Quantity.SSIM)
        parts = [] if math.isnan(psnr_db) else [f"PSNR {psnr_db:.4f} dB"]
        parts += [] if math.isnan(ssim) else [f"SSIM {ssim:.5f}"]
        return "\n".join([*parts, f"mean of {len(self.averages.pictures)}"])

    def _tell_changed(self) -> None:
        if self._protocols:
            last = self.index(len(self._protocols) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
