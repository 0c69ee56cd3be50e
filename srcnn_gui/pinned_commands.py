"""Commands that pin crops, and the dock that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from srcnn_gui.dock_toggle import DockToggle
from srcnn_gui.viewer.pinned_strip import PinnedStrip

if TYPE_CHECKING:
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.session import Session


class PinnedCommands(QObject):
    """Pins what is drawn or in sight; the first crop brings the dock."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._pins = window.view.pins
        self._actions = window.actions_by_id
        self._is_empty = True
        self.strip = PinnedStrip(session, window.view)
        window.pinned_dock.setWidget(self.strip)
        DockToggle(self._actions["show_pinned"], window.pinned_dock, self.show_dock, self)
        for action_id, slot in {
            "pin_crop": self._on_pin_crop,
            "pin_view": self._on_pin_view,
            "remove_pinned": self._on_remove_pinned,
        }.items():
            self._actions[action_id].triggered.connect(slot)
            self._actions[action_id].setEnabled(False)
        self._pins.changed.connect(self._on_pins_changed)
        self._pins.drawing_changed.connect(self._on_drawing_changed)
        session.scene_changed.connect(self._on_scene_changed)

    def show_dock(self) -> None:
        """Show the list in front of the figures."""
        self._window.show_panel(self._window.pinned_dock, self.strip)

    @Slot(bool)
    def _on_pin_crop(self, drawing: bool) -> None:
        self._pins.set_drawing(drawing)

    @Slot()
    def _on_pin_view(self) -> None:
        """Pin what the first pane shows."""
        looks = self._window.area.canvases[0].looks()
        if looks:
            self._pins.add(looks[0].region)

    @Slot()
    def _on_remove_pinned(self) -> None:
        self._pins.clear()

    @Slot()
    def _on_pins_changed(self) -> None:
        is_empty = not self._pins.crops.kept
        self._actions["remove_pinned"].setEnabled(not is_empty)
        if self._is_empty and not is_empty:
            self.show_dock()
        self._is_empty = is_empty

    @Slot(bool)
    def _on_drawing_changed(self, drawing: bool) -> None:
        self._actions["pin_crop"].setChecked(drawing)

    @Slot()
    def _on_scene_changed(self) -> None:
        scene = self._session.scene
        if scene is not None:
            self._pins.show_scene(scene)
        for name in ("pin_crop", "pin_view"):
            self._actions[name].setEnabled(scene is not None)
