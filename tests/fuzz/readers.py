"""What reads files that strangers made: each with sound files, attacks, and what must hold."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from srcnn.captions import MAX_CAPTION_BYTES
from tests.fuzz import picture_attacks, picture_corpus, state_attacks, state_corpus, weight_attacks

MOST_MEGAPIXELS = 8.0

Files = Callable[[], Mapping[str, bytes]]


@dataclass(frozen=True)
class Reader:
    """A reader of files.

    Attributes
    ----------
    read : callable
        Reads a file and raises ``AssertionError`` if what it accepts is no use.
    sound, attacks : callable
        Files by name; of a name with a slash, the last part is that of the file.
    share : float
        Share of all files that it gets.
    """

    read: Callable[[Path], object]
    sound: Files
    attacks: Files
    share: float


def _read_picture(path: Path) -> None:
    from srcnn.picture import load_picture

    picture = load_picture(path, max_megapixels=MOST_MEGAPIXELS)
    assert 0 < picture.size.megapixels <= MOST_MEGAPIXELS
    assert picture.pixels.dtype in (np.uint8, np.uint16)
    assert picture.alpha is None or picture.alpha.shape == picture.pixels.shape[:2]
    assert len(picture.captions.iptc) <= MAX_CAPTION_BYTES


def _read_origin(path: Path) -> None:
    from srcnn.output import recorded_origin

    origin = recorded_origin(path)
    assert origin is None or (origin[0] and 0 <= origin[1] <= 9)


def _read_weights(path: Path) -> None:
    from srcnn.weights import load_weights

    weights = load_weights(path)
    assert weights.scale in (2, 3, 4)
    assert all(np.isfinite(array).all() for array in weights.arrays)
    assert "," not in weights.name
    assert weights.name.isprintable()


def _read_dictionary(path: Path) -> None:
    from srcnn.dictionary import load_dictionary

    dictionary = load_dictionary(path)
    assert all(np.isfinite(array).all() for array in dictionary.arrays.values())


def _read_checkpoint(path: Path) -> None:
    from trainer.checkpoint import load_checkpoint
    from trainer.run_folder import RunFolder

    config = replace(state_corpus.run_config(), out=path.parent)
    state, _ = load_checkpoint(RunFolder(path.parent), config, "cpu")
    assert state.network.spec == state.average.spec == config.spec
    assert tuple(array.shape for array in state.best) == config.spec.shapes
    assert all(np.isfinite(array).all() for array in state.best)
    assert min(state.step, state.slots, state.events_length) >= 0
    for parameter in state.network.parameters():  # the next step must not be the one that fails
        parameter.grad = parameter.detach().clone()
    state.optimiser.step()


def _read_run(path: Path) -> None:
    from trainer.report import describe
    from trainer.run_folder import RunFolder

    folder = RunFolder(path.parent)
    if path == folder.config:
        config = folder.read_config()
        assert isinstance(config.scale, int)
        assert math.isfinite(config.rate)
    else:
        for event in folder.read_events():
            assert describe(event)


def _read_dictionary_state(path: Path) -> None:
    from trainer.dictionary_state import read_state

    config, state = read_state(path.parent)
    assert len(state.atoms) == config.atoms
    assert isinstance(state.digest, str)
    assert math.isfinite(state.rmse + state.seconds + sum(state.curve))


def _read_settings(path: Path) -> None:
    from PySide6.QtCore import QSettings

    from srcnn_gui.settings import Settings, SettingsStore

    found = SettingsStore(QSettings(str(path), QSettings.Format.IniFormat)).load()
    for field in fields(Settings):
        value: Any = getattr(found, field.name)
        assert type(value) is type(field.default)
    assert math.isfinite(found.max_megapixels)


def _read_memory(path: Path) -> None:
    from srcnn_gui.benchmark.memory import Memory

    memory = Memory(path)
    memory._read()
    for row in memory._rows.values():
        assert math.isfinite(row.ssim + row.seconds)


READERS: Mapping[str, Reader] = {
    "pictures": Reader(
        _read_picture, picture_corpus.pictures, picture_attacks.picture_attacks, 0.5
    ),
    "origins": Reader(
        _read_origin, picture_corpus.pictures, picture_attacks.picture_attacks, 0.1
    ),
    "weights": Reader(_read_weights, state_corpus.weights, weight_attacks.weight_attacks, 0.16),
    "dictionaries": Reader(
        _read_dictionary, state_corpus.dictionaries, state_attacks.dictionary_attacks, 0.06
    ),
    "checkpoints": Reader(
        _read_checkpoint, state_corpus.checkpoints, state_attacks.checkpoint_attacks, 0.06
    ),
    "runs": Reader(_read_run, state_corpus.run_files, state_attacks.run_attacks, 0.04),
    "trainings": Reader(
        _read_dictionary_state, state_corpus.dictionary_states,
        state_attacks.dictionary_state_attacks, 0.04,
    ),
    "settings": Reader(_read_settings, state_corpus.settings, state_attacks.settings_attacks, 0.02),
    "memory": Reader(_read_memory, state_corpus.remembered, state_attacks.memory_attacks, 0.02),
}  # fmt: skip


def is_ours(error: BaseException) -> bool:
    """Tell whether an error is a sentence with a hint, for the user."""
    from srcnn.errors import SrcnnError

    return isinstance(error, SrcnnError) and bool(str(error)) and bool(error.hint)


def written(folder: Path, name: str, content: bytes) -> Path:
    """Write a file under the last part of its name."""
    path = folder / os.path.basename(name)  # noqa: PTH119 - the names have slashes everywhere
    path.write_bytes(content)
    return path
