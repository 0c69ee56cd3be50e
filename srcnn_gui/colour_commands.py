"""Commands that say what colours the screen has, so that pictures look right on it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QScreen
from PySide6.QtWidgets import QFileDialog

from srcnn.colour_profile import check_screen_profile, read_screen_profile
from srcnn.errors import PictureError
from srcnn_gui.explanation import explain
from srcnn_gui.viewer.screen_colours import (
    SRGB_DISPLAY,
    TELLS_PROFILE,
    Display,
    Screen,
    system_profile,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QWindow

    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import Job, JobControl, JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.opener import Opener

_FILTER = "Colour profiles (*.icc *.icm *.ICC *.ICM);;All files (*)"
_NOT_TOLD = "This system does not tell the profile of its screens: choose its file instead"


class ColourCommands(QObject):
    """View > Screen colours, and what is said of a screen's profile that is no use."""

    def __init__(
        self, window: MainWindow, jobs: JobService, opener: Opener, commands: Commands
    ) -> None:
        super().__init__(window)
        self._window = window
        self._jobs = jobs
        self._opener = opener
        self._commands = commands
        self._reading: Job | None = None
        self._handle: QWindow | None = None
        self._actions = {choice: window.actions_by_id[f"screen_{choice}"] for choice in Screen}
        self._actions[Screen.SRGB].actionGroup().triggered.connect(self._on_chosen)
        if not TELLS_PROFILE:
            told = self._actions[Screen.SYSTEM]
            told.setEnabled(False)
            told.setText("Profile of &this screen (not told by this system)")
            told.setToolTip(_NOT_TOLD)
            told.setStatusTip(_NOT_TOLD)
        self._apply()

    def choose_file(self, path: Path) -> None:
        """Show pictures through the profile in a file; it is remembered."""
        self._commands.change(screen=Screen.FILE, screen_profile=str(path))
        self._apply()

    def _apply(self) -> None:
        """Make the screen what the settings say."""
        settings = self._commands.settings
        self._actions[settings.screen].setChecked(True)
        self._name_file()
        if self._reading is not None:
            self._reading.cancel()
        match settings.screen:
            case Screen.SRGB:
                self._opener.set_display(SRGB_DISPLAY)
            case Screen.NUMBERS:
                self._opener.set_display(Display(is_managed=False))
            case Screen.SYSTEM:
                self._take_system()
            case Screen.FILE:
                work = partial(_read, Path(settings.screen_profile))
                self._reading = self._jobs.submit(
                    "Read the profile of the screen", work, may_hang=True
                )
                self._reading.succeeded.connect(self._on_read)
                self._reading.failed.connect(self._on_failed)

    def _name_file(self) -> None:
        """Say in the menu which file was chosen."""
        name = Path(self._commands.settings.screen_profile).name
        chosen = f" ({name.replace('&', '&&')})" if name else ""
        text = f"&Choose a profile\N{HORIZONTAL ELLIPSIS}{chosen}"
        self._actions[Screen.FILE].setText(text)

    def _take_system(self) -> None:
        """Ask the system, now and whenever the window comes to another screen."""
        if not TELLS_PROFILE:
            self._take_srgb()
            return
        icc = system_profile(int(self._window.winId()))
        if self._handle is None:  # there is one now: ``winId`` has made it
            self._handle = self._window.windowHandle()
            self._handle.screenChanged.connect(self._on_screen_changed)
        if icc is None:
            self._take_srgb()
            return
        try:
            check_screen_profile(icc, "The profile of this screen")
        except PictureError as error:
            self._on_failed(error)
        else:
            self._opener.set_display(Display(icc))

    def _take_srgb(self) -> None:
        self._opener.set_display(SRGB_DISPLAY)
        self._window.messages.show_info(
            "The system does not tell the profile of this screen", "It is taken for sRGB."
        )

    @Slot(QScreen)
    def _on_screen_changed(self, _screen: QScreen) -> None:
        if self._commands.settings.screen is Screen.SYSTEM:
            self._take_system()

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        choice = Screen(action.data())
        if choice is not Screen.FILE:
            self._commands.change(screen=choice)
            self._apply()
            return
        known = self._commands.settings.screen_profile
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Choose the profile of the screen", known, _FILTER
        )
        if name:
            self.choose_file(Path(name))
        else:
            self._actions[self._commands.settings.screen].setChecked(True)

    @Slot(object)
    def _on_read(self, icc: bytes) -> None:
        self._opener.set_display(Display(icc))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        """Say why the profile of the screen is no use, and go on with sRGB."""
        self._opener.set_display(SRGB_DISPLAY)
        sentence, hint = explain(error)
        self._window.messages.show_warning(sentence, f"The screen is taken for sRGB. {hint}")


def _read(path: Path, _control: JobControl) -> bytes:
    return read_screen_profile(path)
