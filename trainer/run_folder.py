"""The files of a run: what it was told, what it reported, where it stands, what came of it.

config.json              the settings
events.jsonl             every event but the reading of pictures, a line each
checkpoint.safetensors   where it stands; checkpoint-before.safetensors: where it stood before
best.safetensors         the weights of the best validation so far, with their card
snapshots/               the averaged weights as they were after so many backprops
.srcnn-*.claim           only while a program trains the run (see run_claim.py)
weights.safetensors      what it ended with: the best weights, with their card
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.errors import OutputError, TrainingError
from srcnn.safe_file import explained, write_safely
from srcnn.untrusted import read_bounded
from srcnn.weights import Weights, save_weights
from trainer.config import TrainConfig
from trainer.events import CurveEvent, StepDone, Validated, WeightsSnapshot
from trainer.report import from_json, to_json

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.spec import WeightArrays
    from srcnn.weights import ModelCard
    from trainer.events import TrainEvent

_MOST_CONFIG = 1 << 20

MOST_SNAPSHOTS = 96
"""When there are more, the one with the closest neighbours is dropped, and they stay even."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a run keeps its files."""

    path: Path

    @property
    def config(self) -> Path:
        """The settings."""
        return self.path / "config.json"

    @property
    def events(self) -> Path:
        """What was reported."""
        return self.path / "events.jsonl"

    @property
    def checkpoint(self) -> Path:
        """Where the run stands."""
        return self.path / "checkpoint.safetensors"

    @property
    def checkpoint_before(self) -> Path:
        """Where it stood one checkpoint before."""
        return self.path / "checkpoint-before.safetensors"

    @property
    def checkpoint_new(self) -> Path:
        """What is being written and will be the checkpoint in a moment."""
        return self.path / "checkpoint-new.safetensors"

    @property
    def best(self) -> Path:
        """The best weights so far."""
        return self.path / "best.safetensors"

    @property
    def weights(self) -> Path:
        """The weights it ended with."""
        return self.path / "weights.safetensors"

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self.path / "snapshots"

    @property
    def has_checkpoint(self) -> bool:
        """Whether there is one; a run that ended before the first one begins anew."""
        return self.checkpoint.exists() or self.checkpoint_before.exists()

    @property
    def is_run(self) -> bool:
        """Whether there is a run in it."""
        return any(file.exists() for file in (self.config, self.checkpoint, self.weights))

    def create(self, config: TrainConfig) -> None:
        """Make the folder for a new run, and write down its settings.

        Raises
        ------
        OutputError
            If it holds a run already, or cannot be made or written to.
        """
        if self.is_run:
            raise OutputError(
                f"{self.path} holds a run already",
                hint="Go on with it by --resume, or choose another folder with --out.",
            )
        try:
            self.snapshots.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"The folder {self.path} cannot be made: {error.strerror or error}",
                hint="Choose another one with --out.",
            ) from error
        write_safely(self.config, (json.dumps(config.as_dict(), indent=2) + "\n").encode())
        self.events.unlink(missing_ok=True)

    def read_config(self) -> TrainConfig:
        """Return the settings of the run, ``out`` being this folder.

        Raises
        ------
        TrainingError
            If there are none, or they cannot be read.
        """
        try:
            values = json.loads(read_bounded(self.config, _MOST_CONFIG).decode())
            return TrainConfig.from_dict({**values, "out": str(self.path)})
        except (OSError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise TrainingError(
                f"{self.path} holds no run that can be read: {self.config.name} is missing, "
                "damaged or of another version",
                hint="Choose the folder of a run.",
            ) from error

    def append(self, event: TrainEvent) -> None:
        """Add an event to those that were reported.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        try:
            with self.events.open("a", encoding="utf-8") as file:
                file.write(to_json(event) + "\n")
        except OSError as error:
            raise explained(error, self.events) from error

    def events_length(self) -> int:
        """Return the bytes of the events so far, seen to be on the disk: for a checkpoint."""
        try:
            with self.events.open("ab") as file:
                os.fsync(file.fileno())
                return file.tell()
        except OSError as error:
            raise explained(error, self.events) from error

    def cut_events(self, length: int) -> None:
        """Drop what was reported after a checkpoint: it will be reported again.

        A run that ended while it read its pictures has reported nothing yet.

        Raises
        ------
        OutputError
            If the file cannot be changed.
        """
        try:
            if self.events.exists() and self.events.stat().st_size > length:
                os.truncate(self.events, length)
        except OSError as error:
            raise explained(error, self.events) from error

    def read_events(self) -> list[TrainEvent]:
        """Return what was reported, as far as it can be read; a last line cut short is left out."""
        try:
            lines = self.events.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        events = []
        for line in lines:
            with contextlib.suppress(ValueError):
                events.append(from_json(line))
        return events

    def read_curve(self) -> tuple[CurveEvent, ...]:
        """Return the reported points of the curves, without gap or doubling."""
        kinds = (StepDone, Validated, WeightsSnapshot)
        return tuple(event for event in self.read_events() if isinstance(event, kinds))

    def save_snapshot(self, config: TrainConfig, arrays: WeightArrays, backprops: int) -> Path:
        """Save the averaged weights as they are now; thin out the older ones if they are many.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        path = self.snapshots / f"{backprops:012d}.safetensors"
        save_weights(Weights(config.spec, config.scale, arrays), path)
        files = self.list_snapshots()
        while len(files) > MOST_SNAPSHOTS:
            gaps = [int(b.stem) - int(a.stem) for a, b in zip(files, files[2:], strict=False)]
            with contextlib.suppress(OSError):
                files.pop(1 + gaps.index(min(gaps))).unlink()
        return path

    def list_snapshots(self) -> list[Path]:
        """Return the snapshots there are, the oldest first; backprops are in the name."""
        return sorted(
            path for path in self.snapshots.glob("*.safetensors") if path.stem.isdecimal()
        )

    def save_best(self, config: TrainConfig, arrays: WeightArrays, card: ModelCard) -> Path:
        """Save the best weights so far with their card.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        save_weights(Weights(config.spec, config.scale, arrays, card), self.best)
        return self.best

    def save_weights(self, config: TrainConfig, arrays: WeightArrays, card: ModelCard) -> Path:
        """Save what the run ended with.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        save_weights(Weights(config.spec, config.scale, arrays, card), self.weights)
        return self.weights

    def discard(self) -> None:
        """Remove the files of the run, and the folder if nothing else is in it."""
        files = (
            self.config, self.events, self.checkpoint, self.checkpoint_before, self.best,
            self.checkpoint_new,
            self.weights, *self.list_snapshots(), *self.path.rglob(".srcnn-*.part"),
        )  # fmt: skip
        for file in files:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        for folder in (self.snapshots, self.path):
            with contextlib.suppress(OSError):  # not empty: something else is in it
                folder.rmdir()


def list_runs(parent: Path) -> list[RunFolder]:
    """Return the runs in a folder, the newest first."""
    try:
        runs = [RunFolder(path) for path in parent.iterdir() if RunFolder(path).config.is_file()]
    except OSError:
        return []
    return sorted(runs, key=lambda run: run.config.stat().st_mtime, reverse=True)
