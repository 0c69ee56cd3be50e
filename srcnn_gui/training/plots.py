"""The curves of the run in progress and of earlier ones, drawing themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.errors import OutputError, SrcnnError
from srcnn_gui.icons import icon
from srcnn_gui.training.curve_text import said
from srcnn_gui.training.plot_export import save_csv, save_png
from srcnn_gui.training.run_colours import ACTIVE, legend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn_gui.training.charts import CurveCharts
    from srcnn_gui.training.curve import Reading, RunCurve
    from trainer.events import CurveEvent

REDRAW_MS = 100
"""At most this often are the curves drawn."""

_STACKED_BELOW, _STACKED_FROM = 560, 420
"""Width below which, and height from which on, the plots stand one above the other."""
_EMPTY = "Curves appear here when a run starts"


class CurvesView(QWidget):
    """Loss and validation PSNR of a run against backprops, with other runs beside it.

    ``charts``, and pyqtgraph with them, come when there is something to draw; out of sight,
    nothing is drawn.
    """

    drawn = Signal()
    exported = Signal(object)  # Path
    failed = Signal(object)  # Exception: a file could not be written

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._active: RunCurve | None = None
        self._others: tuple[RunCurve, ...] = ()
        self.charts: CurveCharts | None = None
        self._runs_are_new = False
        self._legend = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self._legend.setContentsMargins(8, 0, 0, 0)
        self._fit = self._button("Fit", "Show everything again; a double click does it too")
        self._png = self._button("PNG\N{HORIZONTAL ELLIPSIS}", "Save the plots as a picture")
        self._csv = self._button("CSV\N{HORIZONTAL ELLIPSIS}", "Save the points as a table")
        for button, slot in {
            self._fit: self.fit,
            self._png: self._on_save_png,
            self._csv: self._on_save_csv,
        }.items():
            button.clicked.connect(slot)
        self._board = QWidget(autoFillBackground=True)
        self._board.setBackgroundRole(self._board.palette().ColorRole.Base)
        self._pages = self._lay_out()
        self._readout = QLabel(self, margin=5)
        self._readout.hide()
        self._readout.setAutoFillBackground(True)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.setBackgroundRole(self._readout.palette().ColorRole.ToolTipBase)
        self._readout.setForegroundRole(self._readout.palette().ColorRole.ToolTipText)
        self._redrawing = QTimer(self, singleShot=True, interval=REDRAW_MS)
        self._redrawing.timeout.connect(self._on_due)
        self._is_dressed = False
        self._dress_buttons()
        self._show_page()

    def set_runs(self, active: RunCurve | None, others: Sequence[RunCurve] = ()) -> None:
        """Show the curves of a run, if there is one, and of others beside it."""
        self._active, self._others = active, tuple(others)
        self._runs_are_new = True
        self._show_page()
        self._schedule()

    def add(self, event: CurveEvent) -> None:
        """Add a point to the active run, if there is one; it is drawn a little later."""
        if self._active is not None:
            self._active.add(event)
            self._schedule()

    def clear(self) -> None:
        """Show no run."""
        self.set_runs(None)
        self.fit()

    @property
    def runs(self) -> tuple[RunCurve, ...]:
        """All that are shown, the one in front first."""
        return self._others if self._active is None else (self._active, *self._others)

    @property
    def readout(self) -> str:
        """What is said of the place under the mouse; empty if there is none."""
        return "" if self._readout.isHidden() else self._readout.text()

    def export_png(self, path: Path) -> None:
        """Save the plots as they are, with the legend.

        Raises
        ------
        OutputError
            If there are none, or the file cannot be written.
        """
        self._check_for_curves()
        self.draw_now()
        if self.charts is not None:
            for layout in (self.layout(), self._pages.layout(), self._column):
                if layout is not None:  # plots just made have not got their places yet
                    layout.activate()
            save_png((self._legend, self.charts.widget), path)

    def export_csv(self, path: Path) -> None:
        """Save the points of every run that is shown.

        Raises
        ------
        OutputError
            If there are none, or the file cannot be written.
        """
        self._check_for_curves()
        save_csv(self.runs, path)

    def draw_now(self) -> None:
        """Draw what has come, without waiting."""
        self._redrawing.stop()
        if not self.runs:
            return
        charts = self.charts or self._make_charts()
        if not self._is_dressed:
            charts.dress(self.palette(), self.font())
        if self._runs_are_new or not self._is_dressed:
            charts.set_runs(self._active, self._others)
            self._write_legend()
            self._runs_are_new, self._is_dressed = False, True
        else:
            charts.refresh()
        self.drawn.emit()

    @Slot()
    def fit(self) -> None:
        """Show everything, and follow the points that come."""
        self._fit.setEnabled(False)
        if self.charts is not None:
            self.charts.fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, 280)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(320, 160)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._schedule()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stack()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._dress_buttons()
            self._is_dressed = False  # charts take a tenth of a second, and wait until they show
            self._schedule()

    def _lay_out(self) -> QStackedWidget:
        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 4, 0)
        header.setSpacing(2)
        header.addWidget(self._legend, 1)
        for button in (self._fit, self._png, self._csv):
            header.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self._board)
        self._column.setContentsMargins(0, 2, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(header)
        empty = QLabel(_EMPTY, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        empty.setForegroundRole(empty.palette().ColorRole.PlaceholderText)
        pages = QStackedWidget()
        pages.addWidget(empty)
        pages.addWidget(self._board)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(pages)
        return pages

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _make_charts(self) -> CurveCharts:
        """Import pyqtgraph and make the plots."""
        from srcnn_gui.training.charts import CurveCharts

        charts = self.charts = CurveCharts(self)
        charts.widget.setAccessibleName("Curves of loss and validation PSNR")
        charts.zoomed.connect(self._on_zoomed)
        charts.reset.connect(self.fit)
        charts.hovered.connect(self._on_hovered)
        self._column.addWidget(charts.widget, 1)
        charts.widget.show()
        self._readout.raise_()
        self._stack()
        return charts

    def _dress_buttons(self) -> None:
        for button, name in {self._fit: "fit", self._png: "save", self._csv: "save"}.items():
            button.setIcon(icon(name, self.palette()))

    def _stack(self) -> None:
        if self.charts is not None:
            is_stacked = self.width() < _STACKED_BELOW and self.height() >= _STACKED_FROM
            self.charts.stack(is_stacked=is_stacked)

    def _schedule(self) -> None:
        if self.isVisible() and self.runs and not self._redrawing.isActive():
            self._redrawing.start()

    def _show_page(self) -> None:
        self._pages.setCurrentIndex(1 if self.runs else 0)
        self._fit.setEnabled(False)

    def _write_legend(self) -> None:
        first = ACTIVE + (self._active is None)
        self._legend.setText(legend(self.runs, first, self.palette()))

    def _check_for_curves(self) -> None:
        if not self.runs:
            raise OutputError("There are no curves to save", hint="Start a run, or choose one.")

    @Slot()
    def _on_due(self) -> None:
        if self.isVisible():
            self.draw_now()

    @Slot()
    def _on_zoomed(self) -> None:
        self._fit.setEnabled(True)

    @Slot(object, object)
    def _on_hovered(self, reading: Reading | None, place: QPointF) -> None:
        self._readout.setVisible(reading is not None)
        if reading is None or self.charts is None:
            return
        self._readout.setText(said(reading))
        self._readout.adjustSize()
        at = self.charts.widget.mapTo(self, place.toPoint())
        size, room = self._readout.size(), self.size()
        left = at.x() + 14
        if left + size.width() > room.width():
            left = at.x() - 14 - size.width()
        top = min(max(0, at.y() - size.height() // 2), room.height() - size.height())
        self._readout.move(max(0, left), top)

    @Slot()
    def _on_save_png(self) -> None:
        self._save("Save plots", ".png", "PNG picture (*.png)", self.export_png)

    @Slot()
    def _on_save_csv(self) -> None:
        self._save("Save points", ".csv", "Comma separated values (*.csv)", self.export_csv)

    def _save(self, title: str, suffix: str, kinds: str, export: Callable[[Path], None]) -> None:
        suggested = f"{self.runs[0].name}_curves{suffix}" if self.runs else f"curves{suffix}"
        name, _ = QFileDialog.getSaveFileName(self, title, suggested, kinds)
        if not name:
            return
        path = Path(name) if name.lower().endswith(suffix) else Path(name + suffix)
        try:
            export(path)
        except SrcnnError as error:
            self.failed.emit(error)
        else:
            self.exported.emit(path)
