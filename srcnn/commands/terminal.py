"""Talking to the terminal: figures on stdout; notes, errors and progress on stderr."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from srcnn.errors import SrcnnError

    Advance: TypeAlias = Callable[[float, float], None]

_WIDE = 1000
"""Columns of a table that goes into a file or a pipe: nothing is cut off."""


def say(text: str) -> None:
    """Print a result."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Print a remark."""
    sys.stderr.write(f"{text}\n")


def show_error(error: SrcnnError) -> None:
    """Print an error of the world: one sentence, and what can be done."""
    note(f"error: {error}")
    if error.hint:
        note(f"hint: {error.hint}")


def show_table(title: str, heading: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print a table whose first column is text and whose others are numbers."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE)
    for number, name in enumerate(heading):
        table.add_column(
            Text(name), justify="right" if number else "left", overflow="fold", no_wrap=number > 0
        )
    for line in lines:
        table.add_row(*map(Text, line))
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    console.print(table)


@contextmanager
def progress_bar(label: str) -> Iterator[Advance]:
    """Show a bar with the time left while the block runs, if stderr is a terminal.

    Yields
    ------
    Advance
        To be told (done, in all).
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Progress(
        *columns, TimeLeft(), console=console, transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task(label, total=None)

        def advance(done: float, total: float) -> None:
            bar.update(task, completed=done, total=total)

        yield advance
