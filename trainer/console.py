"""What people see of a run in a terminal: a line that moves, and lines that stay."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from trainer.events import RunFinished, RunStarted, StepDone, Validated
from trainer.report import describe, duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trainer.events import TrainEvent


def print_events(
    events: Iterable[TrainEvent], console: Console | None = None
) -> RunFinished | None:
    """Print a run and return how it ended: a progress line in a terminal, else a line an event."""
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        last = None
        for event in events:
            console.print(Text(describe(event)))
            last = event
        return last if isinstance(last, RunFinished) else None
    return _print_live(events, console)


def _print_live(events: Iterable[TrainEvent], console: Console) -> RunFinished | None:
    columns = (
        BarColumn(24),
        TextColumn("{task.percentage:3.0f} %"),
        TextColumn("{task.description}"),
    )
    finished, bicubic_db, best_db = None, 0.0, float("-inf")
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(*columns, console=console, transient=True))
        task = progress.add_task("reading pictures", total=1.0)
        for event in events:
            match event:
                case RunStarted():
                    bicubic_db = event.bicubic_db
                    earlier = (e.psnr_db for e in event.curve if isinstance(e, Validated))
                    best_db = max(earlier, default=best_db)
                    console.print(Text(describe(event)))
                case Validated():
                    best_db = max(best_db, event.psnr_db)
                    console.print(Text(describe(event)))
                case StepDone():
                    line = _line(event, best_db, bicubic_db)
                    progress.update(task, completed=event.progress, description=line)
                case RunFinished():
                    finished = event
                case _:
                    pass
    if finished is not None:
        console.print(Text(describe(finished)))
    return finished


def _line(event: StepDone, best_db: float, bicubic_db: float) -> str:
    left = "" if event.eta_seconds is None else f"{duration(event.eta_seconds)} left  "
    return (
        f"{left}{event.backprops:,} backprops  {event.per_second:,.0f}/s  loss {event.loss:.6f}  "
        f"best {best_db:.3f} dB ({best_db - bicubic_db:+.2f})  {event.memory_mb:,.0f} MB"
    )
