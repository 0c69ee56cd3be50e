"""What this program is, what it runs on, and whose work is in it."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

import srcnn
from srcnn_gui.icons import application_icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.device import Device

NAME = "SRCNN Studio"
PRIVACY = "Works offline. No telemetry: nothing is ever sent anywhere."
PAPER = (
    "C. Dong, C. C. Loy, K. He, X. Tang: Learning a Deep Convolutional Network for Image "
    "Super-Resolution. ECCV 2014, part IV, p. 184."
)
_VERSIONS = ("PySide6-Essentials", "torch", "numpy", "pillow", "scipy", "scikit-image")
_LICENCES = (
    ("PySide6 and Qt", "LGPL-3.0"),
    ("PyTorch, NumPy, SciPy, scikit-image, tifffile, imagecodecs", "BSD-3-Clause"),
    ("Pillow", "MIT-CMU"),
    ("pillow-heif, if installed", "BSD-3-Clause"),
    ("pillow-jxl-plugin, if installed", "GPL-3.0-or-later"),
    ("safetensors", "Apache-2.0"),
    ("threadpoolctl", "BSD-3-Clause"),
    ("matplotlib", "Matplotlib licence (PSF style)"),
    ("PyQtGraph, Typer, Rich, platformdirs", "MIT"),
    ("typing-extensions", "PSF-2.0"),
)


class AboutDialog(QDialog):
    """Name, versions, devices and licences, with a button that copies them.

    Parameters
    ----------
    devices : sequence of Device
        What pictures can be computed on, the fastest first.
    parent : QWidget or None
        The window it belongs to.
    """

    def __init__(self, devices: Sequence[Device], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"About {NAME}")
        self._text = about_text(devices)
        details = QPlainTextEdit(self._text.partition("\n\n")[2])  # the rest stands above it
        details.setReadOnly(True)
        details.setTabChangesFocus(True)
        details.setAccessibleName("Versions, devices and licences")
        details.setMinimumSize(520, 300)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self._copy.setToolTip("Copy this text, for a report")
        self._copy.clicked.connect(self._on_copy_clicked)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(self._heading())
        column.addWidget(details, 1)
        column.addWidget(buttons)
        buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()

    def _heading(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(QSize(64, 64), self.devicePixelRatio()))
        name = QLabel(NAME)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        name.setFont(font)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(QLabel(f"Version {srcnn.__version__}"))
        words.addWidget(QLabel(PRIVACY))
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(picture, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copy.setText("Copied")


def about_text(devices: Sequence[Device]) -> str:
    """Return what the dialog says, as plain text."""
    lines = [
        f"{NAME} {srcnn.__version__}",
        PRIVACY,
        "",
        "After the paper",
        f"  {PAPER}",
        "",
        "Computes on",
        *(f"  {device.id}: {device.label}" for device in devices),
        "",
        "Runs on",
        f"  {platform.system()} {platform.release()} ({platform.machine()})",
        f"  Python {platform.python_version()}",
        *(f"  {name} {_version(name)}" for name in _VERSIONS),
        "",
        "Licences",
        f"  {NAME}: MIT",
        *(f"  {names}: {licence}" for names, licence in _LICENCES),
    ]
    return "\n".join(lines)


def _version(package: str) -> str:
    """Return its version; for PyTorch also whether it has been loaded, which takes a while."""
    try:
        found = version(package)
    except PackageNotFoundError:
        return "is not installed"
    if package == "torch" and package not in sys.modules:
        return f"{found} (not loaded)"
    return found
