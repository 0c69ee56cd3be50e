"""A report has one whole line for every picture, whatever was cut off before."""

from __future__ import annotations

import csv
import errno
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from srcnn.batch.events import Standing, TaskDone, TaskFailed, TaskNoted, TaskSkipped, TaskStarted
from srcnn.batch.plan import Task
from srcnn.batch.report import COLUMNS, BatchReport
from srcnn.errors import OutputError
from srcnn.geometry import Size

STANDING = Standing(1)


def done(name: str) -> TaskDone:
    task = Task(Path(name), Path("out") / name)
    return TaskDone(task, Size(10, 5), Size(20, 10), 333, 0.25, STANDING)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


def test_every_ending_is_a_line(tmp_path: Path):
    report = BatchReport(tmp_path / "r.csv", "bicubic", 2)
    task = Task(Path('o"d,d\nname\udcff.png'), Path("out/b.png"))
    for event in (
        TaskStarted(task, STANDING),
        TaskNoted(task, "Not kept: comment."),
        TaskNoted(task, "JPEG has no grey."),
        done("a.png"),
        TaskSkipped(task, by_other=True, standing=STANDING),
        TaskFailed(task, "It is damaged", "Save it\nagain", 1.0, STANDING),
    ):
        report.take(event)
    rows = rows_of(tmp_path / "r.csv")
    assert [row["status"] for row in rows] == ["done", "skipped", "failed"]
    assert dict(rows[0]) == dict(
        zip(
            COLUMNS,
            [
                "a.png", "out/a.png", "done", "bicubic", "2", "10x5", "20x10", "0.000200",
                "0.250", "333", "", "", "Not kept: comment. JPEG has no grey.",
            ],
            strict=True,
        )
    )  # fmt: skip
    assert [row["remarks"] for row in rows[1:]] == ["", ""]
    assert rows[1]["input"] == 'o"d,d name\udcff.png'
    assert (rows[2]["error"], rows[2]["hint"]) == ("It is damaged", "Save it again")
    assert report.fault is None


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("cut", [1, 2, 9, 30])
def test_a_line_that_was_cut_off_is_repaired(tmp_path: Path, shared: bool, cut: int):
    path = tmp_path / "r.csv"
    report = BatchReport(path, "bicubic", 2)
    for name in ("a.png", "b.png"):
        report.take(done(name))
    path.write_bytes(path.read_bytes()[:-cut])
    again = BatchReport(path, "bicubic", 2, shared=shared)
    again.take(done("b.png"))
    rows = rows_of(path)
    assert rows[0]["input"] == "a.png"
    assert rows[-1] == rows[0] | {"input": "b.png", "output": "out/b.png"}
    assert len(rows) <= 2 + shared


def test_an_open_quote_does_not_swallow_what_follows(tmp_path: Path):
    path = tmp_path / "r.csv"
    BatchReport(path, "bicubic", 2)
    with path.open("ab") as file:
        file.write(b'"a,b')
    BatchReport(path, "bicubic", 2, shared=True).take(done("c.png"))
    assert [row["input"] for row in rows_of(path)] == ["a,b", "c.png"]


def test_many_may_write_at_once(tmp_path: Path):
    def write(worker: int) -> None:
        report = BatchReport(tmp_path / "r.csv", "bicubic", 2, shared=True)
        for number in range(50):
            report.take(done(f"{worker}-{number}.png"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    rows = rows_of(tmp_path / "r.csv")
    assert len({row["input"] for row in rows}) == len(rows) == 400
    assert {row["status"] for row in rows} == {"done"}


def test_a_disk_that_refuses_a_line_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    report = BatchReport(tmp_path / "r.csv", "bicubic", 2)

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        report.take(done("a.png"))
        report.take(done("b.png"))
    report.take(done("c.png"))
    assert "disk is full" in str(report.fault)
    assert [row["input"] for row in rows_of(tmp_path / "r.csv")] == ["c.png"]


def test_a_short_write_does_not_spoil_the_next_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    report = BatchReport(tmp_path / "r.csv", "bicubic", 2)
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
        report.take(done("a.png"))
    report.take(done("b.png"))
    assert report.fault is not None
    assert rows_of(tmp_path / "r.csv")[-1]["input"] == "b.png"


def test_a_report_that_cannot_be_is_an_error(tmp_path: Path):
    for path in (tmp_path, tmp_path / "missing" / "r.csv"):
        with pytest.raises(OutputError):
            BatchReport(path, "bicubic", 2)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    "content", [b"input,output\r\n1,2", b"one\ntwo", b"\x89PNG\r\n\x1a\n\0\0", b"\n", b"i"]
)
def test_a_file_that_is_no_report_is_left_as_it_is(tmp_path: Path, content: bytes, shared: bool):
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    with pytest.raises(OutputError, match="no report") as caught:
        BatchReport(path, "bicubic", 2, shared=shared)
    assert caught.value.hint
    assert path.read_bytes() == content


@pytest.mark.parametrize("shared", [False, True])
def test_an_empty_file_becomes_a_report(tmp_path: Path, shared: bool):
    path = tmp_path / "r.csv"
    path.touch()
    BatchReport(path, "bicubic", 2, shared=shared).take(done("a.png"))
    assert [row["input"] for row in rows_of(path)] == ["a.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_is_no_report(tmp_path: Path):
    os.mkfifo(tmp_path / "r.csv")
    with pytest.raises(OutputError, match="no report"):
        BatchReport(tmp_path / "r.csv", "bicubic", 2)


@given(st.text(st.characters(max_codepoint=0xFFFF)))
@example("\ud800")
@example("\udc7f")
@example("\udd00\0")
def test_any_text_becomes_a_line(text: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "r.csv")
        report = BatchReport(path, "bicubic", 2)
        task = Task(Path(f"{text}.png"), Path("b.png"))
        report.take(TaskFailed(task, text, text, 1.0, STANDING))
        assert report.fault is None
        (row,) = rows_of(path)
        assert (row["status"], row["output"]) == ("failed", "b.png")


def test_of_a_wanted_size_the_scale_is_that_of_the_chain(tmp_path: Path):
    report = BatchReport(tmp_path / "r.csv", "bicubic", 3, scales={2, 3, 4})
    task = Task(Path("a.png"), Path("b.png"))
    for side in (15, 20, 35, 80):
        report.take(TaskDone(task, Size(10, 10), Size(side, side), 1, 1.0, STANDING))
    report.take(TaskFailed(task, "It is damaged", "", 1.0, STANDING))
    scales = [row["scale"] for row in rows_of(tmp_path / "r.csv")]
    assert scales == ["2", "2", "4", "4", ""]
