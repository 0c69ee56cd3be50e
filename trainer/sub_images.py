"""Sub-images: what the network sees, and what it should have made of it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from srcnn.errors import DataError, PictureError
from trainer.config import Sampling
from trainer.events import DataRead, Skipped
from trainer.pictures import no_usable_picture, read_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trainer.config import TrainConfig
    from trainer.pictures import Pair, PictureFile

DRAWN_PER_PICTURE = 512
"""Sub-images drawn between two pictures that are read anew, where not all fit the memory."""

_READ_REPORT = 10


class SubImages:
    """Draws sub-images from any number of pictures, within a limit of memory.

    Pictures are read in an order drawn from the seed until ``config.memory_mb`` is full. If that
    was all of them, whole, they stay. Otherwise the oldest makes room for the next one after
    every ``DRAWN_PER_PICTURE`` sub-images, and that one is read in the background meanwhile. What
    is in memory after so many steps depends on nothing else, so a resumed run sees the same.

    Parameters
    ----------
    files : Sequence of PictureFile
        To learn from.
    config : TrainConfig
        Everything else.

    Attributes
    ----------
    slots : int
        Pictures kept in memory at once where not all fit; 0 if all are there to stay.
    skipped : list of Skipped
        Files that turned out to be no use.
    """

    def __init__(self, files: Sequence[PictureFile], config: TrainConfig) -> None:
        self._files = files
        self._config = config
        self._blocks: list[list[Pair]] = []
        self._pairs: list[Pair] = []
        self._until = np.zeros(0, np.int64)
        self._columns = np.zeros(0, np.int64)
        self._read = 0
        self._order: tuple[int, NDArray[np.intp]] = (-1, np.zeros(0, np.intp))
        self._grid_order: tuple[int, NDArray[np.intp]] = (-1, np.zeros(0, np.intp))
        self._executor: ThreadPoolExecutor | None = None
        self._next: Future[tuple[list[Pair], bool]] | None = None
        self.slots = 0
        self.skipped: list[Skipped] = []

    def load(self, step: int = 0, slots: int | None = None) -> Iterator[DataRead]:
        """Read what is in memory after ``step`` steps; ``slots`` is what a checkpoint says.

        Yields
        ------
        DataRead
            Now and then.

        Raises
        ------
        DataError
            If no picture is usable.
        """
        first = step * self._config.batch // DRAWN_PER_PICTURE if slots else 0
        most = slots or len(self._files)
        room = self._config.memory_mb * 2**20
        all_whole = True
        blocks: dict[int, list[Pair]] = {}
        for ordinal in range(first, first + most):
            versions, is_whole = self._versions(ordinal)
            blocks[ordinal % most] = versions
            all_whole &= is_whole
            room -= sum(pair.nbytes for pair in versions)
            if len(blocks) % _READ_REPORT == 0:
                yield DataRead(len(blocks), most)
            if slots is None and room <= 0:
                break
        self._blocks = [blocks[index] for index in range(len(blocks))]
        if not any(self._blocks):
            raise no_usable_picture("to learn from", self.skipped, self._config)
        if slots is None:
            stays = all_whole and len(self._blocks) == len(self._files)
            slots = 0 if stays else len(self._blocks)
        self.slots = slots
        self._read = first + len(self._blocks)
        if slots:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="training-reader")
        self._index()
        yield DataRead(len(self._blocks), len(self._blocks))

    @property
    def pictures(self) -> int:
        """Usable pictures, as far as they have been met."""
        return len(self._files) - len(self.skipped)

    def sample(self, step: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Draw the batch of a step (0, 1, ...), the same one each time.

        Returns
        -------
        low : float32, (batch, C, crop, crop)
            Bicubic enlargement.
        truth : float32, (batch, C, crop - 2 halo, crop - 2 halo)
            The original under the centre of each, in [0, 1].
        """
        config = self._config
        self._refresh(step)
        rng = np.random.default_rng((config.seed, 2, step))
        chosen, tops, lefts = self._positions(step, rng)
        turns = rng.integers(8, size=config.batch) if config.turns else np.zeros(config.batch, int)
        crop, halo, channels = config.crop, config.spec.halo, config.spec.channels
        inner = crop - 2 * halo
        low = np.empty((config.batch, channels, crop, crop), np.float32)
        truth = np.empty((config.batch, channels, inner, inner), np.float32)
        places = zip(chosen.tolist(), tops.tolist(), lefts.tolist(), turns.tolist(), strict=True)
        for i, (which, top, left, turn) in enumerate(places):
            pair = self._pairs[which]
            low[i] = turned(pair.enlarged[:, top : top + crop, left : left + crop], turn)
            top, left = top + halo, left + halo
            truth[i] = turned(pair.truth[:, top : top + inner, left : left + inner], turn)
        truth *= np.float32(1 / 255)
        return low, truth

    def close(self) -> None:
        """End the thread that reads ahead."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def _positions(
        self, step: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Draw which pair, and which row and column in it, for each sub-image of a step."""
        config = self._config
        total = int(self._until[-1])
        if config.sampling is Sampling.GRID and not self.slots:
            numbers = self._without_repeats(step, total)
        else:
            numbers = rng.integers(total, size=config.batch)
        chosen = np.searchsorted(self._until, numbers, side="right")
        within = numbers - np.where(chosen > 0, self._until[chosen - 1], 0)
        columns = self._columns[chosen]
        step_pixels = config.stride if config.sampling is Sampling.GRID else 1
        return chosen, within // columns * step_pixels, within % columns * step_pixels

    def _without_repeats(self, step: int, total: int) -> NDArray[np.int64]:
        """Return positions so that each comes once before any comes again."""
        numbers = []
        for drawn in range(step * self._config.batch, (step + 1) * self._config.batch):
            epoch, place = divmod(drawn, total)
            if self._grid_order[0] != epoch:
                rng = np.random.default_rng((self._config.seed, 3, epoch))
                self._grid_order = (epoch, rng.permutation(total))
            numbers.append(self._grid_order[1][place])
        return np.array(numbers, np.int64)

    def _refresh(self, step: int) -> None:
        """Exchange the oldest pictures for the next ones, as many as are due."""
        if self._executor is None:
            return
        due = self.slots + step * self._config.batch // DRAWN_PER_PICTURE
        while self._read < due:
            coming = self._next or self._executor.submit(self._versions, self._read)
            self._blocks[self._read % self.slots] = coming.result()[0]
            self._read += 1
            self._next = self._executor.submit(self._versions, self._read)
            if not any(self._blocks):
                raise no_usable_picture("left to learn from", self.skipped, self._config)
            self._index()

    def _versions(self, ordinal: int) -> tuple[list[Pair], bool]:
        """Read the picture that is the ``ordinal``-th to be read; none if it is no use.

        Raises
        ------
        DataError
            If not only the picture but a whole folder cannot be read any more.
        """
        epoch, place = divmod(ordinal, len(self._files))
        if self._order[0] != epoch:
            rng = np.random.default_rng((self._config.seed, 4, epoch))
            self._order = (epoch, rng.permutation(len(self._files)))
        file = self._files[self._order[1][place]]
        try:
            rng = np.random.default_rng((self._config.seed, 5, ordinal))
            return read_versions(file, self._config, rng)
        except PictureError as error:
            gone = [folder for folder in self._config.data if not folder.is_dir()]
            if gone:
                raise DataError(
                    f"The folder {gone[0]} has gone away",
                    hint="Bring it back, then go on with the run from where it was saved.",
                ) from error
            skipped = Skipped(file.name, str(error))
            if skipped not in self.skipped:
                self.skipped.append(skipped)
            return [], True

    def _index(self) -> None:
        """Count the positions of a sub-image in every picture that is in memory."""
        self._pairs = [pair for block in self._blocks for pair in block]
        shapes = [pair.truth.shape[1:] for pair in self._pairs]
        rows = np.array([self._config.positions(height) for height, _ in shapes], np.int64)
        self._columns = np.array([self._config.positions(width) for _, width in shapes], np.int64)
        self._until = np.cumsum(rows * self._columns)

    @property
    def positions(self) -> int:
        """Sub-images that can be drawn from the pictures in memory."""
        return int(self._until[-1])


def turned(planes: NDArray[np.generic], turn: int) -> NDArray[np.generic]:
    """Return one of the eight flips and quarter turns (0..7) of (C, H, W) planes, as a view."""
    if turn & 1:
        planes = planes[:, ::-1]
    if turn & 2:
        planes = planes[:, :, ::-1]
    return planes.transpose(0, 2, 1) if turn & 4 else planes
