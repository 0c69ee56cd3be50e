"""Commands that save: the result of a pane, and the panes as they are on screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSaveFile, Slot
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QFileDialog, QMessageBox

from srcnn.errors import OutputError
from srcnn.formats import format_of
from srcnn.save_options import SaveOptions
from srcnn_gui.message import Topic
from srcnn_gui.saving.choices import (
    FILTERS,
    Result,
    SaveChoices,
    SaveRequest,
    SizeChoice,
    is_open_already,
    names_a_format,
    with_suffix,
)
from srcnn_gui.saving.dialog import SaveDialog
from srcnn_gui.saving.forecast import SaveForecaster
from srcnn_gui.saving.saver import Saver
from srcnn_gui.viewer.layer import MethodLayer
from srcnn_gui.viewer.scene import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.saving.saver import Saved
    from srcnn_gui.settings import Settings
    from srcnn_gui.viewer.session import Session


class SaveCommands(QObject):
    """Save result and save view.

    Attributes
    ----------
    saver : Saver
        Does the work.
    dialog : SaveDialog or None
        While it is open.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        jobs: JobService,
        commands: Commands,
        is_open: Callable[[Path], bool],
    ) -> None:
        super().__init__(window)
        self.saver = Saver(jobs, self)
        self.dialog: SaveDialog | None = None
        self._window = window
        self._session = session
        self._jobs = jobs
        self._commands = commands
        self._is_open = is_open
        window.actions_by_id["save_result"].triggered.connect(self._on_save_result)
        window.actions_by_id["save_view"].triggered.connect(self._on_save_view)
        window.closing.connect(self._on_closing)
        self.saver.saved.connect(self._on_saved)
        self.saver.failed.connect(self._on_failed)
        self.saver.noted.connect(self._on_noted)

    def save_to(self, path: Path) -> None:
        """Save the result of the active pane at its own size; asks nothing, replaces a file."""
        result = self._result()
        if result is None:
            return
        try:
            format_of(path)
        except OutputError as error:
            self._on_failed(error)
            return
        options = _options(self._commands.settings)
        self.saver.save(
            SaveRequest(result.enlargement, result.picture, path, options, overwrite=True)
        )

    def save_view_to(self, path: Path) -> None:
        """Save the panes as they are on screen."""
        if self._is_open(path):
            self._on_failed(is_open_already(path))
            return
        file = QSaveFile(str(path))
        image = self._window.area.image()
        if (
            file.open(QSaveFile.OpenModeFlag.WriteOnly)
            and QImageWriter(file, QByteArray(b"png")).write(image)
            and file.commit()
        ):
            self._window.messages.show_info(
                f"Saved {path.name}", str(path.parent), topic=Topic.SAVING
            )
        else:
            problem = f"{path.name} could not be written ({file.errorString()})"
            self._on_failed(OutputError(problem, hint="Choose another folder."))

    def _result(self) -> Result | None:
        """Return what the active pane shows, or say that it is no result."""
        scene, layer = self._session.scene, self._window.area.active_layer()
        if scene is not None and isinstance(layer, MethodLayer):
            is_picture = scene.setup.mode is Mode.UPSCALE
            return Result(layer.enlargement, scene.picture, scene.name, is_picture)
        self._window.messages.show_info(
            "The active pane shows no result.",
            "Click a pane that shows a method.",
            topic=Topic.SAVING,
        )
        return None

    def _folder(self) -> Path:
        """Return where results went last."""
        return Path(self._commands.settings.save_folder or Path.home())

    @Slot()
    def _on_save_result(self) -> None:
        result = self._result()
        if result is None or self.dialog is not None:
            return
        settings = self._commands.settings
        size = SizeChoice(
            settings.size_mode, settings.size_factor, settings.size_width, settings.size_longest
        )
        choices = SaveChoices(self._folder(), settings.save_suffix, _options(settings), size)
        forecaster = SaveForecaster(self._jobs)
        self.dialog = SaveDialog(result, choices, forecaster, self._is_open, self._window)
        forecaster.setParent(self.dialog)
        self.dialog.accepted.connect(self._on_accepted)
        self.dialog.finished.connect(self._on_finished)
        self.dialog.open()

    @Slot()
    def _on_accepted(self) -> None:
        assert self.dialog is not None
        request, choices = self.dialog.request, self.dialog.choices
        assert request is not None
        self._commands.change(
            save_folder=str(choices.folder),
            save_suffix=choices.suffix,
            quality=choices.options.quality,
            lossless=choices.options.lossless,
            full_chroma=choices.options.full_chroma,
            compression=choices.options.compression,
            strip=choices.options.strip,
            size_mode=choices.size.mode,
            size_factor=choices.size.factor,
            size_width=choices.size.width,
            size_longest=choices.size.longest,
        )
        self.saver.save(request)

    @Slot()
    def _on_finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    @Slot()
    def _on_closing(self) -> None:
        """Measure nothing for a window that is closed."""
        if self.dialog is not None:
            self.dialog.reject()

    @Slot()
    def _on_save_view(self) -> None:
        path = self._ask_for_view()
        if path is not None:
            self.save_view_to(path)

    def _ask_for_view(self) -> Path | None:
        """Ask for the name of a view, again if it is another format's or, ended in .png, taken."""
        scene = self._session.scene
        stem = Path(scene.name).stem if scene is not None else "panes"
        path = self._folder() / f"{stem}_view.png"
        while True:
            name, _ = QFileDialog.getSaveFileName(
                self._window, "Save view", str(path), FILTERS[".png"]
            )
            if not name:
                return None
            path = Path(name)
            if path.suffix.lower() == ".png":
                return path
            if not names_a_format(path):
                path = with_suffix(path, ".png")
                if path.exists():
                    continue  # the dialog did not ask whether this one may be replaced
                return path
            problem = f"A view is saved as PNG, not as {path.suffix}. End its name in .png."
            QMessageBox.warning(self._window, "Save view", problem)
            path = path.with_suffix(".png")

    @Slot(object)
    def _on_saved(self, saved: Saved) -> None:
        self._window.messages.show_info(
            saved.sentence, str(saved.request.path.parent), topic=Topic.SAVING
        )

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error, topic=Topic.SAVING)

    @Slot(str)
    def _on_noted(self, sentence: str) -> None:
        self._window.messages.show_warning(sentence, topic=Topic.SAVING)


def _options(settings: Settings) -> SaveOptions:
    return SaveOptions(
        quality=settings.quality,
        lossless=settings.lossless,
        full_chroma=settings.full_chroma,
        compression=settings.compression,
        strip=settings.strip,
    )
