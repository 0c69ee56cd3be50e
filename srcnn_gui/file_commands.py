"""Commands that open, paste and copy."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from srcnn.errors import PictureError, PictureTooLarge
from srcnn.formats import SUFFIXES
from srcnn.weight_files import WEIGHT_SUFFIXES
from srcnn_gui.action_tips import enable_unless
from srcnn_gui.message import Topic
from srcnn_gui.qimage import from_qimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData

    from srcnn.picture import Picture
    from srcnn_gui.commands import Commands
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.opener import Opened, Opener
    from srcnn_gui.viewer.scene import Scene
    from srcnn_gui.viewer.session import Session

_NOTICE_MS = 4000
_NONE_RECENT = "No file was opened yet"
_PICTURES = f"Pictures ({' '.join(f'*{suffix}' for suffix in SUFFIXES)});;All files (*)"


class FileCommands(QObject):
    """Open, recent, samples, paste, reference, copy, about."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        opener: Opener,
        commands: Commands,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._opener = opener
        self._commands = commands
        for action_id, slot in {
            "open_image": self._on_open_image,
            "attach_reference": self._on_attach_reference,
            "quit": window.close,
            "paste": self._on_paste,
            "copy_view": self._on_copy_view,
            "copy_figures": self._on_copy_figures,
            "shortcuts": self._on_shortcuts,
            "about": self._on_about,
        }.items():
            window.actions_by_id[action_id].triggered.connect(slot)
        window.urls_dropped.connect(self._on_urls_dropped)
        window.sample_chosen.connect(self._on_sample_chosen)
        window.recent_menu.triggered.connect(self._on_recent_triggered)
        window.messages.action_triggered.connect(self._on_message_action)
        opener.busy_changed.connect(self._on_busy_changed)
        opener.opened.connect(self._on_opened)
        opener.failed.connect(self._on_failed)
        session.failed.connect(self._on_result_failed)
        session.stepped_down.connect(self._on_stepped_down)
        session.figures_changed.connect(self._on_figures_changed)
        self._asked_for: Path | None = None
        self._told: tuple[Picture | None, tuple[str, ...]] = (None, ())
        self._list_recent()

    def open_file(self, path: Path) -> None:
        """Open a picture file; the session shows it when it is ready."""
        path = path.absolute()  # it is remembered for a start from elsewhere
        self._begin(path)
        self._opener.open_file(path)

    def _begin(self, path: Path | None = None) -> None:
        """Leave what was said of the last attempt behind; ``path`` can be asked for again."""
        self._window.messages.clear(Topic.PICTURE)
        self._asked_for = path

    def _list_recent(self) -> None:
        menu = self._window.recent_menu
        menu.clear()
        menu.setToolTipsVisible(True)
        for name in self._commands.settings.recent_files:
            action = menu.addAction(Path(name).name)
            action.setData(name)
            action.setToolTip(name)
        menu.setEnabled(not menu.isEmpty())
        enable_unless(menu.menuAction(), _NONE_RECENT if menu.isEmpty() else "")

    @Slot()
    def _on_open_image(self) -> None:
        folder = self._commands.settings.open_folder
        name, _ = QFileDialog.getOpenFileName(self._window, "Open image", folder, _PICTURES)
        if name:
            self.open_file(Path(name))

    @Slot()
    def _on_attach_reference(self) -> None:
        folder = self._commands.settings.open_folder
        name, _ = QFileDialog.getOpenFileName(self._window, "Attach reference", folder, _PICTURES)
        if name:
            self._begin()
            self._opener.attach_reference(Path(name))

    @Slot()
    def _on_paste(self) -> None:
        data = cast("QMimeData | None", QGuiApplication.clipboard().mimeData())
        urls = [] if data is None else data.urls()  # a clipboard that was never used has none
        if urls and urls[0].isLocalFile():
            self.open_file(Path(urls[0].toLocalFile()))
            return
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self._on_failed(
                PictureError("There is no picture on the clipboard", hint="Copy one first.")
            )
            return
        self._begin()
        self._opener.open_picture("clipboard", from_qimage(image))

    @Slot()
    def _on_copy_view(self) -> None:
        QGuiApplication.clipboard().setImage(self._window.area.image())
        self._window.statusBar().showMessage("The view was copied.", _NOTICE_MS)

    @Slot()
    def _on_copy_figures(self) -> None:
        QGuiApplication.clipboard().setText(self._window.figures.text())
        self._window.statusBar().showMessage("The figures were copied.", _NOTICE_MS)

    @Slot(object)
    def _on_urls_dropped(self, urls: Sequence[QUrl]) -> None:
        local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if local and (local[0].suffix.lower() in WEIGHT_SUFFIXES or local[0].is_dir()):
            return  # weights_commands opens them; batch_commands takes folders
        if local:
            self.open_file(local[0])
        else:
            self._on_failed(
                PictureError("Only files can be dropped here", hint="Save the picture first.")
            )

    @Slot(str)
    def _on_sample_chosen(self, sample_id: str) -> None:
        self._begin()
        self._opener.open_sample(sample_id)

    @Slot(QAction)
    def _on_recent_triggered(self, action: QAction) -> None:
        self.open_file(Path(action.data()))

    @Slot()
    def _on_message_action(self) -> None:
        """Open a picture that was refused for its size."""
        if self._asked_for is not None:
            self._window.messages.clear(Topic.PICTURE)
            self._opener.open_file(self._asked_for, max_megapixels=math.inf)

    @Slot(bool)
    def _on_busy_changed(self, busy: bool) -> None:
        """Say that a picture is on its way: a large one takes seconds."""
        if busy:
            self._window.statusBar().showMessage("Opening\N{HORIZONTAL ELLIPSIS}")
        else:
            self._window.statusBar().clearMessage()

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        scene, path = opened.scene, opened.path
        self._tell_notes(scene)
        if path is not None:
            settings = self._commands.settings.with_recent(path)
            self._commands.settings = replace(settings, open_folder=str(path.parent))
            self._list_recent()
        self._window.show_picture(_described(opened))
        self._window.setWindowTitle(f"{scene.name} \N{EN DASH} SRCNN Studio")

    def _tell_notes(self, scene: Scene) -> None:
        """Say what there is to say of a picture, once; errors of opening are over with another."""
        before, self._told = self._told, (scene.picture, scene.notes)
        if self._told == before:
            return
        if scene.notes:
            self._window.messages.show_info(" ".join(scene.notes), topic=Topic.PICTURE)
        else:
            self._window.messages.clear(Topic.PICTURE)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        too_large = isinstance(error, PictureTooLarge) and self._asked_for is not None
        action = "Open anyway" if too_large else ""
        self._window.messages.show_error(error, action=action, topic=Topic.PICTURE)

    @Slot(object)
    def _on_result_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error, topic=Topic.RESULT)

    @Slot()
    def _on_figures_changed(self) -> None:
        """Take back that a method failed, once all that is shown is being computed."""
        if all(view.is_computed for view in self._session.views):
            self._window.messages.clear(Topic.RESULT)

    @Slot(str)
    def _on_stepped_down(self, sentence: str) -> None:
        self._window.messages.show_warning(sentence, topic=Topic.DEVICE)

    @Slot()
    def _on_shortcuts(self) -> None:
        from srcnn_gui.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window.actions_by_id, self._window).exec()

    @Slot()
    def _on_about(self) -> None:
        from srcnn_gui.about import AboutDialog

        AboutDialog(self._session.library.devices, self._window).exec()


def _described(opened: Opened) -> str:
    """Return what is open and what is made of it, in one line."""
    scene = opened.scene
    times = "\N{MULTIPLICATION SIGN}"
    size = scene.picture.size
    parts = [scene.name, f"{size}", f"{scene.picture.depth} bit"]
    if scene.picture.is_grey:
        parts.append("grey")
    if scene.colours.profile:
        parts.append(scene.colours.profile)
    parts.append(
        f"{scene.source.size} {times}{scene.setup.scale} \N{RIGHTWARDS ARROW} {scene.size}"
    )
    return "   \N{MIDDLE DOT}   ".join(parts)
