"""One look at all pictures before a dictionary is learnt from them."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srcnn.errors import DataError, PictureError
from srcnn.patches import RIM, SIDE
from srcnn.picture import load_picture
from trainer.events import Skipped
from trainer.pictures import LARGEST_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import BytePlane
    from trainer.pictures import PictureFile

_NEEDED = SIDE + 2 * RIM
"""Low-resolution pixels a side of the smallest picture that holds a patch."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What one look at all pictures tells.

    Attributes
    ----------
    usable : tuple of PictureFile
        Pictures that hold a patch.
    skipped : tuple of Skipped
        The others.
    patches : int
        In all of them.
    digest : str
        SHA-256 of all that is learnt from, as hexadecimal text.
    projection : float64, (36 * scale * scale, features)
        To the principal components that keep 99.9 % of the energy, the weakest first; empty where
        nothing is projected.
    """

    usable: tuple[PictureFile, ...]
    skipped: tuple[Skipped, ...]
    patches: int
    digest: str
    projection: NDArray[np.float64]


class Surveyor(ABC):
    """Looks at one picture after the other; ``survey`` tells what was seen.

    Parameters
    ----------
    scale : int
        Enlargement factor.
    """

    kind: str
    """What distinguishes the digest from that of another way to look."""

    def __init__(self, scale: int) -> None:
        self.scale = scale
        self._digest = hashlib.sha256(f"{self.kind}{scale}".encode())
        self._usable: list[PictureFile] = []
        self._skipped: list[Skipped] = []
        self._patches = 0

    @abstractmethod
    def see(self, file: PictureFile) -> tuple[BytePlane, int]:
        """Return the plane that is learnt from, and how many patches it holds.

        Raises
        ------
        PictureError
            If the picture is no use.
        """

    def projection(self) -> NDArray[np.float64]:
        """Return what patches are to be projected by, after the last picture."""
        return np.zeros((0, 0))

    def look(self, file: PictureFile) -> None:
        """Add one picture, or note why it is no use."""
        try:
            plane, patches = self.see(file)
        except PictureError as error:
            self._skipped.append(Skipped(file.name, str(error)))
            return
        self._patches += patches
        self._digest.update(f"{plane.shape}".encode() + plane.tobytes())
        self._usable.append(file)

    def survey(self) -> Survey:
        """Return what was seen.

        Raises
        ------
        DataError
            If no picture is of use.
        """
        if not self._usable:
            raise self.nothing_usable()
        return Survey(
            tuple(self._usable),
            tuple(self._skipped),
            self._patches,
            self._digest.hexdigest(),
            self.projection(),
        )

    def nothing_usable(self) -> DataError:
        """Return the error for pictures that are all no use."""
        hint = "Choose a folder of photographs, PNG or BMP best."
        if self._skipped:
            hint = f"The first of {len(self._skipped)} files: {self._skipped[0].reason}."
        return DataError("There is no usable picture to learn from", hint=hint)


def central_piece(file: PictureFile, scale: int) -> NDArray[np.uint8]:
    """Read a picture; of one of more than ``LARGEST_SIDE`` pixels a side, the central piece.

    Raises
    ------
    PictureError
        If it cannot be read, or holds no patch.
    """
    pixels = load_picture(file.path).to_uint8()
    if min(pixels.shape[:2]) < _NEEDED * scale:
        raise PictureError(f"{file.path.name} holds no patch: it is less than {_NEEDED * scale} px")
    top, left = (max(0, length - LARGEST_SIDE) // 2 for length in pixels.shape[:2])
    piece: NDArray[np.uint8] = pixels[top : top + LARGEST_SIDE, left : left + LARGEST_SIDE]
    return piece
