"""The pinned crops of the open picture, shared by all canvases; changed in the GUI thread only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from srcnn_gui.viewer.pinned import PinnedCrops
from srcnn_gui.viewer.scene import Mode

if TYPE_CHECKING:
    from srcnn.geometry import Region
    from srcnn.picture import Picture
    from srcnn_gui.viewer.scene import Scene


class Pins(QObject):
    """One immutable ``PinnedCrops``, and whether the next drag over a canvas pins another."""

    changed = Signal()
    drawing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._crops = PinnedCrops()
        self._is_drawing = False

    @property
    def crops(self) -> PinnedCrops:
        """What is pinned."""
        return self._crops

    @property
    def is_drawing(self) -> bool:
        """Whether the next drag pins a crop, without a key."""
        return self._is_drawing

    def show_scene(self, scene: Scene) -> None:
        """Keep the crops of the same picture, however it is prepared; drop those of another."""
        before = self._crops if scene.picture is self._picture else PinnedCrops()
        self._picture = scene.picture
        factor = 1 if scene.setup.mode is Mode.COMPARE else scene.setup.scale
        self._set(before.on(scene.size, factor))

    def add(self, region: Region) -> None:
        """Pin a crop, in pixels of the result; one that is too small is left out."""
        self._set(self._crops.with_region(region))

    def remove(self, index: int) -> None:
        """Remove one crop."""
        self._set(self._crops.without(index))

    def clear(self) -> None:
        """Remove all crops."""
        self._set(PinnedCrops(self._crops.size, self._crops.factor))

    def set_drawing(self, drawing: bool) -> None:
        """Let the next drag pin a crop, or do not."""
        if drawing != self._is_drawing:
            self._is_drawing = drawing
            self.drawing_changed.emit(drawing)

    def _set(self, crops: PinnedCrops) -> None:
        if crops != self._crops:
            self._crops = crops
            self.changed.emit()
