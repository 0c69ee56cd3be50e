"""The queue as a table: what each picture is, becomes, and where it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from typing_extensions import override

from srcnn.files import shown_name
from srcnn_gui.batch.becoming import Becoming, becoming, has_become
from srcnn_gui.batch.choices import Choices
from srcnn_gui.batch.columns import DETAIL, PATH, STATE, TITLES, Column, becomes_data, status_data
from srcnn_gui.batch.rows import Found, Outcome, Row, State, Tally, tally
from srcnn_gui.explanation import message_of
from srcnn_gui.shown_path import shown_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from srcnn.method import Method
    from srcnn_gui.batch.facts import Facts
    from srcnn_gui.batch.thumbnails import Thumbnails

Index = QModelIndex | QPersistentModelIndex


_ORDER = {state: number for number, state in enumerate(State)}


class QueueModel(QAbstractTableModel):
    """The rows in the order of the work, shown in that order or sorted.

    Parameters
    ----------
    thumbnails : Thumbnails
        Asked for the copies of the rows in sight, and for what is known of their pictures.
    """

    changed = Signal()  # rows have come or gone, or something has become of one

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._shown: list[Row] = []
        self._places: dict[Path, int] = {}  # among those shown
        self._becoming: dict[Path, Becoming] = {}
        self._tally: Tally | None = None
        self._choices = Choices()
        self._method: Method | None = None
        self._thumbnails = thumbnails
        self._touched: set[int] = set()  # places of rows whose status is to be shown anew
        self._has_changed = False
        thumbnails.examined.connect(self._on_examined)
        thumbnails.failed.connect(self._on_failed)

    @property
    def rows(self) -> Sequence[Row]:
        """The queue, in the order of the work."""
        return self._rows

    @property
    def tally(self) -> Tally:
        """How many have come to what."""
        if self._tally is None:
            self._tally = tally(self._rows)
        return self._tally

    def row_of(self, path: Path) -> Row | None:
        """Return the row of a picture, if it is in the queue."""
        place = self._places.get(path)
        return None if place is None else self._shown[place]

    def set_choices(self, choices: Choices, method: Method | None) -> None:
        """Say what is made of the pictures, and by which method, if that is there yet."""
        if (choices, method) == (self._choices, self._method):
            return
        self._choices, self._method = choices, method
        self._becoming.clear()
        self._tell_columns(Column.BECOMES)

    def add(self, found: Iterable[Found]) -> int:
        """Put pictures at the end, but for those that are there; return how many were new."""
        first = max((row.number for row in self._rows), default=0) + 1
        new = dict.fromkeys(one for one in found if one.path not in self._places)
        rows = {one.path: Row(one.path, one.place) for one in new}
        for number, row in enumerate(rows.values(), first):
            row.number = number
        self.extend(list(rows.values()))
        return len(rows)

    def extend(self, rows: Sequence[Row]) -> None:
        """Put rows at the end."""
        if not rows:
            return
        first = len(self._rows)
        for row in rows:
            row.facts = row.facts or self._thumbnails.facts_of(row.path)
            self._becoming.pop(row.path, None)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self._rows.extend(rows)
        self._shown.extend(rows)
        self._places.update({row.path: first + n for n, row in enumerate(rows)})
        self.endInsertRows()
        self._changed()

    def keep_only(self, rows: Collection[Row]) -> None:
        """Take all other rows out."""
        self.beginResetModel()
        kept = set(rows)
        self._rows = [row for row in self._rows if row in kept]
        self._show([row for row in self._shown if row in kept])
        self._tally = None
        self.endResetModel()
        self._changed()

    def set_share(self, path: Path, share: float | None) -> None:
        """Set how far a picture is that is computed, or that it is not any more, until ``tell``."""
        place = self._places.get(path)
        if place is not None:
            self._shown[place].share = share
            self._touched.add(place)

    def set_outcome(self, path: Path, outcome: Outcome) -> None:
        """Set what became of a picture; it is not shown until ``tell``."""
        place = self._places.get(path)
        if place is None:
            return
        row = self._shown[place]
        before = row.state
        row.share, row.outcome = None, outcome
        if self._tally is not None:
            self._tally = self._tally.moved(before, row.state)
        if outcome.state is State.DONE:
            self._forget_problem(row, place)
        self._touched.add(place)
        self._has_changed = True

    def let_wait(self, rows: Iterable[Row]) -> None:
        """Let pictures that have ended wait again; what could not be read is looked at again."""
        for row in (row for row in rows if row.outcome is not None):
            row.outcome = None
            self._forget_problem(row, self._places[row.path])
        self._tell_columns(Column.BECOMES, Column.STATUS)
        self._changed()

    def tell(self) -> None:
        """Have shown, at once for all rows, what has been set since the last time."""
        if self._touched:
            first, last = min(self._touched), max(self._touched)
            self._touched.clear()
            self._tell(first, last, Column.BECOMES, Column.STATUS)
        if self._has_changed:
            self._has_changed = False
            self.changed.emit()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[Column(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._shown[index.row()]
        if role == STATE:
            return row.state
        if role == PATH:
            return row.path
        match Column(index.column()):
            case Column.PICTURE:
                return self._picture_data(row, role)
            case Column.BECOMES:
                return becomes_data(row, self._becoming_of(row), role)
            case Column.STATUS:
                return status_data(row, role)

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show the rows sorted, or for column -1 in the order of the work, which stays."""
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        rows = [self._shown[index.row()] for index in old]
        shown = list(self._rows)
        if column >= 0:
            is_descending = order == Qt.SortOrder.DescendingOrder
            shown.sort(key=lambda row: self._sort_key(row, column), reverse=is_descending)
        self._show(shown)
        new = [self.index(self._places[r.path], i.column()) for r, i in zip(rows, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _picture_data(self, row: Row, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown_name(row.path)
            case Qt.ItemDataRole.ToolTipRole:
                return str(row.path)
            case Qt.ItemDataRole.DecorationRole:
                return None if row.problem else self._thumbnails.get(row.path)
            case _ if role == DETAIL:
                return shown_path(row.path.parent)
        return None

    def _becoming_of(self, row: Row) -> Becoming:
        shown = None if row.outcome is None else has_become(row.outcome)
        shown = shown or self._becoming.get(row.path)
        if shown is None:
            shown = becoming(row.path, row.facts, self._choices, self._method)
            self._becoming[row.path] = shown
        return shown

    def _show(self, rows: list[Row]) -> None:
        self._shown = rows
        self._touched.clear()  # all rows are shown anew
        self._places = {row.path: place for place, row in enumerate(rows)}

    def _sort_key(self, row: Row, column: int) -> tuple[float, str]:
        name = f"{row.path.name}\n{row.path}".casefold()
        if column == Column.PICTURE:
            return 0.0, name
        if column == Column.BECOMES:
            return float(self._becoming_of(row).pixels), name
        seconds = 0.0 if row.outcome is None else row.outcome.seconds
        return _ORDER[row.state] * 1e9 + seconds, name

    def _forget_problem(self, row: Row, place: int) -> None:
        """Have a picture looked at again that could not be read before."""
        if row.problem:
            row.problem = ""
            self._tell_picture(place)

    def _changed(self) -> None:
        self._tally, self._has_changed = None, False
        self.changed.emit()

    def _tell(self, first: int, last: int, *columns: Column) -> None:
        self.dataChanged.emit(self.index(first, columns[0]), self.index(last, columns[-1]))

    def _tell_picture(self, place: int) -> None:
        self.dataChanged.emit(self.index(place, 0), self.index(place, Column.BECOMES))

    def _tell_columns(self, *columns: Column) -> None:
        if self._rows:
            self._tell(0, len(self._rows) - 1, *columns)

    @Slot(object, object)
    def _on_examined(self, path: Path, facts: Facts) -> None:
        place = self._places.get(path)
        if place is None:
            return
        self._shown[place].facts, self._shown[place].problem = facts, ""
        self._becoming.pop(path, None)
        self._tell_picture(place)

    @Slot(object, object)
    def _on_failed(self, path: Path, error: Exception) -> None:
        place = self._places.get(path)
        if place is not None:
            self._shown[place].problem = message_of(error)
            self._tell_picture(place)
