"""Which commands of the batch can be given, shown in their actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction


def show_reasons(actions: Mapping[str, QAction], reasons: Mapping[str, str]) -> None:
    """Disable what there is a reason against, and say it; by the ids of the actions."""
    for action_id, reason in reasons.items():
        action = actions[action_id]
        action.setEnabled(not reason)
        action.setToolTip(reason or action.statusTip())


def show_pause(action: QAction, *, is_paused: bool) -> None:
    """Say what the action that holds a batch does next."""
    action.setIconText("Resume" if is_paused else "Pause")
    action.setText("Resu&me" if is_paused else "&Pause")
