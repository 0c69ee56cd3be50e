"""Curves as files: a picture of the plots, or their points as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSize
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from srcnn.errors import OutputError
from srcnn.safe_file import write_safely
from srcnn_gui.training.curve_text import csv, csv_of_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.training.curve import RunCurve

_SHARPNESS = 2
"""Pixels of the file for one on the screen, a side."""


def save_png(widgets: Sequence[QWidget], path: Path) -> None:
    """Save what widgets show, one below the other, sharper than the screen does.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is untouched.
    """
    width = max(widget.width() for widget in widgets)
    height = sum(widget.height() for widget in widgets)
    image = QImage(QSize(width, height) * _SHARPNESS, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARPNESS)
    image.fill(widgets[0].palette().color(QPalette.ColorRole.Base))
    top = 0
    with QPainter(image) as painter:
        for widget in widgets:
            place, children = QPoint(0, top), QWidget.RenderFlag.DrawChildren
            QWidget.render(widget, painter, place, renderFlags=children)  # a view's own differs
            top += widget.height()
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stub wants bytes, Qt text
        raise OutputError(f"{path.name} could not be made", hint="Make the plots smaller.")
    write_safely(path, bytes(written.data()))


def save_csv(curves: Sequence[RunCurve], path: Path) -> None:
    """Save the points of one run, or of several with a column that names them.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is untouched.
    """
    text = csv(curves[0]) if len(curves) == 1 else csv_of_runs(curves)
    write_safely(path, text.encode())
