"""The table of figures, what it shows, and the pictures that were left out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.benchmark.boxes import segments
from srcnn_gui.benchmark.cells import Quantity
from srcnn_gui.benchmark.formats import FORMATS
from srcnn_gui.benchmark.results import Beside, Results
from srcnn_gui.benchmark.skipped_list import SkippedList
from srcnn_gui.benchmark.table import BenchmarkTable
from srcnn_gui.benchmark.table_view import table_view
from srcnn_gui.icons import icon

_QUANTITIES = {
    Quantity.PSNR: ("PSNR", "PSNR in dB"),
    Quantity.SSIM: ("SSIM", "Structural similarity, 1 if identical"),
    Quantity.SECONDS: ("Seconds", "Time from the low-resolution plane to the result"),
}
_BESIDE = {
    Beside.NOTHING: "Figures alone",
    Beside.GAIN: "Gain over bicubic",
    Beside.PAPER: "\N{GREEK CAPITAL LETTER DELTA} to the paper",
}
_BESIDE_TIME = {
    Beside.NOTHING: "Times alone",
    Beside.GAIN: "Time \N{DIVISION SIGN} SRCNN",
    Beside.PAPER: "\N{DIVISION SIGN} SRCNN, and paper",
}
_BESIDE_TIP = (
    "What stands beside each figure. Pictures of Set5 and Set14 are recognised by their content: "
    "there the difference to the PSNR that the paper prints can be shown, and beside times what "
    "multiple of SRCNN's they are, here and in the paper. Times that are remembered from before "
    "are in italics."
)
_EMPTY = "Choose a folder or the samples, tick methods and scales, and press Start."


class FiguresView(QWidget):
    """Shows ``Results`` as the paper lays them out.

    Parameters
    ----------
    save, passport : QAction
        The window's commands that save the table, and measure by other protocols.
    """

    open_requested = Signal(str, int)  # image, scale
    copy_requested = Signal(str)  # ending of the format

    def __init__(self, save: QAction, passport: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = BenchmarkTable(self)
        self._table = table_view(self.model)
        self._table.doubleClicked.connect(self._on_activated)
        enter = QShortcut(QKeySequence(Qt.Key.Key_Return), self._table)
        enter.setContext(Qt.ShortcutContext.WidgetShortcut)
        enter.activated.connect(self._on_enter)
        self._quantities = QButtonGroup(self)
        self._beside = QComboBox()
        self._copy = QToolButton()
        self._commands = {"Save": save, "Passport": passport}
        self._skipped = SkippedList()
        self._protocol = QLabel()
        self._pages = QStackedWidget()
        self._lay_out()
        self._quantities.idToggled.connect(self._on_quantity)
        self._beside.activated.connect(self._on_beside)
        self._dress()
        self.set_results(Results())

    @property
    def text(self) -> str:
        """The table in words, for tests and screen readers."""
        model = self.model
        methods = model.results.methods
        lines = [["image", "scale", *(label for _, label in methods)]]
        lines += [
            [
                line.image or "average",
                str(line.scale),
                *(model.text_of(line, method) for method, _ in methods),
            ]
            for line in model.lines
        ]
        return "\n".join("\t".join(line) for line in lines)

    @property
    def skipped(self) -> tuple[str, ...]:
        """What is said of the pictures that were left out."""
        return self._skipped.lines

    def chosen_image(self, scale: int) -> str:
        """Return the image of the chosen line, or the first at that scale if none is chosen."""
        index, images = self._table.currentIndex(), self.model.results.images(scale)
        line = self.model.lines[index.row()] if index.isValid() else None
        if line is not None and line.image in images:
            return line.image
        return images[0] if images else ""

    def set_results(self, results: Results) -> None:
        """Show other results; they may grow: see ``refresh``."""
        self.model.set_results(results)
        self.refresh()

    def refresh(self) -> None:
        """Show what has come."""
        results = self.model.results
        self.model.refresh()
        self._pages.setCurrentIndex(1 if self.model.lines else 0)
        self._copy.setEnabled(bool(results.rows))
        for index, beside in enumerate(Beside):
            self._beside.setItemData(index, self._flags(beside), Qt.ItemDataRole.UserRole - 1)
        self._skipped.show_skipped(results.skipped)

    def show_protocol(self, text: str) -> None:
        """Say what the figures stand under."""
        self._protocol.setText(text)
        self._protocol.setVisible(bool(text))

    def show_quantity(self, quantity: Quantity) -> None:
        """Show PSNR, SSIM or seconds."""
        self._quantities.button(list(Quantity).index(quantity)).setChecked(True)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_protocol"):
            self._dress()

    def _flags(self, beside: Beside) -> int:
        """Return the flags of an entry: what can tell nothing cannot be chosen."""
        results = self.model.results
        possible = beside is not Beside.PAPER or not results.rows or bool(results.recognised)
        is_on = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return is_on.value if possible else 0

    def _dress(self) -> None:
        self.model.dress(self.palette())
        self._copy.setIcon(icon("copy", self.palette()))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(4, 0, 4, 0)
        tools.setSpacing(4)
        tools.addWidget(segments(self._quantities, list(_QUANTITIES.values())))
        tools.addSpacing(6)
        self._beside.addItems(list(_BESIDE.values()))
        self._beside.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._beside.setToolTip(_BESIDE_TIP)
        self._beside.setAccessibleName("Beside the figures")
        tools.addWidget(self._beside)
        tools.addStretch()
        tools.addWidget(self._copy)
        for text, command in self._commands.items():
            tools.addWidget(_text_button(command, text))
        menu = QMenu(self)
        for one in FORMATS:
            menu.addAction(f"Copy as {one.label}").setData(one.suffix)
        menu.triggered.connect(self._on_copy)
        self._copy.setText("Copy")
        self._copy.setToolTip("Copy the table as CSV, Markdown, LaTeX or JSON")
        self._copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._copy.setIconSize(QSize(16, 16))
        self._copy.setMenu(menu)
        empty = QLabel(_EMPTY)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        empty.setBackgroundRole(QPalette.ColorRole.Base)
        empty.setAutoFillBackground(True)
        self._pages.addWidget(empty)
        self._pages.addWidget(self._table)
        self._protocol.setWordWrap(True)
        self._protocol.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._protocol.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(4)
        column.addLayout(tools)
        column.addWidget(self._pages, 1)
        column.addWidget(self._skipped)
        column.addWidget(self._protocol)

    def _show(self) -> None:
        quantity = list(Quantity)[self._quantities.checkedId()]
        beside = list(Beside)[self._beside.currentIndex()]
        texts = _BESIDE_TIME if quantity is Quantity.SECONDS else _BESIDE
        for index, text in enumerate(texts.values()):
            self._beside.setItemText(index, text)
        self.model.show_quantity(quantity, beside)
        self._table.resizeColumnsToContents()

    @Slot(int, bool)
    def _on_quantity(self, _index: int, checked: bool) -> None:
        if checked:
            self._show()

    @Slot(int)
    def _on_beside(self, _index: int) -> None:
        self._show()

    @Slot(QAction)
    def _on_copy(self, action: QAction) -> None:
        self.copy_requested.emit(action.data())

    @Slot()
    def _on_enter(self) -> None:
        index = self._table.currentIndex()
        if index.isValid():
            self._on_activated(index)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        line = self.model.lines[index.row()]
        if not line.is_average:
            self.open_requested.emit(line.image, line.scale)


def _text_button(action: QAction, text: str) -> QToolButton:
    action.setIconText(text)
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(16, 16))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
