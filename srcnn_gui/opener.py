"""Opening pictures: read, prepare and hand to the session, all in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from srcnn.errors import PictureTooSmall
from srcnn.picture import Picture, load_picture
from srcnn.samples import SAMPLES, load_sample
from srcnn_gui.viewer.overview import Preview
from srcnn_gui.viewer.scene import Scene, SceneSetup, make_scene
from srcnn_gui.viewer.screen_colours import SRGB_DISPLAY, Display

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from srcnn_gui.jobs import Job, JobControl, JobService


LINGERS_AFTER_MS = 2000
"""A picture that takes longer to open is said to, and can be cancelled."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A picture that was opened, ready to be shown.

    Attributes
    ----------
    scene : Scene
        The picture, prepared.
    preview : Preview
        Its low-resolution input at every overview level.
    path : Path or None
        The file, if it came from one.
    """

    scene: Scene
    preview: Preview
    path: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """A picture that is to be opened: its name, how it is read, and its file if it has one."""

    name: str
    read: Callable[[], Picture]
    path: Path | None = None


class Opener(QObject):
    """Opens one picture at a time: a newer request makes an older one void.

    A drive may not answer for minutes: a thread waits for it, and nobody for that thread.

    Attributes
    ----------
    setup : SceneSetup
        How pictures are prepared.
    max_megapixels : float
        Larger files are refused.
    display : Display
        The screen that pictures are shown on.
    """

    opened = Signal(object)  # Opened
    failed = Signal(object)  # Exception
    busy_changed = Signal(bool)
    lingers = Signal(object)  # Job: it is still reading

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._wanted: _Wanted | None = None
        self._current: Opened | None = None
        self.setup = SceneSetup()
        self.max_megapixels = 500.0
        self.display = SRGB_DISPLAY
        self._has_followed = True  # the display: not again and again where it fails
        self._patience = QTimer(self, singleShot=True, interval=LINGERS_AFTER_MS)
        self._patience.timeout.connect(self._on_lingering)

    @property
    def is_busy(self) -> bool:
        """Whether a picture is being opened or prepared."""
        return self._job is not None

    def has_open(self, path: Path) -> bool:
        """Tell whether a file is the picture that is open, whatever it is called."""
        current = None if self._current is None else self._current.path
        try:
            return current is not None and current.samefile(path)
        except OSError:  # one of them is gone
            return False

    def open_file(self, path: Path, *, max_megapixels: float | None = None) -> None:
        """Open a picture file; ``max_megapixels`` allows this one to be larger."""
        limit = self.max_megapixels if max_megapixels is None else max_megapixels
        read = partial(load_picture, path, max_megapixels=limit)
        self._open(_Wanted(path.name, read, path))

    def open_sample(self, sample_id: str) -> None:
        """Open one of the samples."""
        name = next((sample.label for sample in SAMPLES if sample.id == sample_id), sample_id)
        self._open(_Wanted(name, partial(load_sample, sample_id)))

    def open_picture(self, name: str, picture: Picture) -> None:
        """Open a picture that is in memory, such as a pasted one."""
        self._open(_Wanted(name, lambda: picture))

    def set_setup(self, setup: SceneSetup) -> None:
        """Prepare the picture that is open or being opened, and later ones, in another way."""
        self.setup = setup
        if self._wanted is not None:
            self._open(self._wanted)

    def set_display(self, display: Display) -> None:
        """Show the picture that is open or being opened, and later ones, on another screen."""
        self.display = display
        self._has_followed = False
        self._follow_display()

    def attach_reference(self, path: Path) -> None:
        """Measure the open picture against a file (Upscale)."""
        if self._current is not None:
            work = partial(_attach, self._current, path, self.max_megapixels)
            self._start(f"Open {path.name}", work)

    def _open(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        self._start(f"Open {wanted.name}", partial(_open, wanted, self.setup, self.display))

    def _start(self, title: str, work: Callable[[JobControl], object]) -> None:
        if self._job is not None:
            self._job.cancel()
        job = self._job = self._jobs.submit(title, work, may_hang=True)
        self._patience.start()
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        job.ended.connect(self._on_ended)
        self.busy_changed.emit(True)

    def _follow_display(self) -> None:
        """Give the open picture the colours of the screen, unless it has them or waits for them."""
        current = self._current
        if self._job is not None or current is None or self._has_followed:
            return
        self._has_followed = True
        if current.scene.display != self.display:
            self._start(f"Show {current.scene.name}", partial(_show_on, current, self.display))

    @Slot(object)
    def _on_succeeded(self, opened: Opened) -> None:
        self._current, self._wanted = opened, _again(opened)
        if opened.scene.display == self.display:
            self.opened.emit(opened)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self._current is not None or not isinstance(error, PictureTooSmall):
            self._forget_wanted()  # else another mode may open it
        self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        if self._job is not None and not self._job.is_running:  # by the user: no newer one came
            self._forget_wanted()

    def _forget_wanted(self) -> None:
        self._wanted = None if self._current is None else _again(self._current)

    @Slot()
    def _on_lingering(self) -> None:
        if self._job is not None:
            self.lingers.emit(self._job)

    @Slot()
    def _on_ended(self) -> None:
        if self._job is not None and not self._job.is_running:
            self._job = None
            self._patience.stop()
            self.busy_changed.emit(False)
            self._follow_display()


def _again(opened: Opened) -> _Wanted:
    """Return what prepares an open picture anew; its file is not read again."""
    picture = opened.scene.picture
    return _Wanted(opened.scene.name, lambda: picture, opened.path)


def _open(wanted: _Wanted, setup: SceneSetup, display: Display, _control: JobControl) -> Opened:
    scene = make_scene(wanted.name, wanted.read(), setup, display)
    _ = scene.source.key  # hashed here and not in the GUI thread
    return _opened(scene, wanted.path)


def _show_on(opened: Opened, display: Display, _control: JobControl) -> Opened:
    return _opened(opened.scene.shown_on(display), opened.path)


def _opened(scene: Scene, path: Path | None) -> Opened:
    return Opened(scene, Preview(scene.source, scene.size, scene.colours.picture), path)


def _attach(opened: Opened, path: Path, max_megapixels: float, _control: JobControl) -> Opened:
    reference = load_picture(path, max_megapixels=max_megapixels)
    return Opened(opened.scene.with_reference(reference), opened.preview, opened.path)
