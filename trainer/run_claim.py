"""Two programs may not train the same run: the first one claims its folder."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from srcnn.batch.claims import acquire
from srcnn.errors import TrainingError
from srcnn.files import make_folder
from srcnn.process_mark import parse_mark
from trainer.control import Command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trainer.control import Control


class FolderClaimed(TrainingError):
    """Another program trains in the folder: nothing in it is ours."""


@contextmanager
def claimed(folder: Path, control: Control) -> Iterator[Control]:
    """Keep other programs from training in a folder, which is made if there is none.

    A claim whose process is no more is taken over.

    Yields
    ------
    Control
        To be asked in the place of ``control``: it waits while that one says to pause, and shows
        other computers that this one lives.

    Raises
    ------
    FolderClaimed
        If another program trains in it.
    OutputError
        If the folder cannot be made or written to.
    """
    make_folder(folder)
    claim = acquire(folder / "run")
    if claim is None:
        raise FolderClaimed(
            f"{folder} is being trained by another program{_owner(folder)}",
            hint="Wait until it ends, or stop it there: no two may train the same run.",
        )

    def asked() -> Command:
        claim.beat()
        while (command := control()) is Command.PAUSE:
            claim.beat()
        return command

    try:
        yield asked
    finally:
        claim.release()
        with suppress(OSError):  # something is in it
            folder.rmdir()


def _owner(folder: Path) -> str:
    """Return, in brackets, which process claims a folder, if that can be told."""
    for file in sorted(folder.glob(".srcnn-*.claim"), reverse=True):
        with suppress(OSError):
            text = file.read_text(encoding="ascii", errors="replace")
            mark = parse_mark(text.partition(" ")[0])
            if mark is not None:
                return f" (process {mark.pid}{'' if mark.is_here else ' of another computer'})"
    return ""
