"""Where the panes look: arithmetic only, no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from srcnn.geometry import Region, Size

MIN_ZOOM = 1 / 64
MAX_ZOOM = 64.0
STEPS = tuple(2.0**k for k in range(-6, 7))
"""Zoom levels of the zoom-in and zoom-out commands."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """The view shared by all panes.

    Attributes
    ----------
    x, y : float
        Image point at the centre of a pane, in high-resolution pixels.
    zoom : float
        Screen (device) pixels per high-resolution pixel.
    """

    x: float
    y: float
    zoom: float = 1.0

    def zoomed(self, factor: float, *, at: tuple[float, float] = (0.0, 0.0)) -> Viewport:
        """Zoom by ``factor``, keeping the image point under ``at`` in place.

        ``at`` is in screen pixels from the centre of the pane.
        """
        zoom = min(max(self.zoom * factor, MIN_ZOOM), MAX_ZOOM)
        shift = 1 / self.zoom - 1 / zoom
        return Viewport(self.x + at[0] * shift, self.y + at[1] * shift, zoom)

    def stepped(self, direction: int) -> Viewport:
        """Zoom to the next step in (1) or out (-1), around the centre."""
        nearby = self.zoom * (1 + 1e-6 * direction)
        steps = [step for step in STEPS if (step > nearby if direction > 0 else step < nearby)]
        if not steps:
            return self
        return self.zoomed((steps[0] if direction > 0 else steps[-1]) / self.zoom)

    def panned(self, dx: float, dy: float) -> Viewport:
        """Move what is shown by (dx, dy) screen pixels."""
        return Viewport(self.x - dx / self.zoom, self.y - dy / self.zoom, self.zoom)

    def clamped(self, image: Size) -> Viewport:
        """Return the nearest view whose centre is inside the image."""
        x, y = min(max(self.x, 0.0), image.width), min(max(self.y, 0.0), image.height)
        return Viewport(x, y, self.zoom)

    def origin(self, pane: Size) -> tuple[int, int]:
        """Return the screen pixel of the image's top left corner in a pane of that size.

        Whole pixels, so that at 100 % every image pixel is one screen pixel.
        """
        return (
            math.floor(pane.width / 2 - self.x * self.zoom + 0.5),
            math.floor(pane.height / 2 - self.y * self.zoom + 0.5),
        )

    def to_image(self, point: tuple[float, float], pane: Size) -> tuple[float, float]:
        """Return the image point under a screen point of a pane of that size."""
        left, top = self.origin(pane)
        return (point[0] - left) / self.zoom, (point[1] - top) / self.zoom

    def visible(self, pane: Size, image: Size) -> Region:
        """Return the image pixels that a pane of that size shows, wholly or in part."""
        left, top = self.to_image((0, 0), pane)
        right, bottom = self.to_image((pane.width, pane.height), pane)
        seen = Region(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        return seen.intersected(image.region)

    def percent(self) -> str:
        """Return the zoom in words."""
        percent = self.zoom * 100
        return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %"


def fitted(image: Size, pane: Size) -> Viewport:
    """Return the view that shows the whole image: reduced, or at a whole multiple of its size."""
    if image.pixels == 0 or pane.pixels == 0:
        return Viewport(0, 0)
    zoom = min(pane.width / image.width, pane.height / image.height, MAX_ZOOM)
    zoom = float(math.floor(zoom)) if zoom >= 1 else zoom
    return Viewport(image.width / 2, image.height / 2, max(zoom, MIN_ZOOM))
