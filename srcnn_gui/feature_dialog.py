"""The window of feature maps: filters at the left, what the chosen one answers at the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.filters import dead_filters, filters_to_show
from srcnn_gui.benchmark.boxes import segments
from srcnn_gui.feature_grid import FilterGrid
from srcnn_gui.qimage import to_qimage
from srcnn_gui.theme import canvas_colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.geometry import Region
    from srcnn.weights import Weights

_DOT = "\N{MIDDLE DOT}"
_TIMES = "\N{MULTIPLICATION SIGN}"
_LAYERS = (
    ("Layer 1", "Filters of the first layer, each over the interpolated picture"),
    ("Layer 2", "Filters of the second layer: the weight of each map of the first, in its order"),
)
_SIZE = QSize(1000, 560)


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """What a filter answered.

    Attributes
    ----------
    layer, number : int
        Of which filter.
    region : Region
        To which part of the result.
    pixels : uint8, (h, w)
        From black for 0 to white for ``largest``.
    largest : float
        The largest response; 0 if there is none anywhere.
    """

    layer: int
    number: int
    region: Region
    pixels: NDArray[np.uint8]
    largest: float


class FeatureDialog(QDialog):
    """Shows filters and one response; whoever opens it computes what is wanted."""

    wanted = Signal()  # another filter or layer was chosen
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Feature maps")
        self.grid = FilterGrid()
        self.response: Response | None = None
        self._weights: Weights | None = None
        self._dead = ""
        self._layers = QButtonGroup(self)
        self._network = QLabel()
        self._filter = QLabel()
        self._map = _Map()
        self._told = QLabel()
        self._save = QPushButton("&Save as PNG\N{HORIZONTAL ELLIPSIS}")
        close = QPushButton("&Close")
        for button in (self._save, close):
            button.setAutoDefault(False)
        self._lay_out(close)
        self._layers.idClicked.connect(self._on_layer)
        self.grid.chosen.connect(self._on_chosen)
        self._save.clicked.connect(self.save_requested)
        close.clicked.connect(self.close)
        self.show_problem("")
        self.resize(_SIZE)

    @property
    def layer(self) -> int:
        """The layer that is chosen, 1 or 2."""
        return self._layers.checkedId() + 1

    @property
    def number(self) -> int:
        """The filter that is chosen, from 0 in the order of the weights."""
        return self.grid.number

    @property
    def text(self) -> str:
        """What is said of network, filter and response, for tests and screen readers."""
        labels = (self._network, self._filter, self._told)
        return " | ".join(label.text() for label in labels if label.text())

    def show_network(self, weights: Weights) -> None:
        """Show the filters of a network."""
        is_same = self._weights is not None and self._weights.spec == weights.spec
        self._weights = weights
        self._network.setText(f"SRCNN {weights.name} {_TIMES}{weights.scale}")
        self._show_filters(keep=is_same)

    def show_response(self, response: Response) -> None:
        """Show what the filter answered that is chosen."""
        self.response = response
        self._map.show_pixels(response.pixels)
        if response.largest > 0:
            told = f"White is {response.largest:.3g}, the largest response here; black is 0"
        else:
            told = "It answers nothing here: all is 0 after ReLU"
        self._told.setText(f"{told} {_DOT} {response.region.size} pixels")
        self._save.setEnabled(True)

    def show_problem(self, sentence: str) -> None:
        """Say why there is no response, instead of one."""
        self.response = None
        self._map.show_pixels(None)
        self._told.setText(sentence)
        self._save.setEnabled(False)

    def _show_filters(self, *, keep: bool) -> None:
        if self._weights is None:
            return
        shown = filters_to_show(self._weights.arrays, self.layer)
        self.grid.show_filters(shown, keep=keep)
        dead = dead_filters(shown)
        self._dead = f" {_DOT} {dead} dead, crossed out" if dead else ""
        self._describe()

    def _describe(self) -> None:
        self._filter.setText(f"{self.grid.describe(self.number)}{self._dead}")
        self.grid.setAccessibleDescription(self._filter.text())

    def _lay_out(self, close: QPushButton) -> None:
        top = QHBoxLayout()
        top.addWidget(segments(self._layers, _LAYERS))
        top.addStretch()
        top.addWidget(self._network)
        self._layers.setExclusive(True)
        left, right = QWidget(), QWidget()
        for side, view, label in ((left, self.grid, self._filter), (right, self._map, self._told)):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(view, 1)
            column.addWidget(label)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._network.setTextFormat(Qt.TextFormat.PlainText)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([2, 3])
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self._save)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(top)
        column.addWidget(splitter, 1)
        column.addLayout(buttons)

    @Slot(int)
    def _on_layer(self, _place: int) -> None:
        self._show_filters(keep=False)
        self.grid.setFocus()
        self.wanted.emit()

    @Slot(int)
    def _on_chosen(self, _number: int) -> None:
        self._describe()
        self.wanted.emit()


class _Map(QWidget):
    """A response, as large as fits."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setMinimumSize(QSize(240, 180))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Response of the filter")

    def show_pixels(self, pixels: NDArray[np.uint8] | None) -> None:
        """Show pixels (h, w), or nothing."""
        self._image = None if pixels is None else to_qimage(pixels)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), canvas_colour(self.palette()))
            if self._image is None:
                return
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(self.rect().topLeft(), size)
            target.moveCenter(self.rect().center())
            shrinks = size.width() < self._image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
            painter.drawImage(target, self._image)
