"""The files of a run: its checkpoint while it lasts, its weights with a card at the end."""

from __future__ import annotations

import contextlib
import math
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.errors import OutputError
from srcnn.weights import ModelCard, Weights, save_weights

if TYPE_CHECKING:
    from pathlib import Path

    from trainer.checkpoint import TrainState
    from trainer.config import TrainConfig


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a run keeps its files."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """The state of the run."""
        return self.path / "checkpoint.safetensors"

    @property
    def weights(self) -> Path:
        """The weights it ended with."""
        return self.path / "weights.safetensors"

    def create(self) -> None:
        """Make the folder for a new run.

        Raises
        ------
        OutputError
            If it holds a run already, or cannot be made.
        """
        if self.checkpoint.exists() or self.weights.exists():
            raise OutputError(
                f"{self.path} holds a run already",
                hint="Go on with it by --resume, or choose another folder with --out.",
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"The folder {self.path} cannot be made: {error.strerror or error}",
                hint="Choose another one with --out.",
            ) from error

    def discard(self) -> None:
        """Remove the files of the run, and the folder if nothing else is in it."""
        for file in (self.checkpoint, self.weights):
            file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # not empty: something else is in it
            self.path.rmdir()

    def save_weights(self, config: TrainConfig, state: TrainState, pictures: int) -> Path:
        """Save the best weights with their card; ``pictures`` were learnt from.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        card = card_of(config, state, pictures, name=self.path.resolve().name)
        save_weights(Weights(config.spec, config.scale, state.best, card), self.weights)
        return self.weights


def card_of(config: TrainConfig, state: TrainState, pictures: int, *, name: str) -> ModelCard:
    """Write down where the best weights of a run come from; folders by their last name only."""
    is_known = math.isfinite(state.best_db)  # a card holds numbers only
    printable = "".join(letter for letter in name if letter.isprintable() and letter != ",")
    return ModelCard(
        name=printable[:80],
        trained_on=f"{_last_name(config.data)}: {pictures} pictures",
        preset=config.preset,
        seed=config.seed,
        backprops=state.step * config.batch,
        minutes=round(state.seconds / 60, 1),
        psnr={validation_name(config): round(state.best_db, 4)} if is_known else {},
        notes=f"{command_line(config)} -- {recipe(config)}",
    )


def validation_name(config: TrainConfig) -> str:
    """Name what a run is validated on."""
    if config.validation is not None:
        return f"{_last_name(config.validation)} (validation)"
    return f"{config.held_out:.0%} of {_last_name(config.data)} (validation)"


def command_line(config: TrainConfig) -> str:
    """Return the command that starts this run again, with folders by their last name."""
    words = ["srcnn-train", "--data", _last_name(config.data), "--scale", str(config.scale)]
    if config.validation is not None:
        words += ["--validation", _last_name(config.validation)]
    words += ["--preset", config.preset]
    if config.minutes is not None:
        words += ["--minutes", f"{config.minutes:g}"]
    else:
        words += ["--backprops", str(config.backprops)]
    if config.initial is not None:
        words += ["--initial", config.initial.name]
    words += ["--seed", str(config.seed), "--threads", str(config.threads)]
    return shlex.join(words)


def recipe(config: TrainConfig) -> str:
    """Say in one line how a run learns."""
    sizes = ", ".join(f"{size:g}" for size in config.rescales)
    begin = config.initial.name if config.initial is not None else f"{config.start.value} start"
    parts = (
        f"Adam, rate {config.rate:g} with warm-up and cosine",
        f"batches of {config.batch} sub-images of {config.crop} pixels, turned and mirrored",
        f"pictures at {sizes} of their size",
        begin,
        f"weights averaged ({config.average:g})",
        f"{config.degradation.value} degradation",
        f"{config.border.value} border",
    )
    return "; ".join(parts)


def _last_name(path: Path) -> str:
    return path.resolve().name
