"""A slider over the weights that a run has left on its way."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trainer.events import Validated


class ScrubBar(QWidget):
    """Chooses a snapshot; at the right end the newest is followed."""

    snapshot_chosen = Signal(object)  # Path
    newest_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths: list[Path] = []
        self._validations: list[tuple[int, float]] = []
        self._name = QLabel("Weights")
        self._name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setToolTip(
            "Look at the weights as they were earlier in the run; the right end follows the newest"
        )
        self._slider.setAccessibleName("Snapshot of the weights")
        self._slider.valueChanged.connect(self._on_value_changed)
        self._text = QLabel()
        self._newest = QToolButton()
        self._newest.setText("Newest")
        self._newest.setAutoRaise(True)
        self._newest.setToolTip("Follow the newest weights again")
        self._newest.clicked.connect(self._on_newest)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 6, 4)
        row.setSpacing(8)
        row.addWidget(self._name)
        row.addWidget(self._slider, 1)
        row.addWidget(self._text)
        row.addWidget(self._newest)
        self._text.setMinimumWidth(
            self._text.fontMetrics().horizontalAdvance("after 888,888,888 backprops · 88.88 dB")
        )
        self._write()

    @property
    def follows_newest(self) -> bool:
        """Whether the newest weights are wanted."""
        return self._slider.value() == self._slider.maximum()

    @property
    def text(self) -> str:
        """Which weights are chosen, for people."""
        return self._text.text()

    def show_snapshots(self, paths: Sequence[Path]) -> None:
        """Offer the snapshots there are, the oldest first; what is chosen stays so."""
        follows = self.follows_newest
        chosen = self._paths[self._slider.value()] if self._paths else None
        self._paths = list(paths)
        self._slider.blockSignals(True)
        self._slider.setRange(0, max(0, len(self._paths) - 1))
        if follows or chosen is None:
            self._slider.setValue(self._slider.maximum())
        else:  # it may have been thinned out: then the next one
            place = bisect_left(self._paths, chosen)
            self._slider.setValue(min(place, self._slider.maximum()))
        self._slider.blockSignals(False)
        self._write()

    def show_validations(self, events: Sequence[Validated]) -> None:
        """Say what the PSNR was, with each snapshot."""
        self._validations = [(event.backprops, event.psnr_db) for event in events]
        self._write()

    def clear(self) -> None:
        """Offer nothing."""
        self._validations = []
        self._paths = []
        self.show_snapshots(())

    def _write(self) -> None:
        has_some = bool(self._paths)
        self._slider.setEnabled(len(self._paths) > 1)
        self._newest.setEnabled(has_some and not self.follows_newest)
        if not has_some:
            self._text.setText("no snapshots yet")
            return
        backprops = backprops_of(self._paths[self._slider.value()])
        text = f"after {backprops:,} backprops"
        if self._validations:
            _, psnr_db = min(self._validations, key=lambda known: abs(known[0] - backprops))
            text += f" \N{MIDDLE DOT} {psnr_db:.2f} dB"
        self._text.setText(text)

    @Slot(int)
    def _on_value_changed(self, value: int) -> None:
        self._write()
        if self.follows_newest:
            self.newest_chosen.emit()
        else:
            self.snapshot_chosen.emit(self._paths[value])

    @Slot()
    def _on_newest(self) -> None:
        self._slider.setValue(self._slider.maximum())


def backprops_of(path: Path) -> int:
    """Return after how many sub-images a snapshot was taken, as its name says; else 0."""
    return int(path.stem) if path.stem.isdecimal() else 0
