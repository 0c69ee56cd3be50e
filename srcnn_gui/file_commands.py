"""Commands that open, save, paste and copy."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSaveFile, QUrl, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from srcnn.errors import OutputError, PictureError, PictureTooLarge
from srcnn.picture import SUFFIXES
from srcnn.weight_files import WEIGHT_SUFFIXES
from srcnn_gui.qimage import from_qimage
from srcnn_gui.saver import FILTERS, losses, with_suffix
from srcnn_gui.viewer.layer import MethodLayer
from srcnn_gui.viewer.scene import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.commands import Commands
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.opener import Opened, Opener
    from srcnn_gui.saver import Saver
    from srcnn_gui.viewer.session import Session

_NOTICE_MS = 4000
_PICTURES = f"Pictures ({' '.join(f'*{suffix}' for suffix in SUFFIXES)});;All files (*)"


class FileCommands(QObject):
    """Open, recent, samples, paste, reference, save, copy, about."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        opener: Opener,
        saver: Saver,
        commands: Commands,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._opener = opener
        self._saver = saver
        self._commands = commands
        for action_id, slot in {
            "open_image": self._on_open_image,
            "attach_reference": self._on_attach_reference,
            "save_result": self._on_save_result,
            "save_view": self._on_save_view,
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
        saver.saved.connect(self._on_saved)
        saver.failed.connect(self._on_failed)
        saver.noted.connect(self._on_stepped_down)
        session.failed.connect(self._on_failed)
        session.stepped_down.connect(self._on_stepped_down)
        self._asked_for: Path | None = None
        self._list_recent()

    def open_file(self, path: Path) -> None:
        """Open a picture file; the session shows it when it is ready."""
        self._window.messages.dismiss()
        self._asked_for = path.absolute()  # it is remembered for a start from elsewhere
        self._opener.open_file(self._asked_for)

    def save_to(self, path: Path) -> None:
        """Save the result of the active pane; an existing file is replaced when it is ready."""
        scene, layer = self._session.scene, self._window.area.active_layer()
        if scene is None or not isinstance(layer, MethodLayer):
            self._window.messages.show_info(
                "The active pane shows no result.", "Click a pane that shows a method."
            )
            return
        try:
            lost = losses(scene.picture, path)
        except OutputError as error:
            self._on_failed(error)
            return
        if lost and scene.setup.mode is Mode.UPSCALE:
            self._window.messages.show_info(" ".join(lost), "PNG and TIFF keep the most.")
        self._commands.change(save_folder=str(path.parent), save_suffix=path.suffix)
        quality = self._commands.settings.quality
        self._saver.save(layer.enlargement, scene.picture, path, quality)

    def _list_recent(self) -> None:
        menu = self._window.recent_menu
        menu.clear()
        menu.setToolTipsVisible(True)
        for name in self._commands.settings.recent_files:
            action = menu.addAction(Path(name).name)
            action.setData(name)
            action.setToolTip(name)
        menu.setEnabled(not menu.isEmpty())

    def _suggested(self) -> Path:
        """Return the name that a result is to be saved under, where results went last."""
        scene, layer = self._session.scene, self._window.area.active_layer()
        settings = self._commands.settings
        stem = Path(scene.name).stem if scene is not None else "result"
        scale = scene.setup.scale if scene is not None else settings.scale
        method = layer.enlargement.method.id if isinstance(layer, MethodLayer) else ""
        name = f"{stem}_x{scale}_{method.replace(':', '-')}{settings.save_suffix}"
        return Path(settings.save_folder or Path.home()) / name

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
            self._window.messages.dismiss()
            self._asked_for = None
            self._opener.attach_reference(Path(name))

    @Slot()
    def _on_save_result(self) -> None:
        suggested = self._suggested()
        name, chosen = QFileDialog.getSaveFileName(
            self._window,
            "Save result",
            str(suggested),
            ";;".join(FILTERS.values()),
            FILTERS.get(suggested.suffix, ""),
        )
        if not name:
            return
        suffix = next((end for end, text in FILTERS.items() if text == chosen), ".png")
        path = with_suffix(Path(name), suffix)
        if path != Path(name) and path.exists():  # the dialog asked about another name
            self._on_failed(
                OutputError(f"{path.name} exists already", hint="Save again with its whole name.")
            )
            return
        self.save_to(path)

    @Slot()
    def _on_save_view(self) -> None:
        suggested = self._suggested().with_suffix("")
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save view", f"{suggested}_view.png", FILTERS[".png"]
        )
        if name:
            self.save_view_to(with_suffix(Path(name), ".png"))

    def save_view_to(self, path: Path) -> None:
        """Save the panes as they are on screen."""
        file = QSaveFile(str(path))
        pixmap = self._window.area.grab()
        if (
            file.open(QSaveFile.OpenModeFlag.WriteOnly)
            and pixmap.save(file, "PNG")
            and file.commit()
        ):
            self._on_saved(path)
        else:
            problem = f"{path.name} could not be written ({file.errorString()})"
            self._on_failed(OutputError(problem, hint="Choose another folder."))

    @Slot()
    def _on_paste(self) -> None:
        urls = QGuiApplication.clipboard().mimeData().urls()
        if urls and urls[0].isLocalFile():
            self.open_file(Path(urls[0].toLocalFile()))
            return
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self._on_failed(
                PictureError("There is no picture on the clipboard", hint="Copy one first.")
            )
            return
        self._window.messages.dismiss()
        self._asked_for = None
        self._opener.open_picture("clipboard", from_qimage(image))

    @Slot()
    def _on_copy_view(self) -> None:
        QGuiApplication.clipboard().setPixmap(self._window.area.grab())
        self._window.statusBar().showMessage("The view was copied.", _NOTICE_MS)

    @Slot()
    def _on_copy_figures(self) -> None:
        QGuiApplication.clipboard().setText(self._window.figures.text())
        self._window.statusBar().showMessage("The figures were copied.", _NOTICE_MS)

    @Slot(object)
    def _on_urls_dropped(self, urls: Sequence[QUrl]) -> None:
        local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if local and local[0].suffix.lower() in WEIGHT_SUFFIXES:
            return  # weights_commands opens them
        if local:
            self.open_file(local[0])
        else:
            self._on_failed(
                PictureError("Only files can be dropped here", hint="Save the picture first.")
            )

    @Slot(str)
    def _on_sample_chosen(self, sample_id: str) -> None:
        self._window.messages.dismiss()
        self._asked_for = None
        self._opener.open_sample(sample_id)

    @Slot(QAction)
    def _on_recent_triggered(self, action: QAction) -> None:
        self.open_file(Path(action.data()))

    @Slot()
    def _on_message_action(self) -> None:
        """Open a picture that was refused for its size."""
        if self._asked_for is not None:
            self._window.messages.dismiss()
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
        notes = " ".join(scene.picture.notes)
        if notes:
            self._window.messages.show_info(notes)
        if path is not None:
            settings = self._commands.settings.with_recent(path)
            self._commands.settings = replace(settings, open_folder=str(path.parent))
            self._list_recent()
        self._window.show_picture(_described(opened))
        self._window.setWindowTitle(f"{scene.name} \N{EN DASH} SRCNN Studio")

    @Slot(str)
    def _on_stepped_down(self, sentence: str) -> None:
        self._window.messages.show_warning(sentence)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        too_large = isinstance(error, PictureTooLarge) and self._asked_for is not None
        self._window.messages.show_error(error, action="Open anyway" if too_large else "")

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._window.messages.show_info(f"Saved {path.name}", str(path.parent))

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
    parts.append(
        f"{scene.source.size} {times}{scene.setup.scale} \N{RIGHTWARDS ARROW} {scene.size}"
    )
    return "   \N{MIDDLE DOT}   ".join(parts)
