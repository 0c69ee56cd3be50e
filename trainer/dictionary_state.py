"""Settings of a dictionary's training, and where it stands, in one file."""

from __future__ import annotations

import contextlib
import io
import json
import math
import shlex
import tokenize
import warnings
import zipfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srcnn.errors import TrainingError
from srcnn.safe_file import sweep_parts, write_safely
from srcnn.untrusted import plain_zip, read_bounded
from srcnn.workers import usable_cores
from trainer.card import SAMPLES_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FILE_NAME = "dictionary.safetensors"

USUAL = {
    "ksvd": {"atoms": 1024, "sparsity": 3, "iterations": 20},
    "sc": {"atoms": 1024, "iterations": 6},
}
"""Settings that each method has."""

_FIRST = USUAL["ksvd"]
_MOST = {"atoms": 8192, "sparsity": 16, "iterations": 10_000, "seed": 2**63, "threads": 1024}
_ARRAYS = ("projection", "atoms")


@dataclass(frozen=True, slots=True)
class DictionaryConfig:
    """What to train.

    Attributes
    ----------
    data : tuple of Path
        Folders of pictures, searched with their sub-folders; none: those of the program.
    out : Path
        Folder for the dictionary and the state.
    scale : int
        Enlargement factor, 2 to 4.
    atoms, sparsity, iterations : int
        Size of the dictionary, atoms that compose a patch (SC does without), and how often all
        are improved.
    seed : int
        Same seed, same dictionary.
    threads : int
        Workers.
    method : str
        ``ksvd`` or ``sc``.

    Raises
    ------
    ValueError
        If a number makes no sense.
    """

    data: tuple[Path, ...]
    out: Path
    scale: int = 3
    atoms: int = _FIRST["atoms"]
    sparsity: int = _FIRST["sparsity"]
    iterations: int = _FIRST["iterations"]
    seed: int = 0
    threads: int = 0
    method: str = "ksvd"

    def __post_init__(self) -> None:
        if self.threads == 0:
            object.__setattr__(self, "threads", usable_cores())
        if self.method not in USUAL:
            raise ValueError(f"method must be one of: {', '.join(USUAL)}")
        if self.scale not in (2, 3, 4):
            raise ValueError(f"scale must be 2, 3 or 4, not {self.scale}")
        for name, most in _MOST.items():
            value, least = getattr(self, name), int(name != "seed")
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"{name} must be a whole number from {least} to {most}")
        if "sparsity" in USUAL[self.method] and self.sparsity > self.atoms:
            raise ValueError(f"sparsity must be at most {self.atoms}, the number of atoms")

    @property
    def data_name(self) -> str:
        """The folders by their last names."""
        return " + ".join(folder.resolve().name for folder in self.data) or SAMPLES_NAME

    @property
    def command_line(self) -> str:
        """The command that trains it again; folders by their last names."""
        return self._command([folder.resolve().name for folder in self.data])

    @property
    def full_command_line(self) -> str:
        """The command that trains it again; folders by their whole paths."""
        return self._command([str(folder.absolute()) for folder in self.data])

    def as_dict(self) -> dict[str, Any]:
        """Return all but the folder ``out``, as plain values fit for JSON."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _PLACES}
        return {"data": [str(folder.absolute()) for folder in self.data], **plain}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], out: Path) -> DictionaryConfig:
        """Return the settings that ``as_dict`` made plain values of.

        Raises
        ------
        ValueError, TypeError, KeyError
            If they are others.
        """
        return cls(**{**values, "data": tuple(map(Path, values["data"])), "out": out})

    def _command(self, folders: list[str]) -> str:
        words = ["srcnn-train", "--method", self.method]
        for folder in folders:
            words += ["--data", folder]
        words += ["--scale", str(self.scale), "--seed", str(self.seed)]
        for name, usual in USUAL[self.method].items():
            if getattr(self, name) != usual:
                words += ["--set", f"{name}={getattr(self, name)}"]
        return shlex.join(words)

    def with_settings(self, settings: list[str]) -> DictionaryConfig:
        """Return this with ``NAME=VALUE`` settings, those of its method.

        Raises
        ------
        ValueError
            If a name is unknown or a value makes no sense.
        """
        changes: dict[str, Any] = {}
        known = USUAL[self.method]
        for text in settings:
            name, equals, value = text.partition("=")
            if not equals:
                raise ValueError(f"{text!r} is not NAME=VALUE")
            if name not in known:
                raise ValueError(f"a dictionary has no setting {name!r}: {', '.join(known)}")
            if not value.isdecimal():
                raise ValueError(f"{name} must be a whole number, not {value!r}")
            changes[name] = int(value)
        return replace(self, **changes)


@dataclass(frozen=True, slots=True, eq=False)
class DictionaryState:
    """Where a training stands between two iterations.

    Attributes
    ----------
    digest : str
        Of the pictures, as ``Survey.digest``.
    projection : float64, (36 * scale * scale, features)
        To the features; for SC (0, 0).
    atoms : float64, (atoms, features)
        As they are; for SC (atoms, 9 * scale * scale + 144), detail before features.
    iteration : int
        Iterations done.
    rmse : float
        Of the last one.
    seconds : float
        Time spent learning.
    curve : tuple of float
        RMSE of the iterations, the last one last; those of older versions are not known.
    """

    digest: str
    projection: NDArray[np.float64]
    atoms: NDArray[np.float64]
    iteration: int = 0
    rmse: float = 0.0
    seconds: float = 0.0
    curve: tuple[float, ...] = ()

    def save(self, config: DictionaryConfig) -> None:
        """Write the state and the settings beside the old state, and only then rename them.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        numbers = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _ARRAYS}
        about = json.dumps({"settings": config.as_dict(), "state": numbers})
        file = io.BytesIO()
        np.savez(file, about=np.array(about), projection=self.projection, atoms=self.atoms)
        write_safely(state_file(config.out), file.getvalue())


_PLACES = {"data", "out"}
_MOST_BYTES = 64 << 20  # the largest dictionary there can be takes two thirds of it
_UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError,
    MemoryError, RuntimeError, SyntaxError, UserWarning, tokenize.TokenError, zipfile.BadZipFile,
)  # fmt: skip


def state_file(folder: Path) -> Path:
    """Return where the state of a training in a folder is kept."""
    return folder / "dictionary-state.npz"


def dictionary_file(folder: Path) -> Path:
    """Return where a training in a folder puts its dictionary."""
    return folder / FILE_NAME


def list_trainings(parent: Path) -> list[Path]:
    """Return the folders in a folder that hold the training of a dictionary."""
    try:
        return sorted(path for path in parent.iterdir() if state_file(path).is_file())
    except OSError:
        return []


def discard_training(folder: Path) -> None:
    """Remove the files of a training that is ours, and the folder if nothing else is in it."""
    for file in (state_file(folder), dictionary_file(folder)):
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
    sweep_parts(folder)
    with contextlib.suppress(OSError):  # not empty: something else is in it
        folder.rmdir()


def read_state(folder: Path) -> tuple[DictionaryConfig, DictionaryState]:
    """Read what a training is told and where it stands.

    Raises
    ------
    TrainingError
        If it cannot be read.
    """
    path = state_file(folder)
    try:
        plain = plain_zip(read_bounded(path, _MOST_BYTES))
        with (
            warnings.catch_warnings(action="error"),
            np.load(io.BytesIO(plain), allow_pickle=False) as found,
        ):
            projection, atoms = (_matrix(found[name]) for name in _ARRAYS)
            about = json.loads(str(found["about"]))
        config = DictionaryConfig.from_dict(about["settings"], folder)
        numbers = {**about["state"], "curve": tuple(about["state"].get("curve", ()))}
        state = DictionaryState(projection=projection, atoms=atoms, **numbers)
        _check(config, state)
    except _UNREADABLE as error:
        raise TrainingError(
            f"{folder} holds no training of a dictionary that can be gone on with: {path.name} is "
            "missing or damaged",
            hint="Begin anew, in another folder.",
        ) from error
    return config, state


def _matrix(array: NDArray[Any]) -> NDArray[np.float64]:
    if array.dtype != np.float64 or array.ndim != 2:
        raise ValueError(f"{array.ndim} dimensions of {array.dtype}")
    return array


def _check(config: DictionaryConfig, state: DictionaryState) -> None:
    """Raise ``ValueError`` if arrays and settings do not fit together."""
    features = state.atoms.shape[-1]
    area = config.scale * config.scale
    shapes = (config.atoms, features), (36 * area, features)
    if config.method == "sc":
        shapes = (config.atoms, 9 * area + 144), (0, 0)
    if (state.atoms.shape, state.projection.shape) != shapes:
        raise ValueError("the arrays do not fit the settings")
    if not (np.isfinite(state.atoms).all() and np.isfinite(state.projection).all()):
        raise ValueError("the arrays hold numbers that are not finite")
    if type(state.iteration) is not int or state.iteration < 0:
        raise ValueError("the iteration is no number")
    if not isinstance(state.digest, str):
        raise TypeError("the digest is no text")
    if not all(math.isfinite(number) for number in (state.rmse, state.seconds, *state.curve)):
        raise ValueError("the curve holds what is no finite number")
