"""The view shared by all canvases: where they look, where the cursor is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from srcnn.geometry import Region, Size
from srcnn_gui.viewer.pins import Pins
from srcnn_gui.viewer.viewport import Viewport, fitted


class View(QObject):
    """One viewport for all canvases; whoever changes it changes it for all.

    Attributes
    ----------
    viewport : Viewport
        Where all canvases look.
    image : Size
        Pixels of the result; empty if nothing is open.
    pane : Size
        Screen (device) pixels of a canvas.
    pins : Pins
        Crops that are pinned to what they look at.
    """

    changed = Signal()
    cursor_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewport = Viewport(0, 0)
        self.image = Size(0, 0)
        self.pane = Size(0, 0)
        self.pins = Pins(self)
        self._cursor: tuple[float, float] | None = None
        self._fits = True

    @property
    def fits(self) -> bool:
        """Whether the whole image is shown, whatever the size of the panes."""
        return self._fits

    @property
    def cursor(self) -> tuple[float, float] | None:
        """The image point under the cursor, if it is over the image."""
        return self._cursor

    def set_image(self, image: Size) -> None:
        """Say how large the result is; the same part of the picture stays in view."""
        old, self.image = self.image, image
        self.set_cursor(None)  # what is under it now is known when it moves
        if self._fits or old.pixels == 0:
            self._fit()
        else:
            ratio = image.width / old.width
            view = self.viewport
            self._set(Viewport(view.x * ratio, view.y * ratio, view.zoom))

    def set_pane(self, pane: Size) -> None:
        """Say how large a canvas is."""
        if pane != self.pane:
            self.pane = pane
            if self._fits:
                self._fit()
            else:
                self.changed.emit()

    def move_to(self, viewport: Viewport) -> None:
        """Look somewhere else."""
        self._fits = False
        self._set(viewport)

    def fit(self) -> None:
        """Show the whole image, and go on doing so when panes change."""
        self._fits = True
        self._fit()

    def look_at(self, region: Region, zoom: float) -> None:
        """Look at the middle of a region."""
        x, y = (region.left + region.right) / 2, (region.top + region.bottom) / 2
        self.move_to(Viewport(x, y, zoom))

    def zoom_to(self, zoom: float) -> None:
        """Zoom around the centre."""
        self.move_to(self.viewport.zoomed(zoom / self.viewport.zoom))

    def set_cursor(self, point: tuple[float, float] | None) -> None:
        """Say which image point is under the cursor, if any."""
        if point is not None:
            inside = 0 <= point[0] < self.image.width and 0 <= point[1] < self.image.height
            point = point if inside else None
        if point != self._cursor:
            self._cursor = point
            self.cursor_changed.emit()

    def _fit(self) -> None:
        self._set(fitted(self.image, self.pane))

    def _set(self, viewport: Viewport) -> None:
        self.viewport = viewport.clamped(self.image)
        self.changed.emit()
