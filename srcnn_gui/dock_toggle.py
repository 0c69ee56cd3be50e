"""A command that shows a dock, brings it to the front, or hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QDockWidget


class DockToggle(QObject):
    """Keeps a command checked while its dock is there.

    Parameters
    ----------
    action : QAction
        Checkable.
    dock : QDockWidget
        What it shows.
    show : callable
        Fills the dock and brings it to the front.
    """

    def __init__(
        self, action: QAction, dock: QDockWidget, show: Callable[[], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._dock = dock
        self._show = show
        action.triggered.connect(self._on_triggered)
        dock.toggleViewAction().toggled.connect(self._on_toggled)

    @Slot(bool)
    def _on_triggered(self, shown: bool) -> None:
        is_behind = self._dock.isVisible() and self._dock.visibleRegion().isEmpty()
        if shown or is_behind:
            self._show()
            self._action.setChecked(True)
        else:
            self._dock.hide()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self._action.setChecked(shown)
