"""Events as text: a line for people, a line of JSON for programs, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, assert_never, get_origin, get_type_hints

from trainer.events import (
    CheckpointSaved,
    DataRead,
    RunFinished,
    RunStarted,
    Skipped,
    StepDone,
    StopReason,
    TrainEvent,
    Validated,
    WeightsSnapshot,
)

_KINDS: Mapping[str, type[TrainEvent]] = {
    kind.__name__: kind
    for kind in (
        DataRead, RunStarted, StepDone, Validated, WeightsSnapshot, CheckpointSaved, RunFinished
    )
}  # fmt: skip
_HINTS: Mapping[type[TrainEvent], Mapping[str, Any]] = {
    kind: get_type_hints(kind) for kind in _KINDS.values()
}


def describe(event: TrainEvent) -> str:
    """Return one line for people; the files that were skipped stand indented below."""
    match event:
        case DataRead():
            return f"reading pictures: {event.done:,} of {event.total:,}"
        case RunStarted():
            return _started(event)
        case StepDone():
            left = "" if event.eta_seconds is None else f"  {duration(event.eta_seconds)} left"
            return (
                f"{event.progress:6.1%}  {event.backprops:,} backprops  "
                f"{duration(event.seconds)}{left}  {event.per_second:,.0f}/s  "
                f"loss {event.loss:.6f}  rate {event.rate:.2e}"
            )
        case Validated():
            mark = "  best so far" if event.is_best else f"  no gain for {event.waited}"
            return f"validated at {event.backprops:,} backprops: {event.psnr_db:.3f} dB{mark}"
        case WeightsSnapshot():
            return f"snapshot at {event.backprops:,} backprops: {event.path}"
        case CheckpointSaved():
            return f"checkpoint at {event.backprops:,} backprops: {event.path}"
        case RunFinished():
            return _finished(event)
        case _:
            assert_never(event)


def to_json(event: TrainEvent) -> str:
    """Return the event as one JSON object, its class under ``"event"``; infinity as ``"inf"``."""
    values = {"event": type(event).__name__, **asdict(event)}
    if isinstance(event, RunStarted):  # what it is resumed from stands in the lines before
        del values["curve"]
    return json.dumps(_plain(values), ensure_ascii=False, allow_nan=False)


def from_json(line: str) -> TrainEvent:
    """Return the event that ``to_json`` wrote; a resumed run's curve is not part of the line.

    Raises
    ------
    ValueError
        If the line is something else.
    """
    try:
        values = json.loads(line)
        kind = _KINDS[values.pop("event")]
        hints = _HINTS[kind]
        return kind(
            **{name: _checked(name, _typed(name, value), hints) for name, value in values.items()}
        )
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"no event: {line:.80}") from error


def duration(seconds: float) -> str:
    """Return a time for people: ``0:07 min``, ``1:02 h``, ``3 d 4 h``."""
    if seconds < 3600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
    hours, rest = divmod(int(seconds), 3600)
    if hours < 24:
        return f"{hours}:{rest // 60:02d} h"
    return f"{hours // 24} d {hours % 24} h"


def _started(event: RunStarted) -> str:
    paper = "" if event.paper_db is None else f", the paper {event.paper_db:.2f} dB"
    cores = f" ({event.threads} threads)" if event.device == "cpu" else ""
    lines = [
        f"{event.network} \N{MULTIPLICATION SIGN}{event.scale} on {event.device}{cores}: "
        f"{event.training_pictures:,} pictures to learn from, {event.validation_pictures} to "
        f"validate on (bicubic {event.bicubic_db:.3f} dB{paper}); run in {event.folder}"
    ]
    if event.curve:
        lines[0] += f"; going on after {event.curve[-1].backprops:,} backprops"
    if event.note:
        lines.append(f"  {event.note}")
    lines += [f"  skipped {skipped.name}: {skipped.reason}" for skipped in event.skipped]
    return "\n".join(lines)


def _finished(event: RunFinished) -> str:
    if event.reason is StopReason.SUSPENDED:
        return f"suspended after {event.backprops:,} backprops; it can be gone on with"
    if event.reason is StopReason.DISCARDED or event.weights is None:
        return f"discarded after {event.backprops:,} backprops; nothing was kept"
    text = (
        f"{event.reason.value} after {event.backprops:,} backprops in {duration(event.seconds)}: "
        f"{event.psnr_db:.3f} dB, weights in {event.weights}"
    )
    return f"{text}. {event.note}" if event.note else text


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value.as_posix() if isinstance(value, Path) else value


def _typed(name: str, value: Any) -> Any:
    if name in ("folder", "path", "weights"):
        return None if value is None else Path(value)
    if name == "skipped":
        skipped = tuple(Skipped(**entry) for entry in value)
        if not all(isinstance(text, str) for each in skipped for text in (each.name, each.reason)):
            raise TypeError(name)
        return skipped
    if name == "reason":
        return StopReason(value)
    if _may_be_endless(name) and isinstance(value, str):
        return float(value)
    return value


def _checked(name: str, value: Any, hints: Mapping[str, Any]) -> Any:
    """Return the value if it is of the type that the event has there, and not endless."""
    hint = hints[name]
    if hint in (float, float | None) and type(value) is int:
        value = float(value)
    if isinstance(value, bool) is not (hint is bool):
        raise TypeError(name)
    if not isinstance(value, tuple if get_origin(hint) is tuple else hint):
        raise TypeError(name)
    if isinstance(value, float) and not _may_be_endless(name) and not math.isfinite(value):
        raise ValueError(name)
    return value


def _may_be_endless(name: str) -> bool:
    """Tell whether a value may be no finite number: of equal pictures, and of runs that diverge."""
    return name.endswith("_db") or name == "loss"
