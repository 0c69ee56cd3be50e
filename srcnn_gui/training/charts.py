"""The two plots of the training panel, side by side or one above the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from typing_extensions import override

from srcnn_gui.training.chart import Chart, power_of, powers_of, set_points
from srcnn_gui.training.levels import levels_of
from srcnn_gui.training.run_colours import ACTIVE, run_colour
from srcnn_gui.training.ticks import linear_ticks, log_ticks, loss_range, psnr_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.training.curve import RunCurve

_RAW_OPACITY = 80
_BOLD, _LIGHT = 2.25, 1.5
_SIDES, _GAP = 12, 6
"""Pixels that stay free left and right of the plots, together, and between them."""
_WIDE = 210
"""Pixels from which on a plot has room for whole headings."""
_FEWEST = 100
"""Backprops that the plots are wide at least."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A run and the items of pyqtgraph that show it."""

    run: RunCurve
    raw: Any
    smooth: Any
    psnr: Any
    star: Any

    def draw(self) -> None:
        """Give the items the points there are."""
        losses, points = self.run.loss_points, self.run.validation_points
        if self.raw is not None:
            set_points(self.raw, losses.backprops, powers_of(losses.loss))
        set_points(self.smooth, losses.backprops, powers_of(losses.smooth))
        set_points(self.psnr, points.backprops, points.psnr_db)


class CurveCharts(QObject):
    """Loss on the left, validation PSNR on the right, over the same backprops."""

    zoomed = Signal()  # by hand: new points change the view no more, until ``fit``
    reset = Signal()  # it was double-clicked
    hovered = Signal(object, object)  # Reading | None, QPointF in the widget

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.widget = pg.GraphicsLayoutWidget()
        self._layout: Any = self.widget.ci
        self._layout.setContentsMargins(_SIDES / 2, 2, _SIDES / 2, 2)
        self._layout.setSpacing(_GAP)
        self._blocks: list[Any] = []
        self._titles: list[Any] = []
        self._remarks: list[Any] = []
        self.loss = Chart(self._add_block(), log_ticks, self)
        self.psnr = Chart(self._add_block(), linear_ticks, self)
        self._is_stacked: bool | None = None
        self.stack(is_stacked=False)
        for chart in (self.loss, self.psnr):
            chart.zoomed.connect(self._on_zoomed)
            chart.x_changed.connect(self._on_x_changed)
            chart.resized.connect(self._on_resized)
        scene = self.widget.scene()
        scene.sigMouseMoved.connect(self._on_mouse_moved)
        scene.sigMouseClicked.connect(self._on_mouse_clicked)
        self.widget.viewport().installEventFilter(self)
        self._active: RunCurve | None = None
        self._others: tuple[RunCurve, ...] = ()
        self._palette = QPalette()
        self._font = QFont()
        self._main: _Drawn | None = None
        self._is_zoomed = False
        self._resizing = QTimer(self, singleShot=True, interval=0)
        self._resizing.timeout.connect(self._follow)

    def set_runs(self, active: RunCurve | None, others: Sequence[RunCurve]) -> None:
        """Show other runs; the first there is gives the time, the references and the readings."""
        self._active, self._others = active, tuple(others)
        self._main = None
        main = next(iter(self.runs), None)
        for chart in (self.loss, self.psnr):
            chart.clear(main)
        for place, run in reversed(list(enumerate(self.runs, start=ACTIVE if active else 1))):
            colour = run_colour(place if run.colour is None else run.colour, self._palette)
            drawn = self._added(run, colour, is_main=run is main)
            drawn.draw()
            if run is main:
                self._main = drawn
        self._follow()

    @property
    def runs(self) -> tuple[RunCurve, ...]:
        """All that are shown, the one in front first."""
        return self._others if self._active is None else (self._active, *self._others)

    def refresh(self) -> None:
        """Draw the new points of the first run."""
        if self._main is not None:
            self._main.draw()
            self._follow()

    def fit(self) -> None:
        """Show everything, and go on doing so when points come."""
        self._is_zoomed = False
        self._follow()

    def stack(self, *, is_stacked: bool) -> None:
        """Put the plots one above the other, or side by side."""
        if is_stacked is self._is_stacked:
            return
        self._is_stacked = is_stacked
        for block in self._blocks:
            if block in self._layout.items:
                self._layout.removeItem(block)
        for place, block in enumerate(self._blocks):
            row, column = (place, 0) if is_stacked else (0, place)
            self._layout.addItem(block, row=row, col=column)
        self._share_width()

    def _share_width(self) -> None:
        """Make the plots equally wide, whatever is written on them."""
        columns = 1 if self._is_stacked else len(self._blocks)
        grid = self._layout.layout
        room = self.widget.viewport().width() - _SIDES - (columns - 1) * _GAP
        for column in range(len(self._blocks)):
            grid.setColumnFixedWidth(column, max(1, room // columns) if column < columns else 0)

    def dress(self, palette: QPalette, font: QFont) -> None:
        """Wear the colours and the font of the window."""
        self._palette, self._font = palette, font
        self.widget.setBackground(palette.color(QPalette.ColorRole.Base))
        for chart in (self.loss, self.psnr):
            chart.dress(palette, font)
        self.write_headings()
        self.set_runs(self._active, self._others)

    @Slot()
    def write_headings(self) -> None:
        """Say what the plots show, in few words if they are narrow."""
        is_wide = self.widget.width() / len(self._blocks) >= _WIDE or self._is_stacked
        titles = ("Loss", "Validation PSNR (dB)" if is_wide else "PSNR (dB)")
        size = f"{self._font.pointSizeF():g}pt"
        text, quiet = (
            self._palette.color(role).name()
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText)
        )
        for title, remark, words in zip(self._titles, self._remarks, titles, strict=True):
            title.setText(words, bold=True, size=size, color=text)
            remark.setText("time (min:s)" if is_wide else "", size=size, color=quiet)

    def _add_block(self) -> Any:
        block = pg.GraphicsLayout()
        block.setContentsMargins(0, 0, 0, 0)
        block.setSpacing(0)
        self._titles.append(block.addLabel("", row=0, col=0, justify="left"))
        self._remarks.append(block.addLabel("", row=0, col=1, justify="right"))
        self._blocks.append(block)
        return block.addPlot(row=1, col=0, colspan=2)

    def _added(self, run: RunCurve, colour: QColor, *, is_main: bool) -> _Drawn:
        """Return the items of a run, without points yet; only the first is shown unsmoothed."""
        pale = QColor(colour)
        pale.setAlpha(_RAW_OPACITY)
        return _Drawn(
            run,
            raw=self.loss.add_line(pale) if is_main else None,
            smooth=self.loss.add_line(colour, width=_BOLD if is_main else _LIGHT),
            psnr=self.psnr.add_line(colour, width=_BOLD if is_main else _LIGHT, has_dots=True),
            star=self.psnr.add_star(colour) if is_main else None,
        )

    @Slot()
    def _follow(self) -> None:
        """Bring references, view and star up to the points there are."""
        main = next(iter(self.runs), None)
        best = None if main is None else main.best
        last = max([_FEWEST, *(run.last_backprops for run in self.runs)])
        if main is not None:  # the paper's words and those of the star are high up, both
            is_left = best is not None and best[0] < last / 2
            self.psnr.set_levels(levels_of(main, paper_place=1.0 if is_left else 0.0))
        if not self._is_zoomed:
            x = (-0.02 * last, 1.03 * last)
            values = np.concatenate([*(r.validation_points.psnr_db for r in self.runs), []])
            goals = [] if main is None else [main.bicubic_db, main.paper_db or math.nan]
            self.loss.show_range(x, loss_range([line for r in self.runs for line in r.losses]))
            self.psnr.show_range(x, psnr_range(values, goals))
        if self._main is not None and self._main.star is not None:
            self.psnr.place_star(self._main.star, best)

    @Slot()
    def _on_zoomed(self) -> None:
        self._is_zoomed = True
        self.zoomed.emit()

    @Slot()
    def _on_resized(self) -> None:
        self._resizing.start()  # a layout has several passes, each for both plots

    @Slot(object)
    def _on_x_changed(self, chart: Chart) -> None:
        other = self.psnr if chart is self.loss else self.loss
        if not np.allclose(other.ranges[0], chart.ranges[0], rtol=1e-9, atol=1e-6):
            other.show_backprops(chart.ranges[0])

    @Slot(object)
    def _on_mouse_moved(self, place: QPointF) -> None:
        under = [chart.backprops_under(place) for chart in (self.loss, self.psnr)]
        found = next((x for x in under if x is not None), None)
        reading = None if found is None or self._main is None else self._main.run.reading(found)
        if reading is None:
            self._hide_cursor()
            return
        self.loss.show_cursor(reading.backprops, power_of(reading.loss))
        self.psnr.show_cursor(reading.psnr_backprops, reading.psnr_db)
        self.hovered.emit(reading, QPointF(self.widget.mapFromScene(place)))

    @Slot(object)
    def _on_mouse_clicked(self, event: Any) -> None:
        if event.double():
            self.reset.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hide_cursor()
        elif event.type() == QEvent.Type.Resize:
            self._share_width()
            self.write_headings()
        return super().eventFilter(watched, event)

    def _hide_cursor(self) -> None:
        for chart in (self.loss, self.psnr):
            chart.hide_cursor()
        self.hovered.emit(None, QPointF())
