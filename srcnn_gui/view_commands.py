"""Commands that only change where and how one looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from srcnn_gui.main_window import MainWindow

_PAN_SHARE = 0.25
"""Part of a pane that the arrow keys move by."""


class ViewCommands(QObject):
    """Zoom, move, flip and full screen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._view = window.view
        actions = window.actions_by_id
        for action_id, slot in {
            "zoom_in": self._on_zoom_in,
            "zoom_out": self._on_zoom_out,
            "zoom_fit": self._on_zoom_fit,
            "zoom_100": self._on_zoom_100,
            "zoom_200": self._on_zoom_200,
            "zoom_400": self._on_zoom_400,
            "zoom_800": self._on_zoom_800,
            "pan_left": self._on_pan_left,
            "pan_right": self._on_pan_right,
            "pan_up": self._on_pan_up,
            "pan_down": self._on_pan_down,
            "flip": self._on_flip,
            "full_screen": self._on_full_screen,
        }.items():
            actions[action_id].triggered.connect(slot)
        actions["flip"].setAutoRepeat(False)
        window.flip_released.connect(self._on_flip_released)
        window.area.fit_toggled.connect(self._on_fit_toggled)

    def _pan(self, x: float, y: float) -> None:
        pane = self._view.pane
        dx, dy = x * _PAN_SHARE * pane.width, y * _PAN_SHARE * pane.height
        self._view.move_to(self._view.viewport.panned(dx, dy))

    @Slot()
    def _on_zoom_in(self) -> None:
        self._view.move_to(self._view.viewport.stepped(1))

    @Slot()
    def _on_zoom_out(self) -> None:
        self._view.move_to(self._view.viewport.stepped(-1))

    @Slot()
    def _on_zoom_fit(self) -> None:
        self._view.fit()

    @Slot()
    def _on_zoom_100(self) -> None:
        self._view.zoom_to(1)

    @Slot()
    def _on_zoom_200(self) -> None:
        self._view.zoom_to(2)

    @Slot()
    def _on_zoom_400(self) -> None:
        self._view.zoom_to(4)

    @Slot()
    def _on_zoom_800(self) -> None:
        self._view.zoom_to(8)

    @Slot()
    def _on_pan_left(self) -> None:
        self._pan(1, 0)

    @Slot()
    def _on_pan_right(self) -> None:
        self._pan(-1, 0)

    @Slot()
    def _on_pan_up(self) -> None:
        self._pan(0, 1)

    @Slot()
    def _on_pan_down(self) -> None:
        self._pan(0, -1)

    @Slot()
    def _on_flip(self) -> None:
        self._window.area.set_flipped(True)

    @Slot()
    def _on_flip_released(self) -> None:
        self._window.area.set_flipped(False)

    @Slot()
    def _on_fit_toggled(self) -> None:
        if self._view.fits:
            self._view.zoom_to(1)
        else:
            self._view.fit()

    @Slot(bool)
    def _on_full_screen(self, full: bool) -> None:
        if full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()
