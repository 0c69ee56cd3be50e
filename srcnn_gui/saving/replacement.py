"""Which file a user agreed to replace: that one, and none that another program wrote meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from srcnn.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

_Seen = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Replacement:
    """A file as it was when the user was asked.

    Attributes
    ----------
    path : Path
        Its name.
    seen : tuple of int or None
        What tells it from another one of that name; None if there was none.
    """

    path: Path
    seen: _Seen | None

    @classmethod
    def of(cls, path: Path) -> Self:
        """Look at what is there now."""
        return cls(path, _look(path))

    def check(self) -> None:
        """See whether it is still there, or still nothing.

        Raises
        ------
        OutputError
            If another file has come in between.
        """
        if _look(self.path) not in (self.seen, None):
            raise OutputError(
                f"{self.path.name} was written by another window or program meanwhile",
                hint="Nothing was replaced. Save again to replace it, or choose another name.",
            )


def _look(path: Path) -> _Seen | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns
