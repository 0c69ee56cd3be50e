"""The docks of the panels below the pictures, and how much of the window they get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QMouseEvent
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

_SHARE_PERCENT = 45
"""Of the window's height, beside a picture."""


class PanelDocks(QObject):
    """Shows panels in front of what is below the pictures, at first hidden.

    A panel gets all that an empty window can spare, and about half of one with a picture. As soon
    as the user moves a line between docks, the sizes are the user's.

    Parameters
    ----------
    window : QMainWindow
        Has the docks.
    docks : sequence of QDockWidget
        Those of panels.
    narrow : QDockWidget
        The one of them that is content with little.
    """

    def __init__(
        self, window: QMainWindow, docks: Sequence[QDockWidget], narrow: QDockWidget
    ) -> None:
        super().__init__(window)
        self._window = window
        self._docks = tuple(docks)
        self._narrow = narrow
        self._has_picture = False
        self._is_arranged = False  # by the user
        self._given: set[QDockWidget] = set()
        for dock in self._docks:
            dock.toggleViewAction().toggled.connect(self._on_toggled)
        window.installEventFilter(self)

    def show(self, dock: QDockWidget, panel: QWidget) -> None:
        """Show a panel in its dock, in front of the others."""
        if dock.widget() is not panel:
            dock.setWidget(panel)
        dock.show()
        dock.raise_()
        self._give_room(dock)

    def begin_picture(self) -> None:
        """Leave room for the panes that have come."""
        self._has_picture = True
        self._given.clear()
        for dock in self._shown:
            dock.raise_()
            self._give_room(dock)

    def hide(self) -> None:
        """Hide them all."""
        for dock in self._docks:
            dock.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.MouseButtonPress
            and isinstance(event, QMouseEvent)
            and self._window.isSeparator(event.position().toPoint())
            and self._shown
        ):
            self._is_arranged = True
        return super().eventFilter(watched, event)

    @property
    def _shown(self) -> list[QDockWidget]:
        return [dock for dock in self._docks if not dock.isHidden()]

    def _give_room(self, dock: QDockWidget) -> None:
        """Give a panel its share, once without and once with a picture."""
        if dock in self._given or dock is self._narrow or self._is_arranged:
            return
        self._given.add(dock)
        whole = self._window.height()
        share = max(dock.widget().sizeHint().height(), whole * _SHARE_PERCENT // 100)
        height = share if self._has_picture else whole
        self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    @Slot(bool)
    def _on_toggled(self, _shown: bool) -> None:
        """Give a panel the whole width, figures alone what the side docks leave."""
        area = Qt.DockWidgetArea
        side = area.BottomDockWidgetArea if self._shown else area.RightDockWidgetArea
        self._window.setCorner(Qt.Corner.BottomRightCorner, side)
