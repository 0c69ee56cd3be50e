"""Painting a layer: finished tiles, its overview when zoomed out or while tiles are missing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QRegion

from srcnn.geometry import Region, Size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from srcnn_gui.viewer.choice import PaneView
    from srcnn_gui.viewer.layer import Drawn
    from srcnn_gui.viewer.layer_state import LayerState
    from srcnn_gui.viewer.tile_cache import TileCache
    from srcnn_gui.viewer.viewport import Viewport

GRID_ZOOM = 8
"""From this zoom on a grid parts the pixels."""

_AROUND = 2
"""Image pixels around a part that those in it are interpolated from."""

_CHECKER = 8
_GRID_LINES = ((0x28282828, 1), (0x46000000, 0))
"""White and black, mostly transparent (ARGB, premultiplied), and how far right and down."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an image of ``image`` pixels lies in a canvas of ``pane`` screen pixels.

    ``part`` are the image pixels that are to be painted; None for all that can be seen.
    """

    viewport: Viewport
    pane: Size
    image: Size
    part: Region | None = None

    @property
    def visible(self) -> Region:
        """Image pixels in sight, of those that are to be painted."""
        seen = self.viewport.visible(self.pane, self.image)
        return seen if self.part is None else seen.intersected(self.part)

    def within(self, area: QRectF) -> Placement:
        """Return the placement for painting no more than some screen pixels.

        Reduced pictures are painted as a whole: a part would be shifted by a fraction of a pixel.
        """
        left, top = self.viewport.origin(self.pane)
        zoom = self.viewport.zoom
        if zoom < 1:
            return self
        part = Region(
            math.floor((area.left() - left) / zoom),
            math.floor((area.top() - top) / zoom),
            math.ceil((area.right() - left) / zoom),
            math.ceil((area.bottom() - top) / zoom),
        )
        return replace(self, part=part.grown(_AROUND))

    def rectangle(self, region: Region) -> QRect:
        """Return the screen pixels of a region; neighbours share their edge, without a gap."""
        left, top = self.viewport.origin(self.pane)
        zoom = self.viewport.zoom
        x0, y0 = round(left + region.left * zoom), round(top + region.top * zoom)
        x1, y1 = round(left + region.right * zoom), round(top + region.bottom * zoom)
        return QRect(x0, y0, x1 - x0, y1 - y0)


class TileImages:
    """Tiles wrapped as images, kept from one painting to the next; pixels are never copied.

    To wrap a tile lets go of the interpreter, and in a busy program each time may take a
    millisecond to get it back. To paint an image does not. So while the picture is dragged only
    the few tiles that come into sight are wrapped.
    """

    def __init__(self) -> None:
        self._before: dict[int, tuple[Drawn, QImage]] = {}
        self._now: dict[int, tuple[Drawn, QImage]] = {}

    def begin(self) -> None:
        """Begin a painting: what the last one did not need is forgotten."""
        self._before, self._now = self._now, {}

    def of(self, tile: Drawn, kind: QImage.Format) -> QImage:
        """Return a tile as an image; valid as long as ``begin`` is called at most once."""
        key = id(tile)  # the tile is kept, so no other can have it
        found = self._now.get(key) or self._before.get(key)
        if found is None:
            found = (tile, as_qimage(tile.bgra, kind))
        self._now[key] = found
        return found[1]


def paint_ground(
    painter: QPainter, panes: Sequence[PaneView], placement: Placement, colour: QColor
) -> None:
    """Paint what surrounds the picture, and lies under it where it may have gaps."""
    ground = QRegion(0, 0, placement.pane.width, placement.pane.height)
    shown = [pane.shown for pane in panes]
    if shown and all(state is not None and state.overview.preview for state in shown):
        ground -= QRegion(placement.rectangle(placement.visible))
    if not ground.isEmpty():
        painter.save()
        painter.setClipRegion(ground, Qt.ClipOperation.IntersectClip)
        painter.fillRect(ground.boundingRect(), colour)
        painter.restore()


def paint_layer(
    painter: QPainter,
    state: LayerState,
    placement: Placement,
    cache: TileCache,
    images: TileImages,
    *,
    smooth: bool = True,
) -> None:
    """Paint what can be seen of a layer; the painter counts in screen pixels.

    Reduced pictures are interpolated if ``smooth``, which takes five times as long.
    """
    visible = placement.visible
    if visible.is_empty:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=smooth)
    whole = placement.rectangle(placement.image.region)
    painter.setClipRect(whole, Qt.ClipOperation.IntersectClip)
    level = state.overview.level_for(placement.viewport.zoom)
    if level is not None:
        _paint_level(painter, state, level, placement)
    else:
        _paint_tiles(painter, state, placement, cache, images, smooth=smooth)
    painter.restore()


def paint_grid(painter: QPainter, placement: Placement) -> None:
    """Part the pixels by thin lines that show on light and dark.

    They are put together first: a thousand lines cost the painter half a second.
    """
    visible, zoom = placement.visible, placement.viewport.zoom
    if visible.is_empty:
        return
    area = placement.rectangle(visible)
    left, top = placement.viewport.origin(placement.pane)
    columns = np.arange(visible.left, visible.right + 1) * zoom + left
    rows = np.arange(visible.top, visible.bottom + 1) * zoom + top
    lines = np.zeros((area.height(), area.width()), np.uint32)
    for colour, shift in _GRID_LINES:
        x, y = np.rint(columns).astype(int) + shift, np.rint(rows).astype(int) + shift
        lines[:, x[x <= area.right()] - area.left()] = colour
        lines[y[y <= area.bottom()] - area.top()] = colour
    kind = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(lines.data, area.width(), area.height(), lines.strides[0], kind)
    painter.drawImage(area.topLeft(), image)


def paint_checkerboard(painter: QPainter, placement: Placement) -> None:
    """Paint what transparent pictures stand on."""
    area = placement.rectangle(placement.visible)
    squares = np.full((2, 2), 0xFFFFFFFF, np.uint32)
    squares[0, 1] = squares[1, 0] = 0xFFCCCCCC
    squares = squares.repeat(_CHECKER, axis=0).repeat(_CHECKER, axis=1)
    side, kind = 2 * _CHECKER, QImage.Format.Format_RGB32
    painter.setBrushOrigin(area.topLeft())
    painter.fillRect(area, QBrush(QImage(squares.data, side, side, squares.strides[0], kind)))


def paint_divider(painter: QPainter, left_side: QRect, ratio: float) -> None:
    """Paint line and grip between two results; ``ratio`` is that of screen pixels to points."""
    line, middle = left_side.width(), left_side.height() // 2
    for width, colour in ((3 * ratio, QColor(0, 0, 0, 150)), (ratio, QColor(255, 255, 255))):
        painter.setPen(QPen(colour, width))
        painter.drawLine(line, 0, line, left_side.height())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 150), ratio))
    painter.setBrush(QColor(255, 255, 255))
    radius = round(7 * ratio)
    painter.drawEllipse(QRect(line - radius, middle - radius, 2 * radius, 2 * radius))


def as_qimage(bgra: NDArray[np.uint8], kind: QImage.Format) -> QImage:
    """Wrap pixels without copying; the array must outlive the image."""
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, bgra.strides[0], kind)


def format_of(state: LayerState, *, has_gaps: bool = False) -> QImage.Format:
    """Return how a layer's pixels are to be read: the fastest way that is right.

    A gap is all zeros, so pixels that are opaque otherwise are premultiplied as they stand.
    """
    if state.layer.has_alpha:
        return QImage.Format.Format_ARGB32
    premultiplied = QImage.Format.Format_ARGB32_Premultiplied
    return premultiplied if has_gaps else QImage.Format.Format_RGB32


def _paint_level(painter: QPainter, state: LayerState, level: int, placement: Placement) -> None:
    """Paint the visible part of an overview level, over the preview where it has gaps."""
    overview = state.overview
    has_gaps = not overview.done[state.layer.grid.covering(placement.visible)].all()
    if has_gaps and overview.preview is not None:
        behind = overview.preview.levels[level]
        _paint_reduced(painter, behind, overview.factors[level], placement, format_of(state))
    kind = format_of(state, has_gaps=has_gaps)
    _paint_reduced(painter, overview.levels[level], overview.factors[level], placement, kind)


def _paint_reduced(
    painter: QPainter,
    pixels: NDArray[np.uint8],
    factor: int,
    placement: Placement,
    kind: QImage.Format,
) -> None:
    """Paint the visible part of a picture that is ``factor`` times smaller than the result."""
    size = Size(pixels.shape[1], pixels.shape[0])
    part = placement.visible.reduced(factor).grown(1).intersected(size.region)
    target = placement.rectangle(part.scaled(factor))
    source = QRect(part.left, part.top, part.width, part.height)
    painter.drawImage(QRectF(target), as_qimage(pixels, kind), QRectF(source))


def _paint_tiles(
    painter: QPainter,
    state: LayerState,
    placement: Placement,
    cache: TileCache,
    images: TileImages,
    *,
    smooth: bool,
) -> None:
    """Paint the visible tiles pixel by pixel; where one is missing, the preview shows through."""
    found = [state.tile(index, cache) for index in state.layer.grid.covering(placement.visible)]
    tiles = [tile for tile in found if tile is not None]
    has_gaps = len(tiles) < len(found)
    if has_gaps:
        _paint_level(painter, state, 0, placement)
    if smooth and placement.viewport.zoom < 1:
        _paint_joined(painter, tiles, placement, format_of(state, has_gaps=has_gaps))
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    kind = format_of(state)
    for tile in tiles:
        painter.drawImage(placement.rectangle(tile.region), images.of(tile, kind))


def _paint_joined(
    painter: QPainter, tiles: Sequence[Drawn], placement: Placement, kind: QImage.Format
) -> None:
    """Put tiles together and paint them as one: interpolation looks across their edges."""
    visible = placement.visible
    pixels = np.zeros((visible.height, visible.width, 4), np.uint8)
    for tile in tiles:
        seen = tile.region.intersected(visible)
        inner = seen.moved(-tile.region.left, -tile.region.top)
        outer = seen.moved(-visible.left, -visible.top)
        pixels[outer.slices] = tile.bgra[inner.slices]
    painter.drawImage(placement.rectangle(visible), as_qimage(pixels, kind))
