"""For tests of training: a loop by hand, weights, and the events of a run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard, Weights, save_weights
from trainer.config import TrainConfig
from trainer.control import Command, Control
from trainer.events import (
    DataRead,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    Validated,
    WeightsSnapshot,
)
from trainer.run_folder import RunFolder

SMALL = SrcnnSpec(4, 3, 5, 1, 3)


def small_weights(name: str = "", scale: int = 2, seed: int = 0) -> Weights:
    """Return weights of a tiny network."""
    random = np.random.default_rng(seed)
    arrays = tuple(random.normal(0, 0.1, shape).astype(np.float32) for shape in SMALL.shapes)
    return Weights(SMALL, scale, arrays, ModelCard(name=name))


def step(number: int, *, progress: float = 0.5) -> StepDone:
    return StepDone(100 * number, progress, 1.0 * number, 0.01 / number, 1e-3, 100, 9.0, 500)


def started(folder: Path, scale: int = 2, curve: tuple = ()) -> RunStarted:
    return RunStarted(
        folder=folder,
        scale=scale,
        network=SMALL.name,
        device="cpu",
        threads=1,
        training_pictures=9,
        validation_pictures=1,
        validation_name="10% of samples (validation)",
        skipped=(),
        bicubic_db=30.0,
        curve=curve,
    )


@dataclass
class FakeLoop:
    """Stands for ``trainer.loop``: writes the files of a run, and goes step by step.

    Each step waits for ``gate``; what it was told and asked is kept.
    """

    gate: threading.Event = field(default_factory=threading.Event)
    reading: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    steps: int = 10_000
    configs: list[TrainConfig] = field(default_factory=list)
    resumed: list[Path] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        self.reading.set()

    def train(self, config: TrainConfig, control: Control) -> Iterator:
        self.configs.append(config)
        folder = RunFolder(config.out)
        folder.create(config)
        yield from self._run(folder, config, control)

    def resume(self, path: Path, control: Control) -> Iterator:
        self.resumed.append(path)
        folder = RunFolder(path)
        yield from self._run(folder, folder.read_config(), control)

    def _run(self, folder: RunFolder, config: TrainConfig, control: Control) -> Iterator:
        yield DataRead(1, 2)
        assert self.reading.wait(10)
        yield DataRead(2, 2)
        yield self._kept(folder, started(folder.path, config.scale, folder.read_curve()))
        yield self._kept(folder, Validated(0, 0.0, 30.0, True, 0))
        if self.error is not None:
            raise self.error
        command = Command.GO_ON
        for number in range(1, self.steps + 1):
            while (command := control()) is Command.PAUSE:
                pass
            if command is not Command.GO_ON:
                break
            assert self.gate.wait(10)
            self.done = number
            yield self._kept(folder, step(number))
            path = folder.snapshots / f"{100 * number:012d}.safetensors"
            save_weights(small_weights("", config.scale, number), path)
            yield self._kept(folder, WeightsSnapshot(100 * number, 1.0 * number, path))
            yield self._kept(folder, Validated(100 * number, 1.0, 30 + 0.1 * number, True, 0))
        yield from self._finish(folder, config, command)

    def _finish(self, folder: RunFolder, config: TrainConfig, command: Command) -> Iterator:
        reason = StopReason.COMPLETED
        if command is not Command.GO_ON:
            reason = StopReason(command.value)
        if reason is StopReason.DISCARDED:
            folder.discard()
            yield RunFinished(100 * self.done, 1.0, reason, None, None)
            return
        folder.checkpoint.write_bytes(b"where it stands")
        weights = None
        if reason is not StopReason.SUSPENDED:
            weights = folder.weights
            save_weights(small_weights(folder.path.name, config.scale), weights)
        best_db = 30 + 0.1 * self.done
        end = RunFinished(100 * self.done, 1.0, reason, weights, best_db, 100 * self.done)
        yield self._kept(folder, end)

    def _kept(self, folder: RunFolder, event):
        folder.append(event)
        return event


@pytest.fixture
def loop() -> Iterator[FakeLoop]:
    """Return a loop by hand that goes as fast as it can; clear its gate to hold it."""
    made = FakeLoop()
    made.gate.set()
    yield made
    made.gate.set()
    made.reading.set()


@pytest.fixture
def weights() -> Callable[..., Weights]:
    """Return a function that makes weights of a tiny network."""
    return small_weights


@pytest.fixture
def run_started() -> Callable[..., RunStarted]:
    """Return a function that makes the event of a start."""
    return started


@pytest.fixture
def step_done() -> Callable[..., StepDone]:
    """Return a function that makes the event of some steps."""
    return step
