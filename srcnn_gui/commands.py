"""Commands that change what is open and what is shown; they alone change the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from srcnn.degrade import Degradation
from srcnn.padding import Padding
from srcnn.resize import Border
from srcnn_gui.action_tips import enable_all_unless, enable_unless
from srcnn_gui.message import Topic
from srcnn_gui.objections import objections
from srcnn_gui.settings import Settings, View
from srcnn_gui.theme import Theme, apply_theme
from srcnn_gui.viewer.choice import DifferenceChoice, PaneChoice
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.method_library import AUTO, IN_TRAINING
from srcnn_gui.viewer.scene import TRUTH, Mode, SceneSetup

if TYPE_CHECKING:
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.opener import Opened, Opener
    from srcnn_gui.viewer.session import Session

_MAX_AMPLIFICATION = 32
_NOT_FAST = "The device that networks run on does not multiply 16-bit numbers faster"

_GROUPS = "mode", "scale", "degradation", "border", "padding", "view", "difference", "theme"


class Commands(QObject):
    """Mode, scale, panes, differences, device and theme.

    Attributes
    ----------
    settings : Settings
        As they are now; to be saved at the end.
    """

    def __init__(
        self, window: MainWindow, session: Session, opener: Opener, settings: Settings
    ) -> None:
        super().__init__(window)
        self.settings = settings
        self._window = window
        self._session = session
        self._opener = opener
        self._actions = window.actions_by_id
        for action_id, slot in {
            "mode_compare": self._on_mode,
            "scale_2": self._on_scale,
            "degradation_bicubic": self._on_degradation,
            "border_clamp": self._on_border,
            "padding_replicate": self._on_padding,
            "view_side": self._on_view,
            "difference_off": self._on_difference,
            "theme_system": self._on_theme,
        }.items():
            self._actions[action_id].actionGroup().triggered.connect(slot)
        for action_id, command in {
            "amplify_more": self._on_amplify_more,
            "amplify_less": self._on_amplify_less,
            "whole_image": self._on_whole_image,
            "fast": self._on_fast,
            "show_grid": self._on_show_grid,
            "add_pane": self._on_add_pane,
            "remove_pane": self._on_remove_pane,
            "reset_panes": self._on_reset_panes,
        }.items():
            self._actions[action_id].triggered.connect(command)
        window.devices.activated.connect(self._on_device_activated)
        opener.opened.connect(self._on_opened)
        session.views_changed.connect(self._on_views_changed)
        self._apply_all()

    def offer_devices(self) -> None:
        """List the devices known so far, by name and memory."""
        library, box = self._session.library, self._window.devices
        choice = library.choose(AUTO)
        box.clear()
        box.addItem(f"Auto: {library.best.id.upper()}", AUTO)
        for device in library.devices:
            box.addItem(device.label, device.id)
        box.setCurrentIndex(max(0, box.findData(self.settings.device)))
        box.setToolTip(f"Networks run on {choice.device.label} ({choice.reason})")
        can_be_fast = choice.device.short_type is not None
        enable_unless(self._actions["fast"], "" if can_be_fast else _NOT_FAST)

    def change(self, **changes: Any) -> None:
        """Change settings, without acting on them."""
        self.settings = replace(self.settings, **changes)

    def _apply_all(self) -> None:
        """Make window, session and opener what the settings say."""
        settings = self.settings
        for group in _GROUPS:
            self._actions[f"{group}_{getattr(settings, group)}"].setChecked(True)
        self._actions["show_grid"].setChecked(settings.show_grid)
        self._actions["whole_image"].setChecked(settings.whole_image)
        self._actions["fast"].setChecked(settings.fast)
        self._opener.max_megapixels = settings.max_megapixels
        self._opener.setup = _setup(settings)
        self._session.library.preferred = settings.device
        self._session.library.set_fast(settings.fast)
        self._session.library.set_padding(settings.padding)
        self._session.set_computes_whole(settings.whole_image)
        self._session.set_panes(_panes(settings))
        self._show_difference()
        self._window.area.set_arrangement(settings.view)
        self._window.area.set_shows_grid(settings.show_grid)
        self.offer_devices()

    def _prepare(self) -> None:
        """Prepare the open picture anew."""
        self._opener.set_setup(_setup(self.settings))

    def _show_difference(self) -> None:
        settings = self.settings
        self._session.set_difference(DifferenceChoice(settings.difference, settings.amplification))

    def _amplify(self, amplification: int) -> None:
        if 1 <= amplification <= _MAX_AMPLIFICATION:
            self.change(amplification=amplification)
            self._show_difference()

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        mode = opened.scene.setup.mode
        if self._session.scene is None or self._session.scene.setup.mode is not mode:
            self._session.set_panes(_panes(self.settings))
        self._window.view.set_image(opened.scene.size)
        self._session.open_scene(opened.scene, opened.preview)

    @Slot()
    def _on_views_changed(self) -> None:
        """Remember the panes, and offer only what is possible."""
        panes = tuple(pane.method for pane in self._session.panes)
        mode, scene = self.settings.mode, self._session.scene
        lasting = tuple(method for method in panes if method != IN_TRAINING)
        if scene is not None and scene.setup.mode is mode and lasting:
            self.change(**{"panes" if mode is Mode.COMPARE else "upscale_panes": lasting})
        self._offer()

    def _offer(self) -> None:
        """Enable what is possible, and let the rest say why it is not."""
        session = self._session
        found = objections(self.settings.mode, session.scene, len(session.panes))
        enable_all_unless(self._actions, found)

    @Slot(QAction)
    def _on_mode(self, action: QAction) -> None:
        self.change(mode=Mode(action.data()))
        self._offer()
        self._prepare()

    @Slot(QAction)
    def _on_scale(self, action: QAction) -> None:
        self.change(scale=int(action.data()))
        self._prepare()

    @Slot(QAction)
    def _on_degradation(self, action: QAction) -> None:
        self.change(degradation=Degradation(action.data()))
        self._prepare()

    @Slot(QAction)
    def _on_border(self, action: QAction) -> None:
        self.change(border=Border(action.data()))
        self._prepare()

    @Slot(QAction)
    def _on_padding(self, action: QAction) -> None:
        self.change(padding=Padding(action.data()))
        self._session.library.set_padding(self.settings.padding)
        self._prepare()

    @Slot(QAction)
    def _on_view(self, action: QAction) -> None:
        self.change(view=View(action.data()))
        self._window.area.set_arrangement(self.settings.view)

    @Slot(QAction)
    def _on_difference(self, action: QAction) -> None:
        kind = Difference(action.data())
        if kind is self.settings.difference:  # its key again switches it off
            kind = Difference.OFF
            self._actions["difference_off"].setChecked(True)
        self.change(difference=kind)
        self._show_difference()

    @Slot(QAction)
    def _on_theme(self, action: QAction) -> None:
        self.change(theme=Theme(action.data()))
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self.settings.theme)

    @Slot()
    def _on_amplify_more(self) -> None:
        self._amplify(self.settings.amplification * 2)

    @Slot()
    def _on_amplify_less(self) -> None:
        self._amplify(self.settings.amplification // 2)

    @Slot(bool)
    def _on_whole_image(self, whole: bool) -> None:
        self.change(whole_image=whole)
        self._session.set_computes_whole(whole)

    @Slot(bool)
    def _on_fast(self, fast: bool) -> None:
        self.change(fast=fast)
        self._session.library.set_fast(fast)
        self._session.rebuild()

    @Slot(bool)
    def _on_show_grid(self, shows: bool) -> None:
        self.change(show_grid=shows)
        self._window.area.set_shows_grid(shows)

    @Slot()
    def _on_add_pane(self) -> None:
        """Add a pane with a method that is not shown yet."""
        panes, settings = self._session.panes, self.settings
        shown = {pane.method for pane in panes}
        methods = self._session.library.methods(settings.scale, settings.border)
        others = [method.id for method in methods if method.id not in shown]
        self._session.set_panes([*panes, PaneChoice((others or [methods[0].id])[0])])

    @Slot()
    def _on_remove_pane(self) -> None:
        self._session.set_panes(self._session.panes[:-1])

    @Slot()
    def _on_reset_panes(self) -> None:
        defaults = Settings()
        self.change(panes=defaults.panes, upscale_panes=defaults.upscale_panes)
        self._session.set_panes(_panes(self.settings))

    @Slot(int)
    def _on_device_activated(self, index: int) -> None:
        self.change(device=self._window.devices.itemData(index))
        self._session.library.preferred = self.settings.device
        self._window.messages.clear(Topic.DEVICE)
        self._session.rebuild()
        self.offer_devices()


def _setup(settings: Settings) -> SceneSetup:
    return SceneSetup(
        settings.mode, settings.scale, settings.degradation, settings.border, settings.padding
    )


def _panes(settings: Settings) -> list[PaneChoice]:
    """Return the panes of the mode in use; there is no truth to show in Upscale."""
    is_compare = settings.mode is Mode.COMPARE
    methods = settings.panes if is_compare else settings.upscale_panes
    return [PaneChoice(method) for method in methods if is_compare or method != TRUTH]
