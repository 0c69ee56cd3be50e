"""Screens come and go: the window is always where somebody can reach it, in the right pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.main_window import MainWindow

_GRIP_WIDTH, _GRIP_HEIGHT = 120, 24
"""So much of the upper edge of a window has to be in sight, to take hold of it."""


class Screens(QObject):
    """Brings the window back when its screen is gone, and draws anew when pixels change."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settling = QTimer(self, singleShot=True, interval=0)  # Qt moves windows, too
        self._settling.timeout.connect(self.bring_into_sight)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenRemoved.connect(self._on_screens_changed)
            app.primaryScreenChanged.connect(self._on_screens_changed)
        window.installEventFilter(self)

    @Slot()
    def bring_into_sight(self) -> None:
        """Move the window onto a screen unless it can be reached where it is."""
        window = self._window
        if window.isMaximized() or window.isFullScreen():  # which the system places
            return
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        frame = window.frameGeometry()
        wanted = in_sight(frame, screens)
        if wanted != frame:
            border = frame.size() - window.size()
            window.resize(wanted.size() - border)
            window.move(wanted.topLeft())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._settling.start()
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._window.area.look_again()
            self._window.navigator.update()
        return super().eventFilter(watched, event)

    @Slot(QScreen)
    def _on_screens_changed(self, _screen: QScreen) -> None:
        self._settling.start()


def in_sight(frame: QRect, screens: Sequence[QRect]) -> QRect:
    """Return where a window is to be so that its title can be reached.

    Parameters
    ----------
    frame : QRect
        Where it is, its frame included.
    screens : sequence of QRect
        What can be used of each screen, the first one being preferred.

    Returns
    -------
    QRect
        ``frame`` if enough of its upper edge is on a screen; else the middle of the first one.
    """
    title = QRect(frame.left(), frame.top(), frame.width(), _GRIP_HEIGHT)
    for screen in screens:
        seen = title.intersected(screen)
        if seen.width() >= min(_GRIP_WIDTH, frame.width()) and seen.height() >= _GRIP_HEIGHT // 2:
            return frame
    if not screens:
        return frame
    size = frame.size().boundedTo(screens[0].size())
    moved = QRect(frame.topLeft(), size)
    moved.moveCenter(screens[0].center())
    return moved
