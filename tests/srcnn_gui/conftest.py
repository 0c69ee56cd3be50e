"""For tests of the window: executors that wait, methods by hand, small pictures, sessions."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from srcnn.method import ALL_SCALES, Method
from srcnn.picture import Picture
from srcnn.registry import MethodRegistry
from srcnn_gui.settings import Settings, SettingsStore
from srcnn_gui.viewer import method_library
from srcnn_gui.viewer.choice import Look, PaneChoice
from srcnn_gui.viewer.method_library import MethodLibrary
from srcnn_gui.viewer.overview import Preview
from srcnn_gui.viewer.scene import Mode, Scene, SceneSetup, make_scene
from srcnn_gui.viewer.session import Session
from tests.srcnn_gui.driver import Driver

WAIT_MS = 10_000
PLAIN = Settings(
    scale=2, panes=("nearest", "bicubic", "truth"), upscale_panes=("nearest", "bicubic")
)
OURS = ("tiles", "figures", "job", "training")
"""What names of our threads begin with."""


def draw(width: int, height: int, *, seed: int = 0) -> NDArray[np.uint8]:
    """Return RGB pixels with smooth parts, edges, stripes and a little noise."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    disc = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 3) ** 2
    channels = [
        120 + 90 * np.sin(x / 9) * np.cos(y / 13),
        np.where(disc, 210.0, 60 + 100 * x / width),
        128 + 100 * np.sign(np.sin((x + 2 * y) / 7)),
    ]
    noise = np.random.default_rng(seed).normal(0, 4, (height, width, 3))
    return np.clip(np.stack(channels, axis=-1) + noise, 0, 255).astype(np.uint8)


class HeldExecutor(Executor):
    """Holds work back until ``run``; lets a test choose the order of events."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()

    def submit(self, work, /, *args, **kwargs):
        future: Future[Any] = Future()
        self.waiting.append((future, work))
        return future

    def run(self, most: int = 100_000) -> int:
        """Do the work in order, and what comes of it; return how much was done."""
        done = 0
        while self.waiting and done < most:
            future, work = self.waiting.popleft()
            future.set_running_or_notify_cancel()
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - executors keep every error
                future.set_exception(error)
            done += 1
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for future, _ in self.waiting:
            future.cancel()
        self.waiting.clear()


class FakeMethod(Method):
    """Repeats pixels, a little brighter; may fail, or wait for ``gate``."""

    def __init__(self, name: str, *, rank: int = 0, tile: int = 144, offset: float = 0.02) -> None:
        self.id = name
        self.label = name.capitalize()
        self.rank = rank
        self.scales = ALL_SCALES
        self.context = 0
        self.tile = tile
        self.fingerprint = f"fake {name} {offset}"
        self.offset = offset
        self.error: Exception | None = None
        self.gate: threading.Event | None = None
        self.calls = 0

    def enlarge(self, planes, scale):
        self.calls += 1
        if self.gate is not None:
            assert self.gate.wait(10)
        if self.error is not None:
            raise self.error
        large = planes.repeat(scale, axis=1).repeat(scale, axis=2)
        return (large + np.float32(self.offset)).astype(np.float32)


class TorchMethod(FakeMethod):
    """A method that has to wait for PyTorch."""

    needs_torch = True


@dataclass
class Stage:
    """A session whose threads a test is: with its executors and what it emitted."""

    session: Session
    tiles: HeldExecutor
    figures: HeldExecutor
    failed: list[Exception] = field(default_factory=list)

    def open(self, scene: Scene) -> None:
        preview = Preview(scene.source, scene.size, scene.colours.picture)
        self.session.open_scene(scene, preview)

    def show(self, *methods: str) -> None:
        self.session.set_panes([PaneChoice(method) for method in methods])

    def look(self, region=None, *, zoom: float = 1.0, focus=(0.0, 0.0)) -> None:
        """Look at a region of the result, by default all of it, in every pane."""
        scene = self.session.scene
        region = scene.size.region if region is None else region
        states = [view.shown for view in self.session.views if view.shown is not None]
        self.session.look_at([Look(state, region, focus, zoom) for state in states])

    def finish(self) -> None:
        """Compute and measure everything that is wanted."""
        while self.tiles.run() + self.figures.run():
            pass

    def result(self, position: int):
        return self.session.views[position].result


def our_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(OURS)]


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    """Assert that no thread of the window outlives the test."""
    assert our_threads() == []
    yield
    assert our_threads() == []


@pytest.fixture
def rng() -> np.random.Generator:
    """Return random numbers, the same ones in every run."""
    return np.random.default_rng(0)


@pytest.fixture
def pixels() -> Callable[..., NDArray[np.uint8]]:
    """Return a function that draws (H, W, 3) pixels of a width and a height."""
    return draw


@pytest.fixture
def held() -> type[HeldExecutor]:
    """Return the executor that waits."""
    return HeldExecutor


@pytest.fixture
def fake() -> Callable[..., FakeMethod]:
    """Return a function that makes a method by hand; ``torch`` says that it needs PyTorch."""

    def make(name: str = "fake", *, torch: bool = False, **options: Any) -> FakeMethod:
        return (TorchMethod if torch else FakeMethod)(name, **options)

    return make


@pytest.fixture
def scene() -> Callable[..., Scene]:
    """Return a function that prepares a drawn picture of a width and a height."""

    def make(
        width: int = 100,
        height: int = 80,
        *,
        picture: Picture | None = None,
        mode: Mode = Mode.COMPARE,
        scale: int = 2,
        **setup: Any,
    ) -> Scene:
        picture = picture or Picture(draw(width, height))
        return make_scene("drawn.png", picture, SceneSetup(mode, scale, **setup))

    return make


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Callable[..., MethodLibrary]:
    """Return a function that makes a library of the given methods, or of those in numpy."""

    def make(*methods: Method) -> MethodLibrary:
        monkeypatch.setattr(method_library, "bundled_weights", tuple)
        if methods:
            monkeypatch.setattr(method_library, "load_methods", lambda env: MethodRegistry(methods))
        return MethodLibrary()

    return make


@pytest.fixture
def stage(qapp, library) -> Iterator[Callable[..., Stage]]:
    """Return a function that makes a session of the given methods whose work is held back."""
    made: list[Stage] = []

    def make(*methods: Method, panes: tuple[str, ...] = ()) -> Stage:
        tiles, figures = HeldExecutor(), HeldExecutor()
        session = Session(library(*methods), tile_executor=tiles, figure_executor=figures)
        stage = Stage(session, tiles, figures)
        session.failed.connect(stage.failed.append)
        stage.show(*(panes or [method.id for method in methods]))
        made.append(stage)
        return stage

    yield make
    for stage in made:
        stage.session.shutdown()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Return a picture file in colour whose sides divide by none of the scales."""
    path = tmp_path / "photo.png"
    Image.fromarray(draw(215, 157)).save(path)
    return path


@pytest.fixture
def start(qtbot, monkeypatch, no_threads_left) -> Iterator[Callable[..., Driver]]:
    """Return a function that starts the program with the given methods, or those in numpy."""
    interval = sys.getswitchinterval()
    monkeypatch.setattr(method_library, "bundled_weights", tuple)
    started: list[Driver] = []

    def make(
        *methods: Method, store: SettingsStore | None = None, settings: Settings | None = None
    ) -> Driver:
        if methods:
            monkeypatch.setattr(method_library, "load_methods", lambda env: MethodRegistry(methods))
        if settings is None:
            settings = PLAIN if store is None else store.load()
        started.append(Driver(qtbot, settings, store))
        return started[-1]

    yield make
    for driver in started:
        driver.window.is_attended = False
        driver.window.close()
        driver.window.deleteLater()
        driver.program.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(interval)


@pytest.fixture
def driver(start) -> Driver:
    """Return the program, started."""
    return start()


@pytest.fixture
def opened(driver, photo) -> Driver:
    """Return the program with a picture."""
    driver.open(photo)
    return driver


@pytest.fixture
def owner(qtbot) -> QWidget:
    """Return a widget for actions to belong to."""
    owner = QWidget()
    qtbot.addWidget(owner)
    return owner


@pytest.fixture
def plain() -> Settings:
    """Return settings whose panes need no PyTorch."""
    return PLAIN
