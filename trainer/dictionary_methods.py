"""The two ways to learn a dictionary: K-SVD, and coupled dictionaries for SC."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from srcnn.patches import SIDE
from trainer import coupled, ksvd
from trainer.gray_patches import GraySurveyor, read_columns
from trainer.patch_vectors import LumaSurveyor, read_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainer.control import Control
    from trainer.dictionary_state import DictionaryConfig
    from trainer.survey import Survey, Surveyor

_SCALE_OF_YANG = 3


class Learner(ABC):
    """Knows the signals, and how atoms for them are improved.

    Attributes
    ----------
    signals : float64, (N, values)
        What the atoms are for.
    features : int
        Numbers that a patch is recognised by.
    """

    signals: NDArray[np.float64]
    features: int

    @abstractmethod
    def improve(
        self, atoms: NDArray[np.float64], rng: np.random.Generator, control: Control
    ) -> tuple[NDArray[np.float64], float, int]:
        """Return better atoms (atoms, values), the RMSE, and how many were replaced.

        Raises
        ------
        Interrupted
            If ``control``, asked every few thousand signals, says so.
        """

    @abstractmethod
    def halves(self, atoms: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what atoms are found by (atoms, features), and the detail that each means."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, object]:
        """What the card says of the method."""


class KsvdLearner(Learner):
    """K-SVD on features; the detail by least squares, at the end."""

    def __init__(self, config: DictionaryConfig, survey: Survey) -> None:
        vectors = read_vectors(survey, config.scale, config.seed)
        self.signals, self._details = vectors.features, vectors.details
        self.features = self.signals.shape[1]
        self._sparsity, self._threads = config.sparsity, config.threads

    @override
    def improve(
        self, atoms: NDArray[np.float64], rng: np.random.Generator, control: Control
    ) -> tuple[NDArray[np.float64], float, int]:
        codes = ksvd.encode(self.signals, atoms, self._sparsity, self._threads, control)
        return ksvd.improve(self.signals, atoms, codes, rng)

    @override
    def halves(self, atoms: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        codes = ksvd.encode(self.signals, atoms, self._sparsity, self._threads)
        return atoms, ksvd.couple(codes, len(atoms), self._details)

    @property
    @override
    def settings(self) -> dict[str, object]:
        return {"sparsity": self._sparsity}


class ScLearner(Learner):
    """Detail and features learnt as one, and parted at the end.

    Yang et al. give both halves the norm 1, at a scale of 3. At others the detail has the same
    contrast, and so a norm that is greater or less, as are its pixels.
    """

    def __init__(self, config: DictionaryConfig, survey: Survey) -> None:
        self.signals = read_columns(survey, config.scale, config.seed)
        self._scale = config.scale
        self._high = (SIDE * config.scale) ** 2
        self.features = self.signals.shape[1] - self._high
        self._threads = config.threads

    @override
    def improve(
        self, atoms: NDArray[np.float64], rng: np.random.Generator, control: Control
    ) -> tuple[NDArray[np.float64], float, int]:
        return coupled.improve(self.signals, atoms, rng, self._threads, control=control)

    @override
    def halves(self, atoms: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        high, low = coupled.split(atoms, self._high, self._scale / _SCALE_OF_YANG)
        return low, high

    @property
    @override
    def settings(self) -> dict[str, object]:
        return {"penalty": coupled.PENALTY}


LEARNERS: dict[str, type[KsvdLearner] | type[ScLearner]] = {"ksvd": KsvdLearner, "sc": ScLearner}
SURVEYORS: dict[str, type[Surveyor]] = {"ksvd": LumaSurveyor, "sc": GraySurveyor}
