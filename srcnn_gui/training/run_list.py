"""The runs of a folder, and what can be done with each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.errors import OutputError
from srcnn_gui.action_tips import enable_unless, set_tip
from srcnn_gui.training.run_list_rows import ROWS, Row
from srcnn_gui.training.run_summary import RunCommand, RunSummary, name_objection, objection
from srcnn_gui.training.run_table import SORT, SUMMARY, Column, RunTable
from srcnn_gui.training.run_table_view import dress_extension, fit_columns, table_view

if TYPE_CHECKING:
    from collections.abc import Sequence

_EMPTY = "Runs appear here. Each is a folder and can be continued, compared and exported."
_FILTER = "SRCNN weights (*.safetensors);;ONNX (*.onnx)"
_DICTIONARY_FILTER = "Dictionary (*.safetensors)"


class RunList(QWidget):
    """A table of runs; it only says what is wished, and does nothing to them itself."""

    use_requested = Signal(object)  # RunSummary
    continue_requested = Signal(object)  # RunSummary
    rename_requested = Signal(object, str)  # RunSummary, the new name, which is a good one
    delete_requested = Signal(object)  # RunSummary; it was confirmed
    export_requested = Signal(object, object)  # RunSummary, Path
    command_line_requested = Signal(object)  # RunSummary
    open_folder_requested = Signal(object)  # RunSummary
    release_requested = Signal(object)  # RunSummary: its dictionary is not to be used any more
    overlay_changed = Signal(object)  # tuple[RunSummary, ...]
    failed = Signal(object)  # Exception: a name that cannot be

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = ""
        self._table = RunTable(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._table)
        self._sorted.setSortRole(SORT)
        self._view = table_view(self._sorted)
        self._actions = {row.command: self._action(row) for row in ROWS}
        self._bar = QToolBar()
        self._bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._bar.addActions(list(self._actions.values()))
        self._menu = QMenu(self, toolTipsVisible=True)
        self._menu.addActions(list(self._actions.values()))
        self._pages = self._lay_out()
        self._view.customContextMenuRequested.connect(self._on_menu_requested)
        self._view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._table.modelReset.connect(self._on_selection_changed)
        self._table.shown_changed.connect(self._on_shown_changed)
        self._table.renamed.connect(self._on_renamed)
        self._dress()
        self._tell()

    def set_runs(self, summaries: Sequence[RunSummary]) -> None:
        """Show these runs; what was chosen and shown in the plots stays so, if it still is."""
        chosen, shown = self.selected, self._table.shown
        self._table.set_runs(summaries)
        self._pages.setCurrentIndex(1 if summaries else 0)
        if chosen is not None:
            self.select(chosen.path)
        fit_columns(self._view)
        if [run.path for run in shown] != [run.path for run in self._table.shown]:
            self._on_shown_changed()

    def set_active(self, path: Path | None) -> None:
        """Say whose curves are in front: it has their colour, and is no overlay."""
        was = self._table.shown
        self._table.set_active(path)
        if self._table.shown != was:
            self._on_shown_changed()

    def set_busy(self, reason: str) -> None:
        """Say why no run can be continued now, as a sentence; empty if one can."""
        self._busy = reason
        self._tell()

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """The runs, in the order they were given."""
        return self._table.runs

    @property
    def selected(self) -> RunSummary | None:
        """The run that is chosen, if any."""
        rows = self._view.selectionModel().selectedRows()
        run = rows[0].data(SUMMARY) if rows else None
        return run if isinstance(run, RunSummary) else None

    @property
    def overlays(self) -> tuple[RunSummary, ...]:
        """The runs whose curves are shown beside those in front."""
        return self._table.shown

    def colour_of(self, summary: RunSummary) -> int | None:
        """Return the number of the colour of its curves (``RunCurve.colour``), if shown."""
        return self._table.colour_of(summary)

    def select(self, path: Path) -> None:
        """Choose a run."""
        for row in range(self._sorted.rowCount()):
            if self._sorted.index(row, Column.NAME).data(SUMMARY).path == path:
                self._view.selectRow(row)

    def action(self, command: RunCommand) -> QAction:
        """Return what buttons and menu show for a command."""
        return self._actions[command]

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, 240)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        self._table.dress(self.palette())
        dress_extension(self._bar, self.palette())

    def _action(self, row: Row) -> QAction:
        action = QAction(row.text, self)
        action.setIconText(row.text)
        action.setData(row.command)
        if row.key is not None:
            action.setShortcut(row.key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self._on_triggered)
        self._view.addAction(action)
        return action

    def _lay_out(self) -> QStackedWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._view, 1)
        empty = QLabel(_EMPTY, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        empty.setMargin(12)
        pages = QStackedWidget()
        pages.addWidget(empty)
        pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(pages)
        return pages

    def _tell(self) -> None:
        """Enable what can be done with the chosen run, and say why the rest cannot."""
        run = self.selected
        self._actions[RunCommand.RELEASE].setVisible(run is not None and run.is_dictionary)
        for row in ROWS:
            reason = objection(row.command, run, self._busy)
            action, (text, tip) = self._actions[row.command], row.words(run)
            action.setText(text)
            action.setIconText(text)
            set_tip(action, tip)
            enable_unless(action, reason)

    @Slot()
    def _on_selection_changed(self) -> None:
        self._tell()

    @Slot()
    def _on_shown_changed(self) -> None:
        self.overlay_changed.emit(self.overlays)

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        if self._view.indexAt(place).isValid():
            self._menu.popup(self._view.viewport().mapToGlobal(place))

    @Slot(object, str)
    def _on_renamed(self, run: RunSummary, name: str) -> None:
        others = [other.name for other in self.runs if other.path != run.path]
        reason = name_objection(name, others)
        if reason:
            self.failed.emit(OutputError(reason, hint="Choose another name."))
        else:
            self.rename_requested.emit(run, name)

    @Slot()
    def _on_triggered(self) -> None:
        sender, run = self.sender(), self.selected
        if not isinstance(sender, QAction) or run is None:
            return
        match sender.data():
            case RunCommand.USE:
                self.use_requested.emit(run)
            case RunCommand.CONTINUE:
                self.continue_requested.emit(run)
            case RunCommand.RENAME:
                row = self._view.selectionModel().selectedRows(Column.NAME)[0]
                self._view.edit(row)
            case RunCommand.EXPORT:
                self._export(run)
            case RunCommand.COMMAND_LINE:
                self.command_line_requested.emit(run)
            case RunCommand.OPEN_FOLDER:
                self.open_folder_requested.emit(run)
            case RunCommand.DELETE:
                self._delete(run)
            case RunCommand.RELEASE:
                self.release_requested.emit(run)

    def _export(self, run: RunSummary) -> None:
        suggested = f"{run.name}_x{run.scale}.safetensors"
        kinds = _DICTIONARY_FILTER if run.is_dictionary else _FILTER
        title = self._actions[RunCommand.EXPORT].text().rstrip("\N{HORIZONTAL ELLIPSIS}")
        name, kind = QFileDialog.getSaveFileName(self, title, suggested, kinds)
        if name:
            path = Path(name)
            ending = ".onnx" if "onnx" in kind else ".safetensors"
            is_complete = path.suffix.lower() in (".safetensors", ".onnx")
            self.export_requested.emit(run, path if is_complete else Path(f"{name}{ending}"))

    def _delete(self, run: RunSummary) -> None:
        buttons = QMessageBox.StandardButton
        what = "dictionary" if run.is_dictionary else "weights, snapshots and curves"
        answer = QMessageBox.question(
            self,
            "Delete run",
            f"Delete the run {run.name} with its {what}?\n\n{run.path}",
            buttons.Yes | buttons.No,
            buttons.No,
        )
        if answer == buttons.Yes:
            self.delete_requested.emit(run)
