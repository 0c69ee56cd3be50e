"""Painting a layer: finished tiles, its overview when zoomed out or while tiles are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from srcnn.geometry import Region, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn_gui.viewer.layer_state import LayerState
    from srcnn_gui.viewer.tile_cache import TileCache
    from srcnn_gui.viewer.viewport import Viewport

GRID_ZOOM = 8
"""From this zoom on a grid parts the pixels."""

_CHECKER = 8


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an image of ``image`` pixels lies in a canvas of ``pane`` screen pixels."""

    viewport: Viewport
    pane: Size
    image: Size

    @property
    def visible(self) -> Region:
        """Image pixels in sight."""
        return self.viewport.visible(self.pane, self.image)

    def rectangle(self, region: Region) -> QRect:
        """Return the screen pixels of a region; neighbours share their edge, without a gap."""
        left, top = self.viewport.origin(self.pane)
        zoom = self.viewport.zoom
        x0, y0 = round(left + region.left * zoom), round(top + region.top * zoom)
        x1, y1 = round(left + region.right * zoom), round(top + region.bottom * zoom)
        return QRect(x0, y0, x1 - x0, y1 - y0)


def paint_layer(
    painter: QPainter, state: LayerState, placement: Placement, cache: TileCache
) -> None:
    """Paint what can be seen of a layer; the painter counts in screen pixels."""
    visible = placement.visible
    if visible.is_empty:
        return
    painter.save()
    whole = placement.rectangle(placement.image.region)
    painter.setClipRect(whole, Qt.ClipOperation.IntersectClip)
    level = state.overview.level_for(placement.viewport.zoom)
    if level is not None:
        _paint_level(painter, state, level, placement)
    else:
        _paint_tiles(painter, state, placement, cache)
    painter.restore()


def paint_grid(painter: QPainter, placement: Placement) -> None:
    """Part the pixels by thin lines that show on light and dark."""
    visible, zoom = placement.visible, placement.viewport.zoom
    area = placement.rectangle(visible)
    left, top = placement.viewport.origin(placement.pane)
    for colour, shift in ((QColor(0, 0, 0, 70), 0), (QColor(255, 255, 255, 40), 1)):
        painter.setPen(QPen(colour, 1))
        for column in range(visible.left, visible.right + 1):
            x = round(left + column * zoom) + shift
            painter.drawLine(x, area.top(), x, area.bottom())
        for row in range(visible.top, visible.bottom + 1):
            y = round(top + row * zoom) + shift
            painter.drawLine(area.left(), y, area.right(), y)


def paint_checkerboard(painter: QPainter, placement: Placement) -> None:
    """Paint what transparent pictures stand on."""
    area = placement.rectangle(placement.visible)
    painter.fillRect(area, QColor("#ffffff"))
    grey = QColor("#cccccc")
    for y in range(area.top(), area.bottom() + 1, _CHECKER):
        first = area.left() + (_CHECKER if (y - area.top()) // _CHECKER % 2 else 0)
        for x in range(first, area.right() + 1, 2 * _CHECKER):
            painter.fillRect(QRect(x, y, _CHECKER, _CHECKER).intersected(area), grey)


def as_qimage(bgra: NDArray[np.uint8], *, has_alpha: bool) -> QImage:
    """Wrap pixels without copying; the array must outlive the image."""
    height, width = bgra.shape[:2]
    kind = QImage.Format.Format_ARGB32 if has_alpha else QImage.Format.Format_RGB32
    return QImage(bgra.data, width, height, bgra.strides[0], kind)


def _paint_level(painter: QPainter, state: LayerState, level: int, placement: Placement) -> None:
    """Paint the visible part of an overview level, smoothly."""
    factor = state.overview.factors[level]
    pixels = state.overview.levels[level]
    size = Size(pixels.shape[1], pixels.shape[0])
    part = placement.visible.reduced(factor).grown(1).intersected(size.region)
    target = placement.rectangle(part.scaled(factor))
    source = QRect(part.left, part.top, part.width, part.height)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(
        QRectF(target), as_qimage(pixels, has_alpha=state.layer.has_alpha), QRectF(source)
    )


def _paint_tiles(
    painter: QPainter, state: LayerState, placement: Placement, cache: TileCache
) -> None:
    """Paint the visible tiles pixel by pixel; where one is missing, the preview shows through.

    They are put together first: one call of the painter costs less than one for each tile.
    """
    layer, visible, zoom = state.layer, placement.visible, placement.viewport.zoom
    tiles = [cache.get(layer, index) for index in layer.grid.covering(visible)]
    has_gaps = None in tiles
    if has_gaps:
        _paint_level(painter, state, 0, placement)
    shape = (visible.height, visible.width, 4)
    pixels = np.zeros(shape, np.uint8) if has_gaps else np.empty(shape, np.uint8)
    for tile in tiles:
        if tile is not None:
            seen = tile.region.intersected(visible)
            inner = seen.moved(-tile.region.left, -tile.region.top)
            outer = seen.moved(-visible.left, -visible.top)
            pixels[outer.slices] = tile.bgra[inner.slices]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=zoom < 1)
    image = as_qimage(pixels, has_alpha=layer.has_alpha or has_gaps)
    painter.drawImage(placement.rectangle(visible), image)
