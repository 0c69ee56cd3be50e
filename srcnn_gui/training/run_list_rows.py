"""The commands of the list of runs: one row each."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QKeySequence

from srcnn_gui.training.run_summary import RunCommand, RunSummary


class Row(NamedTuple):
    """A command.

    Attributes
    ----------
    command : RunCommand
        What it does.
    text, tip : str
        What button and tooltip say.
    key : StandardKey, optional
        That triggers it.
    of_dictionary : str
        Text and tooltip for the run of a dictionary, parted by a bar; empty: the same.
    """

    command: RunCommand
    text: str
    tip: str
    key: QKeySequence.StandardKey | None = None
    of_dictionary: str = ""

    def words(self, run: RunSummary | None) -> tuple[str, str]:
        """Return text and tooltip for a run."""
        if run is None or not run.is_dictionary or not self.of_dictionary:
            return self.text, self.tip
        text, _, tip = self.of_dictionary.partition("|")
        return text, tip


ROWS = (
    Row(
        RunCommand.USE,
        "Use these weights",
        "Show its best weights in a pane",
        of_dictionary="Use this dictionary|Have the classical methods use it",
    ),
    Row(
        RunCommand.RELEASE,
        "Stop using",
        "Have the classical methods use the program's own dictionary again",
    ),
    Row(RunCommand.CONTINUE, "Continue", "Continue where it stopped"),
    Row(RunCommand.RENAME, "Rename", "Give it, and its folder, another name"),
    Row(
        RunCommand.EXPORT,
        "Export weights\N{HORIZONTAL ELLIPSIS}",
        "Save its best weights, with their card, somewhere else",
        of_dictionary="Export dictionary\N{HORIZONTAL ELLIPSIS}|Save it, with its card, elsewhere",
    ),
    Row(RunCommand.COMMAND_LINE, "Copy command line", "Copy the command that starts it again"),
    Row(RunCommand.OPEN_FOLDER, "Open folder", "Show its files"),
    Row(
        RunCommand.DELETE,
        "Delete\N{HORIZONTAL ELLIPSIS}",
        "Remove it and all of its files",
        QKeySequence.StandardKey.Delete,
    ),
)
