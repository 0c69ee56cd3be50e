"""Where the program is put together: the only place that builds things."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from srcnn import __version__
from srcnn.errors import DeviceError, OutputError
from srcnn.files import check_targets
from srcnn.workers import tune_memory
from srcnn_gui.batch.store import queue_file
from srcnn_gui.batch_commands import BatchCommands
from srcnn_gui.benchmark_commands import BenchmarkCommands
from srcnn_gui.colour_commands import ColourCommands
from srcnn_gui.command_line import parse, with_options
from srcnn_gui.commands import Commands
from srcnn_gui.dictionary_commands import DictionaryCommands
from srcnn_gui.explanation import explain
from srcnn_gui.feature_commands import FeatureCommands
from srcnn_gui.figure_commands import FigureCommands
from srcnn_gui.file_commands import FileCommands
from srcnn_gui.first_picture import FirstPicture
from srcnn_gui.icons import application_icon
from srcnn_gui.jobs import JobService
from srcnn_gui.main_window import MainWindow
from srcnn_gui.opener import Opener
from srcnn_gui.pinned_commands import PinnedCommands
from srcnn_gui.reports.commands import ReportCommands
from srcnn_gui.reports.crash_report import crash_reports, end_at_once, log_qt_message
from srcnn_gui.saving.commands import SaveCommands
from srcnn_gui.screens import Screens
from srcnn_gui.screenshot import Screenshot
from srcnn_gui.settings import Settings, SettingsStore
from srcnn_gui.theme import apply_theme
from srcnn_gui.torch_loading import load_torch
from srcnn_gui.training_commands import TrainingCommands
from srcnn_gui.view_commands import ViewCommands
from srcnn_gui.viewer.method_library import MethodLibrary
from srcnn_gui.viewer.session import Session
from srcnn_gui.weights_commands import WeightsCommands

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn.device import Device

log = logging.getLogger(__name__)

_SWITCH_INTERVAL_S = 0.001
"""How long a busy thread may keep the interpreter while the window wants it (5 ms if not set)."""


class Program(QObject):
    """Everything a running window consists of.

    Parameters
    ----------
    settings : Settings
        To begin with.
    store : SettingsStore or None
        Where they are saved at the end; None to leave no trace.
    """

    def __init__(self, settings: Settings, store: SettingsStore | None = None) -> None:
        super().__init__()
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        self._store = store
        self.jobs = JobService(parent=self)
        self.library = MethodLibrary()
        self.session = Session(self.library, parent=self)
        self.opener = Opener(self.jobs, self)
        self.window = MainWindow(self.session, self.jobs)
        self.commands = Commands(self.window, self.session, self.opener, settings)
        self.files = FileCommands(self.window, self.session, self.opener, self.commands)
        self.saving = SaveCommands(
            self.window, self.session, self.jobs, self.commands, self.opener.has_open
        )
        self.colours = ColourCommands(self.window, self.jobs, self.opener, self.commands)
        self.pinned = PinnedCommands(self.window, self.session)
        self.figures = FigureCommands(
            self.window, self.session, self.jobs, self.commands, self.opener.has_open
        )
        self.features = FeatureCommands(self.window, self.session, self.jobs, self.commands)
        self.weights = WeightsCommands(self.window, self.session, self.jobs, self.commands)
        self.dictionaries = DictionaryCommands(self.window, self.session, self.jobs, self.commands)
        self.view_commands = ViewCommands(self.window)
        self.reports = ReportCommands(self.window)
        self.screens = Screens(self.window)
        self.training = TrainingCommands(
            self.window, self.session, self.jobs, self.commands, self.weights, self.dictionaries
        )
        self.benchmark = BenchmarkCommands(
            self.window, self.session, self.jobs, self.commands, self.files
        )
        self.opener.lingers.connect(self.window.job_bar.show_lingering)
        self.batch = BatchCommands(self.window, self.session, self.commands, self.files)
        self.first_picture = FirstPicture(self.session, self.opener, self)
        self.first_picture.passed.connect(self.load_torch)
        self.window.closing.connect(self._on_closing)
        self.window.restore_layout(
            QByteArray.fromBase64(settings.window_geometry.encode()),
            QByteArray.fromBase64(settings.window_state.encode()),
        )

    @Slot()
    def load_torch(self) -> None:
        """Import PyTorch in the background: the window is shown long before it is needed."""
        job = self.jobs.submit("Load PyTorch", load_torch)
        job.succeeded.connect(self._on_torch_loaded)
        job.failed.connect(self._on_torch_failed)

    @Slot(object)
    def _on_torch_loaded(self, devices: tuple[Device, ...]) -> None:
        self.library.set_devices(devices)
        self.session.set_torch_ready()
        self.commands.offer_devices()
        self.training.offer_devices()
        self.benchmark.offer_devices()
        self.batch.offer_devices()

    @Slot(object)
    def _on_torch_failed(self, error: Exception) -> None:
        problem = DeviceError(
            f"PyTorch cannot be loaded, so SRCNN is not available ({error})",
            hint="Install it as the README says; the other methods work without it.",
        )
        self.session.set_torch_missing(problem)
        self.window.messages.show_warning(str(problem), problem.hint)

    @Slot()
    def _on_closing(self) -> None:
        """Remember the window and end all threads."""
        if self._store is not None:
            geometry, state = self.window.saveGeometry(), self.window.layout_state()
            self._store.save(
                replace(
                    self.commands.settings,
                    window_geometry=bytes(geometry.toBase64().data()).decode(),
                    window_state=bytes(state.toBase64().data()).decode(),
                )
            )
        self.first_picture.stop()
        self.training.shutdown()
        self.benchmark.shutdown()
        self.batch.shutdown()
        self.jobs.shutdown()
        self.session.shutdown()


def main(
    arguments: Sequence[str] | None = None, began: Callable[[Program], object] = lambda _: None
) -> int:
    """Run the program; return its exit code.

    Parameters
    ----------
    arguments : sequence of str or None
        What stands behind the program's name; None for those of this process.
    began : callable
        Given the program when its event loop is about to turn: who looks on from there, such as a
        benchmark, sees what people see.
    """
    options = parse(arguments)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    if options.screenshot is not None:
        try:
            sources = () if options.image is None else (options.image,)
            check_targets([options.screenshot], sources, overwrite=options.overwrite)
        except OutputError as error:
            return _failed(error)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(log_qt_message)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("SRCNN Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("srcnn-studio")
    app.setWindowIcon(application_icon())
    store = None if options.screenshot is not None else SettingsStore(_settings_file())
    with crash_reports(is_quiet=store is None) as reports:
        program = _begin(app, options, store)
        if store is not None and store.remark:
            program.window.messages.show_warning(store.remark)
        program.reports.watch(reports)
        screenshot = None if options.screenshot is None else Screenshot(program, options.screenshot)
        began(program)
        code = app.exec()
    if screenshot is not None and screenshot.error is not None:
        _failed(screenshot.error)
    if program.jobs.has_hung or program.batch.jobs.has_hung:
        end_at_once(code)
    return code


def _failed(error: Exception) -> int:
    """Say on stderr why there is no screenshot; return the exit code."""
    sentence, hint = explain(error)
    print(f"error: {sentence}\nhint: {hint}", file=sys.stderr)
    return 1


def _begin(app: QApplication, options: argparse.Namespace, store: SettingsStore | None) -> Program:
    """Build the program as settings and command line want it, and open what they name."""
    tune_memory()  # before there are threads
    settings = with_options(Settings() if store is None else store.load(), options)
    apply_theme(app, settings.theme)
    program = Program(settings, store)
    if store is not None:
        program.benchmark.runner.remember_on_disk()
        program.batch.keeper.open(queue_file())
    if options.size is not None:
        program.window.resize(*options.size)
    program.window.show()
    program.weights.reopen()
    program.dictionaries.reopen()
    if options.image is not None:
        program.files.open_file(options.image)
    elif options.sample is not None:
        program.opener.open_sample(options.sample)
    program.first_picture.watch()
    return program


def _settings_file() -> QSettings:
    from platformdirs import user_config_path

    path = user_config_path("srcnn-studio", appauthor=False) / "settings.ini"
    return QSettings(str(path), QSettings.Format.IniFormat)
