"""Events as text: a line for people, a line of JSON for programs."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import assert_never

from trainer.events import (
    CheckpointSaved,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    TrainEvent,
    Validated,
)


def describe(event: TrainEvent) -> str:
    """Return one line for people; the files that were skipped stand indented below."""
    match event:
        case RunStarted():
            return _started(event)
        case StepDone():
            return (
                f"{event.progress:6.1%}  {event.backprops:,} backprops  "
                f"{_duration(event.seconds)}  {event.backprops / max(event.seconds, 1e-9):,.0f}/s  "
                f"loss {event.loss:.6f}  rate {event.rate:.2e}"
            )
        case Validated():
            mark = "  best so far" if event.is_best else ""
            return f"validated at {event.backprops:,} backprops: {event.psnr_db:.3f} dB{mark}"
        case CheckpointSaved():
            return f"checkpoint at {event.backprops:,} backprops: {event.path}"
        case RunFinished():
            return _finished(event)
        case _:
            assert_never(event)


def to_json(event: TrainEvent) -> str:
    """Return the event as one JSON object, its class under ``"event"``; infinity as ``"inf"``."""
    values = {"event": type(event).__name__, **asdict(event)}
    return json.dumps(_plain(values), ensure_ascii=False, allow_nan=False)


def _started(event: RunStarted) -> str:
    lines = [
        f"{event.network} \N{MULTIPLICATION SIGN}{event.scale} on {event.device}: "
        f"{event.training_pictures} pictures to learn from, {event.validation_pictures} to "
        f"validate on (bicubic {event.bicubic_db:.3f} dB); run in {event.folder}"
    ]
    if event.curve:
        lines[0] += f"; going on after {event.curve[-1].backprops:,} backprops"
    lines += [f"  skipped {skipped.name}: {skipped.reason}" for skipped in event.skipped]
    return "\n".join(lines)


def _finished(event: RunFinished) -> str:
    if event.reason is StopReason.DISCARDED or event.weights is None:
        return f"discarded after {event.backprops:,} backprops; nothing was kept"
    return (
        f"{event.reason.value} after {event.backprops:,} backprops in {_duration(event.seconds)}: "
        f"{event.psnr_db:.3f} dB, weights in {event.weights}"
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d} min"


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, Path) else value
