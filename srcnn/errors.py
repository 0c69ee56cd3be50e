"""Everything the world can do to us, as sentences for the user.

SrcnnError
├── PictureError          a picture cannot be read, or is no use here
│   ├── PictureTooLarge   more pixels than allowed; can be allowed
│   └── PictureTooSmall   nothing would be left to compare
├── OutputError           a file cannot be written
├── WeightsError          no usable weights in a file
│   └── MissingWeights    no weights for the wanted scale
├── UnknownMethod         no method of that name
├── DeviceError           no such device, or it stopped answering
│   └── DeviceTooSmall    its memory does not suffice; with smaller steps it may
├── DataError             nothing usable to train or measure on
└── TrainingError         a run went wrong: diverged, or cannot be resumed

Wrong *use* of a function is a ``ValueError`` or ``RuntimeError``; these are for the world
being wrong. ``Cancelled`` is no error: it ends work that was asked to stop.
"""

from __future__ import annotations

import errno
from pathlib import Path


class SrcnnError(Exception):
    """Base class; ``str(error)`` is a sentence fit to show to a user.

    Parameters
    ----------
    message : str
        What went wrong, and with which file or value.
    hint : str
        What the user can do about it; empty if nothing.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class PictureError(SrcnnError):
    """A picture cannot be read, or is no use here."""


class PictureTooLarge(PictureError):
    """The header announces more pixels than allowed; nothing was decoded."""


class PictureTooSmall(PictureError):
    """Too few pixels: modcrop or the shave would leave nothing."""


class OutputError(SrcnnError):
    """A file cannot be written; what was there before is untouched."""


class WeightsError(SrcnnError):
    """The file holds no weights for this network."""


class MissingWeights(WeightsError):
    """There are no weights for the wanted scale."""


class UnknownMethod(SrcnnError):
    """No method of that name."""


class DeviceError(SrcnnError):
    """No such device, or it stopped answering."""


class DeviceTooSmall(DeviceError):
    """The device's memory does not suffice; ``Method.step_down`` needs less."""


class DataError(SrcnnError):
    """Nothing usable to train or measure on."""


class TrainingError(SrcnnError):
    """A training run diverged, or cannot be resumed."""


class Cancelled(Exception):
    """The work was asked to stop and did."""


_NAMES = {
    errno.ENAMETOOLONG: "is too long a name",
    errno.EACCES: "may not be looked at",
    errno.ELOOP: "is a link to itself",
}
_LONGEST = 60


def name_problem(error: BaseException) -> DataError | None:
    """Return a sentence on a name that no file can have, or may have for us; None on all else."""
    if not isinstance(error, OSError) or error.errno not in _NAMES:
        return None
    name = Path(str(error.filename)).name
    shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}\N{HORIZONTAL ELLIPSIS}"
    return DataError(f"{shown} {_NAMES[error.errno]}", hint="Check the name.")
