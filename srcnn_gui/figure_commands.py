"""The command that saves a comparison figure: crops, by every method that is shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from srcnn.benchmark import Comparison, measure
from srcnn.colour_profile import to_srgb
from srcnn.comparison_figure import figure_of
from srcnn.figure import SUFFIXES, save_figure
from srcnn.source import DegradedSource
from srcnn_gui.saving.choices import is_open_already
from srcnn_gui.viewer.layer import MethodLayer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn.geometry import Region
    from srcnn.method import Method
    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import JobControl, JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.scene import Scene
    from srcnn_gui.viewer.session import Session

_FILTERS = {".png": "PNG (*.png)", ".pdf": "PDF, for print (*.pdf)"}
_NOTICE_MS = 4000


class FigureCommands(QObject):
    """Saves crops with captions as Figs. 7-10 of the paper, in the background."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        jobs: JobService,
        commands: Commands,
        is_open: Callable[[Path], bool],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._commands = commands
        self._is_open = is_open
        window.actions_by_id["save_figure"].triggered.connect(self._on_save_figure)

    def save_to(self, path: Path) -> None:
        """Measure what is shown and write the figure; replaces a file when it is ready."""
        scene, methods = self._session.scene, self._methods()
        if scene is None or not isinstance(scene.source, DegradedSource) or not methods:
            self._window.messages.show_info(
                "A figure shows methods beside a ground truth.",
                "Open a picture, choose Compare, and show a method in a pane.",
            )
            return
        self._commands.change(save_folder=str(path.parent))
        work = partial(_draw, scene, methods, self._regions(scene), path)
        job = self._jobs.submit(f"Figure {path.name}", work, visible=True)
        job.succeeded.connect(self._on_saved)
        job.failed.connect(self._on_failed)

    def _methods(self) -> list[Method]:
        """Return the methods of the panes, each once."""
        found: dict[str, Method] = {}
        for view in self._session.views:
            if view.result is not None and isinstance(view.result.layer, MethodLayer):
                method = view.result.layer.enlargement.method
                found.setdefault(method.id, method)
        return list(found.values())

    def _regions(self, scene: Scene) -> Sequence[Region]:
        """Return the pinned crops, or what the first pane shows where none is pinned."""
        pinned = self._window.view.pins.crops.regions
        if pinned:
            return pinned
        looks = self._window.area.canvases[0].looks()
        return [looks[0].region if looks else scene.size.region]

    @Slot()
    def _on_save_figure(self) -> None:
        scene, settings = self._session.scene, self._commands.settings
        stem = Path(scene.name).stem if scene is not None else "picture"
        suggested = Path(settings.save_folder or Path.home()) / f"{stem}_figure.png"
        name, chosen = QFileDialog.getSaveFileName(
            self._window, "Save comparison figure", str(suggested), ";;".join(_FILTERS.values())
        )
        if name:
            path = Path(name)
            if path.suffix.lower() not in SUFFIXES:
                suffix = next((end for end, text in _FILTERS.items() if text == chosen), ".png")
                path = path.with_name(path.name + suffix)
            if self._is_open(path):
                self._on_failed(is_open_already(path))
            else:
                self.save_to(path)

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._window.statusBar().showMessage(f"Saved {path}", _NOTICE_MS)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error)


def _draw(
    scene: Scene,
    methods: Sequence[Method],
    regions: Sequence[Region],
    path: Path,
    control: JobControl,
) -> Path:
    assert scene.truth is not None
    assert isinstance(scene.source, DegradedSource)
    setup = scene.setup
    comparison = Comparison(scene.truth, scene.source, setup.scale, setup.border)
    measured = []
    for number, method in enumerate(methods):

        def report(done: float, total: int, number: int = number) -> None:
            control.progress(number + done / total, len(methods), "computing")

        measured.append(
            measure(
                comparison,
                method,
                scene.name,
                warm_up=False,
                progress=report,
                should_stop=control.should_stop,
            )
        )
    colours = to_srgb(scene.picture.icc, is_grey=scene.picture.is_grey)
    content = figure_of(comparison, methods, measured, regions, scene.name, scene.protocol, colours)
    save_figure(content, path)
    return path
