"""The columns of the queue, and what two of them say."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from srcnn_gui.batch.wording import status_of, tip_of

if TYPE_CHECKING:
    from srcnn_gui.batch.becoming import Becoming
    from srcnn_gui.batch.rows import Row


class Column(IntEnum):
    """The columns."""

    PICTURE = 0
    BECOMES = 1
    STATUS = 2


TITLES = {Column.PICTURE: "Picture", Column.BECOMES: "Becomes", Column.STATUS: "Status"}

DETAIL = Qt.ItemDataRole.UserRole
"""The second line of a cell."""
MARK = Qt.ItemDataRole.UserRole + 1
"""Whether something is lost; in a problem."""
SHARE = Qt.ItemDataRole.UserRole + 2
"""How far a picture is that is computed, else None."""
STATE = Qt.ItemDataRole.UserRole + 3
PATH = Qt.ItemDataRole.UserRole + 4


def becomes_data(row: Row, shown: Becoming, role: int) -> Any:
    """Return what there is to say of what a picture becomes."""
    problem = row.problem or shown.problem
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return shown.sizes
        case Qt.ItemDataRole.ToolTipRole:
            return problem or "\n".join(shown.losses)
        case _ if role == DETAIL:
            return problem or shown.how
        case _ if role == MARK:
            return bool(problem or shown.losses)
        case Qt.ItemDataRole.AccessibleDescriptionRole:
            return " ".join((shown.how, *shown.losses))
    return None


def status_data(row: Row, role: int) -> Any:
    """Return what there is to say of what became of a picture."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return status_of(row)
        case Qt.ItemDataRole.ToolTipRole:
            return tip_of(row)
        case _ if role == SHARE:
            return row.share
    return None
