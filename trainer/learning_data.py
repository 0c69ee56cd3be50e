"""What a run learns from, and what it is validated on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.errors import DataError
from trainer.events import Skipped
from trainer.pictures import list_folders, read_validation, split

if TYPE_CHECKING:
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
        Files that should be validated on and are no use.
    """

    files: list[PictureFile]
    held_out: list[Pair]
    skipped: list[Skipped]

    @property
    def digest(self) -> str:
        """Hash of names and sizes of the files, and of what is validated on."""
        hasher = hashlib.sha256()
        for file in self.files:
            size = file.path.stat().st_size if file.path.is_file() else 0
            hasher.update(repr((file.name, size)).encode())
        for pair in self.held_out:
            hasher.update(repr((pair.name, pair.truth.shape)).encode())
            hasher.update(pair.truth.tobytes())
        return hasher.hexdigest()


def find_learning_data(config: TrainConfig) -> LearningData:
    """List what is learnt from, and read what is validated on.

    Raises
    ------
    DataError
        If a folder is missing or holds nothing usable.
    """
    files = list_folders(config.data)
    if config.validation is not None:
        held_out, skipped = read_validation(list_folders([config.validation]), config)
        return LearningData(files, held_out, skipped)
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
