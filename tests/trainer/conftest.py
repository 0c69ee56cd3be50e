"""A folder of small pictures, a run small enough for a test, and ways to compare runs."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srcnn.spec import SrcnnSpec
from srcnn.weights import load_weights
from trainer.cli import main
from trainer.config import TrainConfig
from trainer.events import (
    CheckpointSaved,
    DataRead,
    RunFinished,
    RunStarted,
    StepDone,
    TrainEvent,
    Validated,
    WeightsSnapshot,
)
from trainer.run_folder import RunFolder


def draw(path: Path, seed: int, size: tuple[int, int] = (48, 40)) -> None:
    """Save a picture of coloured stripes and discs, (width, height) pixels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: size[1], : size[0]]
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 9)
    stripes = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period) > 0
    disc = np.hypot(x - size[0] / 2, y - size[1] / 2) < rng.uniform(8, 16)
    colours = rng.integers(20, 236, (3, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(colours[stripes.astype(int) + disc]).save(path)


@pytest.fixture(scope="session")
def draw_picture() -> Callable[..., None]:
    """Return ``draw``."""
    return draw


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of six pictures, two of them in a sub-folder."""
    folder = tmp_path_factory.mktemp("pictures")
    for seed in range(4):
        draw(folder / f"{seed}.png", seed)
    for seed in (4, 5):
        draw(folder / "more" / f"{seed}.bmp", seed)
    return folder


@pytest.fixture
def tiny(pictures: Path, tmp_path: Path) -> TrainConfig:
    """Return a run of 24 steps: reported every 4, validated every 8, a snapshot every 12."""
    return replace(
        TrainConfig(),
        data=(pictures,),
        out=tmp_path / "run",
        scale=2,
        spec=SrcnnSpec(n1=8, n2=4),
        crop=17,
        rescales=(1.0, 0.7),
        batch=4,
        backprops=96,
        report_every=4,
        validate_every=8,
        snapshot_every=12,
    )


@pytest.fixture(scope="session")
def large_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of eight pictures of which three fill a megabyte when prepared."""
    folder = tmp_path_factory.mktemp("large")
    for seed in range(8):
        draw(folder / f"{seed}.png", seed, (240, 240))
    return folder


@pytest.fixture
def streamed(
    large_pictures: Path, tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> TrainConfig:
    """Return a run in which pictures come and go: 3 of 6 fit, a new one every 8 sub-images."""
    monkeypatch.setattr("trainer.sub_images.DRAWN_PER_PICTURE", 8)
    return replace(tiny, data=(large_pictures,), memory_mb=1)


def _timeless(event: TrainEvent) -> TrainEvent:
    match event:
        case RunStarted():
            return replace(event, folder=Path(), curve=tuple(map(_timeless, event.curve)))
        case StepDone():
            return replace(event, seconds=0.0, per_second=0.0, eta_seconds=None, memory_mb=0.0)
        case Validated():
            return replace(event, seconds=0.0)
        case WeightsSnapshot():
            return replace(event, seconds=0.0, path=Path(event.path.name))
        case CheckpointSaved():
            return replace(event, path=Path(event.path.name))
        case RunFinished():
            return replace(event, seconds=0.0, weights=None)
        case DataRead():
            return event


@pytest.fixture(scope="session")
def timeless() -> Callable[[Iterable[TrainEvent]], list[TrainEvent]]:
    """Return a function that takes the clock, the memory and the place out of events."""
    return lambda events: [_timeless(event) for event in events]


@pytest.fixture(scope="session")
def curve_of() -> Callable[[Iterable[TrainEvent]], list[TrainEvent]]:
    """Return a function that keeps what belongs to the curves, without clock and place."""
    kinds = StepDone | Validated | WeightsSnapshot
    return lambda events: [_timeless(event) for event in events if isinstance(event, kinds)]


@pytest.fixture(scope="session")
def digest() -> Callable[[Path], str]:
    """Return a function that hashes the weights a run ended with."""
    return lambda run: load_weights(RunFolder(run).weights).digest


@pytest.fixture
def full_disk() -> Callable[[int], None]:
    """Return what can take the place of ``os.fsync``: there is no room."""

    def fsync(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    return fsync


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a function that calls the program and returns its exit code."""

    def call(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["srcnn-train", *map(str, arguments)])
        try:
            main()
        except SystemExit as ending:
            return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
        return 0

    return call
