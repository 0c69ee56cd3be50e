"""The queue outlives the window; what is damaged is set aside; the report is the engine's."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from srcnn.batch.report import COLUMNS
from srcnn.errors import Cancelled, DataError, OutputError
from srcnn.geometry import Size
from srcnn_gui.batch.choices import Choices
from srcnn_gui.batch.report import write_report
from srcnn_gui.batch.rows import Found, Outcome, Row, State, tally
from srcnn_gui.batch.scan import scan
from srcnn_gui.batch.store import Kept, read, snapshot, write

SIZES = Size(10, 20), Size(30, 60)
DONE = Outcome(State.DONE, Path("/out/a.png"), "srcnn", 3, *SIZES, 1234, 1.5, notes=("A note.",))
SKIPPED = Outcome(State.SKIPPED, Path("/out/b.png"), "srcnn", 3)
FAILED = Outcome(State.FAILED, Path("/out/c.png"), "bicubic", 2, error="It broke", hint="Mend it.")
ROWS = [
    Row(Path("/in/a.png"), Path(), 1, DONE),
    Row(Path("/in/x/b\udce4.png"), Path("x"), 2, SKIPPED),
    Row(Path("/in/c.png"), Path(), 3, FAILED),
    Row(Path("/in/d.png"), Path(), 9),
]


def values(rows):
    return [(row.path, row.place, row.number, row.outcome) for row in rows]


def test_a_queue_comes_back(tmp_path):
    file, choices = tmp_path / "new" / "batch.json", Choices(scale=2)
    write(file, snapshot(choices, ROWS))
    kept = read(file)
    assert kept.choices == choices
    assert values(kept.rows) == values(ROWS)


def test_pictures_are_counted_one_by_one_as_all_at_once():
    counts = tally(ROWS)
    for row, outcome in ((ROWS[3], SKIPPED), (ROWS[0], None), (ROWS[2], DONE)):
        after = Row(row.path, outcome=outcome)
        counts = counts.moved(row.state, after.state)
    assert counts == tally([Row(Path("/a"), outcome=o) for o in (None, SKIPPED, DONE, SKIPPED)])


def test_what_is_computed_waits_again(tmp_path):
    file = tmp_path / "batch.json"
    write(file, snapshot(Choices(), [Row(Path("/a.png"), share=0.5)]))
    assert [row.state for row in read(file).rows] == [State.WAITING]


def test_without_a_file_there_is_nothing(tmp_path):
    assert read(tmp_path / "batch.json") == Kept()


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"[1]", b'{"version": 2}', b"{" * 9999])
def test_a_damaged_file_is_set_aside(tmp_path, text):
    file = tmp_path / "batch.json"
    file.write_bytes(text)
    with pytest.raises(DataError, match="set aside"):
        read(file)
    assert not file.exists()
    assert (tmp_path / "batch.damaged.json").read_bytes() == text


@pytest.mark.parametrize(
    "change",
    [
        {"path": "relative.png"},
        {"place": "/elsewhere"},
        {"place": "../up"},
        {"number": "many"},
        {"number": math.inf},
        {"outcome": {"state": "running"}},
        {"outcome": {"state": "done"}},
        {"path": None},
    ],
)
def test_a_row_that_cannot_be_is_damage(tmp_path, change):
    file = tmp_path / "batch.json"
    kept = snapshot(Choices(), ROWS)
    kept["rows"][0] |= change
    file.write_text(json.dumps(kept))
    with pytest.raises(DataError):
        read(file)


def test_a_queue_is_counted():
    counts = tally(ROWS)
    assert (counts.done, counts.skipped, counts.failed, counts.left) == (1, 1, 1, 1)
    assert (counts.total, counts.ended) == (4, 3)


def test_the_report_has_a_line_for_each(tmp_path):
    path = tmp_path / "batch.csv"
    path.write_text("something older")
    write_report(path, [(row.path, row.outcome) for row in ROWS[::2] if row.outcome])
    with path.open(newline="") as file:
        header, *lines = csv.reader(file)
    assert tuple(header) == COLUMNS
    assert [line[2:5] for line in lines] == [["done", "srcnn", "3"], ["failed", "bicubic", "2"]]
    assert lines[0][5:7] == ["10x20", "30x60"]
    assert lines[1][-3:] == ["It broke", "Mend it.", ""]
    assert lines[0][-1] == " ".join(ROWS[0].outcome.notes)
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OutputError):
        write_report(tmp_path / "nowhere" / "batch.csv", [(Path("/in/a.png"), DONE)])


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    for name in ("b.png", "a.jpg", "notes.txt", "sub/c.tif", "out/a_x3.jpg", ".hidden/d.png"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_folders_are_looked_into_and_results_left_out(folder):
    found = scan([folder], folder / "out", with_folders=True)
    names = [(one.path.name, str(one.place)) for one in found.found]
    assert names == [("a.jpg", "."), ("b.png", "."), ("c.tif", "sub")]
    assert found.remarks == ()
    flat = scan([folder], folder / "out", with_folders=False).found
    assert [one.path.name for one in flat] == ["a.jpg", "b.png"]


def test_pictures_that_are_not_read_are_counted(folder):
    (folder / "raw.cr2").touch()
    (remark,) = scan([folder], None, with_folders=True).remarks
    assert remark == "1 picture of a kind that is not read was left out (.cr2)."


def test_what_is_no_picture_is_left_out_and_said(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    given = [folder / "b.png", folder / "notes.txt", tmp_path / "empty", folder / "out"]
    found = scan(given, folder / "out", with_folders=True)
    assert found.found == (Found(folder / "b.png"),)
    assert [remark.split()[0] for remark in found.remarks] == ["There", "All", "1"]


def test_looking_can_be_stopped(folder):
    with pytest.raises(Cancelled):
        scan([folder], None, with_folders=True, should_stop=lambda: True)
