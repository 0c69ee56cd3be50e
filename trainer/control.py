"""What a run is told while it goes."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class Command(StrEnum):
    """What a run is told before each step; to pause it, answer later."""

    GO_ON = "go on"
    STOP = "stopped"  # and keep what was learnt
    SUSPEND = "suspended"  # stop, to be resumed
    DISCARD = "discarded"  # stop, and remove the run's files


Control: TypeAlias = Callable[[], Command]


def go_on() -> Command:
    """Let a run go to its end."""
    return Command.GO_ON
