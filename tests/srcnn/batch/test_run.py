"""A batch tells what becomes of every task, and nothing that happens to one stops the rest."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from srcnn.batch import claims
from srcnn.batch import run as batch
from srcnn.batch import work as batch_work
from srcnn.batch.claims import acquire
from srcnn.batch.control import BatchControl
from srcnn.batch.events import (
    BatchDone,
    BatchEvent,
    BatchStarted,
    TaskDone,
    TaskFailed,
    TaskNoted,
    TaskProgressed,
    TaskSkipped,
    WaitingForOthers,
)
from srcnn.batch.pace import Pace
from srcnn.batch.plan import Naming, Task, plan_batch
from srcnn.batch.run import Attempt, Existing, Result, run_batch
from srcnn.batch.work import Enlarging
from srcnn.errors import Cancelled, PictureError
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.process_mark import own_mark
from srcnn.resize import BICUBIC, Border
from srcnn.safe_file import written_beside

BICUBIC_METHOD = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)


@dataclass
class Copying:
    """Writes the name of the picture into the target; ``faults`` by the names of pictures."""

    faults: dict[str, BaseException] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    steps: int = 2

    def __call__(self, task: Task, attempt: Attempt) -> Result:
        name = task.picture.name
        self.seen.append(name)
        with written_beside(task.target, overwrite=attempt.overwrite) as beside:
            beside.write_text(name)
            for step in range(self.steps):
                if attempt.should_stop():
                    raise Cancelled
                attempt.progress(step + 1, self.steps)
            if name in self.faults:
                raise self.faults[name]
        attempt.note("It is a copy.")
        return Result(Size(10, 10), Size(1000, 500))


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    folder = tmp_path / "in"
    for name in ("a.png", "b.png", "below/c.png", "d.png"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return plan_batch([folder], tmp_path / "out", Naming())


def told(tasks: list[Task], work: batch.Work, **options: object) -> list[BatchEvent]:
    events: list[BatchEvent] = []
    done = run_batch(tasks, work, events.append, **options)  # type: ignore[arg-type]  # any of them
    assert events[-1] is done
    return events


def kinds(events: list[BatchEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def left_hidden(folder: Path) -> list[Path]:
    return list(folder.rglob(".srcnn*"))


def test_every_task_is_told_from_beginning_to_end(tasks: list[Task], tmp_path: Path):
    events = told(tasks, Copying())
    one = ["TaskStarted", "TaskProgressed", "TaskProgressed", "TaskNoted", "TaskDone"]
    assert kinds(events) == ["BatchStarted", *one * 4, "BatchDone"]
    ends = [event for event in events if isinstance(event, TaskDone)]
    assert [event.standing.done for event in ends] == [1, 2, 3, 4]
    assert ends[0].file_bytes == 5
    end = events[-1]
    assert isinstance(end, BatchDone)
    assert not end.stopped
    assert end.standing.megapixels == pytest.approx(4 * 0.5)
    assert end.standing.left == 0
    assert (tmp_path / "out" / "below" / "c.png").read_text() == "c.png"
    assert left_hidden(tmp_path) == []


@pytest.mark.parametrize("with_claims", [False, True])
def test_a_failure_is_that_of_one_task(
    tasks: list[Task], tmp_path: Path, with_claims: bool, caplog: pytest.LogCaptureFixture
):
    faults = {
        "a.png": PictureError("a.png is damaged", hint="Save it again."),
        "b.png": MemoryError(),
        "c.png": RuntimeError("surprise"),
    }
    events = told(tasks, Copying(faults), claims=with_claims)
    failed = [event for event in events if isinstance(event, TaskFailed)]
    assert [(event.task.picture.name, event.error, event.hint) for event in failed] == [
        ("a.png", "a.png is damaged", "Save it again."),
        ("b.png", "There is not enough memory for b.png", "Close other programs."),
        ("c.png", "c.png failed unexpectedly (RuntimeError: surprise)", ""),
    ]
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert isinstance(events[-1], BatchDone)
    assert (events[-1].standing.done, events[-1].standing.failed) == (1, 3)
    assert not events[-1].stopped
    assert left_hidden(tmp_path) == []


def test_what_exists_fails_or_is_skipped_or_replaced(tasks: list[Task]):
    target = tasks[1].target
    target.parent.mkdir()
    target.write_text("precious")
    work = Copying()
    failed = [event for event in told(tasks, work) if isinstance(event, TaskFailed)]
    assert [event.error for event in failed] == ["b.png exists already"]
    assert "b.png" not in work.seen  # nothing was computed in vain
    events = told(tasks, Copying(), existing=Existing.SKIP)
    assert kinds(events) == ["BatchStarted", *["TaskSkipped"] * 4, "BatchDone"]
    assert target.read_text() == "precious"
    told(tasks, Copying(), existing=Existing.OVERWRITE)
    assert target.read_text() == "b.png"
    with pytest.raises(ValueError, match="nothing is overwritten"):
        run_batch(tasks, work, existing=Existing.OVERWRITE, claims=True)


@pytest.mark.parametrize("existing", Existing)
def test_a_folder_in_the_place_of_a_result_is_a_failure(tasks: list[Task], existing: Existing):
    tasks[0].target.mkdir(parents=True)
    events = told(tasks[:1], Copying(), existing=existing)
    assert isinstance(events[1], TaskFailed)
    assert events[1].error.endswith("is a folder")
    assert tasks[0].target.is_dir()


def test_what_appears_while_it_is_computed_stays(tasks: list[Task]):
    def late(task: Task, attempt: Attempt) -> Result:
        with written_beside(task.target, overwrite=attempt.overwrite) as beside:
            beside.write_text("ours")
            task.target.write_text("precious")
        return Result(Size(1, 1), Size(2, 2))

    events = told(tasks[:1], late)
    assert isinstance(events[-2], TaskFailed)
    assert tasks[0].target.read_text() == "precious"
    tasks[0].target.unlink()
    events = told(tasks[:1], late, claims=True)
    assert isinstance(events[-2], TaskSkipped)
    assert events[-2].by_other


def test_a_link_out_of_the_folder_is_a_failure(tasks: list[Task], tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "below").symlink_to(tmp_path / "elsewhere")
    failed = [event for event in told(tasks, Copying()) if isinstance(event, TaskFailed)]
    assert [event.task.picture.name for event in failed] == ["c.png"]
    assert "leads out of" in failed[0].error
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_half_files_of_the_dead_are_swept(tasks: list[Task], tmp_path: Path):
    (tmp_path / "out").mkdir()
    dead = replace(own_mark(), started="1")
    (tmp_path / "out" / f".srcnn-{dead}-00000000.part").touch()
    (tmp_path / "out" / f".srcnn-{own_mark()}-00000000.part").touch()
    assert told(tasks, Copying())[0] == BatchStarted(4, 1)
    assert len(left_hidden(tmp_path)) == 1


# --- pause and stop ---------------------------------------------------------------------------


def test_a_stop_gives_up_the_present_picture(tasks: list[Task], tmp_path: Path):
    control = BatchControl()
    events: list[BatchEvent] = []

    def tell(event: BatchEvent) -> None:
        events.append(event)
        if isinstance(event, TaskProgressed) and event.task is tasks[1]:
            control.stop()

    done = run_batch(tasks, Copying(), tell, claims=True, control=control)
    assert kinds(events)[-2:] == ["TaskStopped", "BatchDone"]
    assert done.stopped
    assert (done.standing.done, done.standing.left) == (1, 3)
    assert not tasks[1].target.exists()
    assert left_hidden(tmp_path) == []
    again = told(tasks, Copying(), claims=True)
    assert kinds(again).count("TaskDone") == 3


def test_whoever_gives_the_control_can_stop_as_well(tasks: list[Task]):
    work = Copying()
    done = run_batch(tasks, work, control=BatchControl(lambda: len(work.seen) == 2))
    assert (done.standing.done, done.stopped) == (1, True)


def test_a_pause_holds_the_work_and_keeps_its_claim(
    tasks: list[Task], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(claims, "BEAT_S", 0.0)
    monkeypatch.setattr("srcnn.batch.control._LOOK_S", 0.001)
    control, paused = BatchControl(), threading.Event()
    touched: list[Path] = []
    utime = os.utime

    def beat(path: Path) -> None:
        utime(path)
        if control.is_paused:
            touched.append(path)
            if len(touched) == 3:
                paused.set()
                control.resume()

    monkeypatch.setattr(os, "utime", beat)

    def tell(event: BatchEvent) -> None:
        if isinstance(event, TaskProgressed) and event.done == 1 and not paused.is_set():
            control.pause()

    done = run_batch(tasks, Copying(), tell, claims=True, control=control)
    assert paused.is_set()
    assert done.standing.done == 4
    assert control.paused_s > 0


# --- several programs -------------------------------------------------------------------------


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_AGAIN_S", 0.001)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("made", [True, False])
def test_what_others_are_at_comes_last(tasks: list[Task], tmp_path: Path, made: bool):
    tasks[0].target.parent.mkdir()
    other = acquire(tasks[0].target)
    assert other is not None
    events: list[BatchEvent] = []

    def tell(event: BatchEvent) -> None:
        events.append(event)
        if isinstance(event, WaitingForOthers):
            assert event.left == 1
            if made:
                tasks[0].target.write_text("of another")
            other.release()

    run_batch(tasks, Copying(), tell, claims=True)
    order = [e.task.picture.name for e in events if isinstance(e, TaskDone | TaskSkipped)]
    assert sorted(order) == ["a.png", "b.png", "c.png", "d.png"]
    assert order[-1] == "a.png"
    assert ("TaskSkipped" in kinds(events)) == made
    assert left_hidden(tmp_path) == []


def test_waiting_for_others_can_be_stopped(tasks: list[Task]):
    tasks[0].target.parent.mkdir()
    assert acquire(tasks[0].target) is not None
    control = BatchControl()
    done = run_batch(
        tasks,
        Copying(),
        lambda event: control.stop() if isinstance(event, WaitingForOthers) else None,
        claims=True,
        control=control,
    )
    assert (done.standing.done, done.stopped) == (3, True)


def test_what_was_made_between_the_look_and_the_claim_is_not_made_again(
    tasks: list[Task], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def slow(target: Path) -> claims.Claim | None:
        target.write_text("of another")
        return acquire(target)

    monkeypatch.setattr(batch, "acquire", slow)
    work = Copying()
    assert kinds(told(tasks, work, claims=True)).count("TaskSkipped") == 4
    assert work.seen == []
    assert left_hidden(tmp_path) == []


def test_a_claim_of_one_that_died_with_the_result_in_place_is_cleared_away(
    tasks: list[Task], tmp_path: Path
):
    told(tasks, Copying())
    dead = replace(own_mark(), started="1")
    claims._name(tasks[0].target, 0).write_text(f"{dead} 1\n")
    told(tasks, Copying(), claims=True)
    assert left_hidden(tmp_path) == []


def test_what_others_leave_who_die_meanwhile_is_cleared_away(tasks: list[Task], tmp_path: Path):
    dead = replace(own_mark(), started="1")

    def tell(event: BatchEvent) -> None:
        if isinstance(event, TaskDone) and event.task is tasks[3]:
            (tasks[0].target.parent / f".srcnn-{dead}-00000000.part").touch()
            claims._name(tasks[0].target, 0).write_text(f"{dead} 1\n")

    run_batch(tasks, Copying(), tell, claims=True)
    assert left_hidden(tmp_path) == []


# --- the work ---------------------------------------------------------------------------------


def test_the_work_enlarges(tmp_path: Path):
    Image.new("RGB", (9, 7), (1, 2, 3)).save(tmp_path / "a.gif", save_all=True)
    frames = [Image.new("L", (5, 5), level) for level in (10, 200)]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    tasks = plan_batch([tmp_path], tmp_path / "out", Naming("{stem}_x{scale}", 2, "bicubic"))
    events = told(tasks, Enlarging(BICUBIC_METHOD, 2))
    noted = [event.text for event in events if isinstance(event, TaskNoted)]
    assert any("only the first" in text for text in noted)
    done = [event for event in events if isinstance(event, TaskDone)]
    assert [event.output_size for event in done] == [Size(18, 14), Size(10, 10)]
    with Image.open(tmp_path / "out" / "a_x2.png") as image:
        assert image.size == (18, 14)


def test_the_work_warns_of_the_memory_that_its_threads_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    Image.new("L", (9, 7)).save(tmp_path / "a.png")
    given = []
    needed = batch_work.memory_needed

    def seen(*args: Any, threads: int | None, **options: Any) -> int:
        given.append(threads)
        return needed(*args, threads=threads, **options)

    monkeypatch.setattr(batch_work, "memory_needed", seen)
    task = Task(tmp_path / "a.png", tmp_path / "b.png")
    run_batch([task], Enlarging(BICUBIC_METHOD, 2, threads=3))
    assert given == [3]


def test_time_left_goes_by_megapixels(tmp_path: Path):
    for name, width in (("a.png", 1000), ("b.png", 3000)):
        Image.new("L", (width, 1000)).save(tmp_path / name)
    tasks = [Task(tmp_path / name, tmp_path / f"x{name}") for name in ("a.png", "b.png", "c.png")]
    pace = Pace(tasks, lambda: 0.0)
    assert pace.standing().eta_seconds is None
    assert pace.standing(tasks[0], 0.5, 2.0).eta_seconds == pytest.approx(22)  # 0.5 of 6 MP
    after = pace.ended(tasks[0], "done", seconds=4.0, megapixels=9.0)
    assert after.eta_seconds == pytest.approx(20)  # the third is taken for 2 MP
    assert pace.ended(tasks[2], "skipped").eta_seconds == pytest.approx(12)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_what_is_no_picture_does_not_hold_up_the_survey(tmp_path: Path):
    paths = [tmp_path / f"{name}.png" for name in ("pipe", "text", "gone", "program")]
    os.mkfifo(paths[0])
    paths[1].write_bytes(b"no picture")
    paths[3].write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 2000 1000\n")
    tasks = [Task(path, path) for path in paths]
    pace = Pace(tasks, lambda: 0.0)
    assert pace.standing(tasks[0], 0.5, 2.0).eta_seconds == pytest.approx(14)  # 0.5 of 4 MP


# --- a disk that is full in earnest -----------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of one megabyte, or skip where none can be mounted."""
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("there is no mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    words = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted")
    try:
        yield disk
    finally:
        with contextlib.suppress(OSError):
            subprocess.run(["umount", str(disk)], check=False)


@pytest.mark.parametrize("existing", [Existing.FAIL, Existing.OVERWRITE])
def test_a_full_disk_fails_what_does_not_fit_and_spares_the_rest(
    tmp_path: Path, tiny_disk: Path, existing: Existing
):
    rng = np.random.default_rng(0)
    folder = tmp_path / "in"
    folder.mkdir()
    for name, side in (("a.png", 120), ("b.png", 400), ("c.png", 60)):
        Image.fromarray(rng.integers(0, 256, (side, side), dtype=np.uint8)).save(folder / name)
    kept = tiny_disk / "earlier.png"
    kept.write_bytes(b"an earlier result")
    if existing is Existing.OVERWRITE:
        (tiny_disk / "b.png").write_bytes(b"the result of before")
    tasks = plan_batch([folder], tiny_disk, Naming())
    events = told(tasks, Enlarging(BICUBIC_METHOD, 4), existing=existing)
    (failed,) = (event for event in events if isinstance(event, TaskFailed))
    assert failed.task.picture.name == "b.png"
    assert failed.error.startswith(f"The disk is full: b.png was not saved in {tiny_disk} (")
    assert re.search(r"\(\d[\d.]* [kM]B are free there\)", failed.error)
    assert failed.hint
    assert kept.read_bytes() == b"an earlier result"
    assert left_hidden(tiny_disk) == []
    for name, side in (("a.png", 480), ("c.png", 240)):
        with Image.open(tiny_disk / name) as image:
            image.load()
            assert image.size == (side, side)
    if existing is Existing.OVERWRITE:
        assert (tiny_disk / "b.png").read_bytes() == b"the result of before"
