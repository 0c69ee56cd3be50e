"""A pane: what it shows, on which device, how far it is, its main figure; and the canvas."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.elided_label import ElidedLabel
from srcnn_gui.viewer import figure_text
from srcnn_gui.viewer.canvas import Canvas
from srcnn_gui.viewer.choice import PaneChoice, PaneView
from srcnn_gui.viewer.method_library import AUTO
from srcnn_gui.viewer.scene import TRUTH, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from srcnn_gui.viewer.layer_state import LayerState
    from srcnn_gui.viewer.session import Session
    from srcnn_gui.viewer.view import View


_LINE = 2


class PaneHeader(QWidget):
    """The line above a canvas."""

    chosen = Signal(int, object)  # position, PaneChoice

    def __init__(self, position: int, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.position = position
        self._session = session
        self._is_active = False
        self._choice = PaneChoice(TRUTH)
        self._methods = QComboBox()
        self._methods.setToolTip("Method that this pane shows")
        self._methods.setAccessibleName("Method")
        self._methods.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._methods.setMinimumContentsLength(5)
        self._methods.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._methods.activated.connect(self._on_method_activated)
        self._devices = QComboBox()
        self._devices.setToolTip("Device that computes this pane")
        self._devices.setAccessibleName("Device")
        self._devices.activated.connect(self._on_device_activated)
        self._state = ElidedLabel()
        self._state.setForegroundRole(QPalette.ColorRole.PlaceholderText)  # quieter
        self._state.setMinimumWidth(1)  # it gives way first: panes are to be equally wide
        self._figure = QLabel()
        self._figure.setToolTip(
            "PSNR of the whole image by the paper's protocol, and the gain over bicubic"
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 4 + _LINE, 6, 4)
        layout.setSpacing(8)
        layout.addWidget(self._methods, 1)
        layout.addWidget(self._devices)
        layout.addWidget(self._state)
        layout.addStretch()
        layout.addWidget(self._figure)

    def show_view(self, view: PaneView) -> None:
        """Offer the methods there are and name the one that is shown."""
        if view.choice != self._choice:
            self._state.clear()
            self._figure.clear()
        self._choice = view.choice
        _fill(self._methods, self._offered(view.choice.method))
        self._methods.setCurrentIndex(self._methods.findData(view.choice.method))
        self._methods.setToolTip(f"Method that this pane shows: {self._methods.currentText()}")
        self._offer_devices(view)
        self.update_figures(view)

    def update_figures(self, view: PaneView) -> None:
        """Write how far it is and its PSNR."""
        state = view.result
        if state is not None and state.layer.is_passing:
            self._update_passing(view, state)
            return
        text = figure_text.state_text(view, torch_is_ready=self._session.torch_is_ready)
        device = figure_text.device_text(view, self._session.library)
        self._state.setText(f"{device} \N{MIDDLE DOT} {text}" if device else "")
        figure = ""
        if state is not None and state.whole is not None:
            if self._session.scene is None or self._session.scene.truth is None:
                figure = "no reference"
            elif state.whole.part > 0:
                figure = figure_text.decibels(state.whole.figures.psnr_db)
                gain = state.gain_db(self._session.baseline)
                if math.isfinite(gain) and state is not self._session.baseline:
                    figure = f"<b>{figure}</b>&nbsp; {figure_text.gain(gain)}"
        self._figure.setText(figure)

    def _update_passing(self, view: PaneView, state: LayerState) -> None:
        """Write the PSNR of what is in sight: the rest of a run in progress is not computed.

        As long as that is not known, what was written before stays: a moment later there is
        more to say than nothing.
        """
        self._state.setText(figure_text.device_text(view, self._session.library))
        if self._session.scene is None or self._session.scene.truth is None:
            self._figure.setText("no reference")
        elif math.isfinite(state.crop.psnr_db):
            figure = f"<b>{figure_text.decibels(state.crop.psnr_db)}</b> in sight"
            baseline = self._session.baseline
            if baseline is not None and baseline.crop_region == state.crop_region:
                gain = state.crop.psnr_db - baseline.crop.psnr_db
                if math.isfinite(gain):
                    figure = f"{figure}&nbsp; {figure_text.gain(gain)}"
            self._figure.setText(figure)

    def set_active(self, active: bool) -> None:
        """Mark the pane whose result commands act on."""
        self._is_active = active
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_active:
            with QPainter(self) as painter:  # ended here, whoever holds the frame
                painter.fillRect(0, 0, self.width(), _LINE, self.palette().highlight())

    def _offered(self, chosen: str) -> dict[str, str]:
        """Return the labels of the methods there are by id, and of the one that is chosen."""
        scene, offered = self._session.scene, {}
        if scene is not None:
            library, setup = self._session.library, scene.setup
            methods = library.methods(setup.scale, setup.border)
            offered = {method.id: method.label for method in methods}
            if scene.truth is not None:
                is_compare = setup.mode is Mode.COMPARE
                offered[TRUTH] = "Ground truth" if is_compare else "Reference"
        offered.setdefault(chosen, chosen)
        return offered

    def _offer_devices(self, view: PaneView) -> None:
        """Offer devices where there is a choice and the method makes use of it."""
        library = self._session.library
        _fill(self._devices, {AUTO: "Auto"} | {d.id: d.id.upper() for d in library.devices})
        self._devices.setCurrentIndex(max(0, self._devices.findData(view.choice.device)))
        uses_device = view.result is not None and view.result.layer.needs_torch
        self._devices.setVisible(len(library.devices) > 1 and uses_device)

    @Slot(int)
    def _on_method_activated(self, index: int) -> None:
        self.chosen.emit(self.position, replace(self._choice, method=self._methods.itemData(index)))

    @Slot(int)
    def _on_device_activated(self, index: int) -> None:
        self.chosen.emit(self.position, replace(self._choice, device=self._devices.itemData(index)))


def _fill(box: QComboBox, offered: Mapping[str, str]) -> None:
    """Offer labels by their data; a box that offers them already is left alone, open or not."""
    shown = [(box.itemData(k), box.itemText(k)) for k in range(box.count())]
    if shown != list(offered.items()):
        box.clear()
        for data, label in offered.items():
            box.addItem(label, data)


class Pane(QFrame):
    """A canvas under its header, or under the two of a split.

    Parameters
    ----------
    positions : tuple of int
        Which of the session's views it shows: one, or the two of a split.
    """

    chosen = Signal(int, object)  # position, PaneChoice
    activated = Signal(int)  # position

    def __init__(
        self,
        positions: tuple[int, ...],
        session: Session,
        view: View,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.positions = positions
        self.canvas = Canvas(session, view)
        self.canvas.pressed.connect(self._on_pressed)
        self._headers = [PaneHeader(position, session) for position in positions]
        row = QHBoxLayout()
        row.setSpacing(1)
        for header in self._headers:
            header.chosen.connect(self._on_chosen)
            row.addWidget(header, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.canvas, 1)

    def show_views(self, views: Sequence[PaneView], drawn: Sequence[PaneView]) -> None:
        """Name ``views`` in the headers; draw ``drawn``, which differ while flipped."""
        for header, view in zip(self._headers, views, strict=True):
            header.show_view(view)
        self.canvas.show_panes(drawn)

    def update_figures(self, views: Sequence[PaneView]) -> None:
        """Write how far the results are, and their PSNR."""
        for header, view in zip(self._headers, views, strict=True):
            header.update_figures(view)

    def set_active(self, active: int | None) -> None:
        """Mark the position whose result commands act on, if it is one of this pane's."""
        for header in self._headers:
            header.set_active(header.position == active)

    @Slot(int, object)
    def _on_chosen(self, position: int, choice: PaneChoice) -> None:
        self.activated.emit(position)
        self.chosen.emit(position, choice)

    @Slot(int)
    def _on_pressed(self, side: int) -> None:
        self.activated.emit(self.positions[side])
