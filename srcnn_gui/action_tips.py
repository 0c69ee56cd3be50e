"""What tooltips and the status bar say of a command: what it does, or why it cannot be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

_TIP = "tip"
"""Property of an action that keeps what it does, while its tips say something else."""


def set_tip(action: QAction, tip: str) -> None:
    """Say what a command does, with its key."""
    action.setProperty(_TIP, tip)
    _show(action, "")


def enable_unless(action: QAction, reason: str) -> None:
    """Enable a command, or disable it and say why as long as there is a reason.

    Parameters
    ----------
    action : QAction
        One that ``make_actions`` made, or another with a tooltip.
    reason : str
        A sentence without a full stop; empty if the command can be given.
    """
    if action.property(_TIP) is None:
        action.setProperty(_TIP, action.toolTip())
    action.setEnabled(not reason)
    _show(action, reason)


def enable_all_unless(actions: Mapping[str, QAction], reasons: Mapping[str, str]) -> None:
    """Do so with several commands, by their ids."""
    for action_id, reason in reasons.items():
        enable_unless(actions[action_id], reason)


def show_pause(action: QAction, *, is_paused: bool) -> None:
    """Say what a command that holds some work, or lets it go on, does next."""
    action.setIconText("Resume" if is_paused else "Pause")
    action.setText("Resu&me" if is_paused else "&Pause")


def _show(action: QAction, reason: str) -> None:
    tip = str(action.property(_TIP))
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    does = f"{tip} ({keys})" if keys else tip
    action.setToolTip(f"{does}\n{reason}" if reason else does)
    action.setStatusTip(reason or tip)
