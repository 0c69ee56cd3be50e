"""What a run learns from, and what it is validated on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.errors import DataError
from trainer.events import Skipped
from trainer.pictures import list_folders, read_validation, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trainer.config import TrainConfig
    from trainer.pictures import Pair, PictureFile


@dataclass(frozen=True, slots=True)
class LearningData:
    """Pictures; no one is learnt from and validated on.

    Attributes
    ----------
    files : list of PictureFile
        To learn from; read when they are needed.
    held_out : list of Pair
        To validate on.
    skipped : list of Skipped
        Files to validate on that are no use, and files to learn from that are validated on.
    """

    files: list[PictureFile]
    held_out: list[Pair]
    skipped: list[Skipped]

    @property
    def digest(self) -> str:
        """Hash of names and sizes of the files, and of what is validated on."""
        hasher = hashlib.sha256()
        for file in self.files:
            hasher.update(repr((file.name, _length(file))).encode())
        for pair in self.held_out:
            hasher.update(repr((pair.name, pair.truth.shape)).encode())
            hasher.update(pair.truth.tobytes())
        return hasher.hexdigest()


def without(
    files: Sequence[PictureFile], held_out: Sequence[PictureFile]
) -> tuple[list[PictureFile], list[Skipped]]:
    """Leave out files that are validated on, under whatever name; return them with the reason.

    Raises
    ------
    DataError
        If nothing is left to learn from.
    """
    lengths = {_length(file) for file in held_out}
    known = {_digest(file) for file in held_out}
    left: list[PictureFile] = []
    skipped: list[Skipped] = []
    for file in files:
        if _length(file) in lengths and _digest(file) in known:
            skipped.append(Skipped(file.name, "it is validated on"))
        else:
            left.append(file)
    if not left:
        raise DataError(
            "All pictures to learn from are those to validate on",
            hint="Choose other pictures to validate on: what was learnt tells nothing.",
        )
    return left, skipped


def _length(file: PictureFile) -> int:
    return file.path.stat().st_size if file.path.is_file() else 0


def _digest(file: PictureFile) -> bytes:
    try:
        with file.path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").digest()
    except OSError:  # it cannot be learnt from either
        return str(file.path).encode()


def find_learning_data(config: TrainConfig) -> LearningData:
    """List what is learnt from, and read what is validated on.

    Raises
    ------
    DataError
        If a folder is missing or holds nothing usable.
    """
    files = list_folders(config.data)
    if config.validation is not None:
        others = list_folders([config.validation])
        held_out, skipped = read_validation(others, config)
        files, known = without(files, others)
        return LearningData(files, held_out, [*known, *skipped])
    unusable: list[Skipped] = []
    while True:
        files, others = split(files, config.held_out, config.seed)
        try:
            held_out, skipped = read_validation(others, config)
        except DataError:
            if len(files) < 2:
                raise
            # all that were held out are no use: hold out some of the others
            unusable += [
                Skipped(file.name, "it cannot be read, or is too small") for file in others
            ]
        else:
            return LearningData(files, held_out, [*unusable, *skipped])
