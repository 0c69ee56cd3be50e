"""How a saved result is encoded: rows of a form, those that the format knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QSlider,
    QSpinBox,
    QWidget,
)

from srcnn.save_options import Compression, SaveOptions, concerning

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from srcnn.formats import Format

_COMPRESSIONS = {
    Compression.FAST: ("Fast", "Less time, a larger file"),
    Compression.NORMAL: ("Normal", "A fair share of both"),
    Compression.SMALL: ("Small", "Much more time, a somewhat smaller file"),
}


class FormatOptions(QObject):
    """Rows for quality, lossless, full colour, compression, and what is left out."""

    changed = Signal()

    def __init__(self, form: QFormLayout, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(1, 100)
        self._number = QSpinBox(minimum=1, maximum=100)
        self._quality = QWidget()
        self._lossless = QCheckBox("&Lossless")
        self._full_chroma = QCheckBox("Full colo&ur (4:4:4)")
        self._compression = QComboBox()
        self._strip = QCheckBox("Leave out m&etadata and how it was made")
        self._lossless.setToolTip("Every pixel comes back unchanged")
        self._full_chroma.setToolTip("Colour as sharp as brightness; else a quarter of it (4:2:0)")
        self._strip.setToolTip(
            "EXIF, XMP, IPTC data, comments, texts and resolution. The colour profile stays: "
            "without it colours would be others"
        )
        for value, (text, tip) in _COMPRESSIONS.items():
            self._compression.addItem(text, value)
            tip_role = Qt.ItemDataRole.ToolTipRole
            self._compression.setItemData(self._compression.count() - 1, tip, tip_role)
        self._compression.setToolTip("How hard it is packed; the pixels are the same")
        self._lay_out()
        self._slider.valueChanged.connect(self._number.setValue)
        self._number.valueChanged.connect(self._slider.setValue)
        changes: tuple[SignalInstance, ...] = (
            self._number.valueChanged,
            self._lossless.toggled,
            self._full_chroma.toggled,
            self._compression.currentIndexChanged,
            self._strip.toggled,
        )
        for change in changes:
            change.connect(self._on_changed)

    @property
    def options(self) -> SaveOptions:
        """What is chosen, also where the present format does not ask for it."""
        return SaveOptions(
            quality=self._number.value(),
            lossless=self._lossless.isChecked(),
            full_chroma=self._full_chroma.isChecked(),
            compression=Compression(self._compression.currentData()),
            strip=self._strip.isChecked(),
        )

    def show_options(self, options: SaveOptions) -> None:
        """Set every control."""
        self._number.setValue(options.quality)
        self._lossless.setChecked(options.lossless)
        self._full_chroma.setChecked(options.full_chroma)
        self._compression.setCurrentIndex(self._compression.findData(options.compression))
        self._strip.setChecked(options.strip)

    def show_format(self, kept: Format) -> None:
        """Show what a format can be asked for."""
        shown = concerning(kept)
        self._form.setRowVisible(self._compression, "compression" in shown)
        self._form.setRowVisible(self._lossless, "lossless" in shown)
        self._form.setRowVisible(self._quality, "quality" in shown)
        self._form.setRowVisible(self._full_chroma, "full_chroma" in shown)
        self._quality.setEnabled(not self.options.is_lossless(kept))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._quality)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._slider, 1)
        row.addWidget(self._number)
        self._quality.setFocusProxy(self._slider)
        self._form.addRow("&Quality", self._quality)
        self._form.addRow("", self._lossless)
        self._form.addRow("", self._full_chroma)
        self._form.addRow("Co&mpression", self._compression)
        self._form.addRow("", self._strip)
        self._slider.setAccessibleName("Quality")
        self._number.setAccessibleName("Quality")

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()
