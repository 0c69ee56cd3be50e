"""Our own line icons, drawn sharply at every size and in the colours of the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override

from srcnn.resources import resource_path

_APPLICATION_SIZES = (16, 24, 32, 48, 64, 128, 256)


def icon(name: str, palette: QPalette) -> QIcon:
    """Return the icon ``resources/icons/NAME.svg`` in the colours of ``palette``.

    To be asked for again when the palette changes: an icon keeps the colours it was made in.
    It is drawn when it is seen, in the size that is wanted: a window has many that never are.

    Raises
    ------
    ValueError
        If there is no such icon.
    """
    _source(name)
    group = QPalette.ColorGroup
    role = QPalette.ColorRole.ButtonText
    return QIcon(
        _Line(name, palette.color(group.Active, role), palette.color(group.Disabled, role))
    )


def icon_pixmap(name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
    """Return an icon as a picture of ``size`` logical pixels for a screen of that pixel ratio.

    Raises
    ------
    ValueError
        If there is no such icon.
    """
    pixmap = _coloured(name, colour, round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def application_icon() -> QIcon:
    """Return the icon of the program: coarse pixels that turn into a smooth curve."""
    renderer = QSvgRenderer(QByteArray(_source("app")))
    made = QIcon()
    for size in _APPLICATION_SIZES:
        made.addPixmap(_drawn(renderer, size))
    return made


class _Line(QIconEngine):
    """Draws one icon in the colour of text, or in that of disabled text."""

    def __init__(self, name: str, colour: QColor, disabled: QColor) -> None:
        super().__init__()
        self._name = name
        self._colour = colour
        self._disabled = disabled

    @override
    def clone(self) -> QIconEngine:
        return _Line(self._name, self._colour, self._disabled)

    @override
    def isNull(self) -> bool:
        return False

    @override
    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        return size

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    @override
    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        colour = self._disabled if mode is QIcon.Mode.Disabled else self._colour
        return icon_pixmap(self._name, colour, min(size.width(), size.height()), scale)

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        square = QRect(0, 0, min(rect.width(), rect.height()), min(rect.width(), rect.height()))
        square.moveCenter(rect.center())
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(square, self.scaledPixmap(square.size(), mode, state, ratio))


@cache
def _source(name: str) -> bytes:
    path = resource_path(f"icons/{name}.svg")
    if not path.is_file():
        raise ValueError(f"there is no icon {name!r}")
    return path.read_bytes()


def _coloured(name: str, colour: QColor, size: int) -> QPixmap:
    """Draw an icon, or find it among what was drawn lately."""
    key = f"icon {name} {colour.name()} {size}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        source = _source(name).replace(b"currentColor", colour.name().encode("ascii"))
        pixmap = _drawn(QSvgRenderer(QByteArray(source)), size)
        QPixmapCache.insert(key, pixmap)
    return pixmap


def _drawn(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    return pixmap
