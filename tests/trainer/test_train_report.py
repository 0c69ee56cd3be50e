"""Events as text."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from trainer.events import (
    CheckpointSaved,
    RunFinished,
    RunStarted,
    Skipped,
    StepDone,
    StopReason,
    TrainEvent,
    Validated,
)
from trainer.report import describe, to_json

STEP = StepDone(3200, 0.25, 61.0, 0.001234, 5e-4)
CHECK = Validated(3200, 62.0, 31.2345, is_best=True)
STARTED = RunStarted(
    folder=Path("runs/a"),
    scale=3,
    network="9-1-5",
    device="cpu",
    training_pictures=9,
    validation_pictures=2,
    skipped=(Skipped("bad.png", "bad.png is empty"),),
    bicubic_db=28.5,
    curve=(STEP, CHECK),
)
EVENTS: list[TrainEvent] = [
    STARTED,
    STEP,
    CHECK,
    CheckpointSaved(3200, Path("runs/a/checkpoint")),
    RunFinished(3200, 62.0, StopReason.COMPLETED, Path("runs/a/weights"), 31.2345),
    RunFinished(3200, 62.0, StopReason.DISCARDED, None, None),
]


WORDS = [
    (
        "9-1-5 \N{MULTIPLICATION SIGN}3 on cpu",
        "9 pictures",
        "28.500 dB",
        "after 3,200",
        "\n  skipped bad.png: bad.png is empty",
    ),
    ("25.0%", "3,200 backprops", "1:01 min", "52/s", "0.001234", "5.00e-04"),
    ("3,200", "31.23", "best so far"),
    ("checkpoint at 3,200",),
    ("completed after 3,200", "1:02 min", "31.23", str(Path("runs/a/weights"))),
    ("discarded", "nothing was kept"),
]


@pytest.mark.parametrize(("event", "words"), list(zip(EVENTS, WORDS, strict=True)))
def test_an_event_reads_as_a_sentence(event: TrainEvent, words: tuple[str, ...]) -> None:
    text = describe(event)
    for word in words:
        assert word in text


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_one_line_of_json(event: TrainEvent) -> None:
    line = to_json(event)
    assert "\n" not in line
    values = json.loads(line)
    assert values["event"] == type(event).__name__
    assert set(values) == {"event", *event.__slots__}


def test_json_has_no_infinity() -> None:
    exact = Validated(1, 0.1, math.inf, is_best=True)
    assert json.loads(to_json(exact))["psnr_db"] == "inf"


def test_a_worse_validation_carries_no_mark() -> None:
    assert "best" not in describe(Validated(1, 0.1, 30.0, is_best=False))
