"""The command that opens feature maps: it computes what the filter in front answers."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QFileDialog

from srcnn.feature_maps import feature_map_of
from srcnn.geometry import Region
from srcnn.methods.srcnn import SrcnnMethod
from srcnn.safe_file import write_safely
from srcnn.workers import compute_alone
from srcnn_gui.feature_dialog import FeatureDialog, Response
from srcnn_gui.saving.choices import with_suffix
from srcnn_gui.viewer.layer import MethodLayer

if TYPE_CHECKING:
    from srcnn.resize import Border
    from srcnn.source import Source
    from srcnn.weights import Weights
    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import Job, JobControl, JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.session import Session

MAX_PIXELS = 1_000_000
"""Of a response; of more in sight, the middle."""

_REST_MS = 80
"""What is in sight has to stand still for so long."""
_NOTICE_MS = 4000


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """A network and the part of a picture that its filters look at."""

    weights: Weights
    source: Source
    region: Region
    border: Border


class FeatureCommands(QObject):
    """Shows what the filters of the network in front answer to what is in sight.

    Attributes
    ----------
    dialog : FeatureDialog or None
        None until it was asked for.
    """

    def __init__(
        self, window: MainWindow, session: Session, jobs: JobService, commands: Commands
    ) -> None:
        super().__init__(window)
        self.dialog: FeatureDialog | None = None
        self._window = window
        self._session = session
        self._jobs = jobs
        self._commands = commands
        self._job: Job | None = None
        self._digest = ""
        self._resting = QTimer(self, singleShot=True, interval=_REST_MS)
        self._resting.timeout.connect(self._on_rested)
        window.actions_by_id["feature_maps"].triggered.connect(self._on_feature_maps)
        window.view.changed.connect(self._on_seen_changed)
        session.views_changed.connect(self._on_seen_changed)
        window.closing.connect(self._on_closing)

    def save_to(self, path: Path) -> None:
        """Write the response that is shown as PNG; replaces a file when it is ready."""
        if self.dialog is None or self.dialog.response is None:
            return
        self._commands.change(save_folder=str(path.parent))
        work = partial(_save, self.dialog.response, path)
        job = self._jobs.submit(f"Save {path.name}", work, visible=True)
        job.succeeded.connect(self._on_saved)
        job.failed.connect(self._on_failed)

    @Slot()
    def _on_feature_maps(self) -> None:
        if self.dialog is None:
            self.dialog = FeatureDialog(self._window)
            self.dialog.wanted.connect(self._on_wanted)
            self.dialog.save_requested.connect(self._on_save_requested)
            self.dialog.finished.connect(self._on_closed)
        self.dialog.show()
        self.dialog.activateWindow()
        self.dialog.grid.setFocus()
        self._compute()

    @Slot()
    def _on_seen_changed(self) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self._resting.start()

    @Slot()
    def _on_rested(self) -> None:
        self._compute()

    @Slot()
    def _on_wanted(self) -> None:
        self._compute()

    @Slot()
    def _on_closing(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    @Slot()
    def _on_closed(self) -> None:
        self._resting.stop()
        if self._job is not None:
            self._job.cancel()

    def _compute(self) -> None:
        """Compute the response of the filter that is chosen; what is computed now is dropped."""
        dialog, subject = self.dialog, self._subject()
        if dialog is None or not dialog.isVisible():
            return
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if subject is None:
            dialog.show_problem("No pane shows an SRCNN: choose one in a pane.")
            return
        if subject.weights.digest != self._digest:
            self._digest = subject.weights.digest
            dialog.show_network(subject.weights)
        if self._session.torch_problem is not None:
            dialog.show_problem(str(self._session.torch_problem))
            return
        if not self._session.torch_is_ready:
            dialog.show_problem("PyTorch is being loaded\N{HORIZONTAL ELLIPSIS}")
            return
        work = partial(_respond, subject, dialog.layer, dialog.number)
        self._job = self._jobs.submit("Feature map", work)
        self._job.succeeded.connect(self._on_computed)
        self._job.failed.connect(self._on_failed)

    def _subject(self) -> _Subject | None:
        """Return the network of the active pane, or else of the first that has one."""
        scene, area = self._session.scene, self._window.area
        layers = [area.active_layer()]
        layers += [view.result.layer for view in self._session.views if view.result is not None]
        for layer in layers:
            if scene is None or not isinstance(layer, MethodLayer):
                continue
            method = layer.enlargement.method
            if isinstance(method, SrcnnMethod):
                looks = area.canvases[0].looks()
                seen = looks[0].region if looks else scene.size.region
                weights = method.weights_for(scene.setup.scale)
                region = _middle(seen.intersected(scene.size.region))
                return _Subject(weights, scene.source, region, scene.setup.border)
        return None

    @Slot(object)
    def _on_computed(self, response: Response) -> None:
        if self.dialog is not None:
            self.dialog.show_response(response)

    @Slot()
    def _on_save_requested(self) -> None:
        if self.dialog is None or self.dialog.response is None:
            return
        scene, response = self._session.scene, self.dialog.response
        stem = Path(scene.name).stem if scene is not None else "picture"
        file = f"{stem}_layer{response.layer}_filter{response.number + 1}.png"
        folder = Path(self._commands.settings.save_folder or Path.home())
        name, _ = QFileDialog.getSaveFileName(
            self.dialog, "Save feature map", str(folder / file), "PNG (*.png)"
        )
        if name:
            path = Path(name)
            self.save_to(path if path.suffix.lower() == ".png" else with_suffix(path, ".png"))

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._window.statusBar().showMessage(f"Saved {path}", _NOTICE_MS)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error)


def _middle(region: Region) -> Region:
    """Return the region, or of a larger one the middle of ``MAX_PIXELS`` in its shape."""
    shrink = min(1.0, (MAX_PIXELS / max(1, region.size.pixels)) ** 0.5)
    width, height = (max(1, int(side * shrink)) for side in (region.width, region.height))
    left = region.left + (region.width - width) // 2
    top = region.top + (region.height - height) // 2
    return Region(left, top, left + width, top + height)


def _respond(subject: _Subject, layer: int, number: int, control: JobControl) -> Response:
    compute_alone()
    found = feature_map_of(
        subject.source,
        subject.weights,
        subject.region,
        layer,
        number,
        border=subject.border,
        should_stop=control.should_stop,
    )
    largest = float(found.max())
    pixels = np.zeros(found.shape, np.uint8)
    if largest > 0:
        pixels = np.round(found * np.float32(255 / largest)).clip(0, 255).astype(np.uint8)
    return Response(layer, number, subject.region, pixels, largest)


def _save(response: Response, path: Path, _control: JobControl) -> Path:
    data = io.BytesIO()
    Image.fromarray(response.pixels).save(data, "PNG")
    write_safely(path, data.getvalue())
    return path
