"""srcnn-train --method ksvd or sc: from options to a training, and its events as lines."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

import typer

from trainer.dictionary import resume_dictionary, train_dictionary
from trainer.dictionary_events import DictionaryFinished, DictionaryStarted, IterationDone
from trainer.dictionary_state import USUAL, DictionaryConfig, state_file
from trainer.events import DataRead, StopReason
from trainer.report import duration
from trainer.setting import check_given_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trainer.control import Control
    from trainer.dictionary_events import DictionaryEvent

_NAMES = {"ksvd": "K-SVD", "sc": "SC"}

_TAKEN = {"data", "scale", "out", "threads", "seed"}


def start(
    method: str, given: Mapping[str, Any], settings: list[str], control: Control
) -> Iterator[DictionaryEvent]:
    """Train a dictionary as the options say.

    Parameters
    ----------
    method : str
        A key of ``USUAL``.
    given : Mapping
        Options that were given, by name.
    settings : list of str
        ``NAME=VALUE`` of ``--set``.
    control : Control
        Asked between iterations.

    Raises
    ------
    typer.BadParameter
        If an option makes no sense here.
    """
    for name in given:
        if name not in _TAKEN:
            raise typer.BadParameter("goes with --method srcnn alone", param_hint=f"--{name}")
    now = datetime.now().astimezone()
    name = f"{method}-x{given.get('scale', 3)}-{now:%Y%m%d-%H%M%S}"
    usual = {"data": (), "out": Path("runs") / name, "method": method, **USUAL[method]}
    try:
        check_given_once(settings, given)
        config = DictionaryConfig(**{**usual, **given}).with_settings(settings)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--set") from error
    return train_dictionary(config, control)


def go_on_if_dictionary(folder: Path, control: Control) -> Iterator[DictionaryEvent] | None:
    """Go on with a dictionary's training in a folder; None if there is none in it."""
    return resume_dictionary(folder, control) if state_file(folder).exists() else None


def describe(event: DictionaryEvent) -> str:
    """Return one line for people; the files that were skipped stand indented below."""
    match event:
        case DataRead():
            return f"reading pictures: {event.done:,} of {event.total:,}"
        case DictionaryStarted():
            text = (
                f"{_NAMES[event.method]} \N{MULTIPLICATION SIGN}{event.scale}: {event.atoms:,} "
                f"atoms from {event.vectors:,} patches of {event.pictures:,} pictures, "
                f"{event.features} features each; in {event.folder}"
            )
            if event.iteration:
                text += f"; going on after {event.iteration} iterations"
            return "\n".join([text, *(f"  skipped {s.name}: {s.reason}" for s in event.skipped)])
        case IterationDone():
            return (
                f"iteration {event.iteration} of {event.of}: RMSE {event.rmse:.6f}, "
                f"{event.replaced} atoms replaced, {duration(event.seconds)}, "
                f"{duration(event.eta_seconds)} left"
            )
        case DictionaryFinished():
            return _finished(event)
        case _:
            assert_never(event)


def to_json(event: DictionaryEvent) -> str:
    """Return the event as one JSON object, its class under ``"event"``."""
    values = {"event": type(event).__name__, **asdict(event)}
    return json.dumps(values, ensure_ascii=False, allow_nan=False, default=_as_text)


def _as_text(value: object) -> str:
    return value.as_posix() if isinstance(value, Path) else str(value)


def _finished(event: DictionaryFinished) -> str:
    after = f"{event.reason.value} after {event.iteration} iterations"
    if event.path is not None:
        return f"{after} in {duration(event.seconds)}: dictionary in {event.path}"
    if event.reason is StopReason.SUSPENDED:
        return f"{after}; it can be gone on with"
    return f"{after}; nothing was kept"
