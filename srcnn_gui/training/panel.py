"""The training panel: what a run is told, how it goes, and what has come of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.icons import icon
from srcnn_gui.training.curve import RunCurve
from srcnn_gui.training.dataset_view import DatasetView
from srcnn_gui.training.fields import SRCNN
from srcnn_gui.training.filter_view import FilterView
from srcnn_gui.training.plots import CurvesView
from srcnn_gui.training.rmse_view import RmseView
from srcnn_gui.training.run_list import RunList
from srcnn_gui.training.scrub_bar import ScrubBar
from srcnn_gui.training.setup_page import SetupPage
from srcnn_gui.training.status_strip import StatusStrip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from PySide6.QtGui import QAction

    from srcnn_gui.jobs import JobService
    from srcnn_gui.training.rmse_curve import RmseCurve
    from srcnn_gui.training.run_summary import RunSummary

_WIDTHS = (360, 600, 230)
"""Of setup, curves and filters; what there is more goes to the curves."""


class TrainingPanel(QWidget):
    """Places the parts of the panel, and keeps those together that belong together.

    Parameters
    ----------
    actions : Mapping of QAction
        The window's commands, by id.
    jobs : JobService
        For looking through folders.
    runs : Path
        Folder that new runs are made in.
    """

    ready_changed = Signal()  # whether the form and the pictures are fit for a start

    def __init__(
        self,
        actions: Mapping[str, QAction],
        jobs: JobService,
        runs: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.strip = StatusStrip(actions)
        self.setup = SetupPage(runs)
        self.form = self.setup.form
        self.dataset = DatasetView(jobs)
        self.run_list = RunList()
        self.curves = CurvesView()
        self.rmse = RmseView()
        self._active_rmse: RmseCurve | None = None
        self._other_rmse: tuple[RmseCurve, ...] = ()
        self._plots = QStackedWidget()
        self.filters = FilterView()
        self.scrub = ScrubBar()
        self._tabs = QTabWidget()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.setup.changed.connect(self._on_form_changed)
        self.dataset.checked.connect(self._on_checked)
        self.dataset.folders_dropped.connect(self._on_folders_dropped)
        self._on_form_changed()

    @property
    def problem(self) -> str:
        """Why no run can be started; empty if all is well."""
        return self.setup.current.problem

    def show_runs(self, summaries: Sequence[RunSummary]) -> None:
        """List the runs there are."""
        self.run_list.set_runs(summaries)
        count = f" ({len(summaries)})" if summaries else ""
        self._tabs.setTabText(self._tabs.indexOf(self.run_list), f"Runs{count}")

    def show_curves(self, active: RunCurve | None, others: Sequence[RunCurve]) -> None:
        """Draw the curves of a run, and of others beside it."""
        self.curves.set_runs(active, others)

    def show_rmse(self, active: RmseCurve | None) -> None:
        """Draw the curve of a dictionary in training, or of none."""
        self._active_rmse = active
        self._draw_rmse()

    def show_other_rmse(self, others: Sequence[RmseCurve]) -> None:
        """Draw the curves of other dictionaries beside it."""
        self._other_rmse = tuple(others)
        self._draw_rmse()

    def show_plots(self, *, dictionaries: bool) -> None:
        """Bring the curves of dictionaries to the front, or those of networks."""
        self._plots.setCurrentWidget(self.rmse if dictionaries else self.curves)
        for part in (self.filters, self.scrub):
            part.setVisible(not dictionaries)

    def _draw_rmse(self) -> None:
        first = () if self._active_rmse is None else (self._active_rmse,)
        self.rmse.set_curves((*first, *self._other_rmse))

    def show_page(self, page: QWidget) -> None:
        """Bring the form, the data or the list of runs to the front."""
        places = {self.dataset: self._data_page, self.form: self.setup}
        self._tabs.setCurrentWidget(places.get(page, page))

    @override
    def sizeHint(self) -> QSize:
        return QSize(1000, 360)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_splitter"):
            self._mark_data()

    def _lay_out(self) -> None:
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self.setup, "Setup")
        self._data_page = QScrollArea()
        self._data_page.setWidget(self.dataset)
        self._data_page.setWidgetResizable(True)
        self._data_page.setFrameShape(QFrame.Shape.NoFrame)
        self._tabs.addTab(self._data_page, "Data")
        self._tabs.addTab(self.run_list, "Runs")
        self._tabs.setTabToolTip(0, "What the next run is to do")
        self._tabs.setTabToolTip(1, "The pictures that it learns from")
        self._tabs.setTabToolTip(2, "Earlier runs: use, continue, compare, export")
        self._tabs.setMinimumWidth(320)
        for plots in (self.curves, self.rmse):
            self._plots.addWidget(plots)
        for widget in (self._tabs, self._plots, self.filters):
            self._splitter.addWidget(widget)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setStretchFactor(2, 0)
        self._splitter.setCollapsible(0, False)
        self._splitter.setSizes(_WIDTHS)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.strip)
        column.addWidget(line)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.scrub)

    def _mark_data(self) -> None:
        """Mark the page of the pictures if something is wrong with them."""
        mark = icon("warning", self.palette()) if self.dataset.problem else QIcon()
        self._tabs.setTabIcon(self._tabs.indexOf(self._data_page), mark)

    @Slot()
    def _on_form_changed(self) -> None:
        if self.setup.question is not None:
            self.dataset.check(self.setup.question)
        if not self.curves.runs and not self.rmse.curves:  # what is empty speaks of what is to come
            self.show_plots(dictionaries=self.setup.method != SRCNN)
        self.ready_changed.emit()

    @Slot()
    def _on_checked(self) -> None:
        form = self.setup.current
        form.data.show_info("" if self.dataset.problem else self.dataset.brief)
        form.show_data_problem(self.dataset.problem)
        self._mark_data()
        self.ready_changed.emit()

    @Slot(object)
    def _on_folders_dropped(self, folders: tuple[Path, ...]) -> None:
        self.setup.current.data.take(folders)
