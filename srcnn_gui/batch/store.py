"""The queue in a file: whatever ends the program, the next start goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcnn.errors import DataError
from srcnn.files import make_folder
from srcnn.geometry import Size
from srcnn.safe_file import explained, write_safely
from srcnn_gui.batch.choices import Choices, choices_of
from srcnn_gui.batch.rows import Outcome, Row, State

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSION = 1
_ENDED = frozenset({State.DONE, State.SKIPPED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives the window.

    Attributes
    ----------
    choices : Choices
        The setting for all.
    rows : sequence of Row
        The queue, and what became of it.
    """

    choices: Choices = field(default_factory=Choices)
    rows: Sequence[Row] = ()


def queue_file() -> Path:
    """Return the file in the folder of the program's data."""
    from platformdirs import user_data_path

    return user_data_path("srcnn-studio", appauthor=False) / "batch.json"


def snapshot(choices: Choices, rows: Sequence[Row]) -> dict[str, Any]:
    """Return what is to be kept as plain values, which do not change any more."""
    return {
        "version": _VERSION,
        "choices": choices.as_values(),
        "rows": [_values(row) for row in rows],
    }


def write(file: Path, values: dict[str, Any]) -> None:
    """Write a snapshot.

    Raises
    ------
    OutputError
        If that is not possible; what was there is untouched.
    """
    make_folder(file.parent)
    text = "".join(json.JSONEncoder().iterencode(values))  # in pieces: other threads go on
    write_safely(file, text.encode())


def read(file: Path) -> Kept:
    """Return what was kept; nothing if there is no file.

    Raises
    ------
    DataError
        If the file is damaged; it was given another name.
    OutputError
        If it cannot be read.
    """
    try:
        text = file.read_bytes().decode()
    except FileNotFoundError:
        return Kept()
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise explained(error, file) from error
    try:
        return _kept(json.loads(text))
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        aside = file.with_suffix(".damaged.json")
        try:
            file.replace(aside)
        except OSError as error:
            raise explained(error, file) from error
        raise DataError(
            "The queue of the last batch is damaged and was set aside",
            hint=f"Add the pictures again; those that are done are skipped. The file is {aside}.",
        ) from None


def _kept(values: object) -> Kept:
    if not isinstance(values, Mapping) or values["version"] != _VERSION:
        raise ValueError("no queue")
    return Kept(choices_of(values["choices"]), [_row(one) for one in values["rows"]])


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {
        "path": str(row.path),
        "place": row.place.as_posix(),
        "number": row.number,
    }
    outcome = row.outcome
    if outcome is not None:
        values["outcome"] = {
            "state": outcome.state,
            "target": str(outcome.target),
            "method": outcome.method,
            "scale": outcome.scale,
            "before": _sides(outcome.before),
            "after": _sides(outcome.after),
            "bytes": outcome.length,
            "seconds": outcome.seconds,
            "error": outcome.error,
            "hint": outcome.hint,
            "notes": outcome.notes,
        }
    return values


def _row(values: Mapping[str, Any]) -> Row:
    """Return a row; ``ValueError``, ``TypeError`` or ``KeyError`` if it is none."""
    path, place = Path(values["path"]), Path(values["place"])
    if not path.is_absolute() or place.is_absolute() or ".." in place.parts:
        raise ValueError(f"{path} or {place} cannot be in a queue")
    outcome = values.get("outcome")
    found = None if outcome is None else _outcome(outcome)
    return Row(path, place, int(values["number"]), found)


def _outcome(values: Mapping[str, Any]) -> Outcome:
    state = State(values["state"])
    if state not in _ENDED:
        raise ValueError(f"{state} is no outcome")
    return Outcome(
        state=state,
        target=Path(values["target"]),
        method=str(values["method"]),
        scale=int(values["scale"]),
        before=_size(values["before"]),
        after=_size(values["after"]),
        length=int(values["bytes"]),
        seconds=float(values["seconds"]),
        error=str(values["error"]),
        hint=str(values["hint"]),
        notes=tuple(str(note) for note in values["notes"]),
    )


def _sides(size: Size | None) -> list[int] | None:
    return None if size is None else [size.width, size.height]


def _size(sides: Sequence[int] | None) -> Size | None:
    if sides is None:
        return None
    width, height = sides
    return Size(int(width), int(height))
