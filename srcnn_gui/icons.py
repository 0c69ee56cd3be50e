"""Our own line icons, drawn sharply at every size and in the colours of the theme."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from srcnn.resources import resource_path

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

_SIZES = (16, 20, 24, 32, 40, 48)
"""Device pixels: what 16, 20 and 24 become at 100 % and 200 %; 150 % is close to one of them."""
_APPLICATION_SIZES = (16, 24, 32, 48, 64, 128, 256)


def icon(name: str, palette: QPalette) -> QIcon:
    """Return the icon ``resources/icons/NAME.svg`` in the colours of ``palette``.

    To be asked for again when the palette changes: an icon keeps the colours it was made in.

    Raises
    ------
    ValueError
        If there is no such icon.
    """
    group = QPalette.ColorGroup
    made = QIcon()
    for mode, colour in {
        QIcon.Mode.Normal: palette.color(group.Active, QPalette.ColorRole.ButtonText),
        QIcon.Mode.Disabled: palette.color(group.Disabled, QPalette.ColorRole.ButtonText),
    }.items():
        renderer = _renderer(name, colour)
        for size in _SIZES:
            made.addPixmap(_drawn(renderer, size), mode)
    return made


def icon_pixmap(name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
    """Return an icon as a picture of ``size`` logical pixels for a screen of that pixel ratio.

    Raises
    ------
    ValueError
        If there is no such icon.
    """
    pixmap = _drawn(_renderer(name, colour), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def application_icon() -> QIcon:
    """Return the icon of the program: coarse pixels that turn into a smooth curve."""
    renderer = QSvgRenderer(QByteArray(_source("app")))
    made = QIcon()
    for size in _APPLICATION_SIZES:
        made.addPixmap(_drawn(renderer, size))
    return made


@cache
def _source(name: str) -> bytes:
    path = resource_path(f"icons/{name}.svg")
    if not path.is_file():
        raise ValueError(f"there is no icon {name!r}")
    return path.read_bytes()


def _renderer(name: str, colour: QColor) -> QSvgRenderer:
    return QSvgRenderer(
        QByteArray(_source(name).replace(b"currentColor", colour.name().encode("ascii")))
    )


def _drawn(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    return pixmap
