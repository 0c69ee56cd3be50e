"""Crops of layers, small, painted from what is computed already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from srcnn.geometry import Region, Size
from srcnn_gui.viewer.painting import Placement, TileImages, as_qimage, paint_layer
from srcnn_gui.viewer.screen_colours import to_bgra
from srcnn_gui.viewer.viewport import Viewport

if TYPE_CHECKING:
    from srcnn.colour_profile import ColourTransform
    from srcnn.source import Truth
    from srcnn_gui.viewer.layer_state import LayerState
    from srcnn_gui.viewer.tile_cache import TileCache


def fitted_size(region: Region, most: Size) -> tuple[Size, float]:
    """Return the largest size within ``most`` that has a region's shape, and its zoom.

    Enlarged by a whole factor where it is small, so that pixels stay squares.
    """
    zoom = min(most.width / region.width, most.height / region.height)
    zoom = float(int(zoom)) if zoom >= 1 else zoom
    return Size(max(1, round(region.width * zoom)), max(1, round(region.height * zoom))), zoom


def layer_thumbnail(state: LayerState, region: Region, most: Size, cache: TileCache) -> QPixmap:
    """Paint a crop from finished tiles; where they are missing, from the input."""
    size, zoom = fitted_size(region, most)
    middle = Viewport((region.left + region.right) / 2, (region.top + region.bottom) / 2, zoom)
    drawn = QPixmap(size.width, size.height)
    drawn.fill(Qt.GlobalColor.black)
    images = TileImages()
    images.begin()
    with QPainter(drawn) as painter:
        paint_layer(painter, state, Placement(middle, size, state.layer.size), cache, images)
    return drawn


def truth_thumbnail(
    truth: Truth, region: Region, most: Size, colours: ColourTransform | None = None
) -> QPixmap:
    """Paint a crop of the truth; a large one is thinned out first, so that it costs no more."""
    size, _ = fitted_size(region, most)
    step = max(1, region.width // (2 * most.width), region.height // (2 * most.height))
    bgra = to_bgra(truth.pixels[region.slices][::step, ::step], None, colours)
    image = as_qimage(bgra, QImage.Format.Format_RGB32)
    kinds = Qt.TransformationMode
    is_reduced = image.width() > size.width
    kind = kinds.SmoothTransformation if is_reduced else kinds.FastTransformation
    return QPixmap.fromImage(
        image.scaled(size.width, size.height, Qt.AspectRatioMode.IgnoreAspectRatio, kind)
    )
