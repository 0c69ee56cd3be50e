"""What a run is told while it goes."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class Command(StrEnum):
    """What a run is told before each step."""

    GO_ON = "go on"
    STOP = "stopped"  # and keep what was learnt
    SUSPEND = "suspended"  # stop, to be resumed
    DISCARD = "discarded"  # stop, and remove the run's files
    PAUSE = "paused"  # make no step, and ask again: the answer takes a while


Control: TypeAlias = Callable[[], Command]


class Interrupted(Exception):
    """A run is told in the midst of a step to do something else.

    Attributes
    ----------
    command : Command
        What.
    """

    def __init__(self, command: Command) -> None:
        super().__init__(command.value)
        self.command = command


def go_on() -> Command:
    """Let a run go to its end."""
    return Command.GO_ON


def check(control: Control) -> None:
    """Ask in the midst of a step.

    Raises
    ------
    Interrupted
        If the run is not to go on; the step is then not made.
    """
    command = control()
    if command is not Command.GO_ON:
        raise Interrupted(command)
