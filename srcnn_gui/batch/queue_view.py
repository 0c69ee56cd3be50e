"""The queue: how pictures are added and taken out, and the table of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srcnn_gui.batch.columns import PATH, Column
from srcnn_gui.batch.delegate import ROW_HEIGHT, QueueDelegate
from srcnn_gui.batch.model import QueueModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

_EMPTY = (
    "Drop pictures and folders here, or add them above.\n"
    "Every one of them is enlarged as the setting beside says."
)
_BUTTONS = {
    "batch_add_pictures": "Add pictures",
    "batch_add_folder": "Add folder",
    "batch_remove": "Remove",
    "batch_clear": "Clear finished",
}
_MENU = ("batch_open", "batch_show_result", "batch_again", "batch_remove")
_STATUS_WIDTH = 220


class QueueView(QWidget):
    """Shows a ``QueueModel``; sorting it does not change the order of the work.

    Parameters
    ----------
    model : QueueModel
        The queue.
    actions : Mapping of QAction
        The window's commands, by id.
    """

    open_requested = Signal()  # a row was double-clicked
    selection_changed = Signal()
    with_folders_changed = Signal(bool)

    def __init__(
        self, model: QueueModel, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen: list[Path] | None = None  # None: to be asked for
        self._table = _table(model)
        self._with_folders = QCheckBox("and folders below")
        self._with_folders.setToolTip("Look into the folders below when a folder is added")
        self._pages = QStackedWidget()
        self._menu = QMenu(self)
        for name in _MENU:
            self._menu.addAction(actions[name])
        self._lay_out(actions)
        self._with_folders.toggled.connect(self.with_folders_changed)
        self._table.doubleClicked.connect(self._on_activated)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        model.modelReset.connect(self._on_selection_changed)
        model.layoutChanged.connect(self._on_selection_changed)
        self._table.customContextMenuRequested.connect(self._on_menu_requested)
        for key, name in {
            Qt.Key.Key_Return: "batch_open",
            Qt.Key.Key_Delete: "batch_remove",
        }.items():
            short = QShortcut(QKeySequence(key), self._table)
            short.setContext(Qt.ShortcutContext.WidgetShortcut)
            short.activated.connect(actions[name].trigger)
        model.changed.connect(self._on_model_changed)
        self._on_model_changed()

    @property
    def table(self) -> QTableView:
        """The table."""
        return self._table

    @property
    def chosen(self) -> list[Path]:
        """Pictures of the rows that are chosen, as they stand there."""
        if self._chosen is None:
            rows = self._table.selectionModel().selectedRows()
            self._chosen = [index.data(PATH) for index in sorted(rows, key=QModelIndex.row)]
        return self._chosen

    def show_with_folders(self, with_folders: bool) -> None:
        """Show whether folders below are looked into; nothing is emitted."""
        with QSignalBlocker(self):
            self._with_folders.setChecked(with_folders)

    def _lay_out(self, actions: Mapping[str, QAction]) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(6, 0, 6, 0)
        tools.setSpacing(4)
        for name, text in _BUTTONS.items():
            actions[name].setIconText(text)
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setIconSize(QSize(16, 16))
            button.setAutoRaise(True)
            has_icon = not actions[name].icon().isNull()
            style = Qt.ToolButtonStyle
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if has_icon else style.ToolButtonTextOnly
            )
            tools.addWidget(button)
            if name == "batch_add_folder":
                tools.addWidget(self._with_folders)
                tools.addStretch()
        empty = QLabel(_EMPTY)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        empty.setWordWrap(True)
        self._pages.addWidget(empty)
        self._pages.addWidget(self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(tools)
        column.addWidget(self._pages, 1)

    @Slot()
    def _on_model_changed(self) -> None:
        self._pages.setCurrentIndex(1 if self._model.rows else 0)

    @Slot()
    def _on_selection_changed(self) -> None:
        self._chosen = None
        self.selection_changed.emit()

    @Slot(QModelIndex)
    def _on_activated(self, _index: QModelIndex) -> None:
        self.open_requested.emit()

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        if self.chosen:
            self._menu.popup(self._table.viewport().mapToGlobal(place))


def _table(model: QueueModel) -> QTableView:
    """Return a view in which thousands of rows scroll: all are of one height."""
    view = QTableView()
    view.setModel(model)
    view.setItemDelegate(QueueDelegate(view))
    view.setSortingEnabled(True)
    view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # the order of the work
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setFrameShape(QTableView.Shape.NoFrame)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setSortIndicatorClearable(True)
    header.setSectionResizeMode(Column.PICTURE, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(Column.BECOMES, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(Column.STATUS, QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(False)
    header.resizeSection(Column.STATUS, _STATUS_WIDTH)
    view.setAccessibleName("Pictures of the batch")
    return view
