"""``srcnn upscale``: pictures in, larger pictures out."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from srcnn.batch.events import (
    TaskDone,
    TaskFailed,
    TaskNoted,
    TaskProgressed,
    TaskSkipped,
    TaskStarted,
    WaitingForOthers,
)
from srcnn.batch.plan import Naming, Task, plan_batch
from srcnn.batch.report import BatchReport
from srcnn.batch.run import Existing, run_batch
from srcnn.commands.options import unused_options
from srcnn.commands.terminal import note, progress_bar, say, show_error
from srcnn.errors import OutputError, PictureError, SrcnnError
from srcnn.files import check_targets, identity, other_pictures
from srcnn.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from srcnn.batch.events import BatchEvent, Standing
    from srcnn.batch.work import Enlarging
    from srcnn.commands.terminal import Advance
    from srcnn.final_size import Target


@dataclass(frozen=True, slots=True)
class Batch:
    """What is done with many pictures; fields as the options of the command.

    Attributes
    ----------
    naming : Naming or None
        How results are called; None if a single result is called as ``--output`` says.
    recursive : bool
        Whether folders below are looked into.
    part : slice
        Which of the pictures are taken.
    existing : Existing
        What happens if a result is there already.
    claim : bool
        Whether the work is shared with other programs.
    report : Path or None
        CSV file of what became of every picture.
    """

    naming: Naming | None
    recursive: bool
    part: slice
    existing: Existing
    claim: bool
    report: Path | None

    @property
    def is_shared(self) -> bool:
        """Whether other programs may be at the rest of it, and write the same report."""
        return self.claim or self.part.step != 1


def is_folder(inputs: Sequence[Path], output: Path, *, is_named: bool) -> bool:
    """Tell whether ``--output`` is a folder: for several pictures, if there is one, or no ending.

    Raises
    ------
    PictureError
        If an input is not there.
    """
    for path in inputs:
        if not path.exists():
            raise PictureError(f"There is no file {path}", hint="Check the name.")
    wants_folder = len(inputs) > 1 or is_named
    if wants_folder and output.suffix.lower() in FORMATS and not output.is_dir():
        raise typer.BadParameter(
            f"several pictures, or names by a pattern, need a folder, not {output.name!r}",
            param_hint="--output",
        )
    return wants_folder or inputs[0].is_dir() or output.is_dir() or not output.suffix


def plan(inputs: Sequence[Path], output: Path, batch: Batch) -> list[Task]:
    """Return what is to be done.

    Raises
    ------
    SrcnnError
        If there is nothing that could be begun with, or a picture would be replaced.
    """
    if batch.naming is None:
        check_targets([output], inputs, overwrite=True)  # what exists is a failure of the work
        return [Task(inputs[0], output)][batch.part]
    folders = [path for path in inputs if path.is_dir()]
    others = other_pictures(folders, recursive=batch.recursive)
    if others:
        note(others)
    return plan_batch(inputs, output, batch.naming, recursive=batch.recursive)[batch.part]


def run(inputs: Sequence[Path], output: Path, batch: Batch, work: Enlarging) -> int:
    """Enlarge pictures; return the exit code.

    Raises
    ------
    SrcnnError
        If there is nothing that could be begun with.
    """
    tasks = plan(inputs, output, batch)
    if not tasks:
        note("There is no picture in this shard")
        return 0
    if batch.report is not None:
        check_targets([batch.report], [task.picture for task in tasks], overwrite=True)
        if identity(batch.report) in {identity(task.target) for task in tasks}:
            raise OutputError(f"{batch.report} would be written twice", hint="Choose two names.")
        report = BatchReport(
            batch.report,
            work.method.id,
            work.scale,
            scales=() if work.target is None else work.method.scales,
            shared=batch.is_shared,
        )
    else:
        report = None
    with _Console(single=batch.naming is None, failed=[]) as console:

        def tell(event: BatchEvent) -> None:
            console.standing = getattr(event, "standing", console.standing)
            if report is not None:
                report.take(event)
            console.show(event)

        try:
            done = run_batch(tasks, work, tell, existing=batch.existing, claims=batch.claim)
        except KeyboardInterrupt:
            console.show_interrupted()
            raise
        console.show_end(done.standing)
    if report is not None and report.fault is not None:
        note("The report is not complete:")
        show_error(report.fault)
        return 1
    return 1 if done.standing.failed else 0


def note_unused(context: typer.Context, inputs: Sequence[Path], output: Path, batch: Batch) -> None:
    """Say which options change nothing: for saving, in the format of all results, and --flat."""
    if not batch.recursive and not any(path.is_dir() for path in inputs):
        note("--flat changes nothing: no folder is given")
    suffix = output.suffix.lower() if batch.naming is None else batch.naming.suffix or ""
    for option in unused_options(context, suffix):
        note(f"{option} changes nothing: {FORMATS[suffix].label} has no such choice")


def chosen_naming(
    name: str | None, suffix: str | None, scale: int, method: str, target: Target | None
) -> Naming:
    """Turn ``--name`` and ``--format`` into a way of calling results."""
    if suffix is not None:
        suffix = f".{suffix.lower().removeprefix('.')}"
    try:
        naming = Naming(scale=scale, method=method, suffix=suffix, target=target)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--format") from error
    if name is None:
        return naming
    try:
        return Naming(name, scale, method, suffix, target)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--name") from error


def chosen_existing(*, overwrite: bool, skip: bool, claim: bool) -> Existing:
    """Turn options that exclude one another into what happens to existing files."""
    if overwrite and (skip or claim):
        other = "--skip-existing" if skip else "--claim"
        raise typer.BadParameter(f"it cannot be had with {other}", param_hint="--overwrite")
    if overwrite:
        return Existing.OVERWRITE
    return Existing.SKIP if skip or claim else Existing.FAIL


@dataclass(slots=True)
class _Console:
    """Shows a batch: a bar for the picture in hand, a line for every result.

    Of a ``single`` picture the result or the error is all that is said.
    """

    single: bool
    failed: list[Path]
    standing: Standing | None = None
    _bar: ExitStack | None = None
    _advance: Advance | None = None

    def __enter__(self) -> _Console:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_bar()

    def show(self, event: BatchEvent) -> None:
        """Show what happened."""
        match event:
            case TaskStarted(task, standing):
                count = "" if self.single else f"{standing.ended + 1}/{standing.total} "
                self._bar = ExitStack()
                self._advance = self._bar.enter_context(progress_bar(count + task.picture.name))
            case TaskProgressed(_, done, total):
                if self._advance is not None:
                    self._advance(done, total)
            case TaskNoted(task, text):
                note(f"{task.picture.name}: {text}")
            case TaskDone(task, _, size):
                self._end_bar()
                say(f"{task.target}  {size}")
            case TaskSkipped(task, by_other):
                self._end_bar()
                reason = "was made by another program" if by_other else "exists already"
                note(f"skipped: {task.target} {reason}")
            case TaskFailed(task, error, hint):
                self._end_bar()
                show_error(SrcnnError(error, hint=hint))
                self.failed.append(task.picture)
            case WaitingForOthers(left):
                note(f"waiting for {left} pictures that other programs are at")
            case _:
                pass

    def show_end(self, standing: Standing) -> None:
        """Sum up."""
        if self.single:
            return
        say(
            f"{standing.done} done, {standing.skipped} skipped, {standing.failed} failed"
            f" in {standing.seconds:.1f} s ({standing.pace:.2f} MP/s)"
        )
        if self.failed:
            note(f"{len(self.failed)} of {standing.total} pictures failed:")
            for path in self.failed:
                note(f"  {path}")

    def show_interrupted(self) -> None:
        """Say how far it came, and how to go on."""
        self._end_bar()
        if not self.single and self.standing is not None:
            note(f"interrupted: {self.standing.done} done, {self.standing.left} left")
            note("hint: Go on with --skip-existing.")

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = self._advance = None
