"""What is seen in a terminal, and where there is none."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from trainer.config import TrainConfig
from trainer.console import print_events
from trainer.control import Command
from trainer.events import RunFinished, RunStarted, StepDone, StopReason, TrainEvent, Validated
from trainer.loop import resume, train
from trainer.report import describe


def printed(events: Iterable[TrainEvent], *, live: bool) -> tuple[str, RunFinished | None]:
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=live, width=200, highlight=False, soft_wrap=True,
        color_system=None, _environ={},
    )  # fmt: skip
    finished = print_events(events, console)
    return file.getvalue(), finished


def test_without_a_terminal_every_event_is_a_line(tiny: TrainConfig) -> None:
    events = list(train(tiny))
    text, finished = printed(events, live=False)
    assert text.splitlines() == [describe(event) for event in events]
    assert finished is events[-1]


def test_a_run_that_has_not_finished_has_no_end(tiny: TrainConfig) -> None:
    events = list(train(tiny))
    for live in (True, False):
        assert printed(events[:4], live=live)[1] is None
        assert printed([], live=live)[1] is None


def test_in_a_terminal_a_line_moves_and_few_stay(tiny: TrainConfig) -> None:
    events = list(train(tiny))
    text, finished = printed(events, live=True)
    assert finished is events[-1]
    for event in events:
        stays = isinstance(event, RunStarted | Validated | RunFinished)
        assert (describe(event) in text) == stays
    assert "reading pictures" in text


def step(backprops: int, eta: float | None) -> StepDone:
    return StepDone(backprops, 0.5, 61.0, 0.001234, 5e-4, 1640.4, eta, 321.5)


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what the moving line says."""
    said: list[str] = []
    from rich.progress import Progress

    update = Progress.update

    def recorded(self: Progress, *args: object, **kwargs: object) -> None:
        said.append(f"{kwargs['completed']} {kwargs['description']}")
        update(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Progress, "update", recorded)
    return said


def test_the_moving_line_says_how_far_how_fast_and_how_good(
    tiny: TrainConfig, moving: list[str]
) -> None:
    started = replace(next(e for e in train(tiny) if isinstance(e, RunStarted)), bicubic_db=30.0)
    check = Validated(1600, 30.0, 30.5, is_best=True, waited=0)
    worse = Validated(3200, 60.0, 30.25, is_best=False, waited=1)
    printed([started, check, worse, step(3200, 61.0), step(6400, None)], live=True)
    pace_and_figure = "backprops  1,640/s  loss 0.001234  best 30.500 dB (+0.50)  322 MB"
    assert moving == [
        f"0.5 1:01 min left  3,200 {pace_and_figure}",
        f"0.5 6,400 {pace_and_figure}",
    ]


def test_a_resumed_run_knows_its_best_at_once(tiny: TrainConfig, moving: list[str]) -> None:
    commands = iter([Command.GO_ON] * 16)
    list(train(tiny, lambda: next(commands, Command.SUSPEND)))
    _, finished = printed(resume(tiny.out), live=True)
    assert finished is not None
    assert finished.reason is StopReason.COMPLETED
    assert moving
    assert not any("inf" in line for line in moving)


def test_marks_in_names_are_no_markup(tiny: TrainConfig, tmp_path: Path) -> None:
    config = replace(tiny, out=tmp_path / "[red]run[")
    events = list(train(config))
    for live in (True, False):
        assert "[red]run[" in printed(events, live=live)[0]
