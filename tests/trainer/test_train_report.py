"""Events as text, and back."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest

from trainer.events import (
    CheckpointSaved,
    CurveEvent,
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
from trainer.report import describe, duration, from_json, to_json

STEP = StepDone(3200, 0.25, 61.0, 0.001234, 5e-4, 640.4, 183.0, 321.5)
CHECK = Validated(3200, 62.0, 31.2341, is_best=True, waited=0)
STARTED = RunStarted(
    folder=Path("runs/a"),
    scale=3,
    network="9-1-5",
    device="cpu",
    threads=2,
    training_pictures=9,
    validation_pictures=2,
    validation_name="Set5 (validation)",
    skipped=(Skipped("bad.png", "bad.png is empty"),),
    bicubic_db=28.5,
    paper_db=32.39,
    curve=(STEP, CHECK),
    note="Look out.",
)
CASES: list[tuple[TrainEvent, tuple[str, ...]]] = [
    (DataRead(1200, 5000), ("reading pictures: 1,200 of 5,000",)),
    (
        STARTED,
        (
            "9-1-5 \N{MULTIPLICATION SIGN}3 on cpu (2 threads): 9 pictures to learn from",
            "2 to validate on",
            "bicubic 28.500 dB, the paper 32.39 dB",
            f"run in {Path('runs/a')}",
            "going on after 3,200",
            "\n  Look out.",
            "\n  skipped bad.png: bad.png is empty",
        ),
    ),
    (
        STEP,
        ("25.0%", "3,200 backprops", "1:01 min", "3:03 min left", "640/s", "0.001234", "5.00e-04"),
    ),
    (CHECK, ("validated at 3,200 backprops: 31.234 dB", "best so far")),
    (replace(CHECK, is_best=False, waited=3), ("31.234 dB", "no gain for 3")),
    (WeightsSnapshot(3200, 62.0, Path("a/b")), ("snapshot at 3,200", str(Path("a/b")))),
    (CheckpointSaved(3200, Path("runs/a/c")), ("checkpoint at 3,200", str(Path("runs/a/c")))),
    (
        RunFinished(3200, 62.0, StopReason.COMPLETED, Path("runs/a/w"), 31.2345, 1600),
        ("completed after 3,200", "1:02 min", "31.23", str(Path("runs/a/w"))),
    ),
    (
        RunFinished(3200, 62.0, StopReason.DIVERGED, Path("w"), 31.2, 16, "Begin again."),
        ("diverged after", "31.2", "weights in w. Begin again."),
    ),
    (RunFinished(320, 6.0, StopReason.NO_GAIN, Path("w"), math.inf), ("no gain after 320", "inf")),
    (RunFinished(3200, 62.0, StopReason.DISCARDED, None, None), ("discarded", "nothing was kept")),
    (RunFinished(3200, 62.0, StopReason.SUSPENDED, None, 31.2), ("suspended after 3,200",)),
]
EVENTS = [event for event, _ in CASES]


def test_every_event_is_tried() -> None:
    union = {*get_args(CurveEvent), *get_args(TrainEvent)}
    assert {type(event) for event in EVENTS} == {kind for kind in union if isinstance(kind, type)}


@pytest.mark.parametrize(("event", "words"), CASES)
def test_an_event_reads_as_a_sentence(event: TrainEvent, words: tuple[str, ...]) -> None:
    text = describe(event)
    for word in words:
        assert word in text
    assert "None" not in text


def test_a_suspended_run_is_not_said_to_be_lost() -> None:
    assert "discarded" not in describe(RunFinished(1, 1.0, StopReason.SUSPENDED, None, 31.2))


def test_what_is_not_known_is_not_said() -> None:
    assert "left" not in describe(replace(STEP, eta_seconds=None))
    plain = describe(replace(STARTED, paper_db=None, curve=(), skipped=(), note="", device="mps"))
    assert "\n" not in plain
    for word in ("paper", "going on", "threads"):
        assert word not in plain


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_goes_through_a_line_of_json(event: TrainEvent) -> None:
    line = to_json(event)
    assert "\n" not in line
    values = json.loads(line)
    assert values["event"] == type(event).__name__
    assert set(values) == {"event", *(f.name for f in fields(event))} - {"curve"}
    expected = replace(event, curve=()) if isinstance(event, RunStarted) else event
    back = from_json(line)
    assert back == expected
    assert [type(getattr(back, f.name)) for f in fields(back)] == [
        type(getattr(expected, f.name)) for f in fields(expected)
    ]


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_json_has_no_infinity(value: float) -> None:
    exact = replace(CHECK, psnr_db=value)
    assert json.loads(to_json(exact))["psnr_db"] == str(value)
    assert from_json(to_json(exact)) == exact


def test_names_of_any_kind_go_through_json() -> None:
    event = replace(STARTED, skipped=(Skipped("ä\n\"'\u2028.png", "no"),), curve=())
    assert "\n" not in to_json(event)
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    "line",
    ["", "no json", "[]", "3", "null", "{}", '{"event": "Exit"}', '{"event": "StepDone"}',
     '{"event": ["StepDone"]}', '{"event": "CheckpointSaved", "backprops": 1, "path": 5}',
     '{"event": "RunFinished", "reason": "tired"}', "[" * 100_000],
)  # fmt: skip
def test_another_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(line)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00 min"),
        (7.9, "0:07 min"),
        (3599.9, "59:59 min"),
        (3600, "1:00 h"),
        (86_399, "23:59 h"),
        (86_400, "1 d 0 h"),
        (3 * 86_400 + 4 * 3600 + 59, "3 d 4 h"),
    ],
)
def test_a_duration_is_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text
