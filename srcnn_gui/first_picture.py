"""When the picture that the program begins with is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from srcnn_gui.opener import Opener
    from srcnn_gui.viewer.choice import PaneView
    from srcnn_gui.viewer.session import Session

PATIENCE_MS = 250
"""What waits for the first picture waits no longer than this: a large one takes seconds."""


class FirstPicture(QObject):
    """Says when the first picture and its figures are in, so that other work can begin.

    Methods that need PyTorch are not waited for: its import is what this is made for. It takes
    the interpreter from every other thread, so beside it a small picture takes twice as long.
    """

    passed = Signal()  # once: it is in sight, or cannot be opened, or takes long; or there is none

    def __init__(self, session: Session, opener: Opener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._opener = opener
        self._watches = False
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self._on_timeout)

    def watch(self) -> None:
        """Begin: with the picture that is being opened, if there is one."""
        self._watches = True
        self._session.figures_changed.connect(self._on_figures_changed)
        self._opener.failed.connect(self._on_failed)
        self._patience.start(PATIENCE_MS if self._opener.is_busy else 0)

    def stop(self) -> None:
        """Say nothing any more."""
        if self._watches:
            self._watches = False
            self._patience.stop()
            self._session.figures_changed.disconnect(self._on_figures_changed)
            self._opener.failed.disconnect(self._on_failed)

    def _pass(self) -> None:
        self.stop()
        self.passed.emit()

    @Slot()
    def _on_figures_changed(self) -> None:
        if self._session.scene is not None and all(map(_is_drawn, self._session.views)):
            self._patience.start(0)  # after it is painted

    @Slot(object)
    def _on_failed(self, _error: Exception) -> None:
        self._pass()

    @Slot()
    def _on_timeout(self) -> None:
        self._pass()


def _is_drawn(view: PaneView) -> bool:
    """Tell whether all is in that a pane shows, or will show without PyTorch."""
    state = view.result
    return state is None or state.layer.needs_torch or state.error is not None or state.part == 1
