"""The command of the metric passport: what it measures, and when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from srcnn.resize import Border
from srcnn_gui.benchmark.passport_work import PassportPlan
from srcnn_gui.benchmark.runner import FindingRunner
from srcnn_gui.viewer.method_library import AUTO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.method import Method
    from srcnn_gui.benchmark.choices import Choices
    from srcnn_gui.benchmark.passport_dialog import PassportDialog
    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.method_library import MethodLibrary

_SCALE_OF_THE_PAPER = 3


class PassportCommands(QObject):
    """Opens the metric passport; built when it is first asked for.

    Attributes
    ----------
    runner : FindingRunner
        The job that measures it.
    dialog : PassportDialog or None
        None until it was asked for.
    """

    def __init__(
        self, window: MainWindow, library: MethodLibrary, jobs: JobService, commands: Commands
    ) -> None:
        super().__init__(window)
        self.runner = FindingRunner(jobs, self)
        self.dialog: PassportDialog | None = None
        self._window = window
        self._library = library
        self._commands = commands

    def shutdown(self) -> None:
        """Measure no more, and say nothing of it."""
        self.runner.cancel()
        self.runner.blockSignals(True)
        if self.dialog is not None:
            self.dialog.close()

    def show(self, choices: Choices, methods: Sequence[Method], scale: int) -> None:
        """Measure these methods at a scale that all of them can enlarge by, and show it."""
        if self.dialog is None:
            from srcnn_gui.benchmark.passport_dialog import PassportDialog

            self.dialog = PassportDialog(self.runner, self._window)
        by_border = {border: self._library.registry(AUTO, border) for border in Border}
        plan = PassportPlan(
            folder=None if choices.samples else choices.folder,
            methods=[
                {border: registry[method.id] for border, registry in by_border.items()}
                for method in methods
            ],
            scale=scale,
            max_megapixels=self._commands.settings.max_megapixels,
        )
        self.dialog.begin(plan)
        self.dialog.show()
        self.dialog.activateWindow()


def passport_scale(choices: Choices, shown: int | None) -> int:
    """Return the scale that is shown if it is ticked, else that of the paper or the first."""
    for scale in (shown, _SCALE_OF_THE_PAPER):
        if scale is not None and scale in choices.scales:
            return scale
    return choices.scales[0]
