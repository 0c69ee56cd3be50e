"""The tool bar: the commands that are used most, samples and the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget
from typing_extensions import override

from srcnn_gui.icons import icon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

_TOOLS = (
    ("open_image", "save_result"),
    ("mode_compare", "mode_upscale"),
    ("scale_2", "scale_3", "scale_4"),
    ("view_side", "view_split", "difference_absolute"),
    ("zoom_out", "zoom_fit", "zoom_100", "zoom_in"),
    ("show_training", "show_measure"),
)
_WITH_TEXT = {
    *("mode_compare", "mode_upscale", "scale_2", "scale_3", "scale_4"),
    *("show_training", "show_measure"),
}


class ToolBar(QToolBar):
    """Buttons of commands in groups, a menu of samples, and the choice of a device.

    Attributes
    ----------
    samples : QToolButton
        Opens the menu of samples.
    """

    def __init__(
        self, actions: Mapping[str, QAction], samples: QMenu, devices: QComboBox, parent: QWidget
    ) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(20, 20))
        self.samples = self._make_samples_button(samples)
        for group in _TOOLS:
            for action_id in group:
                self.addAction(actions[action_id])
                button = self.widgetForAction(actions[action_id])
                if action_id in _WITH_TEXT and isinstance(button, QToolButton):
                    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            if group[0] == "open_image":
                self.addWidget(self.samples)
            self.addSeparator()
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        devices.setAccessibleName("Device")
        devices.setMinimumContentsLength(18)
        devices.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.addWidget(devices)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.samples.setIcon(icon("sample", self.palette()))

    def _make_samples_button(self, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("sample", self.palette()))
        button.setToolTip("Open a sample picture")
        button.setAccessibleName("Samples")
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button
